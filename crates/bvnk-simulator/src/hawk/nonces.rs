//! Remembers which nonces were used.

use crate::memory::Memory;

/// The nonces of the last while, by credentials.
#[derive(Clone, Debug)]
pub struct Nonces {
    lifetime: u64,
    used: Memory<(String, String), ()>,
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
        let entry = (id.to_owned(), nonce.to_owned());
        let is_new = !self.used.entries.contains_key(&entry);
        if is_new {
            self.used.insert(entry, (), now);
        }
        is_new
    }

    /// Forgets a nonce, as if it had not been used.
    pub(crate) fn forget(&mut self, id: &str, nonce: &str) {
        self.used.remove(&(id.to_owned(), nonce.to_owned()));
    }

    /// Returns the latest nonces that an id used, at most `count`.
    pub fn latest(&self, id: &str, count: usize) -> Vec<&str> {
        let own = self.used.keys().rev().filter(|(owner, _)| owner == id);
        own.map(|(_, nonce)| nonce.as_str()).take(count).collect()
    }
}
