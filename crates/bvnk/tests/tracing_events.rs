//! No personal datum and no secret is in a tracing event of any level, of this client or
//! of what it stands on. A process of its own: the subscriber is global.

#![cfg(feature = "tracing")]
#![allow(clippy::unwrap_used)]

#[path = "it/support/mod.rs"]
mod support;

use std::fmt::Write;
use std::sync::{Arc, Mutex};

use bvnk_simulator::{Config, Fault, Server};
use support::{builder, canaries, request};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

#[derive(Clone, Default)]
struct Everything(Arc<Mutex<String>>);

impl Visit for Everything {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        let _ = writeln!(self.0.lock().unwrap(), "{field}={value:?}");
    }
}

impl Subscriber for Everything {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, span: &Attributes<'_>) -> Id {
        span.record(&mut self.clone());
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut self.clone());
    }
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        event.record(&mut self.clone());
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[tokio::test]
async fn events_hold_nothing_of_a_person() {
    let events = Everything::default();
    tracing::subscriber::set_global_default(events.clone()).unwrap();
    let config = Config::default().credentials("an-id", "c4nary-key");
    let server = Server::start(config).await.unwrap();
    let policy = bvnk::RetryPolicy::new().backoff(Default::default(), Default::default());
    let client = builder()
        .runtime(Arc::new(bvnk::SystemRuntime::new()))
        .base_url(server.url().parse().unwrap())
        .retry(policy)
        .build()
        .unwrap();
    server.with(|simulator| simulator.push_fault(Fault::InternalError));
    client
        .create_customer()
        .body(request())
        .send()
        .await
        .unwrap();
    server.with(|simulator| simulator.push_fault(Fault::RejectValid));
    client
        .create_customer()
        .body(request())
        .send()
        .await
        .unwrap_err();

    let events = events.0.lock().unwrap().clone();
    assert!(events.contains("attempt"), "something is told: {events}");
    for canary in canaries().1.iter().map(String::as_str).chain(["c4nary"]) {
        assert!(!events.contains(canary), "{canary}: {events}");
    }
}
