//! The faults that answer in the service's place or spoil its answers.
//!
//! It must not change state: what was carried out stays carried out.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use serde_json::{Value, json};

use super::deeds::STATUS;
use super::delivery;
use crate::answer;
use crate::contract::{Action, Operation};
use crate::fault::Fault;
use crate::hawk;
use crate::message::{Delivery, Request, Response};

/// The answer of a fault that keeps the request from the service.
pub(super) fn in_front(request: &Request, fault: Option<Fault>, now: u64) -> Option<Response> {
    let nothing = || Response::new(StatusCode::BAD_GATEWAY, "", Bytes::new());
    Some(match fault? {
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
}

/// Spoils the answer to a refused signature.
pub(super) fn refusal(response: &mut Response, fault: Option<Fault>) {
    match fault {
        Some(Fault::DropChallenge) => {
            response.headers.remove(WWW_AUTHENTICATE);
        }
        Some(Fault::WrongTsm) => {
            if let Some(hawk::Refusal::Stale { now, tsm, .. }) = &mut response.refusal {
                *tsm = hawk::timestamp_mac("nobody's key", *now);
            }
            let challenge = response.refusal.as_ref().map(hawk::Refusal::challenge);
            if let Some(Ok(value)) = challenge.map(|text| text.parse()) {
                response.headers.insert(WWW_AUTHENTICATE, value);
            }
        }
        _ => {}
    }
}

/// Gives the answer to a request that was not carried out another shape.
pub(super) fn error(mut response: Response, fault: Option<Fault>) -> Response {
    let honest: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    let single = json!({
        "code": honest["code"],
        "parameter": null,
        "message": honest["message"],
    });
    response.body = match fault {
        Some(Fault::ErrorList) => json!({ "errorList": [single] }).to_string().into(),
        Some(Fault::ErrorArray) => json!([single]).to_string().into(),
        Some(Fault::ErrorText) => {
            let text = HeaderValue::from_static("text/plain");
            response.headers.insert(CONTENT_TYPE, text);
            Bytes::from_static(b"The request is not valid.")
        }
        _ => return response,
    };
    response
}

/// Turns a success into a response, spoilt if a fault says so.
pub(super) fn success(
    status: StatusCode,
    mut body: Value,
    operation: Option<&Operation>,
    fault: Option<Fault>,
) -> Response {
    spoil_body(&mut body, operation, fault);
    let response = match fault {
        Some(Fault::CommitThenError) => answer::unavailable(StatusCode::INTERNAL_SERVER_ERROR),
        Some(Fault::OkOnCreate) if creates(operation) => Response::json(StatusCode::OK, &body),
        Some(Fault::GarbageBody) => {
            Response::new(status, "application/json", Bytes::from_static(b"{\"refer"))
        }
        Some(Fault::EmptyBody) => Response::new(status, "application/json", Bytes::new()),
        Some(Fault::WrongContentType) => {
            Response::new(status, "text/plain", body.to_string().into())
        }
        _ => Response::json(status, &body),
    };
    response.delivered(delivery(fault))
}

fn creates(operation: Option<&Operation>) -> bool {
    operation.is_some_and(|operation| matches!(operation.action, Action::Create { .. }))
}

fn spoil_body(body: &mut Value, operation: Option<&Operation>, fault: Option<Fault>) {
    let (Some(fault), Some(id)) = (fault, operation.and_then(Operation::id_member)) else {
        return;
    };
    if fault == Fault::NestBody {
        *body = json!({ "data": body.take() });
        return;
    }
    let Some(members) = body.as_object_mut() else {
        return;
    };
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
