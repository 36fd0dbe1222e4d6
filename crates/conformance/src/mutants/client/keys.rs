//! Clients that send a wrong idempotency key, or none.

use bvnk::Body;
use bvnk_contract::Expectation;
use http::{HeaderName, HeaderValue, Request};
use uuid::Uuid;

use super::{Edit, Rows};

/// The header that carries the key of a request's operation.
pub(super) fn header(request: &Request<Body>) -> Option<HeaderName> {
    let operation = request.extensions().get::<&'static bvnk::Operation>()?;
    operation.idempotency_header.clone()
}

/// What is sent in place of the key.
type KeyEdit = fn(&str) -> String;

const EDITS: [(&str, KeyEdit); 8] = [
    ("sends a key that is no UUID", |_| "order-7".to_owned()),
    ("sends an empty key", |_| String::new()),
    ("sends the key in capitals", str::to_uppercase),
    ("sends the key without hyphens", |key| key.replace('-', "")),
    ("sends the key in braces", |key| format!("{{{key}}}")),
    ("sends the key as a URN", |key| format!("urn:uuid:{key}")),
    ("sends the key in quotes", |key| format!("\"{key}\"")),
    ("sends one key for all calls", |_| {
        "86b5f133-9ee8-4f67-8747-7c9d0894a68b".to_owned()
    }),
];

pub(super) fn rows(rows: &mut Rows<'_>) {
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
    rows.client(
        "sends no key",
        &keys,
        Edit::attempt(|request| {
            if let Some(name) = header(request) {
                request.headers_mut().remove(name);
            }
        }),
    );
    rows.client(
        "sends the key twice",
        &keys,
        Edit::attempt(|request| {
            let value = header(request).and_then(|name| {
                request
                    .headers()
                    .get(&name)
                    .cloned()
                    .map(|value| (name, value))
            });
            if let Some((name, value)) = value {
                request.headers_mut().append(name, value);
            }
        }),
    );
    for (name, change) in EDITS {
        rows.client(name, &keys, edited(change));
    }
    let other = ["idempotency.once", "idempotency.replay", "repeat.same"];
    rows.client(
        "sends another key with each attempt",
        &other,
        edited(|_| Uuid::new_v4().to_string()),
    );
    let renamed = HeaderName::from_static("x-request-key");
    rows.client(
        "sends the key in another header",
        &keys,
        Edit::attempt(move |request| {
            let value = header(request).and_then(|name| request.headers_mut().remove(name));
            request
                .headers_mut()
                .extend(value.map(|value| (Some(renamed.clone()), value)));
        }),
    );
    let mut with_headers = keys.clone();
    with_headers.push("request.headers".to_owned());
    rows.client(
        "sends a key where none is declared",
        &with_headers,
        Edit::attempt(move |request| {
            let name = names
                .first()
                .and_then(|name| name.parse::<HeaderName>().ok());
            if let (None, Some(name)) = (header(request), name)
                && let Ok(value) = HeaderValue::from_str(&Uuid::new_v4().to_string())
            {
                request.headers_mut().insert(name, value);
            }
        }),
    );
}

fn edited(change: KeyEdit) -> Edit {
    Edit::attempt(move |request| {
        let Some(name) = header(request) else { return };
        let own = request
            .headers()
            .get(&name)
            .and_then(|value| value.to_str().ok())
            .map(change);
        if let Some(Ok(value)) = own.map(|own| HeaderValue::from_str(&own)) {
            request.headers_mut().insert(name, value);
        }
    })
}
