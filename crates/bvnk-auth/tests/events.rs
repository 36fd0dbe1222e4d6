//! The events of the feature `tracing`: what they say, and what they do not.
//!
//! One test alone in its process: tracing remembers for the whole process which events
//! somebody wants, and any other test would race with that.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "it/support/mod.rs"]
mod support;

use std::fmt::{self, Write as _};
use std::sync::{Arc, Mutex};

use bvnk_auth::RetryLayer;
use support::canary::{CANARY, all_errors, hawk};
use support::{Network, answer, runtime};
use tower::{Layer, ServiceExt};
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
        attributes.record(&mut self.clone());
        span::Id::from_u64(1)
    }
    fn record(&self, _: &span::Id, values: &span::Record<'_>) {
        values.record(&mut self.clone());
    }
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn event(&self, event: &tracing::Event<'_>) {
        writeln!(self.0.lock().unwrap(), "{}:", event.metadata().target()).unwrap();
        event.record(&mut self.clone());
    }
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

#[test]
fn events_show_what_happened_and_no_secret() {
    let capture = Capture::default();
    tracing::subscriber::with_default(capture.clone(), || {
        let executor = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build();
        executor.unwrap().block_on(async {
            all_errors().await;
            let network = Network::default();
            let inner = network.service(|_, _| Some(Ok(answer(503).body(CANARY).unwrap().into())));
            let retry = RetryLayer::default().runtime(runtime());
            let call = retry
                .layer(hawk().layer(inner))
                .oneshot(support::get("https://a.example/"));
            assert_eq!(call.await.unwrap().status(), 503);
        });
    });
    let text = capture.0.lock().unwrap().clone();
    assert!(!text.contains(CANARY), "{text}");
    let expected = [
        "attempt=1",
        "status=401",
        "status=503",
        "delay_ms=",
        "kind=Timeout",
        "offset_seconds=-",
    ];
    for field in expected {
        assert_eq!(
            text.contains(field),
            cfg!(feature = "tracing"),
            "{field}: {text}"
        );
    }
}
