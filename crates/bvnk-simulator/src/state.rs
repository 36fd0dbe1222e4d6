//! What the service remembers: customers, idempotency keys, nonces, and changes of statuses
//! that webhooks have to report.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use serde_json::Value;

use crate::api::Api;
use crate::config::Config;
use crate::hawk::Nonces;
use crate::memory::Memory;
use crate::message::Response;
use crate::sequence::StatusSequence;
use crate::webhook::StatusChange;

/// How many seconds a nonce is remembered: the vendor documents it.
const NONCE_LIFETIME: u64 = 15 * 60;

/// The caller, if it is known, the operation and the key.
pub(crate) type KeySlot = (Option<String>, String, String);

/// What a key stands for: what was answered to the request that used it first.
#[derive(Clone)]
pub(crate) struct Remembered {
    /// The digest of the request's body.
    pub(crate) body: u64,
    pub(crate) response: Response,
    /// The reference of what was created or addressed.
    pub(crate) reference: Option<String>,
}

/// A customer, or what another contract lets callers create and then fetch.
#[derive(Clone, Debug)]
pub struct Customer {
    reference: String,
    /// The reference as JSON has it: it may be a number.
    pub(crate) value: Value,
    /// The id of the operation that created it.
    pub(crate) operation: String,
    sequence: StatusSequence,
    steps: usize,
}

impl Customer {
    /// Returns the reference that the creation answered.
    pub fn reference(&self) -> &str {
        &self.reference
    }

    /// Returns the current status; empty if the contract has none.
    pub fn status(&self) -> &str {
        self.sequence.status(self.steps)
    }

    /// Returns the statuses that it passes through.
    pub fn sequence(&self) -> &StatusSequence {
        &self.sequence
    }

    /// Returns how often it was advanced, also beyond the end of the sequence.
    pub fn steps(&self) -> usize {
        self.steps
    }
}

/// The state of a [`Simulator`](crate::Simulator).
pub struct State {
    api: Arc<Api>,
    config: Arc<Config>,
    customers: Memory<String, Customer>,
    pub(crate) keys: Memory<KeySlot, Remembered>,
    pub(crate) nonces: Nonces,
    turn: usize,
    /// The sequences of the next customers.
    next: VecDeque<StatusSequence>,
    /// How many customers were created.
    count: u64,
    /// The changes that no webhook reports yet.
    pub(crate) changes: Vec<StatusChange>,
    /// When which customer advances by itself next.
    timers: BTreeSet<(u64, String)>,
}

impl State {
    pub(crate) fn new(api: Arc<Api>, config: Arc<Config>) -> Self {
        Self {
            api,
            customers: Memory::new(config.capacity),
            keys: Memory::new(config.capacity),
            nonces: Nonces::with_capacity(NONCE_LIFETIME, config.capacity),
            turn: 0,
            next: VecDeque::new(),
            count: 0,
            changes: Vec::new(),
            timers: BTreeSet::new(),
            config,
        }
    }

    /// Returns the customers, in the order of their creation.
    pub fn customers(&self) -> Vec<&Customer> {
        let references = self.customers.keys();
        references.filter_map(|it| self.customer(it)).collect()
    }

    pub(crate) fn customer_count(&self) -> usize {
        self.customers.entries.len()
    }

    /// Returns the customer with this reference.
    pub fn customer(&self, reference: &str) -> Option<&Customer> {
        self.customers.entries.get(reference)
    }

    /// Returns the nonces that were used.
    pub fn nonces(&self) -> &Nonces {
        &self.nonces
    }

    /// Removes a customer and returns it. The key that it was created with stays used.
    pub fn remove(&mut self, reference: &str) -> Option<Customer> {
        self.customers.remove(&reference.to_owned())
    }

    /// Moves a customer to the next status and returns it; at the end of the sequence it
    /// stays. A webhook reports a change.
    pub fn advance(&mut self, reference: &str, now: u64) -> Option<&str> {
        let customer = self.customers.entries.get_mut(reference)?;
        let before = customer.status().to_owned();
        customer.steps = customer.steps.saturating_add(1);
        if let (true, Some(webhook)) = (customer.status() != before, &self.config.webhook) {
            self.changes.push(StatusChange {
                reference: customer.reference.clone(),
                before,
                status: customer.status().to_owned(),
                now,
                webhook: webhook.clone(),
                operation: customer.operation.clone(),
            });
        }
        Some(customer.status())
    }

