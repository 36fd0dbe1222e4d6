//! The service of the example, with a simulator that sends to it, with and without failures.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use bvnk_simulator::webhook::{Webhook, WebhookFault};
use bvnk_simulator::{Listen, ManualClock, StatusSequence};
use tokio::task::{JoinHandle, JoinSet};

use super::*;

const START: u64 = 1_700_000_000;

/// The customer and status of an event; nothing for other events.
type Handled = Option<(String, String)>;

/// What fails between the simulator and the service.
type Failures = fn(Router) -> Router;

/// The service, the simulator that sends to it, and a client of that.
struct Setup {
    time: ManualClock,
    server: Server,
    client: Client,
    updates: StatusUpdates,
    handled: Arc<Mutex<Vec<Handled>>>,
    serving: JoinHandle<std::io::Result<()>>,
    working: JoinHandle<()>,
}

impl Setup {
    async fn new(sequences: impl IntoIterator<Item = StatusSequence>, failures: Failures) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hooks/bvnk", listener.local_addr().unwrap());
        let secret = WebhookSecret::new("s3cret").unwrap();
        let verifier = Verifier::new(secret, Scheme::url(&url).unwrap());
        let (queue, events) = mpsc::channel(1_000);
        let routes = failures(routes(verifier, queue));
        let updates = StatusUpdates::new();
        let handled = Arc::new(Mutex::new(Vec::new()));
        let events_handled = Arc::clone(&handled);
        let handle = move |event: &Event| {
            let change_of = |change: &bvnk::webhook::CustomerChange| {
                (change.reference.to_string(), change.status.to_string())
            };
            events_handled
                .lock()
                .unwrap()
                .push(event.customer().map(change_of));
        };
        let time = ManualClock::new(START);
        let config = Config {
            sequences: sequences.into_iter().collect(),
            clock_tolerance: u64::MAX,
            webhook: Some(Webhook::new(&url, "s3cret").unwrap()),
            ..Config::default()
        };
        let server = Server::start_on(
            Listen {
                clock: time.clock(),
                ..Listen::default()
            },
            config,
        )
        .await
        .unwrap();
        let client = Client::builder()
            .base_url(server.url().parse().unwrap())
            .credentials(Credentials::new(server.id(), server.key()).unwrap())
            .build()
            .unwrap();
        let deduplicator = Deduplicator::default();
        Self {
            time,
            server,
            client,
            serving: tokio::spawn(axum::serve(listener, routes).into_future()),
            working: tokio::spawn(work(events, deduplicator, updates.clone(), handle)),
            updates,
            handled,
        }
    }

    async fn create(&self) -> String {
        let request: CreateCustomerRequest =
            bvnk::from_json(include_bytes!("../individual.json")).unwrap();
        let created = self.client.create_customer().body(request).send();
        created.await.unwrap().reference.to_string()
    }

    /// Stops the service after its queue is empty; returns what it handled, sorted.
    async fn end(self) -> Vec<Handled> {
        self.serving.abort();
        let _ = self.serving.await;
        self.working.await.unwrap();
        let mut handled = std::mem::take(&mut *self.handled.lock().unwrap());
        handled.sort();
        handled
    }
}

#[tokio::test]
async fn each_event_is_handled_once_and_a_wrongly_signed_one_never() {
    let sequence = StatusSequence::starting("ONE")
        .then("TWO")
        .then("THREE")
        .then("FOUR");
    let setup = Setup::new([sequence], |routes| routes).await;
    let reference = setup.create().await;
    setup.server.with(|simulator| {
        for fault in [
            WebhookFault::Duplicate,
            WebhookFault::OtherSecret,
            WebhookFault::UnknownEvent,
        ] {
            simulator.push_webhook_fault(fault);
            simulator.advance(&reference, START);
        }
    });
    // The forged event is rejected, and would be sent again.
    assert_eq!(setup.server.webhooks_sent().await, Some(START + 1));
    // The event of another kind is answered too, and is no change of a customer.
    let change = |status: &str| Some((reference.clone(), status.to_owned()));
    assert_eq!(setup.end().await, [None, change("FOUR"), change("TWO")]);
}

/// Of ten deliveries one does not arrive, and the response to another is lost.
async fn one_in_five_fails(request: Request, next: Next) -> Response {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let lost = || StatusCode::BAD_GATEWAY.into_response();
    match COUNT.fetch_add(1, Ordering::SeqCst) % 10 {
        3 => lost(),
        7 => {
            next.run(request).await;
            lost()
        }
        _ => next.run(request).await,
    }
}

/// Duplicates, reversed order, delays of an hour, and a fifth of the deliveries failing.
#[tokio::test]
async fn under_failures_every_customer_ends_as_it_did_and_each_event_is_handled_once() {
    const CUSTOMERS: usize = 60;
    let sequences = ["VERIFIED", "UNSUCCESSFUL"].map(|end| {
        StatusSequence::starting("PENDING_AGREEMENTS")
            .then("PENDING_VERIFICATION")
            .then(end)
    });
    let setup = Setup::new(sequences, |routes| routes.layer(from_fn(one_in_five_fails))).await;
    let mut references = Vec::new();
    let mut waits = JoinSet::new();
    for _ in 0..CUSTOMERS {
        let reference = setup.create().await;
        let (client, updates) = (setup.client.clone(), setup.updates.clone());
        references.push(reference.clone());
        waits.spawn(async move {
            // It polls once, and then only after an update: its next poll would be too late
            // for any test.
            let far = Duration::from_secs(3_600);
            let wait = client
                .wait_for_verification(reference)
                .updates_from(&updates);
            wait.settings(bvnk::PollSettings::new().interval(far, far))
                .timeout(far * 2)
                .await
                .unwrap()
        });
    }
    let faults = [
        Some(WebhookFault::Duplicate),
        Some(WebhookFault::Reversed),
        None,
        Some(WebhookFault::Late),
    ];
    let mut ends = BTreeMap::new();
    while ends.len() < CUSTOMERS {
        let now = setup.time.clock().now();
        setup.server.with(|simulator| {
            for (reference, fault) in references.iter().zip(faults.iter().cycle()) {
                if let Some(fault) = fault {
                    simulator.push_webhook_fault(*fault);
                }
                simulator.advance(reference, now);
            }
        });
        while let Some(next) = setup.server.webhooks_sent().await {
            setup.time.advance_to(next);
        }
        while let Some(end) = waits.try_join_next() {
            let customer = end.unwrap();
            ends.insert(customer.reference.to_string(), customer.status.to_string());
        }
        tokio::task::yield_now().await;
    }
    let mut events = Vec::new();
    for reference in &references {
        let actual = setup.server.with(|simulator| {
            let customer = simulator.customer(reference).unwrap();
            customer.status().to_owned()
        });
        assert_eq!(ends[reference], actual);
        for status in ["PENDING_VERIFICATION", &actual] {
            events.push(Some((reference.clone(), status.to_owned())));
        }
    }
    events.sort();
    assert_eq!(setup.end().await, events, "each of two changes once");
}
