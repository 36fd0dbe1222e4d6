//! Answers: their statuses, their bodies, and what the client decodes of them.
//!
//! The bytes of an answer are compared with the contract, and the decoded value with the
//! bytes. So a difference is known to be the server's or the client's.
//!
//! A wrong body may fail in the client before it can be judged. [`RAW`] therefore sends the same
//! requests without the client, and its findings name the attribute.

use bvnk_contract::{Operation, Response, Shape};
use futures_util::future::join_all;
use serde_json::Value;

use super::body::{differs, judge};
use super::{Check, Judge, Probe, Recorder, flows, sent, statuses};
use crate::exchange::{self, Exchange, Exercise, header_text, media_type};
use crate::flow::begun_by;

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
    Judge::Probe(|recorder| Box::pin(raw(recorder))),
    &["success", "success-media", "success-attribute", "link"],
);

/// Compares each response with the contract, and the decoded value with the response. A call that
/// failed has no answer, which is a failure of the clause about its success.
///
/// A body that the client decodes differently is reported by its place and never by its values.
fn kept(recorder: &mut Recorder<'_>, exercise: &Exercise) {
    for (operation, call) in sent(recorder.context, exercise) {
        // What sent nothing is a failure of its route.
        let Some(sent) = call.attempts.last() else {
            continue;
        };
        recorder
            .sent(sent)
            .on(format!("the answer to a valid {}", operation.id));
        // The status is right where the client cannot read the body.
        let error = call.result.as_ref().err().and_then(|error| error.failed());
        let status = error.and_then(|error| error.status());
        let listed = status.and_then(|status| operation.response(status.as_u16()));
        if let (Some(error), Some(listed)) = (error, listed.filter(|it| it.status.is_success())) {
            let media = recorder.about(&format!("media {} {}", operation.id, listed.status));
            recorder.fail(&media, "a body that the client can read", error);
            continue;
        }
        let mut sent = sent.clone();
        // A call that failed has no answer, whatever was sent.
        if let Err(error) = &call.result {
            sent.response = Err(error.to_string());
        }
        let value = answer(recorder, operation, &sent);
        if let (Some((media, raw)), Ok(called)) = (value, &call.result) {
            recorder.equal(&media, sent.status(), called.status.as_u16());
            let reported = header_text(&called.headers, "content-type");
            recorder.equal(&media, sent.header("content-type"), reported);
            decoded(recorder, &media, &raw, &called.value);
            statuses::listed(recorder, operation, &raw, &called.value);
        }
    }
}

/// Judges the answer to a valid call. Returns its body with the clause about the whole of it,
/// if the answer is a success that the contract lists, with a body.
///
/// The status decides which response of the contract the body is compared with.
fn answer(
    recorder: &mut Recorder<'_>,
    operation: &Operation,
    sent: &Exchange,
) -> Option<(String, Value)> {
    let listed = operation.response(sent.status());
    let listed = listed.filter(|response| response.status.is_success());
    // What was made by an attempt whose answer was lost may be answered with another success.
    if sent.repeated && listed.is_none() && sent.is_success() {
        return None;
    }
    // A success that never appeared is not observed.
    let about = listed.or_else(|| operation.successes().next())?;
    let clause = recorder.about(&format!("answer {} {}", operation.id, about.status));
    let received = sent.response.as_ref();
    let status = |it: &exchange::Response| it.status.as_u16().to_string();
    let actual = received.map_or_else(String::clone, status);
    recorder.check(&clause, listed.is_some(), about.status, actual);
    body(recorder, operation, listed?, received.ok()?)
}

