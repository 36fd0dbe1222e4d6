//! Clients whose bodies are not what the caller gave.

use bvnk::Body;
use http::Request;
use serde_json::{Value, json};

use super::{Edit, Rows};

/// Another body in place of a JSON body.
type Form = fn(Value) -> String;

/// An edit of a JSON body.
type JsonEdit = fn(&mut Value);

const FORMS: [(&str, Form); 8] = [
    ("wraps the body in an object", |body| {
        json!({ "data": body }).to_string()
    }),
    ("wraps the body in a list", |body| json!([body]).to_string()),
    ("sends the body as a text", |body| {
        Value::from(body.to_string()).to_string()
    }),
    ("sends more than JSON", |body| format!("{body};")),
    ("sends half of the body", |body| {
        let text = body.to_string();
        text.chars().take(text.chars().count() / 2).collect()
    }),
    ("sends no body", |_| String::new()),
    ("sends null", |_| "null".to_owned()),
    ("sends a byte order mark", |body| format!("\u{feff}{body}")),
];

/// What is sent in place of an attribute; `None` for nothing.
type Replace = fn(Value) -> Option<Value>;

const WRONG: [(&str, Replace); 2] = [
    ("leaves {} out", |_| None),
    ("changes {}", |value| {
        Some(match value {
            Value::String(text) => format!("{text}x").into(),
            Value::Bool(is) => (!is).into(),
            Value::Object(members) => members
                .into_iter()
                .map(|(name, value)| (format!("{name}x"), value))
                .collect(),
            _ => Value::Null,
        })
    }),
];

pub(super) fn rows(rows: &mut Rows<'_>) {
    let mut media = rows.request_media();
    for attribute in rows.attributes("request") {
        media.push(attribute.id.clone());
        if attribute.rules.path.contains(['[', '{', '<']) {
            continue;
        }
        for (what, replace) in WRONG {
            let name = format!(
                "`{}` of {}",
                attribute.rules.path, attribute.rules.operation
            );
            let mut clauses = vec![attribute.id.clone()];
            // A member that is renamed is another one: what is around it is wrong.
            let inside = format!("{}.", attribute.rules.path);
            let within = rows.attributes("request").into_iter();
            clauses.extend(
                within
                    .filter(|own| own.rules.path.starts_with(&inside))
                    .map(|own| own.id),
            );
            let pointer = attribute.pointer.clone();
            rows.client(
                what.replace("{}", &name),
                &clauses,
                json_edit(move |body| edit(body, &pointer, replace)),
            );
        }
    }
    for (name, form) in FORMS {
        rows.client(
            name,
            &media,
            Edit::call(move |request| {
                if let Some(body) = json(request) {
                    *request.body_mut() = Body::from(form(body));
                }
            }),
        );
    }
    let attributes: Vec<String> = rows
        .attributes("request")
        .into_iter()
        .map(|attribute| attribute.id)
        .collect();
    let all: [(&str, JsonEdit); 4] = [
        ("sends null for what is left out", |body| {
            if let Some(members) = body.as_object_mut() {
                members.insert("left-out".to_owned(), Value::Null);
            }
        }),
        ("adds a member", |body| body["more"] = json!("x")),
        ("loses letters that are not ASCII", |body| {
            texts(body, &|text| text.replace(|c: char| !c.is_ascii(), "?"));
        }),
        ("sends truth values as texts", |body| truths(body)),
    ];
    for (name, change) in all {
        let mut clauses = attributes.clone();
        clauses.extend(rows.request_media());
        rows.client(name, &clauses, json_edit(change));
    }
}

fn json(request: &Request<Body>) -> Option<Value> {
    let bytes = request
        .body()
        .clone()
        .into_inner()
        .filter(|bytes| !bytes.is_empty())?;
    serde_json::from_slice(&bytes).ok()
}

/// An edit of each JSON body.
pub(super) fn json_edit(change: impl Fn(&mut Value) + Send + Sync + 'static) -> Edit {
    Edit::call(move |request| {
        if let Some(mut body) = json(request) {
            change(&mut body);
            *request.body_mut() = Body::from(body.to_string());
        }
    })
}

fn edit(body: &mut Value, pointer: &str, replace: Replace) {
    let parent = pointer
        .rsplit_once('/')
        .and_then(|(parent, name)| Some((body.pointer_mut(parent)?, name)));
    if let Some((Value::Object(members), name)) = parent
        && let Some(value) = members.remove(name)
        && let Some(value) = replace(value)
    {
        members.insert(name.to_owned(), value);
    }
}

fn texts(value: &mut Value, change: &dyn Fn(&str) -> String) {
    match value {
        Value::String(text) => *text = change(text),
        Value::Array(items) => items.iter_mut().for_each(|item| texts(item, change)),
        Value::Object(members) => members
            .values_mut()
            .for_each(|member| texts(member, change)),
        _ => {}
    }
}

fn truths(value: &mut Value) {
    match value {
        Value::Bool(is) => *value = is.to_string().into(),
        Value::Array(items) => items.iter_mut().for_each(truths),
        Value::Object(members) => members.values_mut().for_each(truths),
        _ => {}
    }
}
