//! A complete service: it creates a customer for each user once, follows the verification by
//! polling and webhooks, and maps errors to HTTP statuses. `tests.rs` tests it with the
//! simulator.
//!
//! `cargo run -p bvnk --example service` starts it with a simulator; with `BVNK_BASE_URL`,
//! `BVNK_HAWK_ID`, `BVNK_HAWK_KEY` and `BVNK_WEBHOOK_SECRET` it calls that API.

#![allow(clippy::print_stdout)]

#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::error::Error as StdError;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use bvnk::types::{CreateCustomerRequest, Customer, CustomerReference};
use bvnk::webhook::{
    Deduplicator, Scheme, StatusUpdates, VerificationError, Verifier, WebhookSecret,
};
use bvnk::{CallOptions, Client, Error, ErrorKind, IdempotencyKey, Outcome};
use futures_util::StreamExt;
use tokio::net::TcpListener;

/// The service's state. A real one keeps users and events in a database.
#[derive(Clone)]
struct Service {
    bvnk: Client,
    users: Arc<Mutex<HashMap<String, User>>>,
    /// How many creations of a user were sent, and may have been carried out. Stored before they are
    /// sent.
    sent: Arc<Mutex<HashMap<String, u32>>>,
    /// Whose customer is followed at the moment.
    followed: Arc<Mutex<HashSet<String>>>,
    updates: StatusUpdates,
    verifier: Verifier,
    events: Deduplicator,
}

/// What is stored of a user. Statuses are stored as text: new ones appear.
#[derive(Clone, Debug, PartialEq)]
struct User {
    reference: CustomerReference,
    status: String,
}

impl Service {
    fn new(bvnk: Client, verifier: Verifier) -> Self {
        Self {
            bvnk,
            users: Arc::default(),
            sent: Arc::default(),
            followed: Arc::default(),
            updates: StatusUpdates::new(),
            verifier,
            events: Deduplicator::default(),
        }
    }

    fn routes(self) -> Router {
        Router::new()
            .route("/users/{id}/customer", post(create).get(status))
            .route("/hooks/bvnk", post(webhook))
            .with_state(self)
    }

    /// Creates the customer of a user. The key follows from the user's id: however often this
    /// is called, also after a crash, there is one customer. The rejection of a repetition does
    /// not prove that there is none, so it has to be declared as one.
    async fn create(&self, id: &str, request: CreateCustomerRequest) -> Result<User, Error> {
        let key = IdempotencyKey::derive_from("create-customer", id);
        let before = {
            let mut sent = lock(&self.sent);
            let sent = sent.entry(id.to_owned()).or_default();
            *sent += 1;
            *sent - 1
        };
        let options = match before {
            0 => CallOptions::new(),
            _ => CallOptions::new().retry_of_ambiguous(),
        };
        let call = self
            .bvnk
            .create_customer()
            .body(request)
            .idempotency_key(key)
            .options(options);
        let created = match call.send().await {
            Ok(created) => created.into_inner(),
            Err(error) => match error.outcome() {
                // Created, though the response was not decodable: the wait finds the status.
                Outcome::Done { reference } => return Ok(self.follow(id, reference.clone(), "")),
                Outcome::Unknown { .. } => return Err(error),
                Outcome::NotDone => {
                    let mut sent = lock(&self.sent);
                    sent.entry(id.to_owned()).and_modify(|sent| *sent -= 1);
                    return Err(error);
                }
            },
        };
        Ok(self.follow(id, created.reference, created.status.as_str()))
    }

    /// Stores the customer and follows it in the background, once: a repeated request must not start
    /// another wait, and its response may be that of the first one.
    fn follow(&self, id: &str, reference: CustomerReference, status: &str) -> User {
        let user = User {
            reference,
            status: status.to_owned(),
        };
        if !lock(&self.followed).insert(id.to_owned()) {
            return user;
        }
        self.store(id, user.clone());
        let (service, id) = (self.clone(), id.to_owned());
        let wait = self
            .bvnk
            .wait_for_verification(user.reference.clone())
            .updates_from(&self.updates);
        tokio::spawn(async move {
            let mut changes = wait.changes();
            while let Some(change) = changes.next().await {
                match change {
                    Ok(customer) => service.store(&id, customer.into()),
                    // Start again later; the error shows nothing personal.
                    Err(error) => println!("{id:?}: {error:?}"),
                }
            }
            lock(&service.followed).remove(&id);
        });
        user
    }

