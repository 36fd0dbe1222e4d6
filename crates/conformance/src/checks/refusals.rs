//! What the server refuses besides bad attributes and bad signatures, and what it must not
//! refuse although it is unusual.

use bvnk_contract::{Additional, Operation, Shape};
use serde_json::{Value, json};
use uuid::Uuid;

use super::Recorder;
use super::requests::{is_uuid, key_clauses};
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
    for operation in context.specification.contract().operations() {
        let ready = context.ready_request(operation).await;
        let mut requests = Requests {
            context,
            operation,
            ready,
            recorder,
        };
        requests.methods().await;
        if operation.body.is_some() {
            requests.bodies().await;
        }
        if operation.idempotency_key().is_some() {
            requests.keys().await;
        }
    }
    unknown(context, recorder).await;
}

/// Variations of a valid request of an operation.
struct Requests<'a> {
    context: &'a Context,
    operation: &'a Operation,
    ready: RawRequest,
    recorder: &'a mut Recorder,
}

/// Sends a request that must be refused with a 4xx status and must do nothing.
async fn refused(
    context: &Context,
    recorder: &mut Recorder,
    clause: &str,
    raw: &RawRequest,
) -> Exchanged {
    let before = context.connection.created();
    let sent = context.connection.send(raw).await;
    recorder.sent(&sent);
    recorder.check(clause, sent.is_refused(), "4xx", sent.outcome());
    created(context, recorder, clause, before, 0);
    sent
}

impl Requests<'_> {
    async fn refused(&mut self, clause: &str, what: &str, raw: &RawRequest) -> Exchanged {
        self.recorder.on(format!("{}, {what}", self.operation.id));
        refused(self.context, self.recorder, clause, raw).await
    }

    async fn accepted(&mut self, clause: &str, what: &str, raw: &RawRequest) {
        let sent = self.context.connection.send(raw).await;
        let recorder = self.recorder.sent(&sent);
        recorder.on(format!("{}, {what}", self.operation.id));
        recorder.check(clause, sent.is_success(), "success", sent.outcome());
    }

    /// A method that the path does not have is not carried out.
    async fn methods(&mut self) {
        let path = self.ready.target.split('?').next().unwrap_or_default();
        let path = path.strip_prefix(self.context.connection.prefix());
        let contract = self.context.specification.contract();
        let allowed = contract.methods(path.unwrap_or_default());
        for method in ["DELETE", "PUT", "PATCH", "POST"] {
            if allowed.iter().any(|own| own == method) {
                continue;
            }
            let mut raw = self.ready.with_fresh_key();
            raw.method = method.to_owned();
            let sent = self.refused(METHOD, method, &raw).await;
            let allow = sent.header("allow");
            let right = sent.status() == 405 && allowed.iter().all(|own| allow.contains(own));
            let actual = format!("{} and `{allow}`", sent.outcome());
            self.recorder.check(
                ALLOW,
                right,
                format!("405 and {}", allowed.join(", ")),
                actual,
            );
        }
    }

    /// A body that is not JSON is refused, whatever it says that it is; one with an
    /// undocumented member is not, unless the contract says so.
    async fn bodies(&mut self) {
        for (what, body) in [("a body that is not JSON", "{"), ("an empty body", "")] {
            let mut raw = self.ready.with_fresh_key();
            raw.body = Some(body.into());
            let sent = self.refused(JSON, what, &raw).await;
            let exact = matches!(sent.status(), 400 | 415 | 422);
            self.recorder.check(MEDIA, exact, "400", sent.outcome());
        }
        let mut raw = self.ready.with_fresh_key();
        let own = raw.media_type().unwrap_or_default().to_owned();
        raw.set("content-type", &format!("{own}; charset=utf-8"));
        self.accepted(MEDIA, "JSON that names its charset", &raw)
            .await;
        for media_type in ["text/plain", "application/x-www-form-urlencoded"] {
            raw = self.ready.with_fresh_key();
            raw.set("content-type", media_type);
            let sent = self.refused(MEDIA, media_type, &raw).await;
            self.recorder.equal(MEDIA, 415, sent.status());
        }
        let contract = self.context.specification.contract();
        let schema = self
            .operation
            .body
            .as_ref()
            .map(|body| contract.resolve(&body.schema));
        let shape = schema.map(|schema| &schema.shape);
        let open = matches!(shape, Some(Shape::Object(rules))
            if matches!(rules.additional, Additional::Unspecified | Additional::Any));
        let body = self.ready.body.as_deref().unwrap_or_default();
        if let (true, Ok(mut value)) = (open, serde_json::from_slice::<Value>(body)) {
            value["anUndocumentedMember"] = json!(true);
            raw = self.ready.with_fresh_key();
            raw.body = Some(value.to_string().into());
            self.accepted(EXTRA, "an undocumented member", &raw).await;
        }
    }

    /// A key that is no key is refused; one that is absent or derived is not.
    async fn keys(&mut self) {
        let Some(parameter) = self.operation.idempotency_key() else {
            return;
        };
        let mut raw = self.ready.with_fresh_key();
        raw.add_key(&Uuid::new_v4().to_string());
        self.refused(KEY, "two keys", &raw).await;
        if is_uuid(self.context, parameter) {
            raw.set_key(Some("order-7"));
            self.refused(KEY, "a key that is no UUID", &raw).await;
        }
        for clause in key_clauses(&self.context.specification, self.operation) {
            let random = Uuid::new_v4();
            let derived = Uuid::new_v5(&Uuid::NAMESPACE_URL, random.as_bytes());
            raw.set_key(Some(&derived.to_string()));
            self.accepted(&clause, "a derived key (version 5)", &raw)
                .await;
            raw.set_key(None);
            match parameter.required {
                true => drop(self.refused(&clause, "no key", &raw).await),
                false => self.accepted(&clause, "no key", &raw).await,
            }
        }
    }
}

/// What was never created is not found.
async fn unknown(context: &Context, recorder: &mut Recorder) {
    let contract = context.specification.contract();
    for flow in contract.flows() {
        let ready = context.ready_request(flow.create).await;
        let created = context.connection.send(&ready).await;
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
            recorder.on(format!("{}, {what}", raw.operation));
            let sent = refused(context, recorder, UNKNOWN, &raw).await;
            recorder.equal(NOT_FOUND, 404, sent.status());
        }
    }
}
