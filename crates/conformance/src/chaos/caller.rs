//! A caller: what it sends, with which client, and what it knows afterwards.
//!
//! It does not know what happens at the server.
//!
//! A call ends in one of three ways (see [`CallOutcome`]): the customer was created, it was not, or
//! that is unknown and the error has the key with which the call can be repeated. Repeating is
//! what a service does that finds an unfinished job after a restart.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bvnk::{Body, BoxError, CallOptions, Client, Credentials, IdempotencyKey, Outcome};
use bvnk_simulator::Server;
use http::{HeaderValue, Request};
use tower::util::MapRequestLayer;

use super::injection::{CALL_HEADER, Ledger, lock};
use super::plan::Faults;
use super::{CallOutcome, Chaos};
use crate::call::{Arguments, CallError};
use crate::cases::{self, Case};
use crate::dispatch;
use crate::flow;
use crate::specification::Specification;

/// How many generated bodies the calls take turns with.
const BODIES: u32 = 64;

/// A caller that makes one call after the other.
#[derive(Clone)]
pub(super) struct Caller {
    /// Has the layer that marks its requests, above the retries: all attempts of a call have one
    /// mark.
    client: Client,
    /// Which calls are cancelled, and when.
    plan: Faults,
    /// The id of the operation that creates.
    operation: Arc<str>,
    /// Where the reference stands in the response.
    reference: Arc<str>,
    /// The bodies and parameters that the calls take turns with.
    cases: Arc<[Case]>,
    /// The call that is being made, for the header by which the simulator knows it.
    current: Arc<AtomicUsize>,
}

impl Caller {
    /// The callers of a run. They create with the first creation that the contract links to
    /// a fetch.
    ///
    /// # Errors
    ///
    /// A contract without such a link, or a client that cannot be built.
    pub(super) fn all(chaos: &Chaos, plan: Faults, server: &Server) -> Result<Vec<Self>, BoxError> {
        let specification = Specification::embedded()?;
        let flow = flow::first(specification.contract())?;
        let bodies = cases::Plan::generated(&specification, BODIES, chaos.seed)?;
        let cases: Arc<[Case]> = bodies.cases(&flow.create.id).into();
        let callers = (0..chaos.callers).map(|_| {
            let current = Arc::new(AtomicUsize::new(usize::MAX));
            let call = Arc::clone(&current);
            let mark = MapRequestLayer::new(move |mut request: Request<Body>| {
                let call = HeaderValue::from(call.load(Ordering::SeqCst));
                request.headers_mut().insert(CALL_HEADER, call);
                request
            });
            // Each caller has its own credentials, so that it corrects its clock for itself.
            let credentials = Credentials::new(server.id(), server.key())?;
            let builder = Client::builder()
                .base_url(server.url().parse()?)
                .credentials(credentials)
                .retry(chaos.policy())
                .layer(mark);
            Ok(Self {
                client: (chaos.client)(builder).build()?,
                plan,
                operation: flow.create.id.as_str().into(),
                reference: flow.source.pointer.as_str().into(),
                cases: Arc::clone(&cases),
                current,
            })
        });
        callers.collect()
    }

    /// Makes one call. One that is cancelled is repeated with its key, as a service does
    /// after a restart.
    pub(super) async fn create(
        &self,
        call: usize,
        ledger: &Ledger,
    ) -> Result<CallOutcome, BoxError> {
        let Some(limit) = self.plan.cancelled_after(call) else {
            return self.send(call, None, false).await;
        };
        let key = Some(IdempotencyKey::random());
        let first = tokio::time::timeout(limit, self.send(call, key, false));
        if let Ok(outcome) = first.await {
            return outcome;
        }
        lock(ledger).report.cancelled += 1;
        self.send(call, key, true).await
    }

    /// Repeats a call with the key of its outcome, and returns the reference.
    ///
    /// Nothing is injected any more at that time, so that a call which can succeed does.
    pub(super) async fn repeat(&self, call: usize, key: Option<&str>) -> Option<String> {
        match self.send(call, Some(key?.parse().ok()?), true).await {
            Ok(CallOutcome::Created(reference)) => Some(reference),
            _ => None,
        }
    }

    /// Makes a call and translates its result. `again` says that the key was used before, so that
    /// a rejection does not make the outcome a known one.
    ///
    /// # Errors
    ///
    /// A generated body that the client does not take, which is a mistake of the suite.
    async fn send(
        &self,
        call: usize,
        idempotency_key: Option<IdempotencyKey>,
        again: bool,
    ) -> Result<CallOutcome, BoxError> {
        self.current.store(call, Ordering::SeqCst);
        let case = &self.cases[call % self.cases.len()];
        let mut options = CallOptions::new();
        if again {
            options = options.retry_of_ambiguous();
        }
        let arguments = Arguments {
            parameters: case.parameters.clone(),
            body: case.body.clone(),
            idempotency_key,
            options,
        };
        let called = dispatch::call(&self.client, &self.operation, arguments).await;
        let error = match called.ok_or("the client has no such operation")? {
            Ok(called) => {
                let reference = called.value.pointer(&self.reference);
                let reference = reference.and_then(|value| value.as_str());
                return Ok(CallOutcome::Created(
                    reference.unwrap_or_default().to_owned(),
                ));
            }
            Err(CallError::Refused(error)) => {
                return Err(format!("a generated body: {error}").into());
            }
            Err(CallError::Failed(error)) => error,
        };
        let status = error.status();
        let status = status.map_or_else(String::new, |status| format!(", {}", status.as_u16()));
        let why = format!("{:?}{status}", error.kind());
        Ok(match error.outcome() {
            Outcome::NotDone => CallOutcome::NotDone(why),
            Outcome::Done { reference } => CallOutcome::Created(reference.to_string()),
            Outcome::Unknown { key } => CallOutcome::Unknown {
                why,
                key: key.map(|key| key.to_string()),
                repeated: None,
            },
        })
    }
}
