//! Tracing events, and nothing at all without the feature `tracing`.
//!
//! They carry numbers and names of ours alone: no URL, no header, no body.

use std::time::Duration;

use crate::Error;

/// An attempt ended, and the call goes on after `delay` or not at all.
#[cfg(feature = "tracing")]
pub(crate) fn attempt(
    attempt: u32,
    result: &Result<reqwest::Response, Error>,
    delay: Option<Duration>,
) {
    let delay_ms = delay.map(|delay| u64::try_from(delay.as_millis()).unwrap_or(u64::MAX));
    match result {
        Ok(response) => tracing::debug!(
            attempt,
            status = response.status().as_u16(),
            delay_ms,
            "attempt answered"
        ),
        Err(error) => tracing::debug!(
            attempt,
            kind = ?error.kind(),
            status = error.status().map(|status| status.as_u16()),
            delay_ms,
            "attempt failed"
        ),
    }
}

/// A server's time was accepted (`corrected`) or found too far away.
#[cfg(feature = "tracing")]
pub(crate) fn clock(offset_seconds: i64, corrected: bool) {
    tracing::warn!(offset_seconds, corrected, "the server's clock differs");
}

#[cfg(not(feature = "tracing"))]
pub(crate) fn attempt(_: u32, _: &Result<reqwest::Response, Error>, _: Option<Duration>) {}

#[cfg(not(feature = "tracing"))]
pub(crate) fn clock(_: i64, _: bool) {}
