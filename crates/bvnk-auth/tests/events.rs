//! The span and the events of the feature `tracing`: what they show, and what they do not.
//!
//! One test alone in its process: tracing remembers for the whole process which events are
//! of interest, and any other test would race with that.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "it/support/mod.rs"]
mod support;

use std::fmt::{self, Write as _};
use std::sync::{Arc, Mutex};

use bvnk_auth::{Body, Call, CallOptions, RetryPolicy};
use support::canary::{CANARY, all_errors, hawk};
use support::{Network, answer, full, with};
use tower::ServiceExt;
use tracing::field::{Field, Visit};
use tracing::span;

/// Keeps the text of all events.
#[derive(Clone, Default)]
struct Capture(Arc<Mutex<String>>);

impl Visit for Capture {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        write!(self.0.lock().unwrap(), " {field}={value:?}").unwrap();
    }
}

impl tracing::Subscriber for Capture {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, attributes: &span::Attributes<'_>) -> span::Id {
        let target = attributes.metadata().target();
        writeln!(self.0.lock().unwrap(), "span of {target}:").unwrap();
        attributes.record(&mut self.clone());
        span::Id::from_u64(1)
    }
    fn record(&self, _: &span::Id, values: &span::Record<'_>) {
        values.record(&mut self.clone());
    }
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn event(&self, event: &tracing::Event<'_>) {
        let target = event.metadata().target();
        writeln!(self.0.lock().unwrap(), "event of {target}:").unwrap();
        event.record(&mut self.clone());
    }
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

#[test]
fn events_show_what_happened_and_no_secret() {
    let capture = Capture::default();
    let mut key = String::new();
    tracing::subscriber::with_default(capture.clone(), || {
        let executor = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build();
        executor.unwrap().block_on(async {
            all_errors().await;
            let network = Network::default();
            let inner = network
                .service(|n, _| Some(Ok(answer([503, 202][n]).body(Body::from(CANARY)).unwrap())));
            let header = http::HeaderName::from_static("x-idempotency-key");
            let call = Call::new(
                "create_thing",
                http::Method::POST,
                CallOptions::new(),
                Some(header),
            );
            let request = with(support::canary::request("https://a.example/"), &call);
            let stack = full(hawk(), RetryPolicy::new(), inner);
            assert_eq!(stack.oneshot(request).await.unwrap().status(), 202);
            call.confirm();
            key = call.info().idempotency_key.unwrap().to_string();
            let rejecting =
                network.service(|_, _| Some(Ok(answer(400).body(Body::default()).unwrap())));
            let request = support::canary::request("https://a.example/");
            full(hawk(), RetryPolicy::new(), rejecting)
                .oneshot(request)
                .await
                .unwrap();
        });
    });
    let text = capture.0.lock().unwrap().clone();
    assert!(!text.contains(CANARY), "{text}");
    assert!(!text.contains("a.example"), "{text}");
    let key = format!("idempotency_key={key}");
    let expected = [
        // Events of attempts.
        "event of bvnk_auth:",
        "attempt=1",
        "status_code=401",
        "status_code=503",
        "delay_ms=",
        "error.type=\"Timeout\"",
        // Errors are counted by it: no numbers.
        "error.type=\"Clock\"",
        "offset_seconds=-",
        // The span of a call.
        "span of bvnk_auth:",
        r#"otel.name="create_thing""#,
        r#"otel.kind="client""#,
        r#"operation="create_thing""#,
        r#"http.request.method="POST""#,
        "http.response.status_code=202",
        "http.request.resend_count=1",
        "error.type=\"400\"",
        "attempts=2",
        r#"outcome="done""#,
        r#"outcome="unknown""#,
        r#"outcome="not_done""#,
        "duration_ms=",
        &key,
    ];
    for field in expected {
        assert_eq!(
            text.contains(field),
            cfg!(feature = "tracing"),
            "{field}: {text}"
        );
    }
}
