//! The faults that answer in the service's place or spoil its refusals.
//!
//! It must not change state: what was carried out stays carried out.

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use serde_json::{Value, json};

use super::first;
use crate::answer;
use crate::fault::{Fault, Faults};
use crate::hawk;
use crate::message::{Delivery, Request, Response};

/// The answer of a fault that keeps the request from the service.
pub(super) fn in_front(request: &Request, faults: Faults, now: u64) -> Option<Response> {
    let nothing = || Response::new(StatusCode::BAD_GATEWAY, "", Bytes::new());
    let say = |fault| {
        Some(match fault {
            Fault::TooManyRequests => answer::too_many_requests("1"),
            Fault::GarbageRetryAfter => answer::too_many_requests("soon"),
            Fault::FarRetryAfter => answer::too_many_requests("86400"),
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
    if faults.is_empty() {
        return;
    }
    let stale = matches!(response.refusal, Some(hawk::Refusal::Stale { .. }));
    let mut challenge = |text: &'static str| {
        let text = HeaderValue::from_static(text);
        response.headers.insert(WWW_AUTHENTICATE, text);
    };
    if stale && faults.has(Fault::DropTsm) {
        challenge("Hawk error=\"Stale timestamp\"");
    }
    if faults.has(Fault::ChallengeBearer) {
        challenge("Bearer");
    }
    if faults.has(Fault::ForbidUnsigned) {
        response.status = StatusCode::FORBIDDEN;
    }
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
pub(super) fn error(mut response: Response, request: &Request, faults: Faults) -> Response {
    if faults.is_empty() {
        return response;
    }
    if response.status == StatusCode::BAD_REQUEST && faults.has(Fault::UnprocessableInvalid) {
        response.status = StatusCode::UNPROCESSABLE_ENTITY;
    }
    if faults.has(Fault::OkWithError) {
        response.status = StatusCode::OK;
    }
    if faults.has(Fault::DropAllow) {
        response.headers.remove(ALLOW);
    }
    let mut honest: Value = serde_json::from_slice(&response.body).unwrap_or_default();
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
    } else if faults.has(Fault::ErrorHtml) {
        let html = answer::html();
        response.headers.extend(html.headers);
        response.body = html.body;
    } else if faults.has(Fault::ErrorEmpty) {
        response.headers.remove(CONTENT_TYPE);
        response.body = Bytes::new();
    } else if faults.has(Fault::EchoRefusal) {
        honest["rejected"] = serde_json::from_slice(&request.body).unwrap_or_default();
        response.body = honest.to_string().into();
    }
    response
}
