//! What the service remembers: customers, idempotency keys, nonces, and changes of statuses
//! that webhooks have to report.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;

use bytes::Bytes;
use serde_json::Value;

use crate::api::{Api, Endpoint};
use crate::config::{Config, References};
use crate::hawk::Nonces;
use crate::memory::Memory;
use crate::message::Response;
use crate::sequence::StatusSequence;

/// How many seconds a nonce is remembered: the vendor documents it.
const NONCE_LIFETIME: u64 = 15 * 60;

/// An idempotency key of a caller for an operation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct KeySlot {
    pub(crate) caller: String,
    pub(crate) operation: String,
    pub(crate) key: String,
}

/// What a key stands for: what was answered to the request that used it first.
#[derive(Clone)]
pub(crate) struct Remembered {
    /// The digest of the request's body.
    pub(crate) body: u64,
    pub(crate) response: Response,
    /// The reference of what was created or addressed.
    pub(crate) reference: Option<String>,
}

/// The digest of a body: the same for all spellings of the same JSON.
pub(crate) fn body_digest(body: &Bytes) -> u64 {
    let mut hasher = DefaultHasher::new();
    match serde_json::from_slice::<Value>(body) {
        Ok(value) => value.hash(&mut hasher),
        Err(_) => body.hash(&mut hasher),
    }
    hasher.finish()
}

/// A customer, or what another contract lets callers create and then fetch.
#[derive(Clone, Debug)]
pub struct Customer {
    reference: String,
    /// The reference as JSON has it: it may be a number.
    pub(crate) value: Value,
    pub(crate) collection: usize,
    operation: String,
    pub(crate) slot: Option<KeySlot>,
    sequence: StatusSequence,
    steps: usize,
}

impl Customer {
    /// Returns the reference that the creation answered.
    pub fn reference(&self) -> &str {
        &self.reference
    }

    /// Returns the idempotency key that it was created with, in lower case if it is a UUID.
    pub fn idempotency_key(&self) -> Option<&str> {
        self.slot.as_ref().map(|slot| slot.key.as_str())
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

    /// Returns the `operationId` of the operation that created it.
    pub fn operation(&self) -> &str {
        &self.operation
    }

    fn is_at_end(&self) -> bool {
        self.steps + 1 >= self.sequence.statuses().len()
    }
}

/// A change of a customer's status.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) reference: String,
    pub(crate) before: String,
    pub(crate) status: String,
    pub(crate) collection: usize,
    pub(crate) now: u64,
}

/// The state of a [`Simulator`](crate::Simulator).
pub struct State {
    pub(crate) api: Arc<Api>,
    customers: Vec<Customer>,
    by_reference: HashMap<String, usize>,
    pub(crate) keys: Memory<KeySlot, Remembered>,
    pub(crate) nonces: Nonces,
    sequences: Vec<StatusSequence>,
    /// The next sequence in turn.
    turn: usize,
    next: VecDeque<StatusSequence>,
    /// What makes references, if it is not the default.
    references: Option<References>,
    /// How many customers were created.
    count: u64,
    capacity: usize,
    /// The changes that no webhook reports yet.
    pub(crate) changes: Vec<Change>,
    /// Every how many seconds customers advance by themselves.
    interval: Option<u64>,
    /// When which customer advances next.
    timers: BTreeSet<(u64, String)>,
}

impl State {
    pub(crate) fn new(api: Arc<Api>, config: &mut Config) -> Self {
        Self {
            api,
            customers: Vec::new(),
            by_reference: HashMap::new(),
            keys: Memory::new(config.capacity),
            nonces: Nonces::with_capacity(NONCE_LIFETIME, config.capacity),
            sequences: std::mem::take(&mut config.sequences),
            turn: 0,
            next: VecDeque::new(),
            references: config.references.take(),
            count: 0,
            capacity: config.capacity,
            changes: Vec::new(),
            interval: config.webhook.as_ref().and_then(|webhook| webhook.interval),
            timers: BTreeSet::new(),
        }
    }

    /// Returns the customers, in the order of their creation.
    pub fn customers(&self) -> &[Customer] {
        &self.customers
    }

    /// Returns the customer with this reference.
    pub fn customer(&self, reference: &str) -> Option<&Customer> {
        self.customers.get(*self.by_reference.get(reference)?)
    }

    /// Returns the nonces that were used.
    pub fn nonces(&self) -> &Nonces {
        &self.nonces
    }

