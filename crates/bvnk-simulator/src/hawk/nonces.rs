//! Remembers which nonces were used.

use std::sync::Arc;

use crate::memory::Memory;

/// The nonces of the last while, by credentials.
#[derive(Clone, Debug)]
pub struct Nonces {
    lifetime: u64,
    used: Memory<Arc<str>, ()>,
}

impl Nonces {
    /// Creates an empty memory that keeps each nonce for `lifetime` seconds.
    pub fn new(lifetime: u64) -> Self {
        Self::with_capacity(lifetime, usize::MAX)
    }

    /// Of more than `capacity` nonces, the oldest are forgotten early.
    pub(crate) fn with_capacity(lifetime: u64, capacity: usize) -> Self {
        let used = Memory::new(capacity);
        Self { lifetime, used }
    }

    /// Inserts a nonce at `now` in Unix seconds; returns false if it was used already.
    pub fn insert(&mut self, id: &str, nonce: &str, now: u64) -> bool {
        self.used.expire(self.lifetime, now);
        let entry = entry(id, nonce);
        let is_new = self.used.get(&entry).is_none();
        if is_new {
            self.used.insert(entry, (), now);
        }
        is_new
    }

    /// Forgets a nonce, as if it had not been used.
    pub(crate) fn forget(&mut self, id: &str, nonce: &str) {
        self.used.remove([entry(id, nonce)]);
    }

    /// Returns the latest nonces that an id used, at most `count`.
    pub fn latest(&self, id: &str, count: usize) -> Vec<&str> {
        let entries = self
            .used
            .latest()
            .filter_map(|entry| entry.split_once('\n'));
        let own = entries.filter(|(owner, _)| *owner == id);
        own.map(|(_, nonce)| nonce).take(count).collect()
    }
}

/// No attribute of a header contains a line feed, so the pair is unambiguous.
fn entry(id: &str, nonce: &str) -> Arc<str> {
    format!("{id}\n{nonce}").into()
}
