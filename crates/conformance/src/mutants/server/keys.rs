//! Servers that treat idempotency keys wrongly.

use std::collections::HashMap;

use bvnk_contract::Expectation;
use bvnk_simulator::{Response, ValidationError, Violation};
use http::StatusCode;
use serde_json::{Value, json};

use super::{Rows, UNKNOWN, bodies::other, edit};

const ONCE: [&str; 1] = ["idempotency.once"];
const REPLAY: [&str; 1] = ["idempotency.replay"];

pub(super) fn rows(rows: &mut Rows<'_>) {
    let successes = rows.successes_of(true);
    rows.rules("a repeated key creates again", &ONCE, |_, rules| {
        rules.key = None
    });
    rows.rules(
        "a key is forgotten when it was repeated once",
        &ONCE,
        |_, rules| rules.forget_after_replay = true,
    );
    rows.rules(
        "a refused request uses up its key",
        &["idempotency.refused"],
        |_, rules| rules.remember_errors = true,
    );
    rows.rules(
        "a key with another body is another key",
        &["idempotency.other-body"],
        |context, rules| {
            let body = String::from_utf8_lossy(&context.request.body);
            rules.key = rules.key.as_ref().map(|key| format!("{key} {body}"));
        },
    );
    rows.rules(
        "a key in another case is another key",
        &["idempotency.once", "idempotency.replay"],
        |context, rules| {
            let name = context
                .operation
                .and_then(|operation| operation.idempotency_key());
            let given = name.and_then(|name| context.request.header(name.name.as_str()));
            rules.key = given.map(str::to_owned);
        },
    );
    rows.rules(
        "only the first half of a key counts",
        &REPLAY,
        |_, rules| {
            rules.key = rules
                .key
                .as_ref()
                .map(|key| key.chars().take(key.len() / 2).collect());
        },
    );
    rows.rules("all keys are one", &successes, |_, rules| {
        rules.key = rules.key.as_ref().map(|_| "key".to_owned())
    });
    rows.rules("the time is part of a key", &ONCE, {
        let mut requests = 0;
        move |_, rules| {
            requests += 1;
            rules.key = rules.key.as_ref().map(|key| format!("{key} {requests}"));
        }
    });
    rows.rules("requests with one key at once each create", &ONCE, {
        // By connection, the key of the request that may not have been answered yet.
        let mut open: HashMap<u64, String> = HashMap::new();
        move |context, rules| {
            open.remove(&context.request.connection);
            let Some(key) = &rules.key else { return };
            match open.values().any(|other| other == key) {
                true => rules.key = None,
                false => drop(open.insert(context.request.connection, key.clone())),
            }
        }
    });
    replays(rows);
    headers(rows);
}

/// What a repeated key is answered with.
fn replays(rows: &mut Rows<'_>) {
    for status in [400, 404, 409, 422, 500] {
        rows.response(
            format!("a repeated key is answered {status}"),
            &REPLAY,
            move |context, response| {
                if context.replayed {
                    let status = StatusCode::from_u16(status).unwrap_or_default();
                    *response = Response::json(status, &json!({}));
                }
            },
        );
    }
    let both = ["idempotency.once", "idempotency.replay"];
    rows.json(
        "a repeated key is answered with another reference",
        &both,
        |context, body| {
            if let (true, Some(other)) = (context.replayed, other(context)) {
                edit(body, context.identity, |value| *value = Value::from(other));
            }
        },
    );
    rows.json(
        "a repeated key is answered with the reference of nothing",
        &both,
        |context, body| {
            if context.replayed {
                edit(body, context.identity, |value| *value = UNKNOWN.into());
            }
        },
    );
    rows.response(
        "a repeated key advances the status",
        &REPLAY,
        |context, _| {
            if let (true, Some(reference)) = (context.replayed, context.reference) {
                context.state.advance(reference, context.now);
            }
        },
    );
}

/// Which keys are accepted.
fn headers(rows: &mut Rows<'_>) {
    let names: Vec<String> = {
        let operations = rows.specification.contract().operations().iter();
        operations
            .filter_map(|operation| Some(operation.idempotency_key()?.name.clone()))
            .collect()
    };
    let keys = rows.clauses(|expect| match expect {
        Expectation::IdempotencyKey { .. } => true,
        Expectation::Attribute(rules) => rules.of == "header" && names.contains(&rules.path),
        _ => false,
    });
    rows.validation("any key is accepted", &["refused.key"], |_, errors| {
        errors.retain(|error| !matches!(error, ValidationError::InvalidParameters(_)));
    });
    rows.validation("a key that is given twice is accepted", &["refused.key"], |_, errors| {
        errors.retain(|error| {
            !matches!(error, ValidationError::InvalidParameters(list) if list.iter().all(|it| it.rule == "repeated"))
        });
    });
    rows.validation(
        "a creation without a key is refused",
        &keys,
        |context, errors| {
            let key = context
                .operation
                .and_then(|operation| operation.idempotency_key());
            if let Some(key) =
                key.filter(|key| !context.request.headers.contains_key(key.name.as_str()))
            {
                refuse(errors, &key.name);
            }
        },
    );
    rows.validation(
        "a key that is not random is refused",
        &keys,
        |context, errors| {
            let key = context
                .operation
                .and_then(|operation| operation.idempotency_key());
            let value = key.and_then(|key| context.request.header(key.name.as_str()));
            let uuid = value.and_then(|value| value.parse::<uuid::Uuid>().ok());
            if let (Some(key), Some(uuid)) = (key, uuid)
                && uuid.get_version_num() != 4
            {
                refuse(errors, &key.name);
            }
        },
    );
}

fn refuse(errors: &mut Vec<ValidationError>, name: &str) {
    let violation = Violation::new(name, "format", "is not accepted");
    errors.push(ValidationError::InvalidParameters(vec![violation]));
}