    pub(crate) fn push_sequence(&mut self, sequence: StatusSequence) {
        self.next.push_back(sequence);
    }

    /// Creates a customer as this operation does and returns its reference; `None` if the
    /// operation creates none.
    pub fn create(&mut self, operation: &str, now: u64) -> Option<String> {
        let api = Arc::clone(&self.api);
        let creation = api.creation(operation)?;
        let (reference, value) = loop {
            self.count += 1;
            let value = api.reference(creation, self.count);
            // A form with few values repeats them; then the newest keeps the reference.
            let few = self.count > 2 * self.customers.entries.len() as u64 + 2;
            let text = match (&value, self.config.references) {
                (Some(Value::String(text)), _) => text.clone(),
                (Some(value), _) => value.to_string(),
                (None, Some(next)) => next(self.count),
                (None, None) => uuid::Uuid::new_v4().to_string(),
            };
            if value.is_none() || few || self.customer(&text).is_none() {
                break (text.clone(), value.unwrap_or(Value::String(text)));
            }
        };
        Some(self.add(operation, reference, value, now))
    }

    /// Creates a thing under a name that the caller has chosen, in place of one that has it.
    pub(crate) fn create_as(&mut self, operation: &str, name: &str, now: u64) -> Option<String> {
        let api = Arc::clone(&self.api);
        let creation = api.creation(operation)?;
        let value = api.named(creation, name);
        Some(self.add(operation, name.to_owned(), value, now))
    }

    /// Adds a thing with the first status of its sequence.
    fn add(&mut self, operation: &str, reference: String, value: Value, now: u64) -> String {
        let api = Arc::clone(&self.api);
        let sequences = api.creation(operation).map(|it| &*it.sequences);
        let customer = Customer {
            reference: reference.clone(),
            value,
            operation: operation.to_owned(),
            sequence: self.next_sequence(sequences.unwrap_or_default()),
            steps: 0,
        };
        self.schedule(&customer, now);
        self.customers.insert(reference.clone(), customer, now);
        reference
    }

    /// A pushed sequence, or else the next in turn, which a pushed one does not use up.
    fn next_sequence(&mut self, defaults: &[StatusSequence]) -> StatusSequence {
        let own = match self.config.sequences.as_slice() {
            [] => defaults,
            own => own,
        };
        let pushed = self.next.pop_front().filter(|_| !defaults.is_empty());
        let next = pushed.or_else(|| {
            let turn = self.turn.checked_rem(own.len())?;
            self.turn += 1;
            own.get(turn).filter(|_| !defaults.is_empty()).cloned()
        });
        // The contract has no status.
        next.unwrap_or_else(|| StatusSequence::starting(""))
    }

    /// Sets when a customer advances by itself next, unless it is at its end.
    fn schedule(&mut self, customer: &Customer, now: u64) {
        let interval = self
            .config
            .webhook
            .as_ref()
            .and_then(|webhook| webhook.interval);
        let is_at_end = customer.steps + 1 >= customer.sequence.statuses().len();
        if let Some(interval) = interval.filter(|_| !is_at_end) {
            let then = now.saturating_add(interval);
            self.timers.insert((then, customer.reference.clone()));
        }
    }

    /// Advances the customers that advance by themselves by `now`.
    pub(crate) fn run_timers(&mut self, now: u64) {
        while self.next_timer().is_some_and(|at| at <= now)
            && let Some((at, reference)) = self.timers.pop_first()
        {
            self.advance(&reference, at);
            if let Some(customer) = self.customer(&reference).cloned() {
                self.schedule(&customer, at);
            }
        }
    }

    /// When a customer advances by itself next.
    pub(crate) fn next_timer(&self) -> Option<u64> {
        self.timers.first().map(|(at, _)| *at)
    }
}
