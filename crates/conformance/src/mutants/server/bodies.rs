//! Servers whose successes have wrong members: each attribute that a clause requires, the
//! references and the statuses.

use bvnk_simulator::HookContext;
use serde_json::{Value, json};

use super::{Rows, UNKNOWN, edit, remove};

/// What stands in place of an attribute; `None` for nothing.
type Replace = fn(Value) -> Option<Value>;

/// An edit of a text.
type TextEdit = fn(&str) -> String;

const WRONG: [(&str, Replace); 4] = [
    ("is missing", |_| None),
    ("is null", |_| Some(Value::Null)),
    ("is in a list", |value| Some(json!([value]))),
    ("is of another type", |value| {
        Some(if value.is_number() {
            json!("text")
        } else {
            json!(7)
        })
    }),
];

pub(super) fn rows(rows: &mut Rows<'_>) {
    for attribute in rows.attributes("success") {
        if !attribute.rules.required || attribute.rules.path.contains(['[', '{', '<']) {
            continue;
        }
        for (what, replace) in WRONG {
            let (id, pointer) = (attribute.rules.operation.clone(), attribute.pointer.clone());
            let name = format!("`{}` in a success of {id} {what}", attribute.rules.path);
            rows.json(name, &[&attribute.id], move |context, body| {
                if context
                    .operation
                    .is_some_and(|operation| operation.id == id)
                    && let Some(value) = remove(body, &pointer)
                    && let Some(value) = replace(value)
                {
                    put(body, &pointer, value);
                }
            });
        }
    }
    references(rows);
    statuses(rows);
}

fn references(rows: &mut Rows<'_>) {
    let identities = rows.identities();
    rows.json(
        "the reference in a success is empty",
        &identities,
        |context, body| {
            edit(body, context.identity, |value| *value = "".into());
        },
    );
    rows.json(
        "the reference in a success has another name",
        &identities,
        |context, body| {
            rename(context.identity, body);
        },
    );
    rows.success(
        "the reference in a success is there twice",
        &rows.successes(),
        |context, response| {
            twice(context.identity, response);
        },
    );
    let mut both = identities.clone();
    both.push("answer.reference-unique".to_owned());
    rows.json(
        "the reference in a success is that of nothing",
        &both,
        |context, body| {
            edit(body, context.identity, |value| *value = UNKNOWN.into());
        },
    );
    let unique = ["answer.reference-unique"];
    rows.json(
        "each creation answers the first reference of all",
        &unique,
        |context, body| {
            let first = context
                .state
                .customers()
                .first()
                .map(|first| Value::from(first.reference()));
            if let (Some(first), true) = (first, context.created) {
                edit(body, context.identity, |value| *value = first);
            }
        },
    );
    rows.fetch(
        "a fetch answers another reference",
        &identities,
        |context, response| {
            let other = other(context).map(Value::from);
            if let Some(other) = other {
                response.edit_json(|body| edit(body, context.identity, |value| *value = other));
            }
        },
    );
    rows.fetch(
        "a fetch answers another customer",
        &identities,
        |context, response| {
            if let Some(other) = other(context) {
                let status = context
                    .state
                    .customer(&other)
                    .map_or("", |other| other.status());
                *response = context.success(&other, status);
            }
        },
    );
    rows.fetch(
        "a second fetch answers the reference of nothing",
        &identities,
        |context, response| {
            let steps = context
                .reference
                .and_then(|own| context.state.customer(own))
                .map_or(0, |own| own.steps());
            if steps > 1 {
                response.edit_json(|body| {
                    edit(body, context.identity, |value| *value = UNKNOWN.into())
                });
            }
        },
    );
}

fn statuses(rows: &mut Rows<'_>) {
    let statuses = rows.statuses();
    let texts: [(&str, TextEdit); 4] = [
        ("has two letters swapped", swapped),
        ("is in lower case", str::to_lowercase),
        ("lacks its last letter", |text| {
            text[..text.len().saturating_sub(1)].to_owned()
        }),
        ("has spaces around it", |text| format!(" {text} ")),
    ];
    for (what, change) in texts {
        let mut clauses = statuses.clone();
        clauses.extend(rows.values().into_iter().map(|(id, _)| id));
        rows.json(
            format!("the status in a success {what}"),
            &clauses,
            move |context, body| {
                edit(body, context.status, |value| {
                    *value = change(value.as_str().unwrap_or_default()).into();
                });
            },
        );
    }
    rows.json(
        "the status in a success is empty",
        &statuses,
        |context, body| {
            edit(body, context.status, |value| *value = "".into());
        },
    );
    rows.json(
        "the status in a success has another name",
        &statuses,
        |context, body| {
            rename(context.status, body);
        },
    );
    rows.success(
        "the status in a success is there twice",
        &rows.successes(),
        |context, response| {
            twice(context.status, response);
        },
    );
    for (id, value) in rows.values() {
        let clauses = [id];
        rows.json(
            format!("the status {value} is misspelt"),
            &clauses,
            move |context, body| {
                edit(body, context.status, |own| {
                    if *own == value.as_str() {
                        *own = swapped(&value).into();
                    }
                });
            },
        );
    }
}

/// Another thing that was created.
pub(super) fn other(context: &HookContext<'_>) -> Option<String> {
    let mut others = context.state.customers().iter().map(|own| own.reference());
    others
        .find(|other| Some(*other) != context.reference)
        .map(str::to_owned)
}

/// A text with its last two letters swapped.
fn swapped(text: &str) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    if let [.., one, other] = letters.as_mut_slice() {
        std::mem::swap(one, other);
    }
    letters.into_iter().collect()
}

fn put(body: &mut Value, pointer: &str, value: Value) {
    let parent = pointer
        .rsplit_once('/')
        .and_then(|(parent, name)| Some((body.pointer_mut(parent)?, name)));
    if let Some((Value::Object(members), name)) = parent {
        members.insert(name.to_owned(), value);
    }
}

fn rename(pointer: Option<&str>, body: &mut Value) {
    if let Some(pointer) = pointer
        && let Some(value) = remove(body, pointer)
    {
        put(body, &format!("{pointer}Name"), value);
    }
}

/// Repeats a member, with another value.
fn twice(pointer: Option<&str>, response: &mut bvnk_simulator::Response) {
    let name = pointer.and_then(|pointer| pointer.rsplit('/').next());
    let text = String::from_utf8_lossy(&response.body).into_owned();
    if let (Some(name), Some(start)) = (name, text.strip_suffix('}')) {
        response.body = format!("{start},\"{name}\":\"{UNKNOWN}\"}}").into();
    }
}
