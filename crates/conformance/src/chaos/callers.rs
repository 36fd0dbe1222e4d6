//! The callers: what each sends, with which client, and what it knows afterwards.
//!
//! It does not know what happens at the server.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bvnk::{Body, CallOptions, Client, ClientBuilder, Credentials, IdempotencyKey, RetryPolicy};
use bvnk_simulator::Server;
use http::{HeaderValue, Request};
use tower::util::MapRequestLayer;

use super::injection::CALL_HEADER;
use super::invariants::CallOutcome;
use super::plan::Plan;
use super::text;
use crate::call::{Arguments, CallError};
use crate::cases::{self, Case};
use crate::dispatch;
use crate::specification::Specification;

/// How many generated bodies the calls take turns with.
const BODIES: u32 = 64;

/// What to create, and how.
pub(super) struct Requests {
    operation: String,
    /// Where the reference stands in the response.
    reference: String,
    cases: Vec<Case>,
}

impl Requests {
    /// Generates the bodies of the first creation that the contract links to a fetch.
    pub(super) fn generate(seed: u64) -> Result<Self, String> {
        let specification = Specification::embedded()?;
        let flows = specification.contract().flows();
        let flow = flows.first();
        let flow = flow.ok_or("the contract has no link from a creation to what follows")?;
        Ok(Self {
            operation: flow.create.id.clone(),
            reference: flow.source.pointer.clone(),
            cases: cases::Plan::generated(&specification, BODIES, seed)?
                .cases(&flow.create.id)
                .to_vec(),
        })
    }
}

/// A caller that makes one call after the other.
#[derive(Clone)]
pub(super) struct Caller {
    client: Client,
    requests: Arc<Requests>,
    plan: Plan,
    /// The call that is being made, for the header by which the simulator knows it.
    current: Arc<AtomicUsize>,
}

impl Caller {
    pub(super) fn new(
        server: &Server,
        requests: &Arc<Requests>,
        plan: Plan,
        policy: RetryPolicy,
        change: fn(ClientBuilder) -> ClientBuilder,
    ) -> Result<Self, String> {
        let current = Arc::new(AtomicUsize::new(usize::MAX));
        let call = Arc::clone(&current);
        let mark = MapRequestLayer::new(move |mut request: Request<Body>| {
            let call = HeaderValue::from(call.load(Ordering::SeqCst));
            request.headers_mut().insert(CALL_HEADER, call);
            request
        });
        // Each caller has its own credentials, so that it corrects its clock for itself.
        let credentials = Credentials::new(server.id(), server.key()).map_err(text)?;
        let builder = Client::builder()
            .base_url(server.url().parse().map_err(text)?)
            .credentials(credentials)
            .retry(policy)
            .layer(mark);
        Ok(Self {
            client: change(builder).build().map_err(text)?,
            requests: Arc::clone(requests),
            plan,
            current,
        })
    }

    /// Makes one call, and returns its outcome and whether it was cancelled once. A cancelled
    /// call is repeated with its key, as a service does after a restart.
    pub(super) async fn create(&self, call: usize) -> Result<(CallOutcome, bool), String> {
        let Some(limit) = self.plan.cancelled_after(call) else {
            return Ok((self.send(call, None, false).await?, false));
        };
        let key = IdempotencyKey::random();
        match tokio::time::timeout(limit, self.send(call, Some(key), false)).await {
            Ok(outcome) => Ok((outcome?, false)),
            Err(_) => Ok((self.send(call, Some(key), true).await?, true)),
        }
    }

    /// Repeats a call with the key of its outcome, and returns the reference.
    pub(super) async fn repeat(&self, call: usize, key: Option<&str>) -> Option<String> {
        let key = key?.parse().ok()?;
        match self.send(call, Some(key), true).await {
            Ok(CallOutcome::Created(reference)) => Some(reference),
            _ => None,
        }
    }

    async fn send(
        &self,
        call: usize,
        idempotency_key: Option<IdempotencyKey>,
        again: bool,
    ) -> Result<CallOutcome, String> {
        self.current.store(call, Ordering::SeqCst);
        let Requests {
            operation,
            reference,
            cases,
        } = &*self.requests;
        let case = &cases[call % cases.len()];
        let options = CallOptions::new();
        let arguments = Arguments {
            parameters: case.parameters.clone(),
            body: case.body.clone(),
            idempotency_key,
            options: if again {
                options.retry_of_ambiguous()
            } else {
                options
            },
        };
        let called = dispatch::call(&self.client, operation, arguments).await;
        let called = called.ok_or_else(|| format!("the client has no operation {operation}"))?;
        let error = match called {
            Ok(called) => {
                let found = called.value.pointer(reference);
                let found = found.map(|value| {
                    value
                        .as_str()
                        .map_or_else(|| value.to_string(), str::to_owned)
                });
                return Ok(CallOutcome::Created(found.unwrap_or_default()));
            }
            Err(CallError::Refused(error)) => return Err(format!("a generated body: {error}")),
            Err(CallError::Failed(error)) => error,
        };
        let why = match error.status() {
            Some(status) => format!("{:?}, {}", error.kind(), status.as_u16()),
            None => format!("{:?}", error.kind()),
        };
        Ok(match error.outcome() {
            bvnk::Outcome::NotDone => CallOutcome::NotDone(why),
            bvnk::Outcome::Done { reference } => CallOutcome::Created(reference.to_string()),
            bvnk::Outcome::Unknown { key } => CallOutcome::Unknown {
                why,
                key: key.map(|key| key.to_string()),
                repeated: None,
            },
        })
    }
}
