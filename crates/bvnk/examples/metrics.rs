//! Metrics from the spans of the feature `tracing`: a subscriber counts the calls of each
//! operation by outcome, and sums up their attempts and durations. With an OpenTelemetry
//! exporter in its place the same spans become traces, as they have its semantic names.
//!
//! `cargo run -p bvnk --features tracing --example metrics`

#![allow(clippy::print_stdout)]

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, PoisonError};

use bvnk::Client;
use tracing::Subscriber;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

/// Totals by operation and outcome.
#[derive(Clone, Default)]
struct Metrics(Arc<Mutex<BTreeMap<(String, String), Totals>>>);

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Totals {
    calls: u64,
    attempts: u64,
    duration_ms: u64,
}

/// The fields of a call's span.
#[derive(Default)]
struct Fields {
    operation: String,
    outcome: String,
    attempts: u64,
    duration_ms: u64,
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "operation" => self.operation = value.to_owned(),
            "outcome" => self.outcome = value.to_owned(),
            _ => {}
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        match field.name() {
            "attempts" => self.attempts = value,
            "duration_ms" => self.duration_ms = value,
            _ => {}
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Metrics {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if attributes.metadata().target().starts_with("bvnk")
            && let Some(span) = context.span(id)
        {
            let mut fields = Fields::default();
            attributes.record(&mut fields);
            span.extensions_mut().insert(fields);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(fields) = span.extensions_mut().get_mut::<Fields>()
        {
            values.record(fields);
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let Some(span) = context.span(&id) else {
            return;
        };
        let Some(fields) = span.extensions_mut().remove::<Fields>() else {
            return;
        };
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let totals = all.entry((fields.operation, fields.outcome)).or_default();
        totals.calls += 1;
        totals.attempts += fields.attempts;
        totals.duration_ms += fields.duration_ms;
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let metrics = Metrics::default();
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(metrics.clone()))?;
    let server = bvnk_simulator::Server::start(Default::default()).await?;
    let client = match std::env::var_os("BVNK_BASE_URL") {
        Some(_) => Client::from_env()?,
        None => Client::builder()
            .base_url(server.url().parse()?)
            .credentials(bvnk::Credentials::new(server.id(), server.key())?)
            .build()?,
    };
    println!("{}", client.doctor().await);
    for ((operation, outcome), totals) in metrics
        .0
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .iter()
    {
        println!("{operation} {outcome}: {totals:?}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use bvnk_simulator::{Config, Fault, Server};

    #[tokio::test]
    async fn calls_are_counted_by_outcome() {
        let metrics = Metrics::default();
        let subscriber = tracing_subscriber::registry().with(metrics.clone());
        let _guard = tracing::subscriber::set_default(subscriber);
        let server = Server::start(Config::default()).await.unwrap();
        let client = Client::builder()
            .base_url(server.url().parse().unwrap())
            .credentials(bvnk::Credentials::new(server.id(), server.key()).unwrap())
            .retry(bvnk::RetryPolicy::new().backoff(Default::default(), Default::default()))
            .build()
            .unwrap();
        let create = || async {
            let request: bvnk::types::CreateCustomerRequest =
                bvnk::from_json(include_bytes!("individual.json")).unwrap();
            client.create_customer().body(request).send().await
        };
        server.with(|simulator| simulator.push_fault(Fault::InternalError));
        create().await.unwrap();
        server.with(|simulator| simulator.push_fault(Fault::RejectValid));
        create().await.unwrap_err();
        server.with(|simulator| simulator.set_faults([Fault::InternalError]));
        create().await.unwrap_err();
        let all = metrics.0.lock().unwrap();
        let attempts = |outcome: &str| {
            let key = ("create_customer".to_owned(), outcome.to_owned());
            all.get(&key).map(|totals| (totals.calls, totals.attempts))
        };
        assert_eq!(attempts("done"), Some((1, 2)));
        assert_eq!(attempts("not_done"), Some((1, 1)));
        assert_eq!(attempts("unknown"), Some((1, 3)));
    }
}
