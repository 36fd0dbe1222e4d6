//! The state machine: from a request and a time to a response.
//!
//! It must not know sockets, clocks or locks: whoever owns it brings the time.

mod auth;
mod deeds;
mod spoil;
mod webhooks;

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use http::StatusCode;
use serde_json::Value;

use crate::answer;
use crate::check::{Checked, Flaw};
use crate::config::{Config, Replay, default_credentials};
use crate::contract::{Contract, ContractError, Operation};
use crate::customers::{Customer, Customers, KeySlot, Remembered};
use crate::fault::Fault;
use crate::hawk::{Credentials, Nonces};
use crate::journey::Journey;
use crate::message::{Delivery, Request, Response};
use crate::webhook::Outbox;

/// The documented service, with its whole state.
///
/// ```
/// use bvnk_simulator::{Config, Request, Simulator};
///
/// let mut simulator = Simulator::new(Config::default())?;
/// let unsigned = Request {
///     method: http::Method::GET,
///     target: "/platform/v1/customers/nobody".to_owned(),
///     headers: http::HeaderMap::new(),
///     body: bytes::Bytes::new(),
/// };
/// let response = simulator.handle(&unsigned, 1_700_000_000);
/// assert_eq!(response.status, 401);
/// assert_eq!(response.headers["www-authenticate"], "Hawk");
/// # Ok::<(), bvnk_simulator::ContractError>(())
/// ```
pub struct Simulator {
    contract: Arc<Contract>,
    config: Config,
    nonces: Nonces,
    customers: Customers,
    outbox: Outbox,
    /// The time of the request that is being answered.
    now: u64,
    remembered: HashMap<KeySlot, Remembered>,
    /// Refusals that a fault made stick to their keys.
    stuck: HashMap<KeySlot, Response>,
    fault: Option<Fault>,
    script: VecDeque<Fault>,
    prepare: Option<Prepare>,
}

type Prepare = Box<dyn FnMut(&mut Simulator, &Request) + Send>;

/// What became of a request that was let in.
enum Outcome {
    /// It was carried out; this is to be answered.
    Done { status: StatusCode, body: Value },
    /// It was not.
    Refused(Response),
}

impl Simulator {
    /// The service of the embedded contract.
    ///
    /// # Errors
    ///
    /// When the embedded contract cannot be compiled.
    pub fn new(config: Config) -> Result<Self, ContractError> {
        Ok(Self::with_contract(Contract::embedded()?, config))
    }

    /// The service of another contract: what it has more or less is served and validated
    /// by itself.
    pub fn with_contract(contract: Arc<Contract>, mut config: Config) -> Self {
        if config.credentials.is_empty() {
            config.credentials.push(default_credentials());
        }
        Self {
            contract,
            nonces: Nonces::new(config.nonce_lifetime),
            customers: Customers::new(std::mem::take(&mut config.journeys)),
            outbox: Outbox::new(config.webhook.take()),
            config,
            now: 0,
            remembered: HashMap::new(),
            stuck: HashMap::new(),
            fault: None,
            script: VecDeque::new(),
            prepare: None,
        }
    }

    /// The credentials that are accepted; never none.
    pub fn credentials(&self) -> &[Credentials] {
        &self.config.credentials
    }

    /// The customers, in the order of their creation.
    pub fn customers(&self) -> &[Customer] {
        self.customers.all()
    }

    /// The customer with this reference.
    pub fn customer(&self, reference: &str) -> Option<&Customer> {
        self.customers.find(reference)
    }

    /// Gives a journey to the next customer that is created; called again, to the one
    /// after it.
    pub fn next_journey(&mut self, journey: Journey) {
        self.customers.push_next(journey);
    }

    /// Changes how a repeated idempotency key is answered.
    pub fn set_replay(&mut self, replay: Replay) {
        self.config.replay = replay;
    }

    /// Breaks every request from now on, or none any more.
    pub fn set_fault(&mut self, fault: Option<Fault>) {
        self.fault = fault;
    }

    /// Breaks the next request only; called again, the one after it. Goes before
    /// [`set_fault`](Self::set_fault).
    pub fn push_fault(&mut self, fault: Fault) {
        self.script.push_back(fault);
    }

    /// Calls `prepare` before each request is answered, to look at the request and to set
    /// what befalls it: a [fault](Self::push_fault), a [replay](Self::set_replay), a
    /// [journey](Self::next_journey).
    ///
    /// ```
    /// use bvnk_simulator::{Config, Fault, Simulator};
    ///
    /// let mut simulator = Simulator::new(Config::default())?;
    /// simulator.before_each(|simulator, request| {
    ///     if request.method == http::Method::GET {
    ///         simulator.push_fault(Fault::GatewayTimeout);
    ///     }
    /// });
    /// # Ok::<(), bvnk_simulator::ContractError>(())
    /// ```
    pub fn before_each(&mut self, prepare: impl FnMut(&mut Self, &Request) + Send + 'static) {
        self.prepare = Some(Box::new(prepare));
    }

