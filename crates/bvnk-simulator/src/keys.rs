//! Idempotency keys: what was answered to the request that used one first.

use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use bytes::Bytes;
use serde_json::Value;

use crate::message::Response;

/// A key of a caller for an operation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct KeySlot {
    caller: String,
    endpoint: usize,
    key: String,
}

impl KeySlot {
    pub(crate) fn new(caller: &str, endpoint: usize, key: &str) -> Self {
        Self {
            caller: caller.to_owned(),
            endpoint,
            key: key.to_owned(),
        }
    }

    pub(crate) fn key(&self) -> &str {
        &self.key
    }
}

/// What a key stands for.
#[derive(Clone)]
pub(crate) struct Remembered {
    /// The digest of the request's body.
    pub(crate) body: u64,
    pub(crate) response: Response,
    /// The reference of what was created or addressed.
    pub(crate) reference: Option<String>,
}

/// The keys that were used; beyond a capacity, the oldest are forgotten.
pub(crate) struct Keys {
    remembered: HashMap<KeySlot, Remembered>,
    by_age: VecDeque<KeySlot>,
    capacity: usize,
}

impl Keys {
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            remembered: HashMap::new(),
            by_age: VecDeque::new(),
            capacity,
        }
    }

    pub(crate) fn get(&self, slot: &KeySlot) -> Option<&Remembered> {
        self.remembered.get(slot)
    }

    pub(crate) fn insert(&mut self, slot: KeySlot, remembered: Remembered) {
        if self.remembered.insert(slot.clone(), remembered).is_none() {
            self.by_age.push_back(slot);
        }
        while self.by_age.len() > self.capacity {
            if let Some(oldest) = self.by_age.pop_front() {
                self.remembered.remove(&oldest);
            }
        }
    }

    pub(crate) fn remove(&mut self, slots: impl IntoIterator<Item = KeySlot>) {
        let mut removed = slots
            .into_iter()
            .filter(|slot| self.remembered.remove(slot).is_some());
        if removed.by_ref().count() > 0 {
            self.by_age
                .retain(|slot| self.remembered.contains_key(slot));
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.remembered.len()
    }
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
