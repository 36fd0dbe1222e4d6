//! Idempotency keys: what was answered to the request that used one first.

use std::collections::{HashMap, VecDeque};

use bytes::Bytes;
use serde_json::Value;
use sha2::{Digest, Sha256};

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
    pub(crate) body: [u8; 32],
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
pub(crate) fn body_digest(body: &Bytes) -> [u8; 32] {
    let mut digest = Sha256::new();
    match serde_json::from_slice(body) {
        Ok(value) => update(&mut digest, &value),
        Err(_) => digest.update(body),
    }
    digest.finalize().into()
}

fn update(digest: &mut Sha256, value: &Value) {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(name, _)| *name);
            digest.update(b"{");
            for (name, member) in members {
                digest.update(Value::from(name.as_str()).to_string());
                update(digest, member);
            }
            digest.update(b"}");
        }
        Value::Array(items) => {
            digest.update(b"[");
            items.iter().for_each(|item| update(digest, item));
            digest.update(b"]");
        }
        other => {
            digest.update(other.to_string());
            digest.update(b",");
        }
    }
}
