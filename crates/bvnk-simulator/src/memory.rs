//! A map that forgets its oldest entries.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

/// Entries by key, of which at most a number is kept.
#[derive(Clone, Debug)]
pub(crate) struct Memory<K, V> {
    capacity: usize,
    /// Read and changed in place; added and removed only by the methods.
    pub(crate) entries: HashMap<K, V>,
    /// When each key was inserted: the oldest is at the front.
    by_age: VecDeque<(u64, K)>,
}

impl<K: Clone + Eq + Hash, V> Memory<K, V> {
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            capacity,
            entries: HashMap::new(),
            by_age: VecDeque::new(),
        }
    }

    /// The keys, the oldest first.
    pub(crate) fn keys(&self) -> impl DoubleEndedIterator<Item = &K> {
        self.by_age.iter().map(|(_, key)| key)
    }

    /// Inserts or replaces an entry, in place of the oldest one if there are too many.
    pub(crate) fn insert(&mut self, key: K, value: V, now: u64) {
        if self.entries.insert(key.clone(), value).is_none() {
            self.by_age.push_back((now, key));
        }
        while self.entries.len() > self.capacity && self.forget_oldest() {}
    }

    /// Removes the entries that were inserted more than `lifetime` seconds ago. A clock that
    /// was set back makes ages smaller, never negative: an entry is then kept longer.
    pub(crate) fn expire(&mut self, lifetime: u64, now: u64) {
        let is_old = |(then, _): &(u64, K)| now.saturating_sub(*then) > lifetime;
        while self.by_age.front().is_some_and(is_old) {
            self.forget_oldest();
        }
    }

    pub(crate) fn remove(&mut self, key: &K) -> Option<V> {
        let removed = self.entries.remove(key)?;
        self.by_age.retain(|(_, other)| other != key);
        Some(removed)
    }

    fn forget_oldest(&mut self) -> bool {
        let oldest = self.by_age.pop_front();
        oldest.is_some_and(|(_, key)| self.entries.remove(&key).is_some())
    }
}
