//! What the client makes of refusals, and of answers that the page does not describe.
//!
//! The simulator is given each answer before the call, and does not carry the call out. So any
//! status and any body is tried, also those that no server gives on demand: the API is in beta,
//! and a client has to survive what it becomes.

use bvnk::ErrorKind;
use bvnk_contract::{Additional, Operation, Shape};
use bvnk_simulator::Response;
use http::StatusCode;
use serde_json::{Value, json};

use super::answers::decoded;
use super::body::judge;
use super::statuses::{BETA, observe};
use super::{Check, Judge, Recorder, documented};
use crate::call::{CallError, Called};
use crate::cases::{Generator, Optional, alternatives, put};
use crate::context::Context;

/// Judges the client by answers that no server gives on demand.
pub(super) const SCRIPTED: Check = Check::new(
    "answer-scripted",
    "refusals reach the caller whole; any status, another success and more members survive decoding; a wait stops at an end",
    Judge::Script(|recorder| Box::pin(scripted(recorder))),
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
///
/// An open enum must keep it as it is.
pub(crate) const UNLISTED: &str = "ON_HOLD_ELSEWHERE";

/// Content types and bodies: what the bodies of refusals look like on pages and in reports of
/// integrations.
///
/// None of them is in the contract; an error must not depend on the body's form.
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
async fn scripted(recorder: &mut Recorder<'_>) {
    for operation in &recorder.context.specification.contract().operations {
        for (content_type, body) in SHAPES {
            recorder.on(format!("a refusal of {}: {body}", operation.id));
            refusal(recorder, operation, content_type, body).await;
        }
        for response in &operation.responses {
            let result = match response.status.is_success() {
                true => changes(recorder, operation, response).await,
                false => listed_error(recorder, operation, response).await,
            };
            if let Err(reason) = result {
                recorder.error(BETA, reason);
            }
        }
    }
    documented::waits(recorder).await;
}

/// The result of a call of an operation that the simulator answers so. The call has one attempt: a
/// status that is tried again, such as 429 or 503, is to reach the caller as well.
async fn call(
    context: &Context,
    operation: &Operation,
    answer: Response,
) -> Result<Called, CallError> {
    let connection = &context.connection;
    connection.with(|simulator| simulator.push_response(answer));
    let mut arguments = context.valid_arguments(operation);
    arguments.options = arguments.options.max_attempts(1);
    let call = context.call(&context.client, &operation.id, arguments);
    call.await.result
}

/// The number as a status. Numbers come from the contract, where they are valid.
fn code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or_default()
}

/// An answer with this status, and with this body if there is one.
fn answer(status: u16, body: Option<&Value>) -> Response {
    let empty = || Response::new(code(status));
    body.map_or_else(empty, |body| Response::json(code(status), body))
}

/// The status and the bytes of a refusal of any form reach the caller, as an error that says
/// that the request was refused and nothing was done.
async fn refusal(
    recorder: &mut Recorder<'_>,
    operation: &Operation,
    content_type: &str,
    body: &'static str,
) {
    let status = operation.refusal().unwrap_or(400);
    let [answer, media] =
        ["answer", "media"].map(|of| recorder.about(&format!("{of} {} {status}", operation.id)));
    let mut response = Response::new(code(status)).header("content-type", content_type);
    // An answer to HEAD has none.
    let body = if operation.method == "head" { "" } else { body };
    response.body = body.into();
    let error = match call(recorder.context, operation, response).await {
        Err(CallError::Failed(error)) => error,
        Err(CallError::Refused(error)) => return recorder.error(KEPT, error),
        Ok(_) => return recorder.check(KEPT, false, "an error", "success"),
    };
    let actual = error.status().map_or(0, |it| it.as_u16());
    recorder.equal(&answer, status, actual);
    let other = [
        ErrorKind::Server,
        ErrorKind::InvalidResponse,
        ErrorKind::Other,
    ];
    recorder.holds(KEPT, !other.contains(&error.kind()), "a kind of refusal");
    let kept = error.response().map(|response| response.body().clone());
    let same = kept.as_deref() == Some(body.as_bytes());
    for clause in [KEPT, &media] {
        recorder.holds(clause, same, "the body that the server sent");
    }
    recorder.holds(KEPT, !error.outcome_unknown(), "a known outcome");
}

