//! The faults that answer in the service's place or spoil its answers.
//!
//! It must not change state: what was carried out stays carried out.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use serde_json::{Map, Value, json};

use super::deeds::STATUS;
use super::{delivery, first};
use crate::answer;
use crate::contract::{Action, Operation};
use crate::fault::{Fault, Faults};
use crate::hawk;
use crate::message::{Delivery, Request, Response};

/// The answer of a fault that keeps the request from the service.
pub(super) fn in_front(request: &Request, faults: Faults, now: u64) -> Option<Response> {
    let nothing = || Response::new(StatusCode::BAD_GATEWAY, "", Bytes::new());
    let say = |fault| {
        Some(match fault {
            Fault::TooManyRequests => answer::too_many_requests(1),
            Fault::InternalError => answer::unavailable(StatusCode::INTERNAL_SERVER_ERROR),
            Fault::BadGateway => answer::unavailable(StatusCode::BAD_GATEWAY),
            Fault::Unavailable => answer::unavailable(StatusCode::SERVICE_UNAVAILABLE),
            Fault::UnavailableUntil => answer::unavailable_until(now.saturating_add(1)),
            Fault::GatewayTimeout => answer::unavailable(StatusCode::GATEWAY_TIMEOUT),
            Fault::HtmlError => answer::html(),
            Fault::EmptyError => nothing(),
            Fault::Redirect => answer::redirect(request),
            Fault::MalformedHttp => nothing().delivered(Delivery::Malformed),
            Fault::ResetBeforeCommit => nothing().delivered(Delivery::Reset),
            Fault::Stall => nothing().delivered(Delivery::Stalled),
            _ => return None,
        })
    };
    first(faults, say)
}

/// Spoils the answer to a refused signature.
pub(super) fn refusal(response: &mut Response, faults: Faults) {
    if faults.has(Fault::WrongTsm) {
        if let Some(hawk::Refusal::Stale { now, tsm, .. }) = &mut response.refusal {
            *tsm = hawk::timestamp_mac("nobody's key", *now);
        }
        let challenge = response.refusal.as_ref().map(hawk::Refusal::challenge);
        if let Some(Ok(value)) = challenge.map(|text| text.parse()) {
            response.headers.insert(WWW_AUTHENTICATE, value);
        }
    }
    if faults.has(Fault::DropChallenge) {
        response.headers.remove(WWW_AUTHENTICATE);
    }
}

/// Gives the answer to a request that was not carried out another shape.
pub(super) fn error(mut response: Response, faults: Faults) -> Response {
    if faults.is_empty() {
        return response;
    }
    let honest: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    let single = json!({
        "code": honest["code"],
        "parameter": null,
        "message": honest["message"],
    });
    if faults.has(Fault::ErrorList) {
        response.body = json!({ "errorList": [single] }).to_string().into();
    } else if faults.has(Fault::ErrorArray) {
        response.body = json!([single]).to_string().into();
    } else if faults.has(Fault::ErrorText) {
        let text = HeaderValue::from_static("text/plain");
        response.headers.insert(CONTENT_TYPE, text);
        response.body = Bytes::from_static(b"The request is not valid.");
    }
    response
}

/// Turns a success into a response, spoilt if a fault says so.
pub(super) fn success(
    status: StatusCode,
    mut body: Value,
    operation: Option<&Operation>,
    faults: Faults,
) -> Response {
    if faults.is_empty() {
        return Response::json(status, &body);
    }
    spoil_body(&mut body, operation, faults);
    let response = if faults.has(Fault::CommitThenError) {
        answer::unavailable(StatusCode::INTERNAL_SERVER_ERROR)
    } else {
        spoil_text(status, &body, operation, faults)
    };
    response.delivered(delivery(faults))
}

fn spoil_text(
    honest: StatusCode,
    body: &Value,
    operation: Option<&Operation>,
    faults: Faults,
) -> Response {
    let status = if faults.has(Fault::OkOnCreate) && creates(operation) {
        StatusCode::OK
    } else {
        honest
    };
    let media_type = if faults.has(Fault::WrongContentType) {
        "text/plain"
    } else {
        "application/json"
    };
    let text = if faults.has(Fault::EmptyBody) {
        Bytes::new()
    } else if faults.has(Fault::GarbageBody) {
        Bytes::from_static(b"{\"refer")
    } else {
        body.to_string().into()
    };
    Response::new(status, media_type, text)
}

fn creates(operation: Option<&Operation>) -> bool {
    operation.is_some_and(|operation| matches!(operation.action, Action::Create { .. }))
}

fn spoil_body(body: &mut Value, operation: Option<&Operation>, faults: Faults) {
    let Some(id) = operation.and_then(Operation::id_member) else {
        return;
    };
    if let Some(members) = body.as_object_mut() {
        for fault in faults.iter() {
            spoil_member(members, id, fault);
        }
    }
    if faults.has(Fault::NestBody) {
        *body = json!({ "data": body.take() });
    }
}

fn spoil_member(members: &mut Map<String, Value>, id: &str, fault: Fault) {
    match fault {
        Fault::StatusTypo => {
            if let Some(Value::String(status)) = members.get_mut(STATUS) {
                let last = [status.pop(), status.pop()];
                status.extend(last.into_iter().flatten());
            }
        }
        Fault::DropStatusField => {
            members.remove(STATUS);
        }
        Fault::NullStatus => {
            members.insert(STATUS.to_owned(), Value::Null);
        }
        Fault::DropReferenceField => {
            members.remove(id);
        }
        Fault::EmptyReference => {
            members.insert(id.to_owned(), "".into());
        }
        Fault::RenameReference => {
            let reference = members.remove(id).unwrap_or_default();
            members.insert("id".to_owned(), reference);
        }
        Fault::NumericReference => {
            members.insert(id.to_owned(), 42.into());
        }
        Fault::ExtraMembers => {
            members.insert("undocumented".to_owned(), json!({ "deep": [1, null] }));
            members.insert("noSuchField".to_owned(), Value::Null);
        }
        Fault::WrongReference => {
            let nobodys = "00000000-0000-4000-8000-000000000000";
            members.insert(id.to_owned(), nobodys.into());
        }
        _ => {}
    }
}
