//! Builds the answers that are no successes, and turns values into responses.
//!
//! It must not know state. The page documents no error body; this is the shape that other
//! pages of the vendor show, and its messages never repeat a value of the request.

use std::time::{Duration, UNIX_EPOCH};

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE, HeaderName, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::{Value, json};

use crate::check::Flaw;
use crate::contract::schema::Complaints;
use crate::fault::Faults;
use crate::hawk::{Explanation, Refusal};
use crate::message::{Delivery, Request, Response};

impl Response {
    /// A response with a body of this media type; an empty media type means none.
    pub(crate) fn new(status: StatusCode, media_type: &'static str, body: Bytes) -> Self {
        let mut headers = HeaderMap::new();
        if !media_type.is_empty() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        }
        Self {
            status,
            headers,
            body,
            delivery: Delivery::Whole,
            refusal: None,
            faults: Faults::NONE,
            late: None,
        }
    }

    pub(crate) fn json(status: StatusCode, body: &Value) -> Self {
        Self::new(status, "application/json", body.to_string().into())
    }

    /// A header whose value cannot be one is left out.
    pub(crate) fn with(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }

    pub(crate) fn delivered(mut self, delivery: Delivery) -> Self {
        self.delivery = delivery;
        self
    }
}

/// An error body with a code and a message.
pub(crate) fn error(status: StatusCode, code: &str, message: &str) -> Response {
    detailed(status, code, message, &Value::Null)
}

fn detailed(status: StatusCode, code: &str, message: &str, details: &Value) -> Response {
    let reason = status.canonical_reason().unwrap_or("");
    let name = reason.to_ascii_uppercase().replace([' ', '-'], "_");
    Response::json(
        status,
        &json!({ "code": code, "status": name, "message": message, "details": details }),
    )
}

fn invalid(message: &str, complaints: &Complaints) -> Response {
    let details = json!({ "errors": complaints });
    detailed(
        StatusCode::BAD_REQUEST,
        "invalid_request",
        message,
        &details,
    )
}

/// The answer to a request that the contract does not allow.
pub(crate) fn flawed(flaw: &Flaw) -> Response {
    match flaw {
        Flaw::Path => error(
            StatusCode::NOT_FOUND,
            "not_found",
            "the contract has no such path",
        ),
        Flaw::Method { allow } => error(
            StatusCode::METHOD_NOT_ALLOWED,
            "method_not_allowed",
            &format!("the path has only {allow}"),
        )
        .with(ALLOW, allow),
        Flaw::MediaType { accepted } => error(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            &format!("the body has to be {accepted}"),
        ),
        Flaw::NoJson(complaints) | Flaw::Body(complaints) => {
            invalid("the body is not valid", complaints)
        }
        Flaw::Parameters(complaints) => invalid("a parameter is not valid", complaints),
    }
}

/// The answer to a request whose signature is refused.
pub(crate) fn unauthorized(refusal: Refusal, explanation: Option<&Explanation>) -> Response {
    // What exactly was wrong stays with the simulator's owner, unless it was told to teach:
    // a caller who could not sign is told no more than the challenge tells.
    let (message, details) = match explanation {
        None => ("the request is not signed, or not rightly", Value::Null),
        Some(told) if told.signed.is_empty() => (told.message.as_str(), Value::Null),
        Some(told) => (told.message.as_str(), json!({ "signed": told.signed })),
    };
    let status = StatusCode::UNAUTHORIZED;
    let mut response = detailed(status, "unauthorized", message, &details);
    if explanation.is_some() {
        // Read by people, in a terminal.
        let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
        response.body = format!("{body:#}\n").into();
    }
    let mut response = response.with(WWW_AUTHENTICATE, &refusal.challenge());
    response.refusal = Some(refusal);
    response
}

/// 503 with the time to come back, in Unix seconds.
pub(crate) fn unavailable_until(seconds: u64) -> Response {
    unavailable(StatusCode::SERVICE_UNAVAILABLE).with(RETRY_AFTER, &http_date(seconds))
}

/// 429 with a time to wait.
pub(crate) fn too_many_requests(wait: &str) -> Response {
    unavailable(StatusCode::TOO_MANY_REQUESTS).with(RETRY_AFTER, wait)
}

/// An error of the service itself.
pub(crate) fn unavailable(status: StatusCode) -> Response {
    let reason = status.canonical_reason().unwrap_or("");
    let code = reason.to_ascii_lowercase().replace([' ', '-'], "_");
    error(status, &code, "the service cannot answer now")
}

/// What a firewall answers.
pub(crate) fn html() -> Response {
    Response::new(
        StatusCode::FORBIDDEN,
        "text/html",
        Bytes::from_static(b"<!doctype html><title>Blocked</title><h1>Request blocked</h1>\n"),
    )
}

/// A redirection to another host.
pub(crate) fn redirect(request: &Request) -> Response {
    // The top-level domain is reserved never to exist (RFC 2606).
    let elsewhere = format!("http://elsewhere.invalid{}", request.target);
    Response::new(StatusCode::TEMPORARY_REDIRECT, "", Bytes::new()).with(LOCATION, &elsewhere)
}

/// Unix seconds as an HTTP date.
pub(crate) fn http_date(seconds: u64) -> String {
    // The format ends with the year 9999, and the formatter panics beyond.
    const LAST: u64 = 253_402_300_799;
    httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(seconds.min(LAST)))
}
