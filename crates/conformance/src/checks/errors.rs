//! What the client makes of refusals, and of answers that the page does not describe.

use bvnk::{CallOptions, ErrorKind};
use bvnk_contract::{Additional, Operation, Shape};
use bvnk_simulator::Response;
use http::StatusCode;
use serde_json::{Value, json};

use super::Recorder;
use super::answers::decoded;
use super::attributes::refusals as refusal_statuses;
use crate::call::{Arguments, CallError, Called};
use crate::cases::{Generator, Optional};
use crate::collect::Answer;
use crate::context::Context;
use crate::dispatch;

const KEPT: &str = "settled.error-body";
const SUCCESS: &str = "settled.success";
const BETA: &str = "settled.beta";

/// What the bodies of refusals look like on pages and in reports of integrations.
fn shapes() -> [(&'static str, String); 5] {
    let error = json!({ "code": "invalid", "message": "not valid" });
    [
        ("an object", error.to_string()),
        (
            "an object with a list",
            json!({ "errorList": [error] }).to_string(),
        ),
        ("an array", json!([error]).to_string()),
        ("plain text", "not valid".to_owned()),
        (
            "a page of HTML",
            "<html><body>Blocked</body></html>".to_owned(),
        ),
    ]
}

fn code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or_default()
}

/// The result of a call of an operation that the simulator answers so.
async fn call(
    context: &Context,
    operation: &Operation,
    answer: Response,
) -> Option<Result<Called, CallError>> {
    let case = context.plan.cases(&operation.id).first()?;
    context.connection.answer_next(answer);
    let arguments = Arguments {
        parameters: case.parameters.clone(),
        body: case.body.clone(),
        idempotency_key: None,
        options: CallOptions::new(),
    };
    dispatch::call(&context.client, &operation.id, arguments).await
}

/// Whatever a refusal looks like, its status and its bytes reach the caller.
pub(super) async fn refusals(context: &Context, recorder: &mut Recorder) {
    let specification = std::sync::Arc::clone(&context.specification);
    for operation in specification.contract().operations() {
        let status = refusal_statuses(operation)[0];
        let media = specification.about(&format!("media {} {status}", operation.id));
        let answer = specification.about(&format!("answer {} {status}", operation.id));
        for (shape, body) in shapes() {
            let html = body.starts_with('<');
            let content_type = match (html, serde_json::from_str::<Value>(&body)) {
                (true, _) => "text/html",
                (false, Ok(_)) => "application/json",
                (false, Err(_)) => "text/plain",
            };
            let mut response = Response::new(code(status)).header("content-type", content_type);
            response.body = body.clone().into();
            let what = format!("a refusal of {} whose body is {shape}", operation.id);
            let error = match call(context, operation, response).await {
                None => continue,
                Some(Ok(_)) => {
                    recorder.check(KEPT, false, what, "an error", "success");
                    continue;
                }
                Some(Err(CallError::Refused(error))) => {
                    recorder.error(KEPT, what, error);
                    continue;
                }
                Some(Err(CallError::Failed(error))) => error,
            };
            let actual = error.status().map_or(0, |status| status.as_u16());
            recorder.check_eq(&answer, format_args!("{what}: the status"), status, actual);
            let kind = error.kind();
            let refused = !matches!(
                kind,
                ErrorKind::Server | ErrorKind::InvalidResponse | ErrorKind::Other
            );
            recorder.check(
                KEPT,
                refused,
                format_args!("{what}: the kind"),
                "a refusal",
                format_args!("{kind:?}"),
            );
            let kept = error.response().map(|response| response.body().clone());
            let same = kept.as_deref() == Some(body.as_bytes());
            for clause in [KEPT, &media] {
                let what = format!("{what}: the body of the error");
                recorder.check(clause, same, what, "what the server sent", "something else");
            }
            let known = !error.outcome_unknown();
            recorder.check(
                KEPT,
                known,
                format_args!("{what}: the outcome"),
                "known",
                "unknown",
            );
        }
    }
}

/// Another success and undocumented members survive decoding.
pub(super) async fn changes(context: &Context, recorder: &mut Recorder) {
    let specification = std::sync::Arc::clone(&context.specification);
    for operation in specification.contract().operations() {
        let success = operation
            .successes()
            .find_map(|success| Some((success, success.body.as_ref()?)));
        let Some((success, body)) = success else {
            continue;
        };
        let generator = Generator::new(specification.contract(), &body.schema, Optional::All(0), 0);
        let validator = specification.validator(&operation.id, &success.status.to_string());
        let value = match generator.and_then(|mut generator| generator.valid(validator)) {
            Ok(value) => value,
            Err(reason) => {
                recorder.error(BETA, format_args!("an answer of {}", operation.id), reason);
                continue;
            }
        };
        let declared = |status: u16| {
            operation
                .responses
                .iter()
                .any(|r| r.status.to_string() == status.to_string())
        };
        let other = [200, 201, 202]
            .into_iter()
            .find(|status| !declared(*status));
        let what = format!("{}, another success than the listed ones", operation.id);
        if let Some(other) = other {
            read(context, operation, SUCCESS, &what, other, &value, recorder).await;
        }
        let open = match &specification.contract().resolve(&body.schema).shape {
            Shape::Object(rules) => rules.additional == Additional::Any,
            _ => false,
        };
        let own = (200..300).find(|status| operation.response(*status) == Some(success));
        if let (true, Some(own)) = (open, own) {
            let mut value = value;
            value["anUndocumentedMember"] = json!({ "list": [1, "two", null] });
            let what = format!("{}, undocumented members", operation.id);
            read(context, operation, BETA, &what, own, &value, recorder).await;
        }
    }
}

async fn read(
    context: &Context,
    operation: &Operation,
    clause: &str,
    what: &str,
    status: u16,
    value: &Value,
    recorder: &mut Recorder,
) {
    match call(context, operation, Response::json(code(status), value)).await {
        None => {}
        Some(Ok(called)) => {
            recorder.check_eq(clause, what, status, called.status.as_u16());
            decoded(recorder, clause, what, value, &Answer::from(called));
        }
        Some(Err(CallError::Refused(error))) => recorder.error(clause, what, error),
        Some(Err(CallError::Failed(error))) => {
            recorder.check(clause, false, what, "success", error)
        }
    }
}
