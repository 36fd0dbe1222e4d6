//! What the client makes of refusals, and of answers that the page does not describe.

use bvnk::ErrorKind;
use bvnk_contract::{Additional, Operation, Shape};
use bvnk_simulator::Response;
use http::StatusCode;
use serde_json::{Value, json};

use super::Recorder;
use super::answers::decoded;
use super::attributes::refusals as refusal_statuses;
use crate::call::{CallError, Called};
use crate::cases::{Generator, Optional};
use crate::collect::Answer;
use crate::context::Context;

const KEPT: &str = "settled.error-body";
const SUCCESS: &str = "settled.success";
const BETA: &str = "settled.beta";

/// What the bodies of refusals look like on pages and in reports of integrations.
const SHAPES: [(&str, &str, &str); 5] = [
    (
        "an object",
        "application/json",
        r#"{"code":"invalid","message":"not valid"}"#,
    ),
    (
        "a list in an object",
        "application/json",
        r#"{"errorList":[{"code":"invalid"}]}"#,
    ),
    ("a list", "application/json", r#"[{"code":"invalid"}]"#),
    ("plain text", "text/plain", "not valid"),
    (
        "a page of HTML",
        "text/html",
        "<html><body>Blocked</body></html>",
    ),
];

fn code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or_default()
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

/// Whatever a refusal looks like, its status and its bytes reach the caller.
pub(super) async fn refusals(context: &Context, recorder: &mut Recorder) {
    let specification = &context.specification;
    for operation in specification.contract().operations() {
        let status = refusal_statuses(operation).first().copied().unwrap_or(400);
        let media = specification.about(&format!("media {} {status}", operation.id));
        let answer = specification.about(&format!("answer {} {status}", operation.id));
        for (shape, content_type, body) in SHAPES {
            let mut response = Response::new(code(status)).header("content-type", content_type);
            response.body = body.into();
            recorder.on(format!(
                "a refusal of {} whose body is {shape}",
                operation.id
            ));
            let error = match call(context, operation, response).await {
                Err(CallError::Failed(error)) => error,
                Err(CallError::Refused(error)) => {
                    recorder.error(KEPT, error);
                    continue;
                }
                Ok(_) => {
                    recorder.check(KEPT, false, "an error", "success");
                    continue;
                }
            };
            recorder.equal(&answer, status, error.status().map_or(0, |it| it.as_u16()));
            let other = [
                ErrorKind::Server,
                ErrorKind::InvalidResponse,
                ErrorKind::Other,
            ];
            recorder.holds(KEPT, !other.contains(&error.kind()), "a kind of refusal");
            let kept = error.response().map(|response| response.body().clone());
            let same = kept.as_deref() == Some(body.as_bytes());
            recorder.holds(KEPT, same, "the body that the server sent");
            recorder.holds(&media, same, "the body that the server sent");
            recorder.holds(KEPT, !error.outcome_unknown(), "a known outcome");
        }
    }
}

/// Another success and undocumented members survive decoding.
pub(super) async fn changes(context: &Context, recorder: &mut Recorder) {
    let contract = context.specification.contract();
    for operation in contract.operations() {
        let mut successes = operation.successes();
        let found = successes.find_map(|success| Some((success, success.body.as_ref()?)));
        let Some((success, body)) = found else {
            continue;
        };
        recorder.on(format!(
            "{}, another success than the listed ones",
            operation.id
        ));
        let validator = context
            .specification
            .validator(&operation.id, &success.status.to_string());
        let generator = Generator::new(contract, &body.schema, Optional::All(0), 0);
        let mut value = match generator.and_then(|mut generator| generator.valid(validator)) {
            Ok(value) => value,
            Err(reason) => return recorder.error(BETA, reason),
        };
        let listed = |status: &u16| operation.response(*status).is_some();
        if let Some(other) = [200, 201, 202].into_iter().find(|status| !listed(status)) {
            read(context, operation, SUCCESS, other, &value, recorder).await;
        }
        let shape = &contract.resolve(&body.schema).shape;
        let open = matches!(shape, Shape::Object(it) if it.additional == Additional::Any);
        let own = (200..300).find(|status| operation.response(*status) == Some(success));
        if let (true, Some(own)) = (open, own) {
            value["anUndocumentedMember"] = json!({ "list": [1, "two", null] });
            recorder.on(format!("{}, undocumented members", operation.id));
            read(context, operation, BETA, own, &value, recorder).await;
        }
    }
}

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
            recorder.equal(clause, status, called.status.as_u16());
            decoded(recorder, clause, value, &Answer::from(called));
        }
    }
}
