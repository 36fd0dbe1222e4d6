//! Servers that treat idempotency keys wrongly: they create twice, answer a repetition in
//! another way than the first request, or accept and refuse the wrong keys.
//!
//! The simulator remembers the answer to a key (`rules.key`) and repeats it. Without a key a request
//! is carried out again, and with another one it is not recognized: most rows are that simple.

use std::collections::HashMap;

use bvnk_contract::Operation;
use bvnk_simulator::{HookContext, Response, ValidationError, Violation};
use http::StatusCode;
use serde_json::json;

use super::{Rows, UNKNOWN, set};

/// Adds all rows of this file. Each changes the key that counts, or the answer to a repetition.
pub(super) fn rows(rows: &mut Rows<'_>) {
    // Without a key there is nothing to mistake.
    let mut operations = rows.specification.contract().operations.iter();
    let keyed = operations.any(|operation| operation.idempotency_key().is_some());
    rows.breaks(["success"].iter().filter(|_| keyed));
    rows.rules("all keys are one", |_, rules| {
        rules.key = rules.key.as_ref().map(|_| "key".to_owned());
    });
    rows.breaks(["idempotency.once"]);
    rows.rules("a repeated key creates again", |_, rules| rules.key = None);
    rows.rules("a key is forgotten after one repetition", |_, rules| {
        rules.forget_after_replay = true
    });
    // By connection, the key of the request that may not have been answered yet.
    let mut open: HashMap<u64, String> = HashMap::new();
    rows.rules("concurrent requests each create", move |context, rules| {
        open.remove(&context.request.connection);
        if let Some(key) = &rules.key {
            let is_open = open.values().any(|other| other == key);
            open.insert(context.request.connection, key.clone());
            rules.key = rules.key.take().filter(|_| !is_open);
        }
    });
    rows.breaks(["idempotency.refused"]);
    rows.rules("a refused request uses up its key", |_, rules| {
        rules.remember_errors = true
    });
    rows.breaks(["idempotency.other-body"]);
    rows.rules("the body is part of the key", |context, rules| {
        let body = String::from_utf8_lossy(&context.request.body);
        rules.key = rules.key.as_ref().map(|key| format!("{key} {body}"));
    });
    rows.breaks(["idempotency.replay"]);
    for status in [400, 409, 500] {
        let name = format!("a repeated key is answered {status}");
        let status = StatusCode::from_u16(status).unwrap_or_default();
        rows.response(name, move |context, response| {
            if context.replayed {
                *response = Response::json(status, &json!({}));
            }
        });
    }
    rows.rules("the last digit of a key is cut off", |_, rules| {
        rules.key.as_mut().map(String::pop);
    });
    rows.response("a repeated key advances the status", |context, _| {
        if let (true, Some(reference)) = (context.replayed, context.reference.as_deref()) {
            context.state.advance(reference, context.now);
        }
    });
    rows.breaks(["idempotency.once", "idempotency.replay"]);
    rows.json("a repeated key changes the reference", |context, body| {
        if context.replayed {
            set(body, context.identity(), UNKNOWN);
        }
    });
    rows.breaks(["refused.key"]);
    rows.validation("any key is accepted", |context, errors| {
        let key = context.operation.and_then(Operation::idempotency_key);
        let key = key.map_or("", |key| key.name.as_str());
        errors.retain(|it| match it {
            ValidationError::InvalidParameters(found) => found.iter().any(|it| it.place != key),
            _ => true,
        });
    });
    rows.breaks(rows.keys());
    rows.validation("a key that is not random is refused", |context, errors| {
        let key = given(context).and_then(|key| key.parse::<uuid::Uuid>().ok());
        if key.is_some_and(|key| key.get_version_num() != 4) {
            let violation = Violation::new("key", "format", "is not random");
            errors.push(ValidationError::InvalidParameters(vec![violation]));
        }
    });
}

/// The key as it was sent.
///
/// `None` if the operation declares no key, or the request has none.
fn given<'c>(context: &'c HookContext<'_>) -> Option<&'c str> {
    let declared = context.operation?.idempotency_key()?;
    context.request.header(declared.name.as_str())
}
