//! Builds the error responses. The vendor's customers page describes no error body; this is
//! the form that its other pages show, where the contract declares no other one. A message
//! never repeats a value of the request.

use std::time::{Duration, UNIX_EPOCH};

use http::StatusCode;
use http::header::{ALLOW, WWW_AUTHENTICATE};
use serde_json::{Map, Value, json};

use crate::api::{Api, Violation};
use crate::check::ValidationError;
use crate::hawk::Rejection;
use crate::message::Response;

/// Builds the error responses of an operation, or of none.
pub(crate) struct Answers<'a> {
    pub(crate) api: &'a Api,
    pub(crate) endpoint: Option<usize>,
}

impl<'a> Answers<'a> {
    /// The JSON pointers of reference and status in a success.
    pub(crate) fn places(&self) -> (Option<&'a str>, Option<&'a str>) {
        let endpoint = self
            .endpoint
            .and_then(|index| self.api.endpoints.get(index));
        endpoint.map_or((None, None), |it| {
            (it.identity.as_deref(), it.status.as_deref())
        })
    }

    /// An error with a code and a message.
    pub(crate) fn error(&self, status: StatusCode, code: &str, message: &str) -> Response {
        self.api.error(
            self.endpoint,
            status,
            body(status, code, message, Value::Null),
        )
    }

    pub(crate) fn rejected(&self, message: &str) -> Response {
        self.error(StatusCode::BAD_REQUEST, "invalid_request", message)
    }

    pub(crate) fn not_found(&self) -> Response {
        let message = "there is nothing with this reference";
        self.error(StatusCode::NOT_FOUND, "not_found", message)
    }

    /// An error of the service itself.
    pub(crate) fn unavailable(&self, status: StatusCode) -> Response {
        let code = name(status).to_ascii_lowercase();
        self.error(status, &code, "the service cannot answer now")
    }

    /// The response to a request that the contract does not allow.
    pub(crate) fn invalid(&self, error: &ValidationError) -> Response {
        match error {
            ValidationError::UnknownPath => {
                let message = "the contract has no such path";
                self.error(StatusCode::NOT_FOUND, "not_found", message)
            }
            ValidationError::MethodNotAllowed { allow } => {
                let message = format!("the path has only {allow}");
                let status = StatusCode::METHOD_NOT_ALLOWED;
                self.error(status, "method_not_allowed", &message)
                    .header(ALLOW, allow)
            }
            ValidationError::UnsupportedMediaType { accepted } => {
                let message = format!("the body has to be {accepted}");
                let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
                self.error(status, "unsupported_media_type", &message)
            }
            ValidationError::InvalidBody(violations) => {
                self.violations("the body is not valid", violations)
            }
            ValidationError::InvalidParameters(violations) => {
                self.violations("a parameter is not valid", violations)
            }
        }
    }

    fn violations(&self, message: &str, violations: &[Violation]) -> Response {
        let mut errors: Map<String, Value> = Map::new();
        for violation in violations {
            let text = format!("{}: {}", violation.rule, violation.message);
            let list = errors.entry(&violation.place).or_insert_with(|| json!([]));
            if let Some(list) = list.as_array_mut() {
                list.push(text.into());
            }
        }
        let status = StatusCode::BAD_REQUEST;
        let body = body(
            status,
            "invalid_request",
            message,
            json!({ "errors": errors }),
        );
        self.api.error(self.endpoint, status, body)
    }

    /// The response to a rejected signature. It has no details: they would help an attacker.
    pub(crate) fn unauthorized(&self, rejection: &Rejection) -> Response {
        let message = "the signature is missing or not valid";
        let response = self.error(StatusCode::UNAUTHORIZED, "unauthorized", message);
        let mut response = response.header(WWW_AUTHENTICATE, &rejection.challenge());
        response.rejection = Some(rejection.clone());
        response
    }
}

/// The usual error body.
pub(crate) fn body(status: StatusCode, code: &str, message: &str, details: Value) -> Value {
    json!({ "code": code, "status": name(status), "message": message, "details": details })
}

fn name(status: StatusCode) -> String {
    let reason = status.canonical_reason().unwrap_or("");
    reason.to_ascii_uppercase().replace([' ', '-'], "_")
}

/// Unix seconds as an HTTP date.
pub(crate) fn http_date(seconds: u64) -> String {
    // The format ends with the year 9999, and the formatter panics beyond.
    const LAST: u64 = 253_402_300_799;
    httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(seconds.min(LAST)))
}
