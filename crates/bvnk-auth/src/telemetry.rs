//! The span of a call and the events of its attempts, with the feature `tracing`; nothing
//! without it.
//!
//! Names are those of OpenTelemetry's semantic conventions where they have one. Values are
//! numbers, statuses, the method, the operation's name and the idempotency key: no URL, no
//! header, no body.

use std::time::Duration;

use http::{Method, StatusCode};
use tokio::time::Instant;
use tracing::Span;
use tracing::field::{self, Empty};

use crate::{CallInfo, Error, ErrorKind, IdempotencyKey};

/// reqwest's own dependencies include `tracing`, so that only what is emitted depends on the
/// feature.
pub(crate) const ENABLED: bool = cfg!(feature = "tracing");

/// By this name subscribers select spans and events.
const TARGET: &str = "bvnk_auth";

/// The span of one call, and when it was opened. It is open from the outermost layer until
/// the call is ended, or its last handle dropped. What the caller makes of the response is in
/// it, as the outcome depends on it.
pub(crate) type OpenSpan = (Span, Instant);

/// Opens the span of a call. It has the key from its start, as a process that is killed writes
/// nothing else of a call. An operation without a name shows its method.
pub(crate) fn open(
    operation: &'static str,
    method: &Method,
    key: Option<IdempotencyKey>,
) -> OpenSpan {
    let method = method.as_str();
    let name = Some(operation).filter(|name| !name.is_empty());
    let span = tracing::info_span!(
        target: TARGET,
        "call",
        otel.name = name.unwrap_or(method),
        otel.kind = "client",
        operation = name,
        http.request.method = method,
        http.request.resend_count = Empty,
        http.response.status_code = Empty,
        error.r#type = Empty,
        idempotency_key = key.map(field::display),
        attempts = Empty,
        outcome = Empty,
        duration_ms = Empty,
    );
    (span, Instant::now())
}

/// Closes the span of a call, with how its last attempt ended.
pub(crate) fn close(
    (span, opened): OpenSpan,
    info: CallInfo,
    status: Option<StatusCode>,
    error: Option<ErrorKind>,
) {
    if let Some(status) = status {
        span.record("http.response.status_code", status.as_u16());
    }
    let failed = status.filter(|status| status.as_u16() >= 400);
    let error = error.map(name);
    if let Some(error) = error.or(failed.map(|status| status.as_str().to_owned())) {
        span.record("error.type", error);
    }
    let outcome = match status {
        _ if info.outcome_unknown => "unknown",
        Some(status) if status.is_success() => "done",
        _ => "not_done",
    };
    span.record("outcome", outcome);
    span.record("attempts", info.attempts);
    let resent = info.attempts.saturating_sub(1);
    span.record("http.request.resend_count", resent);
    span.record("duration_ms", millis(opened.elapsed()));
}

/// Reports that an attempt ended, and after which delay there is another, if any.
pub(crate) fn attempt(attempt: u32, end: Result<StatusCode, &Error>, delay: Option<Duration>) {
    if ENABLED {
        let status = end.map_or_else(Error::status, Some);
        tracing::debug!(
            target: TARGET,
            attempt,
            http.response.status_code = status.map(|status| status.as_u16()),
            error.r#type = end.err().map(|error| name(error.kind())),
            delay_ms = delay.map(millis),
            "attempt ended"
        );
    }
}

/// Reports that a server's time was accepted (`corrected`) or is too far away.
pub(crate) fn clock(offset_seconds: i64, corrected: bool) {
    if ENABLED {
        tracing::warn!(target: TARGET, offset_seconds, corrected, "the server's clock differs");
    }
}

/// The kind without its numbers, so that errors can be counted by it.
fn name(kind: ErrorKind) -> String {
    let mut text = format!("{kind:?}");
    text.truncate(text.find(' ').unwrap_or(text.len()));
    text
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
