//! A webhook on axum: it answers 200 at once and works later.
//!
//! `cargo run -p bvnk --example webhook` starts a simulator that sends to it, creates a
//! customer and waits for it. With `BVNK_WEBHOOK_URL` (such as
//! `http://127.0.0.1:3000/hooks/bvnk`) and `BVNK_WEBHOOK_SECRET` set, it listens on that
//! URL's port for another sender, and prints the events.

#![allow(clippy::print_stdout)]

#[cfg(test)]
mod tests;

use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use bvnk::types::CreateCustomerRequest;
use bvnk::webhook::{Deduplicator, Event, Scheme, StatusUpdates, Verifier, WebhookSecret};
use bvnk::{Client, Credentials};
use bvnk_simulator::{Config, Server};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

/// What the handler needs.
#[derive(Clone)]
struct Inbox {
    verifier: Verifier,
    queue: mpsc::Sender<Event>,
}

/// The routes of the service. An event is small, so the body is limited.
fn routes(verifier: Verifier, queue: mpsc::Sender<Event>) -> Router {
    Router::new()
        .route("/hooks/bvnk", post(deliver))
        .layer(DefaultBodyLimit::max(64 * 1024))
        .with_state(Inbox { verifier, queue })
}

/// Receives a delivery. The bytes are verified as received, before they are parsed.
async fn deliver(State(inbox): State<Inbox>, headers: HeaderMap, body: Bytes) -> StatusCode {
    match inbox.verifier.verify(&headers, &body) {
        // 200 only for what is in the queue: otherwise the vendor has to send it again.
        Ok(event) => match inbox.queue.try_send(event) {
            Ok(()) => StatusCode::OK,
            Err(_) => StatusCode::SERVICE_UNAVAILABLE,
        },
        Err(error) => {
            println!("rejected: {error}");
            StatusCode::UNAUTHORIZED
        }
    }
}

/// Handles the queue: each event once, unknown ones too.
async fn work(
    mut queue: mpsc::Receiver<Event>,
    deduplicator: Deduplicator,
    updates: StatusUpdates,
    mut handle: impl FnMut(&Event),
) {
    while let Some(event) = queue.recv().await {
        if deduplicator.insert(event.id()) {
            updates.publish(&event);
            handle(&event);
        }
    }
}

/// Prints what is not personal.
fn print(event: &Event) {
    match event.customer() {
        Some(change) => println!("{} is {}", change.reference, change.status),
        None => println!("ignored: {}", bvnk::Escaped::new(event.name())),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = std::env::var("BVNK_WEBHOOK_URL").ok();
    // The simulator's webhooks need no real secret.
    let secret = match &url {
        Some(_) => std::env::var("BVNK_WEBHOOK_SECRET")?,
        None => "a secret".to_owned(),
    };
    let port = match &url {
        Some(url) => reqwest::Url::parse(url)?.port_or_known_default(),
        None => None,
    };
    let listener = TcpListener::bind(("127.0.0.1", port.unwrap_or(0))).await?;
    let here = format!("http://{}/hooks/bvnk", listener.local_addr()?);

    let scheme = Scheme::url(url.as_ref().unwrap_or(&here))?;
    let verifier = Verifier::new(WebhookSecret::new(secret.as_str())?, scheme);
    let (queue, events) = mpsc::channel(1_000);
    let updates = StatusUpdates::new();
    tokio::spawn(work(
        events,
        Deduplicator::default(),
        updates.clone(),
        print,
    ));
    let serving = axum::serve(listener, routes(verifier, queue)).into_future();

    if let Some(url) = url {
        println!("listening for {url}");
        serving.await?;
        return Ok(());
    }
    tokio::spawn(serving);
    let webhook = bvnk_simulator::webhook::Webhook::new(&here, secret)?.advance_every(1);
    let simulator = Server::start(Config {
        webhook: Some(webhook),
        ..Config::default()
    })
    .await?;
    let client = Client::builder()
        .base_url(simulator.url().parse()?)
        .credentials(Credentials::new(simulator.id(), simulator.key())?)
        .build()?;
    let request: CreateCustomerRequest = bvnk::from_json(include_bytes!("../individual.json"))?;
    let created = client.create_customer().body(request).send().await?;
    let customer = client
        .wait_for_verification(created.reference.clone())
        .updates_from(&updates)
        // Rarely: webhooks are faster, polling only finds what they miss.
        .settings(
            bvnk::PollSettings::new().interval(Duration::from_secs(60), Duration::from_secs(600)),
        )
        .await?;
    println!("{} is {}", customer.reference, customer.status);
    Ok(())
}
