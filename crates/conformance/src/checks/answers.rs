//! Answers: their statuses, their bodies, and what the client decodes of them.

use bvnk_contract::{Operation, Response, Shape};
use serde_json::Value;

use super::body::{difference, judge};
use super::{Check, Judge, Probe, Recorder, flows, sent, statuses};
use crate::collect::Exercise;
use crate::context::Context;
use crate::exchange::{self, media_type};

/// Judges each answer as it was received and as it was decoded.
pub(super) const KEPT: Check = Check::new(
    "answer-body",
    "a valid call is answered as the contract lists, and the client's type keeps all of it",
    Judge::Exercise(kept),
    &[
        "success",
        "success-media",
        "success-attribute",
        "value",
        "sample",
        statuses::BETA,
    ],
);

/// Judges answers that the client would refuse to decode, so that the reason is found.
pub(super) const RAW: Check = Check::new(
    "answer-raw",
    "operations are answered as the contract states, whatever a client makes of it",
    Judge::Probe(|context, recorder| Box::pin(raw(context, recorder))),
    &["success", "success-media", "success-attribute"],
);

/// Compares each response with the contract, and the decoded value with the response.
fn kept(context: &Context, exercise: &Exercise, recorder: &mut Recorder) {
    for (operation, call) in sent(context, exercise) {
        recorder.on(format!("the answer to a valid {}", operation.id));
        let received = call.result.as_ref().map(|called| &called.response);
        let received = received.map_err(ToString::to_string);
        let value = answer(context, operation, received, recorder);
        if let (Some((media, raw)), Ok(called)) = (value, &call.result) {
            decoded(recorder, &media, &raw, &called.value);
            statuses::listed(context, operation, &raw, &called.value, recorder);
        }
    }
}

/// Judges the answer to a valid call. Returns its body with the clause about the whole of it,
/// if the answer is a success that the contract lists, with a body.
fn answer(
    context: &Context,
    operation: &Operation,
    received: Result<&exchange::Response, String>,
    recorder: &mut Recorder,
) -> Option<(String, Value)> {
    let status = received.as_ref().map_or(0, |it| it.status.as_u16());
    let listed = operation
        .response(status)
        .filter(|response| response.status.is_success());
    // A success that never appeared is not observed.
    let about = listed.or_else(|| operation.successes().next())?;
    let clause = format!("answer {} {}", operation.id, about.status);
    let clause = context.specification.about(&clause);
    let actual = received
        .as_ref()
        .map_or_else(String::clone, |_| status.to_string());
    recorder.check(&clause, listed.is_some(), about.status, actual);
    body(context, operation, listed?, received.ok()?, recorder)
}

/// Judges the body of a success.
fn body(
    context: &Context,
    operation: &Operation,
    listed: &Response,
    received: &exchange::Response,
    recorder: &mut Recorder,
) -> Option<(String, Value)> {
    let specification = &context.specification;
    let of = listed.status.to_string();
    let Some(body) = &listed.body else {
        let clause = specification.about(&format!("answer {} {of}", operation.id));
        recorder.holds(&clause, received.body.is_empty(), "no body");
        return None;
    };
    let headers = &received.headers;
    let media = specification.about(&format!("media {} {of}", operation.id));
    recorder.equal(&media, &body.media_type, &media_type(headers));
    let content_type = headers
        .get("content-type")
        .and_then(|value| value.to_str().ok());
    let charset = content_type.and_then(|value| value.split_once("charset="));
    let utf8 = charset.is_none_or(|(_, it)| it.trim_matches('"').eq_ignore_ascii_case("utf-8"));
    recorder.holds(&media, utf8, "UTF-8");
    let plain = !headers.contains_key("content-encoding");
    recorder.holds(&media, plain, "no Content-Encoding, as none was asked for");
    let value = serde_json::from_slice::<Value>(&received.body).ok();
    let shape = &specification.contract().resolve(&body.schema).shape;
    let value = value.filter(|it| it.is_object() || !matches!(shape, Shape::Object(_)));
    recorder.holds(&media, value.is_some(), "JSON of the contract's type");
    let value = value?;
    judge(specification, (&operation.id, &of), &value, recorder);
    Some((media, value))
}

/// The client's type keeps all of an answer.
pub(super) fn decoded(recorder: &mut Recorder, clause: &str, raw: &Value, decoded: &Value) {
    let lost = difference(raw, decoded).map(|(_, lost)| lost);
    let expected = "the client's type keeps all of it";
    recorder.check(clause, lost.is_none(), expected, lost.unwrap_or_default());
}

/// The same without the client, which refuses to decode what is wrong; and what a creation
/// made can be fetched.
async fn raw(context: &Context, recorder: &mut Recorder) {
    let contract = context.specification.contract();
    let flows = contract.flows();
    for operation in contract.operations() {
        // What follows a creation is tried with what was created.
        if flows.iter().any(|flow| flow.follow.id == operation.id) {
            continue;
        }
        let mut probe = Probe::new(context, operation, recorder).await;
        let ready = probe.ready.clone();
        let sent = probe.send("a valid request", &ready).await;
        let received = sent.response.as_ref().map_err(String::clone);
        answer(context, operation, received, probe.recorder);
        for flow in flows.iter().filter(|flow| flow.create.id == operation.id) {
            let Some(value) = sent.text_at(&flow.source.pointer) else {
                continue;
            };
            let fetched = context.connection.send(&context.fetch(flow, &value)).await;
            let recorder = &mut *probe.recorder;
            recorder
                .sent(&fetched)
                .on(format!("the answer of {}", flow.follow.id));
            let received = fetched.response.as_ref().map_err(String::clone);
            answer(context, flow.follow, received, recorder);
            if fetched.is_success() {
                let own = fetched.text_at(&flow.source.pointer);
                flows::same(context, flow, &value, own, fetched.status(), recorder);
            }
        }
    }
}
