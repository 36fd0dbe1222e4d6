//! What the service remembers: customers, and which idempotency keys were used up.
//!
//! It must not know requests or answers' shapes. It keeps no member of a request but the
//! whole body of one that carried a key, for comparing.

use std::collections::{HashMap, VecDeque};

use serde_json::Value;

use crate::journey::Journey;

/// One customer.
#[derive(Clone, Debug)]
pub struct Customer {
    reference: String,
    key: Option<String>,
    collection: String,
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
        self.key.as_deref()
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
        self.journey.is_over(self.steps)
    }

    /// Moves it one step on; at the end of its journey it stays.
    pub fn advance(&mut self) {
        self.steps = self.steps.saturating_add(1);
    }
}

/// All customers, in the order of their creation.
pub(crate) struct Customers {
    all: Vec<Customer>,
    by_reference: HashMap<String, usize>,
    journeys: Vec<Journey>,
    begun: usize,
    next: VecDeque<Journey>,
}

impl Customers {
    pub(crate) fn new(journeys: Vec<Journey>) -> Self {
        Self {
            all: Vec::new(),
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
        collection: &str,
        reference: String,
        slot: Option<&KeySlot>,
    ) -> &Customer {
        let journey = self.next.pop_front().unwrap_or_else(|| {
            let place = self.begun % self.journeys.len().max(1);
            self.begun += 1;
            self.journeys
                .get(place)
                .cloned()
                .unwrap_or_else(Journey::never_ending)
        });
        let index = self.all.len();
        self.by_reference.insert(reference.clone(), index);
        self.all.push(Customer {
            reference,
            key: slot.map(|slot| slot.key.clone()),
            collection: collection.to_owned(),
            journey,
            steps: 0,
        });
        &self.all[index]
    }

    pub(crate) fn find(&self, reference: &str) -> Option<&Customer> {
        self.all.get(*self.by_reference.get(reference)?)
    }

    pub(crate) fn find_mut(&mut self, reference: &str) -> Option<&mut Customer> {
        self.all.get_mut(*self.by_reference.get(reference)?)
    }

    pub(crate) fn find_in(&mut self, collection: &str, reference: &str) -> Option<&mut Customer> {
        self.all
            .get_mut(*self.by_reference.get(reference)?)
            .filter(|customer| customer.collection == collection)
    }
}

/// Whose key, for which operation. A key is a UUID, whose letters have no case.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct KeySlot {
    caller: String,
    collection: String,
    key: String,
}

impl KeySlot {
    pub(crate) fn new(caller: &str, collection: &str, key: &str) -> Self {
        Self {
            caller: caller.to_owned(),
            collection: collection.to_owned(),
            key: key.to_ascii_lowercase(),
        }
    }
}

/// A success that a key stands for.
pub(crate) struct Remembered {
    /// What was asked.
    pub(crate) request: Value,
    /// Who was created.
    pub(crate) reference: String,
    /// What was answered.
    pub(crate) answer: Value,
}
