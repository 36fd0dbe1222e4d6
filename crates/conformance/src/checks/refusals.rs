//! What the server refuses besides bad attributes and bad signatures, and what it must not
//! refuse although it is unusual.
//!
//! Each case is one request that differs from a valid one in one place, with the clause that it
//! is about. Two clauses are recorded for most of them: that the request is refused and does
//! nothing (`must`), and that the status is the one that HTTP has for it (`should`).

use bvnk_contract::{Additional, Flow, Shape};
use http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::probe::all_values;
use super::requests::{is_uuid, key_clauses};
use super::{Check, Judge, Probe, Recorder};
use crate::connection::RawRequest;
use crate::flow;

/// Tries requests that are wrong as a whole, each with a fresh key: a used one would be
/// answered from memory.
pub(super) const REFUSALS: Check = Check::new(
    "server-refuses",
    "the server refuses other methods, media types, keys and references, and does nothing",
    Judge::Probe(|recorder| Box::pin(refusals(recorder))),
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

/// What was never created is refused.
///
/// Any status from 400 to 499 will do.
const UNKNOWN: &str = "refused.unknown-customer";
/// The refusal of what does not exist is a 404.
const NOT_FOUND: &str = "refused.not-found";
/// A method that the path does not have is refused.
const METHOD: &str = "refused.method";
/// That refusal is a 405, with an `Allow` header of the methods that the path has.
const ALLOW: &str = "refused.allow";
/// A body that is no JSON is refused with a 4xx status, whatever its type.
const JSON: &str = "refused.json";
/// Another media type is refused with a 415, and a charset is no other media type.
const MEDIA: &str = "refused.media";
/// Two keys, and a key that is no UUID where one is declared, are refused.
const KEY: &str = "refused.key";
/// A member that the contract does not list is accepted where the schema leaves it open.
const EXTRA: &str = "request.extra";

/// Tries the requests of every operation.
async fn refusals(recorder: &mut Recorder<'_>) {
    for operation in &recorder.context.specification.contract().operations {
        let mut probe = Probe::new(recorder, operation).await;
        methods(&mut probe).await;
        if operation.body.is_some() {
            bodies(&mut probe).await;
        }
        keys(&mut probe).await;
        unknown(&mut probe).await;
    }
}

/// The methods that the contract has for the path of a request.
///
/// The prefix of the server's URL is removed first, since the contract's paths do not have it.
fn allowed_methods(probe: &Probe<'_, '_>, raw: &RawRequest) -> Vec<String> {
    let path = raw.request.path();
    let path = path.strip_prefix(probe.context.connection.prefix());
    let contract = probe.context.specification.contract();
    contract.methods(path.unwrap_or_default())
}

/// A method that the path does not have is not carried out. The request is signed for the method
/// with which it is sent, so that nothing else is wrong with it.
///
/// The methods of the path itself are left out, also those of other operations.
async fn methods(probe: &mut Probe<'_, '_>) {
    let allowed = allowed_methods(probe, &probe.ready);
    for method in [Method::DELETE, Method::PUT, Method::PATCH, Method::POST] {
        if allowed.iter().any(|own| own == method.as_str()) {
            continue;
        }
        let mut raw = probe.ready.with_fresh_key();
        raw.request.method = method.clone();
        let sent = probe.refused(METHOD, method.as_str(), &raw).await;
        let allow = all_values(&sent, "allow");
        let right = sent.status() == 405 && allowed.iter().all(|own| allow.contains(own));
        let expected = format!("405 and {}", allowed.join(", "));
        let actual = format!("{} and `{allow}`", sent.outcome());
        probe.check(ALLOW, right, expected, actual);
    }
}

/// A body that is not JSON is refused, also with the media type of JSON; one with an
/// undocumented member is not, unless the contract says so.
async fn bodies(probe: &mut Probe<'_, '_>) {
    let Some(body) = &probe.operation.body else {
        return;
    };
    let required = probe.operation.body_required;
    let bodies = [("a body that is not JSON", "{"), ("an empty body", "")];
    // A body that may be left out may be empty.
    for (what, text) in bodies.into_iter().filter(|it| required || !it.1.is_empty()) {
        let raw = probe.ready.with_body(text);
        let sent = probe.refused(JSON, what, &raw).await;
        let exact = matches!(sent.status(), 400 | 415 | 422)
            || Some(sent.status()) == probe.operation.refusal();
        probe.check(MEDIA, exact, "400", sent.outcome());
    }
    let mut raw = probe.ready.with_fresh_key();
    raw.set_media_type(&format!("{}; charset=utf-8", body.media_type));
    let what = "JSON that names its charset";
    probe.accepted(MEDIA, what, &raw).await;
    for media_type in ["text/plain", "application/x-www-form-urlencoded"] {
        raw = probe.ready.with_fresh_key();
        raw.set_media_type(media_type);
        let sent = probe.refused(MEDIA, media_type, &raw).await;
        probe.equal(MEDIA, 415, sent.status());
    }
    let contract = probe.context.specification.contract();
    let open = matches!(&contract.resolve(&body.schema).shape, Shape::Object(rules)
        if matches!(rules.additional, Additional::Unspecified | Additional::Any));
    let value = serde_json::from_slice::<Value>(&probe.ready.request.body);
    if let (true, Ok(mut value)) = (open, value) {
        value["anUndocumentedMember"] = json!(true);
        raw = probe.ready.with_body(value.to_string());
        probe.accepted(EXTRA, "an undocumented member", &raw).await;
    }
}

/// A key that is no key is refused; one that is absent or derived is not.
///
/// A UUID of version 5 is a key too: the format of the contract is `uuid`, of any version.
async fn keys(probe: &mut Probe<'_, '_>) {
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
    for clause in key_clauses(probe, probe.operation) {
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

/// What was never created is not found, and neither is what has only the beginning of a reference
/// in common with something that was: half of one that exists, or one with a letter more.
async fn unknown(probe: &mut Probe<'_, '_>) {
    let context = probe.context;
    for flow in flow::begun_by(context.specification.contract(), &probe.operation.id) {
        let created = context.connection.send(&probe.ready).await;
        let own = created.text_at(&flow.source.pointer).unwrap_or_default();
        // Of letters, for a foreign server's references may be any text.
        let mut beginning: String = own.chars().take(own.chars().count() / 2).collect();
        let mut other = "00000000-0000-4000-8000-000000000000".to_owned();
        let mut requests = Vec::new();
        let mut longer = format!("{own}0");
        let contract = context.specification.contract();
        if let Shape::Integer = contract.resolve(&flow.parameter.schema).shape {
            // Numbers that are counted up have others as their beginning.
            (beginning, longer) = (String::new(), String::new());
            other = format!("{own}00000000");
        }
        for (what, name) in [
            ("something that does not exist", other),
            ("the beginning of a reference", beginning),
            ("a reference and one letter more", longer),
        ] {
            if !name.is_empty() {
                requests.push((
                    what,
                    probe.fetch(&flow, &name),
                    is_name(probe, &flow, &name),
                ));
            }
        }
        let mut raw = probe.ready.clone();
        raw.request.target = format!("{}/a/b", raw.request.path());
        if allowed_methods(probe, &raw).is_empty() {
            requests.push(("a path that does not exist", raw, true));
        }
        for (what, raw, is_name) in requests {
            let sent = probe.refused(UNKNOWN, what, &raw).await;
            // What cannot be a name may be refused as such.
            if is_name {
                probe.equal(NOT_FOUND, 404, sent.status());
            }
        }
    }
}

/// Whether the contract allows a text as the name of what a flow fetches.
fn is_name(probe: &Probe<'_, '_>, flow: &Flow<'_>, text: &str) -> bool {
    let contract = probe.context.specification.contract();
    let schema = &flow.parameter.schema;
    contract.allows(schema, &contract.parse_text(schema, text))
}
