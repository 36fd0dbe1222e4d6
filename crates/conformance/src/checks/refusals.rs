//! What the server refuses besides bad attributes and bad signatures, and what it must not
//! refuse although it is unusual.

use bvnk_contract::{Additional, Shape};
use serde_json::{Value, json};
use uuid::Uuid;

use super::requests::{is_uuid, key_clauses};
use super::{Check, Judge, Probe, Recorder};
use crate::context::Context;

/// Tries requests that are wrong as a whole, each with a fresh key: a used one would be
/// answered from memory.
pub(super) const REFUSALS: Check = Check::new(
    "server-refuses",
    "the server refuses other methods, media types, keys and references, and does nothing",
    Judge::Probe(|context, recorder| Box::pin(refusals(context, recorder))),
    &[
        "idempotency-key",
        "header",
        UNKNOWN,
        NOT_FOUND,
        METHOD,
        ALLOW,
        JSON,
        MEDIA,
        KEY,
        EXTRA,
    ],
);

const UNKNOWN: &str = "refused.unknown-customer";
const NOT_FOUND: &str = "refused.not-found";
const METHOD: &str = "refused.method";
const ALLOW: &str = "refused.allow";
const JSON: &str = "refused.json";
const MEDIA: &str = "refused.media";
const KEY: &str = "refused.key";
const EXTRA: &str = "request.extra";

async fn refusals(context: &Context, recorder: &mut Recorder) {
    for operation in context.specification.contract().operations() {
        let mut probe = Probe::new(context, operation, recorder).await;
        methods(&mut probe).await;
        if operation.body.is_some() {
            bodies(&mut probe).await;
        }
        keys(&mut probe).await;
        unknown(&mut probe).await;
    }
}

/// A method that the path does not have is not carried out.
async fn methods(probe: &mut Probe<'_>) {
    let path = probe.ready.target.split('?').next().unwrap_or_default();
    let path = path.strip_prefix(probe.context.connection.prefix());
    let contract = probe.context.specification.contract();
    let allowed = contract.methods(path.unwrap_or_default());
    for method in ["DELETE", "PUT", "PATCH", "POST"] {
        if allowed.iter().any(|own| own == method) {
            continue;
        }
        let mut raw = probe.ready.with_fresh_key();
        raw.method = method.to_owned();
        let sent = probe.refused(METHOD, method, &raw).await;
        let allow = sent.header("allow");
        let right = sent.status() == 405 && allowed.iter().all(|own| allow.contains(own));
        let expected = format!("405 and {}", allowed.join(", "));
        let actual = format!("{} and `{allow}`", sent.outcome());
        probe.recorder.check(ALLOW, right, expected, actual);
    }
}

/// A body that is not JSON is refused, whatever it says that it is; one with an
/// undocumented member is not, unless the contract says so.
async fn bodies(probe: &mut Probe<'_>) {
    for (what, body) in [("a body that is not JSON", "{"), ("an empty body", "")] {
        let sent = probe
            .refused(JSON, what, &probe.ready.with_body(body))
            .await;
        let exact = matches!(sent.status(), 400 | 415 | 422);
        probe.recorder.check(MEDIA, exact, "400", sent.outcome());
    }
    let mut raw = probe.ready.with_fresh_key();
    let charset = format!("{}; charset=utf-8", raw.header("content-type"));
    raw.set("content-type", &charset);
    let what = "JSON that names its charset";
    probe.accepted(MEDIA, what, &raw).await;
    for media_type in ["text/plain", "application/x-www-form-urlencoded"] {
        raw = probe.ready.with_fresh_key();
        raw.set("content-type", media_type);
        let sent = probe.refused(MEDIA, media_type, &raw).await;
        probe.recorder.equal(MEDIA, 415, sent.status());
    }
    let contract = probe.context.specification.contract();
    let body = probe.operation.body.as_ref();
    let shape = body.map(|body| &contract.resolve(&body.schema).shape);
    let open = matches!(shape, Some(Shape::Object(rules))
        if matches!(rules.additional, Additional::Unspecified | Additional::Any));
    let body = probe.ready.body.as_deref().unwrap_or_default();
    if let (true, Ok(mut value)) = (open, serde_json::from_slice::<Value>(body)) {
        value["anUndocumentedMember"] = json!(true);
        raw = probe.ready.with_body(value.to_string());
        probe.accepted(EXTRA, "an undocumented member", &raw).await;
    }
}

/// A key that is no key is refused; one that is absent or derived is not.
async fn keys(probe: &mut Probe<'_>) {
    let Some(parameter) = probe.operation.idempotency_key() else {
        return;
    };
    let random = || Uuid::new_v4().to_string();
    let two = probe.ready.with_keys(&[&random(), &random()]);
    probe.refused(KEY, "two keys", &two).await;
    if is_uuid(probe.context, parameter) {
        let other = probe.ready.with_keys(&["order-7"]);
        probe.refused(KEY, "a key that is no UUID", &other).await;
    }
    let none = probe.ready.with_keys(&[]);
    for clause in key_clauses(&probe.context.specification, probe.operation) {
        let derived = Uuid::new_v5(&Uuid::NAMESPACE_URL, random().as_bytes());
        let derived = probe.ready.with_keys(&[&derived.to_string()]);
        let what = "a derived key (version 5)";
        probe.accepted(&clause, what, &derived).await;
        match parameter.required {
            true => probe.refused(&clause, "no key", &none).await,
            false => probe.accepted(&clause, "no key", &none).await,
        };
    }
}

/// What was never created is not found.
async fn unknown(probe: &mut Probe<'_>) {
    let context = probe.context;
    let contract = context.specification.contract();
    let flows = contract.flows().into_iter();
    for flow in flows.filter(|flow| flow.create.id == probe.operation.id) {
        let created = context.connection.send(&probe.ready).await;
        let own = created.text_at(&flow.source.pointer).unwrap_or_default();
        // Of letters, for a foreign server's references may be any text.
        let beginning: String = own.chars().take(own.chars().count() / 2).collect();
        let mut requests = vec![(
            "something that does not exist",
            context.fetch(&flow, "00000000-0000-4000-8000-000000000000"),
        )];
        if !beginning.is_empty() {
            let raw = context.fetch(&flow, &beginning);
            requests.push(("the beginning of a reference", raw));
        }
        let mut raw = context.valid_request(flow.create);
        raw.target = format!("{}/a/b", raw.target.split('?').next().unwrap_or_default());
        let path = raw.target.strip_prefix(context.connection.prefix());
        if contract.methods(path.unwrap_or_default()).is_empty() {
            requests.push(("a path that does not exist", raw));
        }
        for (what, raw) in requests {
            let sent = probe.refused(UNKNOWN, what, &raw).await;
            probe.recorder.equal(NOT_FOUND, 404, sent.status());
        }
    }
}
