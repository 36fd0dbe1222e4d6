//! The service of the example, with a simulator that sends to it: well, and badly.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use bvnk_simulator::webhook::{Webhook, WebhookFault};
use bvnk_simulator::{Journey, Listen, ManualClock};
use tokio::task::{JoinHandle, JoinSet};

use super::*;

const START: u64 = 1_700_000_000;

/// Whose status an event told, and which; of other events, nothing.
type Handled = Option<(String, String)>;

/// How the service gets its deliveries.
type Disturb = fn(Router) -> Router;

/// The service, the simulator that sends to it, and a client of that.
struct World {
    time: ManualClock,
    server: Server,
    client: Client,
    changes: Changes,
    handled: Arc<Mutex<Vec<Handled>>>,
    serving: JoinHandle<std::io::Result<()>>,
    working: JoinHandle<()>,
}

impl World {
    async fn new(journeys: impl IntoIterator<Item = Journey>, disturb: Disturb) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hooks/bvnk", listener.local_addr().unwrap());
        let secret = WebhookSecret::new("s3cret").unwrap();
        let verifier = Verifier::new(secret, Scheme::url(&url).unwrap());
        let (queue, events) = mpsc::channel(1_000);
        let routes = disturb(routes(verifier, queue));
        let changes = Changes::new();
        let handled = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&handled);
        let handle = move |event: &Event| {
            let told_of = |change: &bvnk::webhook::CustomerChange| {
                (change.reference.to_string(), change.status.to_string())
            };
            told.lock().unwrap().push(event.customer().map(told_of));
        };
        let time = ManualClock::new(START);
        let config = Config::default()
            .journeys(journeys)
            .clock_tolerance(u64::MAX)
            .webhook(Webhook::new(&url, "s3cret").unwrap());
        let server = Server::start_on(Listen::default().clock(time.clock()), config)
            .await
            .unwrap();
        let client = Client::builder()
            .base_url(server.url().parse().unwrap())
            .credentials(Credentials::new(server.id(), server.key()).unwrap())
            .build()
            .unwrap();
        let seen = SeenInMemory::default();
        Self {
            time,
            server,
            client,
            serving: tokio::spawn(axum::serve(listener, routes).into_future()),
            working: tokio::spawn(work(events, seen, changes.clone(), handle)),
            changes,
            handled,
        }
    }

    async fn create(&self) -> String {
        let request: CreateCustomerRequest =
            bvnk::from_json(include_bytes!("../individual.json")).unwrap();
        let created = self.client.create_customer().body(request).send();
        created.await.unwrap().reference.to_string()
    }

    /// Stops the service when it has worked on all that it took; gives that, in order.
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
async fn each_event_is_handled_once_and_a_forgery_never() {
    let journey = Journey::starting("ONE")
        .then("TWO")
        .then("THREE")
        .then("FOUR");
    let world = World::new([journey], |routes| routes).await;
    let reference = world.create().await;
    world.server.with(|simulator| {
        for fault in [
            WebhookFault::Duplicate,
            WebhookFault::OtherSecret,
            WebhookFault::UnknownEvent,
        ] {
            simulator.push_webhook_fault(fault);
            simulator.advance(&reference, START);
        }
    });
    // The forgery is refused, and would be sent again.
    assert_eq!(world.server.webhooks_sent().await, Some(START + 1));
    let once = Some((reference, "TWO".to_owned()));
    assert_eq!(world.end().await, [None, once]);
}

/// Of ten deliveries one does not arrive, and the answer to another gets lost.
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
async fn in_a_storm_every_customer_ends_as_it_truly_did_and_each_event_is_handled_once() {
    const CUSTOMERS: usize = 60;
    let journeys = [Journey::verified(), Journey::unsuccessful()];
    let world = World::new(journeys, |routes| routes.layer(from_fn(one_in_five_fails))).await;
    let mut references = Vec::new();
    let mut waits = JoinSet::new();
    for _ in 0..CUSTOMERS {
        let reference = world.create().await;
        let (client, changes) = (world.client.clone(), world.changes.clone());
        references.push(reference.clone());
        waits.spawn(async move {
            // It looks once, and then only when it is told something: the next look of its
            // own would be too late for any test.
            let far = Duration::from_secs(3_600);
            let wait = client.wait_for_verification(reference).told_by(&changes);
            wait.backoff(far, far).deadline(far * 2).await.unwrap()
        });
    }
    let faults = [
        Some(WebhookFault::Duplicate),
        Some(WebhookFault::Reordered),
        None,
        Some(WebhookFault::Late),
    ];
    let mut ends = BTreeMap::new();
    while ends.len() < CUSTOMERS {
        let now = world.time.clock().now();
        world.server.with(|simulator| {
            for (reference, fault) in references.iter().zip(faults.iter().cycle()) {
                if let Some(fault) = fault {
                    simulator.push_webhook_fault(*fault);
                }
                simulator.advance(reference, now);
            }
        });
        while let Some(next) = world.server.webhooks_sent().await {
            world.time.advance_to(next);
        }
        while let Some(end) = waits.try_join_next() {
            let customer = end.unwrap();
            ends.insert(customer.reference.to_string(), customer.status.to_string());
        }
        tokio::task::yield_now().await;
    }
    let mut events = Vec::new();
    for reference in &references {
        let truth = world.server.with(|simulator| {
            let customer = simulator.customer(reference).unwrap();
            customer.status().to_owned()
        });
        assert_eq!(ends[reference], truth);
        for status in ["PENDING_VERIFICATION", &truth] {
            events.push(Some((reference.clone(), status.to_owned())));
        }
    }
    events.sort();
    assert_eq!(world.end().await, events, "each of two changes once");
}
