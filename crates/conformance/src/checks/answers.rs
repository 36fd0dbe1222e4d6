//! Answers: their statuses, their bodies, and what the client decodes of them.

use bvnk_contract::{Operation, Response, Shape};
use serde_json::Value;

use super::Recorder;
use super::body::{difference, judge};
use super::requests::sent;
use crate::collect::{Answer, Exchanged, Exercise, RawRequest};
use crate::context::Context;
use crate::exchange::media_type;
use crate::flow;

/// Each valid call is answered with a success that the contract lists.
pub(super) fn accepted(context: &Context, exercise: &Exercise, recorder: &mut Recorder) {
    for (operation, call) in sent(context, exercise) {
        let what = format!("the answer to a valid {}", operation.id);
        let expected: Vec<String> = operation
            .successes()
            .map(|response| response.status.to_string())
            .collect();
        let (success, actual) = match &call.result {
            Ok(answer) => {
                let listed = listed(operation, answer.status.as_u16());
                (listed, answer.status.as_u16().to_string())
            }
            Err(reason) => (None, reason.clone()),
        };
        // A success that never appeared is not observed.
        let about = success.or_else(|| operation.successes().next());
        let status = about.map_or_else(String::new, |response| response.status.to_string());
        let clause = context
            .specification
            .about(&format!("answer {} {status}", operation.id));
        recorder.check(
            &clause,
            success.is_some(),
            what,
            expected.join(" or "),
            actual,
        );
    }
}

/// The success that the contract lists for a status.
fn listed(operation: &Operation, status: u16) -> Option<&Response> {
    let response = operation.response(status)?;
    response.status.is_success().then_some(response)
}

/// Each answer is valid, and the client's type keeps all of it.
pub(super) fn kept(context: &Context, exercise: &Exercise, recorder: &mut Recorder) {
    for (operation, call) in sent(context, exercise) {
        let Ok(answer) = &call.result else { continue };
        let Some(response) = listed(operation, answer.status.as_u16()) else {
            continue;
        };
        let of = response.status.to_string();
        let what = format!("an answer of {}", operation.id);
        let Some(body) = &response.body else {
            let clause = context
                .specification
                .about(&format!("answer {} {of}", operation.id));
            recorder.check_eq(
                &clause,
                format_args!("{what}: bytes of its body"),
                0,
                answer.raw.len(),
            );
            continue;
        };
        let media = context
            .specification
            .about(&format!("media {} {of}", operation.id));
        let own = media_type(&answer.headers);
        recorder.check_eq(
            &media,
            format_args!("{what}: the media type"),
            &body.media_type,
            &own,
        );
        let Ok(raw) = serde_json::from_slice::<Value>(&answer.raw) else {
            recorder.check(&media, false, what, "JSON", "something else");
            continue;
        };
        judge(&context.specification, (&operation.id, &of), &raw, recorder);
        decoded(recorder, &media, &what, &raw, answer);
    }
}

/// The client's type keeps all of an answer.
pub(super) fn decoded(
    recorder: &mut Recorder,
    clause: &str,
    what: &str,
    raw: &Value,
    answer: &Answer,
) {
    let lost = difference(raw, &answer.value).map(|(_, lost)| lost);
    recorder.check(
        clause,
        lost.is_none(),
        format_args!("{what}, read into the client's type"),
        "all of it is kept",
        lost.unwrap_or_default(),
    );
}

/// The same without the client, which refuses to decode what is wrong; and what a creation
/// made can be fetched.
pub(super) async fn raw(context: &Context, recorder: &mut Recorder) {
    let contract = context.specification.contract();
    for operation in contract.operations() {
        let raw = context.ready_request(operation).await;
        let sent = context.connection.send(&raw).await;
        reply(context, operation, &sent, recorder);
    }
    for flow in contract.flows() {
        let created = context
            .connection
            .send(&context.ready_request(flow.create).await)
            .await;
        let Some(value) = created.text_at(&flow.source.pointer) else {
            continue;
        };
        let mut parameters = context.plan.parameters(&flow.follow.id);
        parameters.insert(flow.parameter.to_owned(), value.clone().into());
        let raw = RawRequest::new(flow.follow, &parameters, None, context.connection.prefix());
        let fetched = context.connection.send(&raw).await;
        reply(context, flow.follow, &fetched, recorder);
        super::flows::same_resource(context, &flow, &value, &fetched, recorder);
        if let Some(status) = flow::StatusAttribute::of(contract, flow.follow) {
            super::flows::after_the_end(context, &status, &raw, &fetched, recorder).await;
        }
    }
}

fn reply(context: &Context, operation: &Operation, sent: &Exchanged, recorder: &mut Recorder) {
    let specification = &context.specification;
    // What a flow follows needs something that exists: it is tried above.
    let flows = specification.contract().flows();
    let follows = flows.iter().any(|flow| flow.follow.id == operation.id);
    recorder.about(sent);
    let what = format!("the answer of {}", operation.id);
    let Some(success) = listed(operation, sent.status()) else {
        if !follows || sent.status() != 404 {
            let first = operation.successes().next();
            let status = first.map_or_else(String::new, |response| response.status.to_string());
            let clause = specification.about(&format!("answer {} {status}", operation.id));
            recorder.check(&clause, false, what, status, sent.outcome());
        }
        return;
    };
    let of = success.status.to_string();
    recorder.observe(&specification.about(&format!("answer {} {of}", operation.id)));
    let (Some(body), Some(response)) = (&success.body, sent.response()) else {
        return;
    };
    let media = specification.about(&format!("media {} {of}", operation.id));
    let own = media_type(&response.headers);
    recorder.check_eq(
        &media,
        format_args!("{what}: the media type"),
        &body.media_type,
        &own,
    );
    let content_type = response.header("content-type");
    let charset = content_type
        .split_once("charset=")
        .map_or("utf-8", |(_, charset)| charset);
    let utf8 = charset.trim_matches('"').eq_ignore_ascii_case("utf-8");
    recorder.check(
        &media,
        utf8,
        format_args!("{what}: the charset"),
        "UTF-8, or none",
        charset,
    );
    let plain = !response.headers.contains_key("content-encoding");
    let expected = "none, as none was asked for";
    recorder.check(
        &media,
        plain,
        format_args!("{what}: the encoding"),
        expected,
        "Content-Encoding",
    );
    let Ok(value) = serde_json::from_slice::<Value>(&response.body) else {
        return recorder.check(&media, false, what, "JSON", "something else");
    };
    let shape = &specification.contract().resolve(&body.schema).shape;
    if matches!(shape, Shape::Object(_)) && !value.is_object() {
        return recorder.check(&media, false, what, "a JSON object", "something else");
    }
    judge(specification, (&operation.id, &of), &value, recorder);
}
