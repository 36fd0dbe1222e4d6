//! What the server refuses besides bad attributes and bad signatures, and what it must not
//! refuse although it is unusual.

use bvnk_contract::{Additional, Operation, Shape};
use serde_json::{Value, json};
use uuid::Uuid;

use super::Recorder;
use super::requests::key_clauses;
use super::signatures::created;
use crate::collect::{Exchanged, RawRequest};
use crate::context::Context;

const UNKNOWN: &str = "refused.unknown-customer";
const NOT_FOUND: &str = "refused.not-found";
const METHOD: &str = "refused.method";
const ALLOW: &str = "refused.allow";
const JSON: &str = "refused.json";
const MEDIA: &str = "refused.media";
const KEY: &str = "refused.key";
const EXTRA: &str = "request.extra";

pub(super) async fn refusals(context: &Context, recorder: &mut Recorder) {
    let specification = std::sync::Arc::clone(&context.specification);
    for operation in specification.contract().operations() {
        let raw = context.ready_request(operation).await;
        methods(context, operation, &raw, recorder).await;
        if operation.body.is_some() {
            bodies(context, &raw, recorder).await;
            extra(context, operation, &raw, recorder).await;
        }
        if operation.idempotency_key().is_some() {
            keys(context, operation, &raw, recorder).await;
        }
    }
    unknown(context, recorder).await;
}

/// Sends a request that must be refused with a 4xx status and must do nothing.
async fn refused(
    context: &Context,
    recorder: &mut Recorder,
    clause: &str,
    what: &str,
    raw: &RawRequest,
) -> Exchanged {
    let before = context.connection.created();
    let sent = context.connection.send(raw).await;
    recorder.about(&sent);
    let refused = (400..500).contains(&sent.status());
    recorder.check(clause, refused, what, "4xx", sent.outcome());
    created(context, recorder, clause, what, before, 0);
    sent
}

async fn accepted(
    context: &Context,
    recorder: &mut Recorder,
    clause: &str,
    what: &str,
    raw: &RawRequest,
) {
    let sent = context.connection.send(raw).await;
    recorder.about(&sent);
    recorder.check(clause, sent.is_success(), what, "success", sent.outcome());
}

/// A method that the path does not have is not carried out.
async fn methods(
    context: &Context,
    operation: &Operation,
    ready: &RawRequest,
    recorder: &mut Recorder,
) {
    let contract = context.specification.contract();
    let path = ready.target.split('?').next().unwrap_or_default();
    let path = path
        .strip_prefix(context.connection.prefix())
        .unwrap_or(path);
    let allowed = contract.methods(path);
    for method in ["DELETE", "PUT", "PATCH", "POST"] {
        if allowed.iter().any(|own| own == method) {
            continue;
        }
        let mut raw = ready.with_fresh_key();
        raw.method = method.to_owned();
        let what = format!("{method} on the path of {}", operation.id);
        let sent = refused(context, recorder, METHOD, &what, &raw).await;
        let allow = sent
            .response()
            .map_or("", |response| response.header("allow"));
        let named = allowed.iter().all(|own| allow.contains(own.as_str()));
        let actual = format!("{} and `{}`", sent.outcome(), bvnk::Escaped::new(allow));
        let expected = format!("405 and Allow: {}", allowed.join(", "));
        recorder.check(ALLOW, sent.status() == 405 && named, what, expected, actual);
    }
}

/// A body that is not JSON is refused, whatever it says that it is.
async fn bodies(context: &Context, ready: &RawRequest, recorder: &mut Recorder) {
    for (what, body) in [("a body that is not JSON", "{"), ("an empty body", "")] {
        let mut raw = ready.with_fresh_key();
        raw.body = Some(body.into());
        let what = format!("{}, {what}", ready.operation);
        let sent = refused(context, recorder, JSON, &what, &raw).await;
        let exact = matches!(sent.status(), 400 | 415 | 422);
        recorder.check(MEDIA, exact, what, "400", sent.outcome());
    }
    for media_type in ["text/plain", "application/x-www-form-urlencoded"] {
        let mut raw = ready.with_fresh_key();
        raw.set("content-type", media_type);
        let what = format!("{}, a body that is called {media_type}", ready.operation);
        let sent = refused(context, recorder, MEDIA, &what, &raw).await;
        recorder.check_eq(MEDIA, what, 415, sent.status());
    }
    let mut raw = ready.with_fresh_key();
    let own = raw.media_type().unwrap_or_default().to_owned();
    raw.set("content-type", &format!("{own}; charset=utf-8"));
    let what = format!("{}, JSON that names its charset", ready.operation);
    accepted(context, recorder, MEDIA, &what, &raw).await;
}

