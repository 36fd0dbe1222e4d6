//! The span of a call and the events of its attempts, with the feature `tracing`; nothing
//! without it.
//!
//! Names are those of OpenTelemetry's semantic conventions where they have one. Values are
//! numbers, statuses, the method, the operation's name and the idempotency key: no URL, no
//! header, no body.

pub(crate) use imp::{CallSpan, attempt, clock};

#[cfg(feature = "tracing")]
mod imp {
    use std::future::Future;
    use std::sync::OnceLock;
    use std::time::Duration;

    use http::{Method, StatusCode};
    use tokio::time::Instant;
    use tracing::field::{Empty, debug, display};
    use tracing::instrument::Instrumented;
    use tracing::{Instrument, Span};

    use crate::Error;
    use crate::call::State;

    /// The span of one call: open from the outermost layer until the last handle of the call
    /// is dropped, so that what the caller makes of the response is in it.
    pub(crate) struct CallSpan {
        operation: &'static str,
        opened: OnceLock<(Span, Instant)>,
    }

    impl CallSpan {
        pub(crate) fn new(operation: &'static str) -> Self {
            Self {
                operation,
                opened: OnceLock::new(),
            }
        }

        pub(crate) fn open(&self, method: &Method) {
            self.opened.get_or_init(|| {
                let span = tracing::info_span!(
                    "call",
                    otel.name = match self.operation {
                        "" => method.as_str(),
                        operation => operation,
                    },
                    otel.kind = "client",
                    operation = self.operation,
                    http.request.method = method.as_str(),
                    http.request.resend_count = Empty,
                    http.response.status_code = Empty,
                    error.r#type = Empty,
                    idempotency_key = Empty,
                    attempts = Empty,
                    outcome = Empty,
                    duration_ms = Empty,
                );
                (span, Instant::now())
            });
        }

        pub(crate) fn in_scope<T>(&self, make: impl FnOnce() -> T) -> T {
            match self.opened.get() {
                Some((span, _)) => span.in_scope(make),
                None => make(),
            }
        }

        pub(crate) fn instrument<F: Future>(&self, future: F) -> Instrumented<F> {
            let span = self
                .opened
                .get()
                .map_or(Span::none(), |(span, _)| span.clone());
            future.instrument(span)
        }

        pub(crate) fn end(&self, state: &State) {
            let Some((span, opened)) = self.opened.get() else {
                return;
            };
            if let Some(key) = state.key {
                span.record("idempotency_key", display(key));
            }
            if let Some(status) = state.status {
                span.record("http.response.status_code", status.as_u16());
            }
            if let Some(error) = state.error {
                span.record("error.type", debug(error));
            }
            span.record("attempts", state.attempts);
            span.record(
                "http.request.resend_count",
                state.attempts.saturating_sub(1),
            );
            span.record(
                "outcome",
                match state.status {
                    _ if state.outcome_unknown() => "unknown",
                    Some(status) if status.is_success() => "done",
                    _ => "not_done",
                },
            );
            span.record("duration_ms", millis(opened.elapsed()));
        }
    }

    /// Reports that an attempt ended, and after which delay there is another, if any.
    pub(crate) fn attempt(attempt: u32, end: Result<StatusCode, &Error>, delay: Option<Duration>) {
        let delay_ms = delay.map(millis);
        match end {
            Ok(status) => tracing::debug!(
                attempt,
                http.response.status_code = status.as_u16(),
                delay_ms,
                "attempt answered"
            ),
            Err(error) => tracing::debug!(
                attempt,
                error.r#type = ?error.kind(),
                http.response.status_code = error.status().map(|status| status.as_u16()),
                delay_ms,
                "attempt failed"
            ),
        }
    }

    /// Reports that a server's time was accepted (`corrected`) or is too far away.
    pub(crate) fn clock(offset_seconds: i64, corrected: bool) {
        tracing::warn!(offset_seconds, corrected, "the server's clock differs");
    }

    fn millis(duration: Duration) -> u64 {
        u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
    }
}

#[cfg(not(feature = "tracing"))]
mod imp {
    use std::time::Duration;

    use http::{Method, StatusCode};

    use crate::Error;
    use crate::call::State;

    pub(crate) struct CallSpan;

    impl CallSpan {
        pub(crate) fn new(_: &'static str) -> Self {
            Self
        }

        pub(crate) fn open(&self, _: &Method) {}

        pub(crate) fn in_scope<T>(&self, make: impl FnOnce() -> T) -> T {
            make()
        }

        pub(crate) fn instrument<F>(&self, future: F) -> F {
            future
        }

        pub(crate) fn end(&self, _: &State) {}
    }

    pub(crate) fn attempt(_: u32, _: Result<StatusCode, &Error>, _: Option<Duration>) {}

    pub(crate) fn clock(_: i64, _: bool) {}
}
