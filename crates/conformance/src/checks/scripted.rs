//! What the client makes of refusals, and of answers that the page does not describe.

use bvnk::ErrorKind;
use bvnk_contract::{Additional, Operation, Shape};
use bvnk_simulator::Response;
use http::StatusCode;
use serde_json::{Value, json};

use super::answers::decoded;
use super::attributes::refusals as refusal_statuses;
use super::body::judge;
use super::statuses::{BETA, observe};
use super::{Check, Judge, Recorder, documented};
use crate::call::{CallError, Called};
use crate::cases::{Generator, Optional, put};
use crate::context::Context;
use crate::flow::StatusAttribute;

/// Judges the client by answers that no server gives on demand.
pub(super) const SCRIPTED: Check = Check::new(
    "answer-scripted",
    "refusals reach the caller whole; any status, another success and more members survive decoding; a wait stops at an end",
    Judge::Script(|context, recorder| Box::pin(scripted(context, recorder))),
    &[
        "error",
        "error-media",
        "success-media",
        "success-attribute",
        "value",
        "sample",
        "terminal",
        KEPT,
        BETA,
        SUCCESS,
        documented::ALIKE.0,
    ],
);

/// The clause that a refusal keeps its status and its bytes, whatever its form.
const KEPT: &str = "settled.error-body";
/// The clause that any 2xx status is a success, not only the one that is listed.
const SUCCESS: &str = "settled.success";
/// A status that no list has and that resembles none.
const UNLISTED: &str = "ON_HOLD_ELSEWHERE";

/// What the bodies of refusals look like on pages and in reports of integrations.
const SHAPES: [(&str, &str); 5] = [
    (
        "application/json",
        r#"{"code":"invalid","message":"not valid"}"#,
    ),
    ("application/json", r#"{"errorList":[{"code":"invalid"}]}"#),
    ("application/json", r#"[{"code":"invalid"}]"#),
    ("text/plain", "not valid"),
    ("text/html", "<html><body>Blocked</body></html>"),
];

/// Tries each operation with refusals, and then with every success that it lists.
async fn scripted(context: &Context, recorder: &mut Recorder) {
    for operation in context.specification.contract().operations() {
        for (content_type, body) in SHAPES {
            recorder.on(format!("a refusal of {}: {body}", operation.id));
            refusal(context, operation, content_type, body, recorder).await;
        }
        for success in operation.successes() {
            if let Err(reason) = changes(context, operation, success, recorder).await {
                recorder.error(BETA, reason);
            }
        }
    }
    documented::waits(context, recorder).await;
}

/// The result of a call of an operation that the simulator answers so.
async fn call(
    context: &Context,
    operation: &Operation,
    answer: Response,
) -> Result<Called, CallError> {
    context.connection.answer_next(answer);
    context.call_first(&context.client, operation, None).await
}

/// The number as a status. Numbers come from the contract, where they are valid.
fn code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or_default()
}

/// Whatever a refusal looks like, its status and its bytes reach the caller.
async fn refusal(
    context: &Context,
    operation: &Operation,
    content_type: &str,
    body: &'static str,
    recorder: &mut Recorder,
) {
    let status = refusal_statuses(operation).first().copied().unwrap_or(400);
    let about = |what: &str| {
        let subject = format!("{what} {} {status}", operation.id);
        context.specification.about(&subject)
    };
    let mut response = Response::new(code(status)).header("content-type", content_type);
    response.body = body.into();
    let error = match call(context, operation, response).await {
        Err(CallError::Failed(error)) => error,
        Err(CallError::Refused(error)) => return recorder.error(KEPT, error),
        Ok(_) => return recorder.check(KEPT, false, "an error", "success"),
    };
    let actual = error.status().map_or(0, |it| it.as_u16());
    recorder.equal(&about("answer"), status, actual);
    let other = [
        ErrorKind::Server,
        ErrorKind::InvalidResponse,
        ErrorKind::Other,
    ];
    recorder.holds(KEPT, !other.contains(&error.kind()), "a kind of refusal");
    let kept = error.response().map(|response| response.body().clone());
    let same = kept.as_deref() == Some(body.as_bytes());
    for clause in [KEPT, &about("media")] {
        recorder.holds(clause, same, "the body that the server sent");
    }
    recorder.holds(KEPT, !error.outcome_unknown(), "a known outcome");
}

/// All that an answer may have, another success than the listed ones, undocumented members
/// and any status survive decoding.
async fn changes(
    context: &Context,
    operation: &Operation,
    success: &bvnk_contract::Response,
    recorder: &mut Recorder,
) -> Result<(), String> {
    let contract = context.specification.contract();
    let Some(body) = &success.body else {
        return Ok(());
    };
    let of = success.status.to_string();
    let specification = &context.specification;
    let media = specification.about(&format!("media {} {of}", operation.id));
    let validator = specification.validator(&operation.id, &of);
    let mut generator = Generator::new(contract, Optional::All(0), 0);
    let valid = generator.value(&body.schema, validator)?;
    let mut more = valid.clone();
    let shape = &contract.resolve(&body.schema).shape;
    let open = matches!(shape, Shape::Object(it) if it.additional == Additional::Any);
    // Not to a list: there is nothing to add to one.
    let member = json!({ "list": [1, "two", null] });
    let open = open && put(&mut more, "/anUndocumentedMember", Some(member));
    let own = (200..300).find(|status| operation.response(*status) == Some(success));
    let mut listed = [200, 201, 202].into_iter();
    let other = listed.find(|status| operation.response(*status).is_none());
    for (clause, what, code, value) in [
        (media.as_str(), "all that may be in it", own, &valid),
        (SUCCESS, "another success", other, &valid),
        (BETA, "an undocumented member", own.filter(|_| open), &more),
    ] {
        if let Some(code) = code {
            recorder.on(format!("{}, answered with {what}", operation.id));
            read(context, operation, clause, code, value, recorder).await;
        }
    }
    // All of it was kept, or a finding says what was not.
    judge(specification, (&operation.id, &of), &valid, recorder);
    let status = StatusAttribute::of(contract, operation).filter(|status| status.of == of);
    let (Some(status), Some(own)) = (status, own) else {
        return Ok(());
    };
    let place = specification.clause_at(&operation.id, &of, &status.pointer);
    let listed = status
        .known
        .iter()
        .chain(&status.terminal)
        .map(String::as_str);
    for value in listed.chain([UNLISTED]) {
        let mut answer = valid.clone();
        put(&mut answer, &status.pointer, Some(value.into()));
        recorder.on(format!("{}, answered with {value}", operation.id));
        for clause in [BETA, &place] {
            read(context, operation, clause, own, &answer, recorder).await;
        }
        observe(context, &status.pointer, value, recorder);
    }
    Ok(())
}

/// Has the simulator answer with this status and body, and compares what the client decodes
/// with it. `value` is sent as it is, so a difference is one that decoding made.
async fn read(
    context: &Context,
    operation: &Operation,
    clause: &str,
    status: u16,
    value: &Value,
    recorder: &mut Recorder,
) {
    match call(context, operation, Response::json(code(status), value)).await {
        Err(error) => recorder.check(clause, false, "success", error),
        Ok(called) => {
            recorder.equal(clause, status, called.response.status.as_u16());
            decoded(recorder, clause, value, &called.value);
        }
    }
}
