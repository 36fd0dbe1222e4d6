//! What the service remembers: customers, and which idempotency keys were used up.
//!
//! It must not know requests or answers' shapes. It keeps no member of a request but the
//! whole body of one that carried a key, for comparing.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use bytes::Bytes;
use serde_json::Value;

use crate::journey::Journey;

/// One customer.
#[derive(Clone, Debug)]
pub struct Customer {
    reference: String,
    slot: Option<KeySlot>,
    collection: Arc<str>,
    journey: Journey,
    steps: usize,
}

impl Customer {
    /// The name that the creation answered.
    pub fn reference(&self) -> &str {
        &self.reference
    }

    /// The idempotency key that it was created with, in lower case.
    pub fn idempotency_key(&self) -> Option<&str> {
        self.slot.as_ref().map(|slot| slot.key.as_str())
    }

    /// The current status.
    pub fn status(&self) -> &str {
        self.journey.status(self.steps)
    }

    /// The journey that it walks.
    pub fn journey(&self) -> &Journey {
        &self.journey
    }

    /// Whether its journey is over.
    pub(crate) fn is_at_its_end(&self) -> bool {
        self.steps >= self.journey.last()
    }

    /// How often it was moved on.
    pub(crate) fn steps(&self) -> usize {
        self.steps
    }

    /// Where it is looked at.
    pub(crate) fn path(&self) -> String {
        format!("{}/{}", self.collection, self.reference)
    }

    /// Moves it one step on; at the end of its journey it stays.
    pub fn advance(&mut self) {
        self.steps = self.steps.saturating_add(1);
    }
}

/// All customers, in the order of their creation.
pub(crate) struct Customers {
    all: Vec<Customer>,
    /// How many were forgotten: the first of those that are left has this number.
    forgotten: usize,
    capacity: usize,
    by_reference: HashMap<String, usize>,
    journeys: Vec<Journey>,
    begun: usize,
    next: VecDeque<Journey>,
}

impl Customers {
    pub(crate) fn new(journeys: Vec<Journey>, capacity: usize) -> Self {
        Self {
            all: Vec::new(),
            forgotten: 0,
            capacity,
            by_reference: HashMap::new(),
            journeys,
            begun: 0,
            next: VecDeque::new(),
        }
    }

    pub(crate) fn all(&self) -> &[Customer] {
        &self.all
    }

    pub(crate) fn push_next(&mut self, journey: Journey) {
        self.next.push_back(journey);
    }

    /// Creates a customer and gives it the next journey: a pushed one, or else the next in
    /// the circle, whose place a pushed one does not use up.
    pub(crate) fn create(
        &mut self,
        collection: &Arc<str>,
        reference: String,
        slot: Option<KeySlot>,
    ) -> &mut Customer {
        let journey = self.next.pop_front().unwrap_or_else(|| {
            let place = self.begun % self.journeys.len().max(1);
            self.begun += 1;
            self.journeys
                .get(place)
                .cloned()
                .unwrap_or_else(Journey::never_ending)
        });
        let index = self.all.len();
        self.by_reference
            .insert(reference.clone(), self.forgotten + index);
        self.all.push(Customer {
            reference,
            slot,
            collection: Arc::clone(collection),
            journey,
            steps: 0,
        });
        &mut self.all[index]
    }

    /// Forgets the oldest where there are too many, and tells their keys. Half of them go at
    /// once, so that moving the others up is rare.
    pub(crate) fn forget(&mut self) -> Vec<KeySlot> {
        if self.all.len() <= self.capacity {
            return Vec::new();
        }
        let oldest = self.all.len().div_ceil(2);
        self.forgotten += oldest;
        let gone = self.all.drain(..oldest);
        let gone = gone.inspect(|customer| {
            self.by_reference.remove(&customer.reference);
        });
        gone.filter_map(|customer| customer.slot).collect()
    }

    pub(crate) fn find(&self, reference: &str) -> Option<&Customer> {
        self.all.get(self.place(reference)?)
    }

    fn place(&self, reference: &str) -> Option<usize> {
        self.by_reference
            .get(reference)?
            .checked_sub(self.forgotten)
    }

    /// Another customer than this one, if there is one.
    pub(crate) fn other(&self, reference: &str) -> Option<&Customer> {
        self.all
            .iter()
            .find(|customer| customer.reference != reference)
    }

    /// The whole reference that begins so.
    pub(crate) fn complete(&self, beginning: &str) -> Option<String> {
        let mut all = self.all.iter().map(|customer| &customer.reference);
        all.find(|reference| reference.starts_with(beginning))
            .cloned()
    }

    pub(crate) fn find_mut(&mut self, reference: &str) -> Option<&mut Customer> {
        let place = self.place(reference)?;
        self.all.get_mut(place)
    }

    pub(crate) fn find_in(&mut self, collection: &str, reference: &str) -> Option<&mut Customer> {
        let place = self.place(reference)?;
        self.all
            .get_mut(place)
            .filter(|customer| *customer.collection == *collection)
    }
}

/// Whose key, for which operation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct KeySlot {
    caller: String,
    collection: Arc<str>,
    key: String,
}

impl KeySlot {
    pub(crate) fn new(caller: &str, collection: &Arc<str>, key: String) -> Self {
        Self {
            caller: caller.to_owned(),
            collection: Arc::clone(collection),
            key,
        }
    }
}

/// A success that is remembered only after it was answered; boxed, for it is rare.
pub(crate) type Late = Box<Lateness>;

/// What is remembered, and where.
#[derive(Clone)]
pub(crate) struct Lateness {
    pub(crate) slot: KeySlot,
    pub(crate) remembered: Remembered,
}

/// A success that a key stands for.
#[derive(Clone)]
pub(crate) struct Remembered {
    /// What was asked.
    pub(crate) request: Bytes,
    /// Who was created.
    pub(crate) reference: String,
    /// What was answered.
    pub(crate) answer: Value,
}