    /// Creates a customer as this operation does, without an idempotency key, and returns its
    /// reference; `None` if the operation creates none.
    pub fn create(&mut self, operation: &str, now: u64) -> Option<String> {
        let api = Arc::clone(&self.api);
        self.insert(api.endpoint(operation)?, None, now)
    }

    /// Removes a customer, and forgets the key that it was created with. Returns whether
    /// there was one.
    pub fn remove(&mut self, reference: &str) -> bool {
        let removed = self.delete(reference);
        let is_known = removed.is_some();
        self.keys.remove(removed.and_then(|it| it.slot));
        is_known
    }

    /// Moves a customer to the next status and returns it; at the end of the sequence it
    /// stays. A webhook reports a change.
    pub fn advance(&mut self, reference: &str, now: u64) -> Option<&str> {
        let index = *self.by_reference.get(reference)?;
        let customer = self.customers.get_mut(index)?;
        let before = customer.status().to_owned();
        customer.steps = customer.steps.saturating_add(1);
        if customer.status() != before {
            self.changes.push(Change {
                reference: customer.reference.clone(),
                before,
                status: customer.status().to_owned(),
                collection: customer.collection,
                now,
            });
        }
        Some(customer.status())
    }

    pub(crate) fn push_sequence(&mut self, sequence: StatusSequence) {
        self.next.push_back(sequence);
    }

    /// Creates a customer and returns its reference.
    pub(crate) fn insert(
        &mut self,
        endpoint: &Endpoint,
        slot: Option<KeySlot>,
        now: u64,
    ) -> Option<String> {
        let api = Arc::clone(&self.api);
        let number = endpoint.creates?;
        let collection = api.collections.get(number)?;
        let (reference, value) = loop {
            self.count += 1;
            let Some(value) = api.reference(collection, self.count) else {
                let random = || uuid::Uuid::new_v4().to_string();
                let reference = self
                    .references
                    .as_mut()
                    .map_or_else(random, |next| next.0());
                break (reference.clone(), Value::from(reference));
            };
            let text = value.as_str().map(str::to_owned);
            let text = text.unwrap_or_else(|| value.to_string());
            // A form with few values repeats them; then the newest keeps the reference.
            let few = self.count > 2 * self.customers.len() as u64 + 2;
            if few || !self.by_reference.contains_key(&text) {
                break (text, value);
            }
        };
        let customer = Customer {
            reference: reference.clone(),
            value,
            collection: number,
            operation: endpoint.operation.id.clone(),
            slot,
            sequence: self.next_sequence(&collection.sequences),
            steps: 0,
        };
        let index = self.customers.len();
        self.by_reference.insert(reference.clone(), index);
        self.schedule(&customer, now);
        self.customers.push(customer);
        // Half of them at once, so that moving the others is rare.
        if self.customers.len() > self.capacity {
            let half = self.customers.len().div_ceil(2);
            let slots = self.customers.drain(..half).filter_map(|it| it.slot);
            self.keys.remove(slots);
            self.index();
        }
        Some(reference)
    }

    /// Removes a customer; its key stays used.
    pub(crate) fn delete(&mut self, reference: &str) -> Option<Customer> {
        let index = self.by_reference.remove(reference)?;
        let customer = (index < self.customers.len()).then(|| self.customers.remove(index));
        self.index();
        customer
    }

    fn index(&mut self) {
        let entries = self.customers.iter().enumerate();
        self.by_reference = entries
            .map(|(index, it)| (it.reference.clone(), index))
            .collect();
    }

    /// A pushed sequence, or else the next in turn, which a pushed one does not use up.
    fn next_sequence(&mut self, defaults: &[StatusSequence]) -> StatusSequence {
        let sequences = match self.sequences.as_slice() {
            [] => defaults,
            own => own,
        };
        let index = self.turn.checked_rem(sequences.len()).unwrap_or(0);
        match (self.next.front(), sequences.get(index)) {
            // The contract has no status.
            _ if defaults.is_empty() => StatusSequence::starting(""),
            (None, Some(sequence)) => {
                self.turn += 1;
                sequence.clone()
            }
            _ => self
                .next
                .pop_front()
                .unwrap_or_else(|| StatusSequence::starting("")),
        }
    }

    fn schedule(&mut self, customer: &Customer, now: u64) {
        if let Some(interval) = self.interval.filter(|_| !customer.is_at_end()) {
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
