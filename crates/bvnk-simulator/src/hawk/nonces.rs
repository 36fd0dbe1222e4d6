//! Remembers which nonces were used.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

/// The nonces of the last while, by credentials.
#[derive(Clone, Debug)]
pub struct Nonces {
    lifetime: u64,
    capacity: usize,
    seen: HashSet<Arc<str>>,
    /// The same entries by age: the oldest is at the front.
    by_age: VecDeque<(u64, Arc<str>)>,
}

impl Nonces {
    /// Creates an empty memory that keeps each nonce for `lifetime` seconds.
    pub fn new(lifetime: u64) -> Self {
        Self {
            lifetime,
            capacity: usize::MAX,
            seen: HashSet::new(),
            by_age: VecDeque::new(),
        }
    }

    /// Sets a bound: of more than `count` nonces, the oldest are forgotten early.
    pub fn keep(mut self, count: usize) -> Self {
        self.capacity = count;
        self
    }

    /// Inserts a nonce at `now` in Unix seconds; returns false if it was used already.
    pub fn insert(&mut self, id: &str, nonce: &str, now: u64) -> bool {
        self.expire(now);
        // No attribute contains a line feed, so the pair is unambiguous.
        let entry: Arc<str> = format!("{id}\n{nonce}").into();
        if !self.seen.insert(Arc::clone(&entry)) {
            return false;
        }
        self.by_age.push_back((now, entry));
        true
    }

    /// Forgets a nonce, as if it had not been used.
    pub fn forget(&mut self, id: &str, nonce: &str) {
        let entry = format!("{id}\n{nonce}");
        self.seen.remove(entry.as_str());
        self.by_age.retain(|(_, seen)| **seen != *entry);
    }

    /// Returns the latest nonces that an id used, at most `count`.
    pub fn latest(&self, id: &str, count: usize) -> Vec<&str> {
        let own = self.by_age.iter().rev().filter_map(|(_, entry)| {
            let (owner, nonce) = entry.split_once('\n')?;
            (owner == id).then_some(nonce)
        });
        own.take(count).collect()
    }

    /// Returns how many nonces are remembered.
    pub fn len(&self) -> usize {
        self.seen.len()
    }

    /// Returns whether none is remembered.
    pub fn is_empty(&self) -> bool {
        self.seen.is_empty()
    }

    fn expire(&mut self, now: u64) {
        while let Some((seen_at, entry)) = self.by_age.front() {
            // A clock that was set back makes ages smaller, never negative: a nonce is then
            // kept longer.
            let young = now.saturating_sub(*seen_at) <= self.lifetime;
            if young && self.seen.len() < self.capacity {
                break;
            }
            self.seen.remove(entry);
            self.by_age.pop_front();
        }
    }
}
