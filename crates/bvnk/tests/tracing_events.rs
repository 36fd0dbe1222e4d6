//! Spans and events of the feature `tracing`: what they have, and that no personal datum and no
//! secret is in one of any level, of this client or of its dependencies. A separate process:
//! the subscriber is global.

#![cfg(feature = "tracing")]
#![allow(clippy::unwrap_used)]

#[path = "it/support/mod.rs"]
mod support;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bvnk::{IdempotencyKey, RetryPolicy};
use bvnk_simulator::{Config, Fault, Server};
use support::{builder, canaries, request};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// Collects everything, and the fields of each call's span apart.
#[derive(Clone, Default)]
struct Everything {
    text: Arc<Mutex<String>>,
    calls: Arc<Mutex<BTreeMap<u64, BTreeMap<String, String>>>>,
    next: Arc<AtomicU64>,
}

#[derive(Debug, Default)]
struct Fields(BTreeMap<String, String>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.0.insert(field.to_string(), format!("{value:?}"));
    }
}

impl Everything {
    fn record(&self, name: &str, record: impl FnOnce(&mut Fields)) -> Fields {
        let mut fields = Fields::default();
        record(&mut fields);
        let mut text = self.text.lock().unwrap();
        writeln!(text, "{name} {:?}", fields.0).unwrap();
        fields
    }

    fn calls(&self) -> Vec<BTreeMap<String, String>> {
        self.calls.lock().unwrap().values().cloned().collect()
    }
}

impl Subscriber for Everything {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let id = self.next.fetch_add(1, Ordering::SeqCst) + 1;
        let fields = self.record(span.metadata().name(), |fields| span.record(fields));
        if span.metadata().target() == "bvnk_auth" {
            // A process that is killed writes nothing else of a call.
            assert!(fields.0.contains_key("idempotency_key"), "{fields:?}");
            self.calls.lock().unwrap().insert(id, fields.0);
        }
        Id::from_u64(id)
    }
    fn record(&self, id: &Id, values: &Record<'_>) {
        let fields = self.record("record", |fields| values.record(fields));
        if let Some(call) = self.calls.lock().unwrap().get_mut(&id.into_u64()) {
            call.extend(fields.0);
        }
    }
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        self.record(event.metadata().name(), |fields| event.record(fields));
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[tokio::test]
async fn spans_and_events_have_what_operators_need_and_nothing_of_a_person() {
    let everything = Everything::default();
    tracing::subscriber::set_global_default(everything.clone()).unwrap();
    let config = Config {
        credentials: vec![bvnk_simulator::hawk::Credentials::new(
            "an-id",
            support::HAWK_KEY,
        )],
        ..Config::default()
    };
    let server = Server::start(config).await.unwrap();
    let policy = RetryPolicy::new().backoff(Default::default(), Default::default());
    let client = builder()
        .runtime(Arc::new(bvnk::SystemRuntime))
        .base_url(server.url().parse().unwrap())
        .retry(policy)
        .build()
        .unwrap();
    let key = IdempotencyKey::derive_from("create-customer", "user-7");
    let create = || {
        let call = client.create_customer().body(request());
        call.idempotency_key(key).send()
    };
    server.with(|simulator| simulator.push_fault(Fault::InternalError));
    let created = create().await.unwrap();
    server.with(|simulator| simulator.push_fault(Fault::RejectValid));
    let rejected = create().await.unwrap_err();
    server.with(|simulator| simulator.set_faults([Fault::CommitThenReset]));
    let unknown = create().await.unwrap_err();
    server.with(|simulator| simulator.set_faults([Fault::CommitThenStall]));
    let dropped = tokio::time::timeout(Duration::from_millis(100), create()).await;
    assert!(dropped.is_err());

    // They are complete though response and errors are kept.
    let calls = everything.calls();
    let key = key.to_string();
    for (call, status, attempts, outcome) in [
        (&calls[0], Some("202"), "2", "done"),
        (&calls[1], Some("400"), "1", "not_done"),
        (&calls[2], None, "3", "unknown"),
        (&calls[3], None, "1", "unknown"),
    ] {
        let field = |name: &str| call.get(name).map(|value| value.trim_matches('"'));
        assert_eq!(field("operation"), Some("create_customer"), "{call:?}");
        assert_eq!(field("otel.kind"), Some("client"));
        assert_eq!(field("http.request.method"), Some("POST"));
        assert_eq!(field("http.response.status_code"), status);
        assert_eq!(field("attempts"), Some(attempts), "{call:?}");
        assert_eq!(field("outcome"), Some(outcome));
        assert_eq!(field("idempotency_key"), Some(key.as_str()));
        assert!(field("duration_ms").is_some());
    }
    drop((created, rejected, unknown));

    let text = everything.text.lock().unwrap().clone();
    assert!(text.matches("attempt").count() >= 6, "{text}");
    for canary in canaries().1.iter().map(String::as_str).chain(["c4nary"]) {
        assert!(!text.contains(canary), "{canary}: {text}");
    }
}
