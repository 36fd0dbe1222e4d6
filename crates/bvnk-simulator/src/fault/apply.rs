//! What each fault does to a request and to its response.

use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use http::header::{CONTENT_TYPE, LOCATION, RETRY_AFTER};
use serde_json::{Value, json};

use super::Fault;
use crate::answer::http_date;
use crate::api::put;
use crate::hook::HookContext;
use crate::message::Response;

impl Fault {
    /// The response in place of the service's.
    pub(crate) fn answer(self, call: &HookContext<'_>) -> Option<Response> {
        let status = match self {
            Self::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
            Self::InternalError => StatusCode::INTERNAL_SERVER_ERROR,
            Self::BadGateway => StatusCode::BAD_GATEWAY,
            Self::Unavailable | Self::UnavailableUntil => StatusCode::SERVICE_UNAVAILABLE,
            Self::GatewayTimeout => StatusCode::GATEWAY_TIMEOUT,
            _ => return self.foreign(call),
        };
        let response = unavailable(call, status);
        Some(match self {
            Self::TooManyRequests => response.header(RETRY_AFTER, "1"),
            Self::UnavailableUntil => {
                response.header(RETRY_AFTER, &http_date(call.now.saturating_add(1)))
            }
            _ => response,
        })
    }

    /// The response of something between the caller and the service.
    fn foreign(self, call: &HookContext<'_>) -> Option<Response> {
        let mut response = Response::new(StatusCode::BAD_GATEWAY);
        match self {
            Self::EmptyError => {}
            Self::MalformedHttp | Self::ResetBeforeCommit | Self::Stall => {
                response.interruption = Some(self);
            }
            Self::HtmlError => {
                response = Response::new(StatusCode::FORBIDDEN).header(CONTENT_TYPE, "text/html");
                let page = "<!doctype html><title>Blocked</title><h1>Request blocked</h1>\n";
                response.body = page.into();
            }
            Self::Redirect => {
                // The top-level domain is reserved never to exist (RFC 2606).
                let other = format!("http://elsewhere.invalid{}", call.request.target);
                response = Response::new(StatusCode::TEMPORARY_REDIRECT).header(LOCATION, &other);
            }
            _ => return None,
        }
        Some(response)
    }

    /// The error in place of carrying out a request whose signature is valid.
    pub(crate) fn refuse(self, call: &HookContext<'_>) -> Option<Response> {
        let names = call.endpoint.is_some_and(|it| !it.addresses.is_empty());
        match self {
            Self::RejectValid => {
                let message = "the request is not valid";
                Some(call.rejected("invalid_request", message, Value::Null))
            }
            Self::ForgetCustomer if names => Some(call.not_found()),
            _ => None,
        }
    }

    /// Changes the response to a request that was carried out.
    pub(crate) fn edit(self, response: &mut Response, call: &HookContext<'_>) {
        match self {
            Self::CommitThenReset
            | Self::CommitThenStall
            | Self::TruncateHead
            | Self::TruncateBody
            | Self::StallBody
            | Self::CloseAfterResponse => response.interruption = Some(self),
            Self::Latency => response.delay = Duration::from_secs(2),
            // What follows changes successes.
            _ if !response.status.is_success() => {}
            Self::CommitThenError => {
                *response = unavailable(call, StatusCode::INTERNAL_SERVER_ERROR);
            }
            Self::OkStatus if call.created || call.replayed => response.status = StatusCode::OK,
            Self::UnlistedStatus => response.edit_json(|body| {
                let status = call.status();
                put(body, status, json!("UNLISTED_STATUS"));
            }),
            Self::DropReference => response.edit_json(|body| {
                let identity = call.identity();
                if let Some((owner, name)) = identity.and_then(|it| it.rsplit_once('/'))
                    && let Some(Value::Object(members)) = body.pointer_mut(owner)
                {
                    members.remove(name);
                }
            }),
            Self::ExtraProperties => response.edit_json(|body| {
                if let Value::Object(members) = body {
                    members.insert("undocumented".to_owned(), json!({ "deep": [1, null] }));
                }
            }),
            Self::GarbageBody => response.body = Bytes::from_static(b"{\"refer"),
            Self::EmptyBody => response.body = Bytes::new(),
            _ => {}
        }
    }
}

/// An error of the service itself.
fn unavailable(call: &HookContext<'_>, status: StatusCode) -> Response {
    call.error(status, "the service cannot answer now")
}