    /// Answers a request at a time in Unix seconds.
    pub fn handle(&mut self, request: &Request, now: u64) -> Response {
        let contract = Arc::clone(&self.contract);
        self.settle(request, &contract.check(request), now)
    }

    /// Answers a request that was checked already: checking needs no state, so that a
    /// server does it outside its lock.
    pub(crate) fn settle(
        &mut self,
        request: &Request,
        checked: &Checked<'_>,
        now: u64,
    ) -> Response {
        self.now = now;
        // Out of its place while it runs, for it is given the whole simulator; back again
        // unless it has named a successor.
        if let Some(mut prepare) = self.prepare.take() {
            prepare(self, request);
            self.prepare.get_or_insert(prepare);
        }
        let fault = self.script.pop_front().or(self.fault);
        let public = checked.operation.is_some_and(|operation| operation.public);
        // A signature is examined even when a fault answers in place of the service: each
        // attempt uses up its nonce, so that a retry with the same header is noticed.
        let caller = self.authenticate(request, public, fault, now);

        let mut response = match (spoil::in_front(request, fault, now), &caller) {
            (Some(response), _) => response,
            (None, Err(refusal)) => {
                let mut response = answer::unauthorized(refusal.clone());
                spoil::refusal(&mut response, fault);
                response
            }
            // Only who has signed is told what else is wrong with the request.
            (None, Ok(caller)) => self.serve(request, checked, &caller.id, fault),
        };
        match &caller {
            Err(refusal) => response.refusal = Some(refusal.clone()),
            // Last of all: the signature covers the body as it leaves.
            Ok(caller) => self.sign(request, caller, &mut response),
        }
        response
    }

    /// Answers a request whose caller is known.
    fn serve(
        &mut self,
        request: &Request,
        checked: &Checked<'_>,
        caller: &str,
        fault: Option<Fault>,
    ) -> Response {
        let outcome = match (
            self.first_flaw(request, checked, caller, fault),
            checked.operation,
        ) {
            (Some(refused), _) => Outcome::Refused(refused),
            (None, Some(operation)) => self.act(request, operation, checked, caller, fault),
            // A path without operation is a flaw that nothing forgives.
            (None, None) => Outcome::Refused(answer::flawed(&Flaw::Path)),
        };
        match outcome {
            Outcome::Refused(response) => spoil::error(response, fault),
            Outcome::Done { status, body } => {
                spoil::success(status, body, checked.operation, fault)
            }
        }
    }

    /// The answer to the first flaw that no fault forgives.
    fn first_flaw(
        &mut self,
        request: &Request,
        checked: &Checked<'_>,
        caller: &str,
        fault: Option<Fault>,
    ) -> Option<Response> {
        let slot = checked
            .operation
            .and_then(|operation| key_slot(request, operation, caller));
        if let Some(stuck) = slot.as_ref().and_then(|slot| self.stuck.get(slot)) {
            return Some(stuck.clone());
        }
        let flaw = checked.flaws.iter().find(|flaw| !forgives(fault, flaw))?;
        let refused = answer::flawed(flaw);
        // A refused request does not use its key up: the same key is good for the mended
        // request. The vendor says that only successes are remembered.
        if let (Some(Fault::RememberFailures), Some(slot)) = (fault, slot) {
            self.stuck.insert(slot, refused.clone());
        }
        Some(refused)
    }
}

/// Whether a fault makes the service overlook a flaw.
fn forgives(fault: Option<Fault>, flaw: &Flaw) -> bool {
    matches!(
        (fault, flaw),
        (Some(Fault::SkipValidation), Flaw::Body(_))
            | (Some(Fault::SkipHeaderValidation), Flaw::Parameters(_))
            | (Some(Fault::SkipMediaType), Flaw::MediaType { .. })
    )
}

/// Under which key a creation is remembered; none without a key.
fn key_slot(request: &Request, operation: &Operation, caller: &str) -> Option<KeySlot> {
    let key = request.header(operation.idempotency_header()?)?;
    Some(KeySlot::new(caller, &operation.collection, key))
}

/// What the deed's answer does on its way.
fn delivery(fault: Option<Fault>) -> Delivery {
    match fault {
        Some(Fault::CommitThenReset) => Delivery::Reset,
        Some(Fault::CommitThenStall) => Delivery::Stalled,
        Some(Fault::TruncateBody) => Delivery::Truncated,
        Some(Fault::CloseAfterAnswer) => Delivery::ThenClosed,
        _ => Delivery::Whole,
    }
}
