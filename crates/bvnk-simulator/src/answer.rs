//! Builds the error responses. The vendor's customers page describes no error body; this is
//! the form that its other pages show, where the contract declares no other one. A message
//! never repeats a value of the request.

use std::time::{Duration, UNIX_EPOCH};

use http::StatusCode;
use http::header::{ALLOW, WWW_AUTHENTICATE};
use serde_json::{Map, Value, json};

use crate::check::ValidationError;
use crate::hawk::Rejection;
use crate::hook::HookContext;
use crate::message::Response;

impl HookContext<'_> {
    /// An error whose code is the name of its status.
    pub(crate) fn error(&self, status: StatusCode, message: &str) -> Response {
        let body = body(status, message, Value::Null);
        self.api.error(self.endpoint, status, body)
    }

    /// An error with a code and details. Its status is the one that the contract lists for
    /// requests that are not valid, or else 400.
    pub(crate) fn rejected(&self, code: &str, message: &str, details: Value) -> Response {
        let listed = self.endpoint.and_then(|it| it.operation.refusal());
        let listed = listed.and_then(|code| StatusCode::from_u16(code).ok());
        let status = listed.unwrap_or(StatusCode::BAD_REQUEST);
        let mut body = body(status, message, details);
        body["code"] = code.into();
        self.api.error(self.endpoint, status, body)
    }

    pub(crate) fn not_found(&self) -> Response {
        let message = "there is nothing with this reference";
        self.error(StatusCode::NOT_FOUND, message)
    }

    /// The response to a request that the contract does not allow.
    pub(crate) fn invalid(&self, error: &ValidationError) -> Response {
        let (message, violations) = match error {
            ValidationError::UnknownPath => {
                return self.error(StatusCode::NOT_FOUND, "the contract has no such path");
            }
            ValidationError::MethodNotAllowed { allow } => {
                let message = format!("the path has only {allow}");
                let response = self.error(StatusCode::METHOD_NOT_ALLOWED, &message);
                return response.header(ALLOW, allow);
            }
            ValidationError::UnsupportedMediaType { accepted } => {
                let message = format!("the body has to be {accepted}");
                return self.error(StatusCode::UNSUPPORTED_MEDIA_TYPE, &message);
            }
            ValidationError::InvalidBody(violations) => ("the body is not valid", violations),
            ValidationError::InvalidParameters(list) => ("a parameter is not valid", list),
        };
        let mut errors = Map::new();
        for violation in violations {
            let text = format!("{}: {}", violation.rule, violation.message);
            let list = errors.entry(&violation.place).or_insert_with(|| json!([]));
            if let Some(list) = list.as_array_mut() {
                list.push(text.into());
            }
        }
        let details = json!({ "errors": errors });
        self.rejected("invalid_request", message, details)
    }

    /// The response to a rejected signature. It has no details: they would help an attacker.
    pub(crate) fn unauthorized(&self, rejection: &Rejection) -> Response {
        let message = "the signature is missing or not valid";
        let response = self.error(StatusCode::UNAUTHORIZED, message);
        response.header(WWW_AUTHENTICATE, &rejection.challenge())
    }
}

/// The usual error body. Its code is the name of the status.
pub(crate) fn body(status: StatusCode, message: &str, details: Value) -> Value {
    let reason = status.canonical_reason().unwrap_or("");
    let name = reason.to_ascii_uppercase().replace([' ', '-'], "_");
    let code = name.to_ascii_lowercase();
    json!({ "code": code, "status": name, "message": message, "details": details })
}

/// An error response that no contract declares.
pub(crate) fn plain(status: StatusCode, message: &str) -> Response {
    Response::json(status, &body(status, message, Value::Null))
}

/// Unix seconds as an HTTP date.
pub(crate) fn http_date(seconds: u64) -> String {
    // The format ends with the year 9999, and the formatter panics beyond.
    const LAST: u64 = 253_402_300_799;
    httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(seconds.min(LAST)))
}