/// An undocumented member is no reason to refuse a body, unless the contract says so.
async fn extra(
    context: &Context,
    operation: &Operation,
    ready: &RawRequest,
    recorder: &mut Recorder,
) {
    let Some(body) = &operation.body else { return };
    let shape = &context.specification.contract().resolve(&body.schema).shape;
    let open = matches!(shape, Shape::Object(rules) if matches!(rules.additional, Additional::Unspecified | Additional::Any));
    let read = |body: &[u8]| serde_json::from_slice::<Value>(body).ok();
    if let (true, Some(mut value)) = (open, ready.body.as_deref().and_then(read)) {
        value["anUndocumentedMember"] = json!(true);
        let mut raw = ready.with_fresh_key();
        raw.body = Some(value.to_string().into());
        let what = format!("{}, an undocumented member", operation.id);
        accepted(context, recorder, EXTRA, &what, &raw).await;
    }
}

/// A key that is no key is refused; one that is absent or derived is not.
async fn keys(
    context: &Context,
    operation: &Operation,
    ready: &RawRequest,
    recorder: &mut Recorder,
) {
    let Some(parameter) = operation.idempotency_key() else {
        return;
    };
    let id = &operation.id;
    let shape = &context
        .specification
        .contract()
        .resolve(&parameter.schema)
        .shape;
    let uuid = matches!(shape, Shape::String(rules) if rules.format.as_deref() == Some("uuid"));
    if uuid {
        let mut raw = ready.clone();
        raw.set_key(Some("order-7"));
        refused(
            context,
            recorder,
            KEY,
            &format!("{id}, a key that is no UUID"),
            &raw,
        )
        .await;
    }
    let mut raw = ready.with_fresh_key();
    raw.add_key(&Uuid::new_v4().to_string());
    refused(context, recorder, KEY, &format!("{id}, two keys"), &raw).await;
    for clause in key_clauses(&context.specification, operation) {
        let mut raw = ready.with_fresh_key();
        let derived = Uuid::new_v5(
            &Uuid::NAMESPACE_URL,
            raw.key().unwrap_or_default().as_bytes(),
        );
        raw.set_key(Some(&derived.to_string()));
        accepted(
            context,
            recorder,
            &clause,
            &format!("{id}, a derived key (version 5)"),
            &raw,
        )
        .await;
        let mut raw = ready.clone();
        raw.set_key(None);
        let what = format!("{id}, without a key");
        match parameter.required {
            true => drop(refused(context, recorder, &clause, &what, &raw).await),
            false => accepted(context, recorder, &clause, &what, &raw).await,
        }
    }
}

/// What was never created is not found.
async fn unknown(context: &Context, recorder: &mut Recorder) {
    let contract = context.specification.contract();
    for flow in contract.flows() {
        let created = context
            .connection
            .send(&context.ready_request(flow.create).await)
            .await;
        let own = created.text_at(&flow.source.pointer).unwrap_or_default();
        // Of letters, for a foreign server's references may be any text.
        let beginning: String = own.chars().take(own.chars().count() / 2).collect();
        for (what, value) in [
            (
                "something that does not exist",
                "00000000-0000-4000-8000-000000000000",
            ),
            ("the beginning of a reference", beginning.as_str()),
        ] {
            if value.is_empty() {
                continue;
            }
            let mut parameters = context.plan.parameters(&flow.follow.id);
            parameters.insert(flow.parameter.to_owned(), value.into());
            let raw = RawRequest::new(flow.follow, &parameters, None, context.connection.prefix());
            let what = format!("{}, {what}", flow.follow.id);
            let sent = refused(context, recorder, UNKNOWN, &what, &raw).await;
            recorder.check_eq(NOT_FOUND, what, 404, sent.status());
        }
        let mut raw = context.valid_request(flow.create);
        raw.target = format!("{}/a/b", raw.target.split('?').next().unwrap_or_default());
        let path = raw.target.strip_prefix(context.connection.prefix());
        let taken = !contract.methods(path.unwrap_or_default()).is_empty();
        if taken {
            continue;
        }
        let sent = refused(
            context,
            recorder,
            UNKNOWN,
            "a path that does not exist",
            &raw,
        )
        .await;
        recorder.check_eq(NOT_FOUND, "a path that does not exist", 404, sent.status());
    }
}
