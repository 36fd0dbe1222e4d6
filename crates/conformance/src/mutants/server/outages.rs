//! Servers that do not answer a valid request with a success.

use bvnk_simulator::{Fault, Response};
use http::StatusCode;

use super::Rows;

/// What every request meets.
const FAULTS: [Fault; 18] = [
    Fault::TooManyRequests,
    Fault::InternalError,
    Fault::BadGateway,
    Fault::Unavailable,
    Fault::UnavailableUntil,
    Fault::GatewayTimeout,
    Fault::HtmlError,
    Fault::EmptyError,
    Fault::Redirect,
    Fault::MalformedHttp,
    Fault::ResetBeforeCommit,
    Fault::CommitThenReset,
    Fault::CommitThenError,
    Fault::TruncateHead,
    Fault::TruncateBody,
    Fault::RejectValid,
    Fault::RejectSigned,
    Fault::EmptyBody,
];

/// Statuses in place of every answer.
const STATUSES: [u16; 3] = [302, 404, 501];

pub(super) fn rows(rows: &mut Rows<'_>) {
    let successes = rows.successes();
    for fault in FAULTS {
        let summary = fault.summary().trim_end_matches('.');
        rows.rules(
            format!("every request meets {fault} ({summary})"),
            &successes,
            move |_, rules| {
                rules.faults.push(fault);
            },
        );
    }
    for status in STATUSES {
        rows.rules(
            format!("every answer is {status}"),
            &successes,
            move |_, rules| {
                let status = StatusCode::from_u16(status).unwrap_or_default();
                rules.answer = Some(Response::json(status, &serde_json::json!({})));
            },
        );
    }
    rows.rules(
        "every answer is 429 with a Retry-After that is no time",
        &successes,
        |_, rules| {
            let answer = Response::new(StatusCode::TOO_MANY_REQUESTS);
            rules.answer = Some(answer.header("retry-after", "soon"));
        },
    );
    // Of each operation alone: nothing that is called may fail.
    let operations = rows.specification.contract().operations();
    for operation in operations {
        let own = rows.clauses(|expect| {
            matches!(expect, bvnk_contract::Expectation::Answer { operation: id, status } if *id == operation.id && status.starts_with('2'))
        });
        let id = operation.id.clone();
        rows.success(
            format!("a success of {id} becomes 500"),
            &own,
            move |context, response| {
                if context.operation.is_some_and(|own| own.id == id) {
                    response.status = StatusCode::INTERNAL_SERVER_ERROR;
                }
            },
        );
    }
}