    fn store(&self, id: &str, user: User) {
        lock(&self.users).insert(id.to_owned(), user);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl From<Customer> for User {
    fn from(customer: Customer) -> Self {
        Self {
            status: customer.status.to_string(),
            reference: customer.reference,
        }
    }
}

/// An error of the service, as an HTTP response.
struct Problem(Error);

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl From<bvnk::ValidationError> for Problem {
    fn from(error: bvnk::ValidationError) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let error = self.0;
        let status = match error.kind() {
            ErrorKind::InvalidRequest => StatusCode::UNPROCESSABLE_ENTITY,
            // A repetition, which will be rejected again: for the operator.
            ErrorKind::Rejected | ErrorKind::AlreadyExists if error.outcome_unknown() => {
                StatusCode::BAD_GATEWAY
            }
            // The caller repeats the request; the key makes that safe.
            _ if error.outcome_unknown() => StatusCode::GATEWAY_TIMEOUT,
            ErrorKind::Rejected => StatusCode::UNPROCESSABLE_ENTITY,
            ErrorKind::AlreadyExists | ErrorKind::Conflict => StatusCode::CONFLICT,
            ErrorKind::RateLimited | ErrorKind::Server | ErrorKind::Connect => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            // Credentials, clock, firewall: for the operator, not for the caller.
            _ => StatusCode::BAD_GATEWAY,
        };
        println!("{error:?}");
        // Paths and rules of what the caller has to correct, never values.
        let violations: Vec<String> = error.violations().iter().map(ToString::to_string).collect();
        (status, violations.join("\n")).into_response()
    }
}

async fn create(
    State(service): State<Service>,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<(StatusCode, String), Problem> {
    let request = bvnk::from_json(&body)?;
    // Spawned: axum drops this function when the caller hangs up.
    let created = tokio::spawn(async move { service.create(&id, request).await }).await;
    Ok(match created {
        Ok(user) => (StatusCode::CREATED, user?.status),
        // It panicked: the caller repeats the request.
        Err(_) => (StatusCode::GATEWAY_TIMEOUT, String::new()),
    })
}

async fn status(State(service): State<Service>, Path(id): Path<String>) -> Response {
    match lock(&service.users).get(&id) {
        Some(user) => user.status.clone().into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Receives a webhook. It answers 200 to events that it does not know, too.
async fn webhook(State(service): State<Service>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let event = match service.verifier.verify(&headers, &body) {
        Ok(event) => event,
        Err(VerificationError::TooOld) => return StatusCode::OK,
        Err(error) => {
            println!("webhook rejected: {error}");
            return StatusCode::UNAUTHORIZED;
        }
    };
    if service.events.insert(event.id()) {
        service.updates.publish(&event);
    }
    StatusCode::OK
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn StdError>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/hooks/bvnk", listener.local_addr()?);
    // The simulator's webhooks need no real secret.
    let secret = match std::env::var_os("BVNK_BASE_URL") {
        Some(_) => std::env::var("BVNK_WEBHOOK_SECRET")?,
        None => "a secret".to_owned(),
    };
    let verifier = Verifier::new(WebhookSecret::new(secret.as_str())?, Scheme::url(&url)?);
    let simulator = bvnk_simulator::Server::start(Default::default()).await?;
    let bvnk = match std::env::var_os("BVNK_BASE_URL") {
        Some(_) => Client::from_env()?,
        None => Client::builder()
            .base_url(simulator.url().parse()?)
            .credentials(bvnk::Credentials::new(simulator.id(), simulator.key())?)
            .build()?,
    };
    let checked = bvnk.clone();
    tokio::spawn(async move { println!("{}", checked.doctor().await) });
    println!(
        "try: curl --data @crates/bvnk/examples/individual.json http://{}/users/1/customer",
        listener.local_addr()?
    );
    axum::serve(listener, Service::new(bvnk, verifier).routes()).await?;
    Ok(())
}