/// An error that the contract lists reaches the caller with its status and all of its body.
///
/// The first status of a range stands for it.
///
/// # Errors
///
/// A body that cannot be generated from the contract.
async fn listed_error(
    recorder: &mut Recorder<'_>,
    operation: &Operation,
    listed: &bvnk_contract::Response,
) -> Result<(), String> {
    let specification = &recorder.context.specification;
    let (id, of) = (&operation.id, listed.status.to_string());
    let mut statuses = 400..600;
    let Some(status) = statuses.find(|it| operation.response(*it) == Some(listed)) else {
        return Ok(());
    };
    let mut generator = Generator::new(specification.contract(), Optional::All(0), 0);
    let body = listed.body.as_ref();
    let body = body.map(|body| generator.value(&body.schema)).transpose()?;
    let answer = answer(status, body.as_ref());
    recorder.on(format!("{id}, answered with {status}"));
    let clause = recorder.about(&format!("answer {id} {of}"));
    let Err(CallError::Failed(error)) = call(recorder.context, operation, answer).await else {
        recorder.check(&clause, false, "an error", "success");
        return Ok(());
    };
    let actual = error.status().map_or(0, |it| it.as_u16());
    recorder.equal(&clause, status, actual);
    if let (Some(body), Some(response)) = (body, error.response()) {
        let kept = serde_json::from_slice(response.body()).unwrap_or_default();
        for of_answer in [clause, recorder.about(&format!("media {id} {of}"))] {
            decoded(recorder, &of_answer, &body, &kept);
        }
        judge(recorder, id, &of, &kept);
    }
    Ok(())
}

/// All that an answer may have, another success than the listed ones, undocumented members
/// and any status survive decoding.
///
/// A closed object gets no undocumented member, since the contract excludes it there.
///
/// # Errors
///
/// A body that cannot be generated from the contract.
async fn changes(
    recorder: &mut Recorder<'_>,
    operation: &Operation,
    success: &bvnk_contract::Response,
) -> Result<(), String> {
    let specification = &recorder.context.specification;
    let contract = specification.contract();
    let (id, of) = (&operation.id, success.status.to_string());
    let own = (200..300).find(|status| operation.response(*status) == Some(success));
    let Some(body) = &success.body else {
        if let Some(own) = own {
            recorder.on(format!("{id}, answered with {own}"));
            let clause = recorder.about(&format!("answer {id} {of}"));
            read(recorder, operation, &clause, own, None).await;
        }
        return Ok(());
    };
    let media = specification.about(&format!("media {id} {of}"));
    let listed = specification.about(&format!("answer {id} {of}"));
    let mut generator = Generator::new(contract, Optional::All(0), 0);
    let valid = generator.value(&body.schema)?;
    let mut more = valid.clone();
    let shape = &contract.resolve(&body.schema).shape;
    let open = matches!(shape, Shape::Object(it) if it.additional == Additional::Any);
    // Not to a list: there is nothing to add to one.
    let member = json!({ "list": [1, "two", null] });
    let open = open && put(&mut more, "/anUndocumentedMember", Some(member));
    let mut others = [200, 201, 202].into_iter();
    let other = others.find(|status| operation.response(*status).is_none());
    for (clause, what, code, value) in [
        (media.as_str(), "all that may be in it", own, &valid),
        (listed.as_str(), "a listed status", own, &valid),
        (SUCCESS, "another success", other, &valid),
        (BETA, "an undocumented member", own.filter(|_| open), &more),
    ] {
        if let Some(code) = code {
            recorder.on(format!("{id}, answered with {what}"));
            read(recorder, operation, clause, code, Some(value)).await;
        }
    }
    // All of it was kept, or a finding says what was not.
    judge(recorder, id, &of, &valid);
    for variant in 1..alternatives(contract, &body.schema) {
        let mut generator = Generator::new(contract, Optional::All(variant), 0);
        let value = generator.value(&body.schema)?;
        if let Some(own) = own {
            recorder.on(format!("{id}, answered with other alternatives"));
            read(recorder, operation, &media, own, Some(&value)).await;
            judge(recorder, id, &of, &value);
        }
    }
    let status = specification.status(id).filter(|status| status.of == of);
    let (Some(status), Some(own)) = (status, own) else {
        return Ok(());
    };
    let unlisted = Some(UNLISTED).filter(|_| status.open);
    for value in status.values().map(String::as_str).chain(unlisted) {
        let mut answer = valid.clone();
        put(&mut answer, &status.pointer, Some(value.into()));
        recorder.on(format!("{id}, answered with {value}"));
        for clause in [BETA, &status.clause] {
            read(recorder, operation, clause, own, Some(&answer)).await;
        }
        observe(recorder, &status.pointer, value);
    }
    Ok(())
}

/// Has the simulator answer with this status and body, which is a success, and compares what the
/// client decodes with it. `value` is sent as it is, so a difference is one that decoding made.
async fn read(
    recorder: &mut Recorder<'_>,
    operation: &Operation,
    clause: &str,
    status: u16,
    value: Option<&Value>,
) {
    match call(recorder.context, operation, answer(status, value)).await {
        Err(error) => recorder.check(clause, false, "success", error),
        Ok(called) => {
            recorder.equal(clause, status, called.status.as_u16());
            if let Some(value) = value {
                decoded(recorder, clause, value, &called.value);
            }
        }
    }
}