/// Judges the body of a success: its media type, that it is JSON of the contract's type, and then
/// each of its attributes. Returns the same as [`answer`].
fn body(
    recorder: &mut Recorder<'_>,
    operation: &Operation,
    listed: &Response,
    received: &exchange::Response,
) -> Option<(String, Value)> {
    let (id, of) = (&operation.id, listed.status.to_string());
    let Some(body) = &listed.body else {
        let clause = recorder.about(&format!("answer {id} {of}"));
        recorder.holds(&clause, received.body.is_empty(), "no body");
        return None;
    };
    let headers = &received.headers;
    let media = recorder.about(&format!("media {id} {of}"));
    recorder.equal(&media, &body.media_type, &media_type(headers));
    let types = headers.get_all("content-type").iter().count();
    recorder.check(&media, types < 2, "one Content-Type", types);
    let content_type = header_text(headers, "content-type");
    let charset = content_type.split_once("charset=");
    let utf8 = charset.is_none_or(|(_, it)| it.trim_matches('"').eq_ignore_ascii_case("utf-8"));
    recorder.check(&media, utf8, "UTF-8", content_type);
    let encoding = header_text(headers, "content-encoding");
    let plain = !headers.contains_key("content-encoding");
    let expected = "no Content-Encoding, as none was asked for";
    recorder.check(&media, plain, expected, encoding);
    let contract = recorder.context.specification.contract();
    let value = serde_json::from_slice::<Value>(&received.body).ok();
    let shape = &contract.resolve(&body.schema).shape;
    let value = value.filter(|it| it.is_object() || !matches!(shape, Shape::Object(_)));
    recorder.holds(&media, value.is_some(), "JSON of the contract's type");
    let value = value?;
    judge(recorder, id, &of, &value);
    Some((media, value))
}

/// Records that the client's type keeps all of an answer: members that the contract does not list,
/// unknown values and nulls too.
pub(super) fn decoded(recorder: &mut Recorder<'_>, clause: &str, raw: &Value, decoded: &Value) {
    let lost = differs("", raw, decoded).map(|(_, lost)| lost);
    let expected = "the client's type keeps all of it";
    recorder.check(clause, lost.is_none(), expected, lost.unwrap_or_default());
}

/// The same without the client, which refuses to decode what is wrong; and what a creation
/// made can be fetched.
///
/// The server is sent requests that are signed by the suite's own code.
async fn raw(recorder: &mut Recorder<'_>) {
    let context = recorder.context;
    let contract = context.specification.contract();
    let flows = contract.flows();
    for operation in &contract.operations {
        // What follows a creation is tried with what was created.
        if flows
            .iter()
            .any(|flow| flow.fetches() && flow.follow.id == operation.id)
        {
            continue;
        }
        let mut probe = Probe::new(recorder, operation).await;
        let ready = probe.ready.clone();
        let sent = probe.send("a valid request", &ready).await;
        answer(&mut probe, operation, &sent);
        // A link that changes what was created is followed once.
        for named in contract.named_by(operation) {
            if named.flow.follow.id == operation.id {
                let link = flows::link(&probe, &named.flow);
                probe.success(&link, &sent);
            }
        }
        for flow in &begun_by(contract, &operation.id) {
            let connection = &context.connection;
            let other = connection.send(&ready.with_fresh_key()).await;
            let values = [&sent, &other].map(|it| it.text_at(&flow.source.pointer));
            // Several at once: a server that mixes requests up is found only then.
            let values: Vec<&str> = values.iter().flatten().map(String::as_str).collect();
            let values = values.repeat(8);
            let requests: Vec<_> = values.iter().map(|it| probe.fetch(flow, it)).collect();
            let fetched = join_all(requests.iter().map(|it| connection.send(it))).await;
            let recorder = &mut *probe;
            for (value, fetched) in values.iter().zip(&fetched) {
                recorder
                    .sent(fetched)
                    .on(format!("the answer of {}", flow.follow.id));
                answer(recorder, flow.follow, fetched);
                if fetched.is_success() {
                    let own = fetched.text_at(&flow.source.pointer);
                    flows::same(recorder, flow, value, own, fetched.status());
                }
            }
        }
    }
}
