//! Servers whose answers to valid requests are no successes, or have another status, form,
//! media type or member.
//!
//! Most rows are made from tables, for each operation, attribute or status of the contract: what a
//! value is replaced with, and the words that name the result. A replacement that the clause
//! allows, such as null for a nullable attribute, makes no mutant.

use bvnk_simulator::Fault;
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use super::{Rows, is, other, set};
use crate::flow::begun_by;
use crate::mutants::rows::{Replacement, add, replace};

/// What every request meets.
///
/// With each of them no call can succeed as the contract lists.
const FAULTS: [Fault; 6] = [
    Fault::HtmlError,
    Fault::Redirect,
    Fault::MalformedHttp,
    Fault::CommitThenReset,
    Fault::TruncateBody,
    Fault::RejectSigned,
];

/// Statuses in place of those that are listed.
///
/// Those that an operation lists are left out for it.
const STATUSES: [u16; 6] = [200, 202, 204, 206, 404, 429];

/// What is sent in place of the JSON of a success.
type Form = fn(&str) -> String;

/// Each is the end of the mutant's name, and the body that is sent.
const FORMS: [(&str, Form); 8] = [
    ("has a byte order mark", |body| format!("\u{feff}{body}")),
    ("has text after its JSON", |body| format!("{body}}}")),
    ("is cut short", |body| body.replace('}', "")),
    ("is not JSON", |_| "<html></html>".to_owned()),
    ("has an empty body", |_| String::new()),
    ("is a list", |body| format!("[{body}]")),
    ("is null", |_| "null".to_owned()),
    ("is nested", |body| format!("{{\"data\":{body}}}")),
];

/// Media types of a success.
///
/// An empty one is a `Content-Type` without a value.
const TYPES: [&str; 3] = ["", "text/html", "application/json; charset=utf-16"];

/// What is sent in place of an attribute.
///
/// Each is the end of the mutant's name, and the new value.
const WRONG: [(&str, Replacement); 4] = [
    ("is missing", |_| None),
    ("is null", |_| Some(Value::Null)),
    ("is in a list", |value| Some(json!([value]))),
    ("is a number", |_| Some(json!(7))),
];

/// Adds all rows of this file. Those of an operation, a status or an attribute are made for
/// each one of the contract.
pub(super) fn rows(rows: &mut Rows<'_>) {
    rows.breaks(["success"]);
    for fault in FAULTS {
        rows.rules(format!("every request meets {fault}"), move |_, rules| {
            rules.faults.push(fault)
        });
    }
    for operation in &rows.specification.contract().operations {
        rows.breaks([format!("answer {} 2", operation.id)]);
        let unlisted = STATUSES
            .iter()
            .filter(|it| operation.response(**it).is_none());
        for status in unlisted.copied() {
            let code = StatusCode::from_u16(status).unwrap_or_default();
            let id = operation.id.clone();
            let name = format!("{id} is answered {status}");
            rows.success(name, move |context, response| {
                if is(context.operation, &id) {
                    response.status = code;
                }
            });
        }
    }
    rows.breaks(["success-media", "success-attribute"]);
    for (what, form) in FORMS {
        rows.success(format!("a success {what}"), move |_, response| {
            response.body = form(&String::from_utf8_lossy(&response.body)).into();
        });
    }
    for value in TYPES {
        rows.success(format!("a success is called `{value}`"), |_, response| {
            let value = HeaderValue::from_static(value);
            response.headers.insert(header::CONTENT_TYPE, value);
        });
    }
    let contract = rows.specification.contract();
    for attribute in rows.attributes("success-attribute") {
        // Further successes of an operation are shown by no server at will.
        let operation = contract.operation(&attribute.rules.operation);
        let mut successes = operation.into_iter().flat_map(|it| it.successes());
        let created = begun_by(contract, &attribute.rules.operation);
        let own = created.first().map(|flow| flow.response);
        let own = own.or_else(|| successes.next());
        if own.is_some_and(|own| own.status.to_string() != attribute.rules.of) {
            continue;
        }
        rows.breaks([attribute.id]);
        // Some of them are right where the contract allows them.
        let legal = |wrong: &Value| match wrong {
            _ if attribute.rules.r#type == "any" => true,
            Value::Null => attribute.rules.nullable,
            Value::Array(_) => attribute.rules.r#type == "array",
            _ => attribute.rules.r#type == "number" || attribute.rules.r#type == "integer",
        };
        for (what, new) in WRONG {
            let value = new(Value::Null);
            if value.map_or(!attribute.rules.required, |value| legal(&value)) {
                continue;
            }
            let (id, place) = (attribute.rules.operation.clone(), attribute.pointer.clone());
            let name = format!("`{}` in a success of {id} {what}", attribute.rules.path);
            rows.json(name, move |context, body| {
                if is(context.operation, &id) {
                    add(body, &place);
                    replace(body, &place, new);
                }
            });
        }
    }
    // What nothing creates has neither.
    if !rows.specification.contract().flows().is_empty() {
        references(rows);
        statuses(rows);
    }
}

/// References that are empty, repeated, or of another customer.
///
/// The last one is right for each call alone: only two creations show it.
fn references(rows: &mut Rows<'_>) {
    rows.breaks(["success-attribute"]);
    rows.json("the reference in a success is empty", |context, body| {
        set(body, context.identity(), "");
    });
    rows.fetch("a fetch answers another customer", |context, response| {
        if let Some(other) = other(context) {
            *response = context.success(other.reference(), other.status());
        }
    });
    rows.breaks(["answer.reference-unique"]);
    // Of the form that the contract states, or the client would refuse it.
    let mut first = None;
    rows.json(
        "each success has the same reference",
        move |context, body| {
            let own = context.identity().and_then(|it| body.pointer(it));
            first = first.take().or(own.cloned());
            if let Some(first) = &first {
                set(body, context.identity(), first.clone());
            }
        },
    );
}

/// Statuses that are empty or misspelt: a row for each status that a clause is about.
fn statuses(rows: &mut Rows<'_>) {
    rows.breaks(["success-attribute"]);
    rows.json("the status in a success is empty", |context, body| {
        set(body, context.status(), "");
    });
    for (clause, value) in rows.values() {
        rows.breaks([clause]);
        let name = format!("the status {value} is misspelt");
        rows.json(name, move |context, body| {
            let own = context.status().and_then(|place| body.pointer(place));
            if own.is_some_and(|own| *own == value.as_str()) {
                set(body, context.status(), value.to_lowercase());
            }
        });
    }
}
