//! What each fault does to a request and to its response.

use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use http::header::{CONTENT_TYPE, LOCATION, RETRY_AFTER};
use serde_json::{Value, json};

use super::Fault;
use crate::answer::http_date;
use crate::api::{Endpoint, put};
use crate::message::{Response, Transfer};
use crate::simulator::Call;

impl Fault {
    /// The response in place of the service's.
    pub(crate) fn answer(self, call: &Call<'_>) -> Option<Response> {
        let answers = &call.answers;
        let cut = |transfer| Response {
            transfer,
            ..Response::new(StatusCode::BAD_GATEWAY)
        };
        Some(match self {
            Self::TooManyRequests => answers
                .unavailable(StatusCode::TOO_MANY_REQUESTS)
                .header(RETRY_AFTER, "1"),
            Self::InternalError => answers.unavailable(StatusCode::INTERNAL_SERVER_ERROR),
            Self::BadGateway => answers.unavailable(StatusCode::BAD_GATEWAY),
            Self::Unavailable => answers.unavailable(StatusCode::SERVICE_UNAVAILABLE),
            Self::UnavailableUntil => answers
                .unavailable(StatusCode::SERVICE_UNAVAILABLE)
                .header(RETRY_AFTER, &http_date(call.now.saturating_add(1))),
            Self::GatewayTimeout => answers.unavailable(StatusCode::GATEWAY_TIMEOUT),
            Self::HtmlError => Response {
                body: Bytes::from_static(
                    b"<!doctype html><title>Blocked</title><h1>Request blocked</h1>\n",
                ),
                ..Response::new(StatusCode::FORBIDDEN).header(CONTENT_TYPE, "text/html")
            },
            Self::EmptyError => Response::new(StatusCode::BAD_GATEWAY),
            // The top-level domain is reserved never to exist (RFC 2606).
            Self::Redirect => Response::new(StatusCode::TEMPORARY_REDIRECT).header(
                LOCATION,
                &format!("http://elsewhere.invalid{}", call.request.target),
            ),
            Self::MalformedHttp => cut(Transfer::Malformed),
            Self::ResetBeforeCommit => cut(Transfer::Reset),
            Self::Stall => cut(Transfer::Stalled),
            _ => return None,
        })
    }

    /// The error in place of carrying out a request whose signature is valid.
    pub(crate) fn refuse(self, call: &Call<'_>) -> Option<Response> {
        let answers = &call.answers;
        let names = |it: &Endpoint| !it.addresses.is_empty();
        match self {
            Self::RejectValid => {
                let message = "the request is not valid";
                Some(answers.rejected("invalid_request", message, Value::Null))
            }
            Self::ForgetCustomer if answers.endpoint.is_some_and(names) => {
                Some(answers.not_found())
            }
            _ => None,
        }
    }

    /// Changes the response to a request that was carried out.
    pub(crate) fn edit(self, response: &mut Response, call: &Call<'_>) {
        let (identity, status) = call.answers.places();
        match self {
            Self::CommitThenReset => response.transfer = Transfer::Reset,
            Self::CommitThenStall => response.transfer = Transfer::Stalled,
            Self::TruncateHead => response.transfer = Transfer::TruncatedHead,
            Self::TruncateBody => response.transfer = Transfer::Truncated,
            Self::StallBody => response.transfer = Transfer::StalledBody,
            Self::CloseAfterResponse => response.transfer = Transfer::ThenClosed,
            Self::Latency => response.delay = Duration::from_secs(2),
            // What follows changes successes.
            _ if !response.status.is_success() => {}
            Self::CommitThenError => {
                *response = call.answers.unavailable(StatusCode::INTERNAL_SERVER_ERROR);
            }
            Self::OkStatus if call.created || call.replayed => response.status = StatusCode::OK,
            Self::UnlistedStatus => response.edit_json(|body| {
                put(body, status, json!("UNLISTED_STATUS"));
            }),
            Self::DropReference => response.edit_json(|body| {
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
