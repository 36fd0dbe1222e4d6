//! Remembers which nonces were used.
//!
//! It must not know signatures: who asks has verified the MAC already.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

/// The nonces of the last while, by credentials.
#[derive(Clone, Debug)]
pub struct Nonces {
    lifetime: u64,
    capacity: usize,
    seen: HashSet<Arc<str>>,
    /// The same entries by age, so that forgetting is a look at the front.
    by_age: VecDeque<(u64, Arc<str>)>,
}

impl Nonces {
    /// An empty memory that keeps each nonce for `lifetime` seconds.
    pub fn new(lifetime: u64) -> Self {
        Self {
            lifetime,
            capacity: usize::MAX,
            seen: HashSet::new(),
            by_age: VecDeque::new(),
        }
    }

    /// The same with a bound: of more than `count` nonces, the oldest are forgotten early.
    pub fn keep(mut self, count: usize) -> Self {
        self.capacity = count;
        self
    }

    /// Uses a nonce up, at `now` in Unix seconds; false when it had been used already.
    pub fn use_up(&mut self, id: &str, nonce: &str, now: u64) -> bool {
        self.forget(now);
        // No attribute holds a line break, so that the pair cannot be told differently.
        let entry: Arc<str> = format!("{id}\n{nonce}").into();
        if !self.seen.insert(Arc::clone(&entry)) {
            return false;
        }
        self.by_age.push_back((now, entry));
        true
    }

    /// Makes a nonce as good as unused.
    pub(crate) fn give_back(&mut self, id: &str, nonce: &str) {
        let entry = format!("{id}\n{nonce}");
        self.seen.remove(entry.as_str());
        self.by_age.retain(|(_, seen)| **seen != *entry);
    }

    /// The latest nonces that an id used, at most `count`.
    pub(crate) fn latest(&self, id: &str, count: usize) -> Vec<String> {
        let own = self.by_age.iter().rev().filter_map(|(_, entry)| {
            let (whose, nonce) = entry.split_once('\n')?;
            (whose == id).then(|| nonce.to_owned())
        });
        own.take(count).collect()
    }

    /// How many nonces are remembered.
    pub fn len(&self) -> usize {
        self.seen.len()
    }

    /// Whether none is remembered.
    pub fn is_empty(&self) -> bool {
        self.seen.is_empty()
    }

    fn forget(&mut self, now: u64) {
        while let Some((seen_at, entry)) = self.by_age.front() {
            // A clock that was set back makes ages smaller, never negative: in doubt a
            // nonce is kept longer.
            let young = now.saturating_sub(*seen_at) <= self.lifetime;
            if young && self.seen.len() < self.capacity {
                break;
            }
            self.seen.remove(entry);
            self.by_age.pop_front();
        }
    }
}
