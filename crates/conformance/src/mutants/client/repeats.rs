//! Clients that repeat what they must not, or do not repeat what they should.

use bvnk::{Body, RetryPolicy};
use http::{StatusCode, header};

use super::{Edit, Rows};

/// Statuses that pass, and one in their place that does not.
const PASSING: [(u16, u16); 5] = [(429, 409), (500, 501), (502, 505), (503, 501), (504, 505)];

pub(super) fn rows(rows: &mut Rows<'_>) {
    let transient = ["repeat.transient"];
    rows.client(
        "makes one attempt only",
        &transient,
        Edit::Builder(|builder| builder.retry(RetryPolicy::new().max_attempts(1))),
    );
    for (status, other) in PASSING {
        rows.client(
            format!("does not repeat after {status}"),
            &transient,
            Edit::response(move |_, response| {
                if response.status() == status {
                    *response.status_mut() = StatusCode::from_u16(other).unwrap_or_default();
                }
            }),
        );
    }
    rows.client(
        "repeats what was refused",
        &["repeat.refusal"],
        Edit::RefusalsRepeated,
    );
    for status in [400, 403] {
        rows.client(
            format!("takes {status} for a failure that passes"),
            &["repeat.refusal"],
            Edit::response(move |_, response| {
                if response.status() == status {
                    *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
                }
            }),
        );
    }
    rows.client(
        "ignores Retry-After",
        &["repeat.after"],
        Edit::response(|_, response| {
            response.headers_mut().remove(header::RETRY_AFTER);
        }),
    );
    rows.client(
        "follows redirects",
        &["repeat.redirect"],
        Edit::RedirectsFollowed,
    );
    rows.client(
        "repeats after a redirect",
        &["repeat.redirect"],
        Edit::response(|_, response| {
            if response.status().is_redirection() {
                *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
            }
        }),
    );
    rows.client(
        "takes a redirect for a refusal",
        &["repeat.redirect"],
        Edit::response(|_, response| {
            if response.status().is_redirection() {
                *response.status_mut() = StatusCode::CONFLICT;
            }
        }),
    );
    rows.client(
        "forgets that an attempt may have been carried out",
        &["repeat.ambiguous"],
        Edit::result(|request, _| {
            if let Some(call) = request.extensions().get::<bvnk::Call>() {
                call.confirm();
            }
        }),
    );
    rows.client(
        "takes a refusal for a success",
        &["repeat.refusal", "repeat.redirect", "repeat.ambiguous"],
        Edit::result(|_, response| {
            if response.status().is_client_error() || response.status().is_redirection() {
                *response.status_mut() = StatusCode::OK;
                *response.body_mut() = Body::from(SUCCESS);
            }
        }),
    );
    let sent = std::sync::atomic::AtomicU64::new(0);
    rows.client(
        "changes the body with each attempt",
        &["repeat.same"],
        Edit::attempt(move |request| {
            let own = request.body().clone().into_inner().unwrap_or_default();
            let number = sent.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            if !own.is_empty() {
                let spaces = if number.is_multiple_of(2) { "" } else { " " };
                *request.body_mut() = Body::from([&own[..], spaces.as_bytes()].concat());
            }
        }),
    );
}

/// What any success may look like.
const SUCCESS: &str = r#"{"reference":"another","status":"VERIFIED"}"#;
