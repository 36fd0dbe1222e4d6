//! Answers: their statuses, their bodies, and what the client decodes of them.

use bvnk_contract::{Operation, Response, Shape};
use http::HeaderMap;
use serde_json::Value;

use super::Recorder;
use super::body::{difference, judge};
use super::requests::sent;
use crate::collect::{Answer, Exchanged, Exercise};
use crate::context::Context;
use crate::exchange::media_type;
use crate::flow::StatusAttribute;

/// Each valid call is answered with a success that the contract lists.
pub(super) fn accepted(context: &Context, exercise: &Exercise, recorder: &mut Recorder) {
    for (operation, call) in sent(context, exercise) {
        recorder.on(format!("the answer to a valid {}", operation.id));
        match &call.result {
            Ok(answer) => success(context, operation, answer.status.as_u16(), "", recorder),
            Err(reason) => success(context, operation, 0, reason, recorder),
        };
    }
}

/// The success that the contract lists for a status; a success that never appeared is not
/// observed.
fn success<'a>(
    context: &Context,
    operation: &'a Operation,
    status: u16,
    reason: &str,
    recorder: &mut Recorder,
) -> Option<&'a Response> {
    let listed = operation
        .response(status)
        .filter(|response| response.status.is_success());
    let about = listed.or_else(|| operation.successes().next())?;
    let clause = format!("answer {} {}", operation.id, about.status);
    let actual = format!("{status} {reason}");
    let clause = context.specification.about(&clause);
    recorder.check(
        &clause,
        listed.is_some(),
        about.status,
        actual.trim_start_matches("0 "),
    );
    listed
}

/// Each answer is valid, and the client's type keeps all of it.
pub(super) fn kept(context: &Context, exercise: &Exercise, recorder: &mut Recorder) {
    for (operation, call) in sent(context, exercise) {
        let Ok(answer) = &call.result else { continue };
        recorder.on(format!("an answer of {}", operation.id));
        let status = answer.status.as_u16();
        let Some(response) = success(context, operation, status, "", recorder) else {
            continue;
        };
        if let Some(raw) = body(
            context,
            operation,
            response,
            (&answer.headers, &answer.raw),
            recorder,
        ) {
            let subject = format!("media {} {}", operation.id, response.status);
            let media = context.specification.about(&subject);
            decoded(recorder, &media, &raw, answer);
        }
    }
}

/// Judges the body of a success, and returns it.
fn body(
    context: &Context,
    operation: &Operation,
    response: &Response,
    (headers, raw): (&HeaderMap, &[u8]),
    recorder: &mut Recorder,
) -> Option<Value> {
    let specification = &context.specification;
    let of = response.status.to_string();
    let Some(body) = &response.body else {
        let clause = specification.about(&format!("answer {} {of}", operation.id));
        recorder.holds(&clause, raw.is_empty(), "no body");
        return None;
    };
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
    let value = serde_json::from_slice::<Value>(raw).ok();
    let shape = &specification.contract().resolve(&body.schema).shape;
    let object = !matches!(shape, Shape::Object(_)) || value.as_ref().is_some_and(Value::is_object);
    recorder.holds(
        &media,
        value.is_some() && object,
        "JSON of the contract's type",
    );
    let value = value.filter(|_| object)?;
    judge(specification, (&operation.id, &of), &value, recorder);
    Some(value)
}

/// The client's type keeps all of an answer.
pub(super) fn decoded(recorder: &mut Recorder, clause: &str, raw: &Value, answer: &Answer) {
    let lost = difference(raw, &answer.value).map(|(_, lost)| lost);
    let expected = "the client's type keeps all of it";
    recorder.check(clause, lost.is_none(), expected, lost.unwrap_or_default());
}

/// The same without the client, which refuses to decode what is wrong; and what a creation
/// made can be fetched.
pub(super) async fn raw(context: &Context, recorder: &mut Recorder) {
    let contract = context.specification.contract();
    let flows = contract.flows();
    for operation in contract.operations() {
        // What follows a creation is tried below, with what was created.
        if flows.iter().all(|flow| flow.follow.id != operation.id) {
            let raw = context.ready_request(operation).await;
            let sent = context.connection.send(&raw).await;
            reply(context, operation, &sent, recorder);
        }
    }
    for flow in flows {
        let ready = context.ready_request(flow.create).await;
        let created = context.connection.send(&ready).await;
        let Some(value) = created.text_at(&flow.source.pointer) else {
            continue;
        };
        let raw = context.fetch(&flow, &value);
        let fetched = context.connection.send(&raw).await;
        reply(context, flow.follow, &fetched, recorder);
        super::flows::same_resource(context, &flow, &value, &fetched, recorder);
        if let Some(status) = StatusAttribute::of(contract, flow.follow) {
            super::flows::after_the_end(context, &status, &raw, &fetched, recorder).await;
        }
    }
}

fn reply(context: &Context, operation: &Operation, sent: &Exchanged, recorder: &mut Recorder) {
    recorder.sent(sent);
    recorder.on(format!("the answer of {}", operation.id));
    let listed = success(context, operation, sent.status(), &sent.reason, recorder);
    if let (Some(listed), Some(response)) = (listed, sent.response()) {
        let received = (&response.headers, response.body.as_ref());
        body(context, operation, listed, received, recorder);
    }
}
