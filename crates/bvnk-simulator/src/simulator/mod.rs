//! The state machine: from a request and a time to a response.
//!
//! It must not know sockets, clocks or locks: whoever owns it brings the time.

mod answers;
mod auth;
mod creation;
mod deeds;
mod flaws;
mod forgery;
mod keys;
mod looks;
mod spoil;
mod webhooks;

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use http::StatusCode;
use serde_json::Value;

use crate::answer;
use crate::check::{Checked, Flaw};
use crate::config::{Config, Replay, default_credentials};
use crate::contract::{Contract, ContractError};
use crate::customers::{Customer, Customers, KeySlot, Late, Lateness, Remembered};
use crate::fault::{Fault, Faults};
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
    /// What is to be remembered only after the answer.
    late: Option<Late>,
    /// The reference of the next customer, where a fault has chosen it.
    reference: Option<String>,
    /// Refusals that a fault made stick to their keys.
    stuck: HashMap<KeySlot, Response>,
    faults: Faults,
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
            nonces: Nonces::new(config.nonce_lifetime).keep(config.capacity),
            customers: Customers::new(std::mem::take(&mut config.journeys), config.capacity),
            outbox: Outbox::new(config.webhook.take()),
            config,
            now: 0,
            remembered: HashMap::new(),
            late: None,
            reference: None,
            stuck: HashMap::new(),
            faults: Faults::NONE,
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
        self.set_faults(fault);
    }

    /// Breaks every request from now on in several ways at once. Of faults that answer in
    /// the service's place, the first in [`Fault::ALL`] does.
    pub fn set_faults(&mut self, faults: impl IntoIterator<Item = Fault>) {
        self.faults = faults.into_iter().collect();
    }

    /// The faults that break every request.
    pub fn faults(&self) -> Faults {
        self.faults
    }

    /// Breaks the next request only; called again, the one after it. Takes the place of
    /// those that [stand](Self::set_faults).
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
        let mut response = self.settle(request, &contract.check(request), now);
        self.remember(response.late.take());
        response
    }

    /// Remembers what a fault kept from being remembered at once.
    pub(crate) fn remember(&mut self, late: Option<Late>) {
        if let Some(late) = late {
            let Lateness { slot, remembered } = *late;
            self.remembered.insert(slot, remembered);
        }
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
        let faults = self.script.pop_front().map_or(self.faults, Faults::from);
        let rechecked;
        let contract;
        let checked = if faults.is_empty() {
            checked
        } else {
            // By other rules than those that the owner of the lock knew.
            contract = Arc::clone(&self.contract);
            rechecked = contract.check_under(request, faults);
            &rechecked
        };
        let public = checked.operation.is_some_and(|operation| operation.public);
        // A signature is examined even when a fault answers in place of the service: each
        // attempt uses up its nonce, so that a retry with the same header is noticed.
        let caller = self.authenticate(request, public, faults, now);

        let mut response = match (spoil::in_front(request, faults, now), &caller) {
            (Some(response), _) => response,
            (None, Err(refusal)) => {
                let told = self.explain(request, refusal);
                let mut response = answer::unauthorized(refusal.clone(), told.as_ref());
                spoil::refusal(&mut response, faults);
                response
            }
            // Only who has signed is told what else is wrong with the request.
            (None, Ok(caller)) => self.serve(request, checked, &caller.id, faults),
        };
        match &caller {
            Err(refusal) => response.refusal = Some(refusal.clone()),
            // Last of all: the signature covers the body as it leaves.
            Ok(caller) => self.sign(request, caller, &mut response),
        }
        response.faults = faults;
        response.late = self.late.take();
        response
    }

    /// Answers a request whose caller is known.
    fn serve(
        &mut self,
        request: &Request,
        checked: &Checked<'_>,
        caller: &str,
        faults: Faults,
    ) -> Response {
        let outcome = match (
            self.first_flaw(request, checked, caller, faults),
            checked.operation,
        ) {
            (Some(refused), _) => Outcome::Refused(refused),
            (None, Some(operation)) => self.act(request, operation, checked, caller, faults),
            // A path without operation is a flaw that nothing forgives.
            (None, None) => Outcome::Refused(answer::flawed(&Flaw::Path)),
        };
        match outcome {
            Outcome::Refused(response) => spoil::error(response, request, faults),
            Outcome::Done { status, body } => {
                answers::success(status, body, checked.operation, request, faults)
            }
        }
    }
}

/// What the first fault that has a say says; most requests meet none.
fn first<T>(faults: Faults, say: impl Fn(Fault) -> Option<T>) -> Option<T> {
    if faults.is_empty() {
        return None;
    }
    faults.iter().find_map(say)
}

/// What the deed's answer does on its way.
fn delivery(faults: Faults) -> Delivery {
    let cut = |fault| match fault {
        Fault::CommitThenReset => Some(Delivery::Reset),
        Fault::CommitThenStall => Some(Delivery::Stalled),
        Fault::TruncateBody => Some(Delivery::Truncated),
        Fault::CloseAfterAnswer => Some(Delivery::ThenClosed),
        _ => None,
    };
    first(faults, cut).unwrap_or_default()
}
