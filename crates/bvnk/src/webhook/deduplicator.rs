//! Remembers the ids of events: each event is delivered at least once, and handled once.

use std::collections::{HashSet, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use ring::digest::{SHA256, digest};

/// Remembers the latest ids of events in this process. Clones share them.
///
/// Where several processes share the work, or an event must not be lost with the process, keep
/// the ids where the results of the work are instead, in one transaction:
/// `INSERT INTO webhook_events (id) VALUES ($1) ON CONFLICT DO NOTHING`. An event is new if that
/// inserts a row.
///
/// ```
/// use bvnk::webhook::Deduplicator;
///
/// let deduplicator = Deduplicator::default();
/// assert!(deduplicator.insert("e-1"));
/// assert!(!deduplicator.insert("e-1"));
/// ```
#[derive(Clone)]
pub struct Deduplicator {
    ids: Arc<Mutex<Ids>>,
    capacity: usize,
}

#[derive(Default)]
struct Ids {
    all: HashSet<Hash>,
    oldest_first: VecDeque<Hash>,
}

/// What is kept of an id, so that memory does not grow with its length.
type Hash = [u8; 32];

fn hash(id: &str) -> Hash {
    let mut hash = Hash::default();
    hash.copy_from_slice(digest(&SHA256, id.as_bytes()).as_ref());
    hash
}

impl Deduplicator {
    /// Creates one that remembers `capacity` ids, at least one, and forgets the oldest
    /// first. The default is 100,000, about ten megabytes. Choose more than there are events
    /// within a day, as the vendor repeats an event for about that long.
    pub fn new(capacity: usize) -> Self {
        Self {
            ids: Arc::default(),
            capacity: capacity.max(1),
        }
    }

    /// Stores an event's id, and returns whether it is new. Of several calls at the same time
    /// with one id, exactly one returns `true`.
    pub fn insert(&self, id: &str) -> bool {
        let id = hash(id);
        let mut ids = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
        if ids.all.contains(&id) {
            return false;
        }
        if ids.all.len() >= self.capacity
            && let Some(oldest) = ids.oldest_first.pop_front()
        {
            ids.all.remove(&oldest);
        }
        ids.oldest_first.push_back(id);
        ids.all.insert(id)
    }

    /// Forgets an event's id: call it if the work failed and the delivery is not answered 200,
    /// as otherwise the vendor's next delivery of the event counts as handled.
    ///
    /// ```
    /// # use bvnk::webhook::Deduplicator;
    /// let deduplicator = Deduplicator::default();
    /// assert!(deduplicator.insert("e-1"));
    /// // The work fails, and the delivery is answered 503. The event is delivered again:
    /// deduplicator.remove("e-1");
    /// assert!(deduplicator.insert("e-1"));
    /// ```
    pub fn remove(&self, id: &str) {
        let id = hash(id);
        let mut ids = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
        if ids.all.remove(&id) {
            ids.oldest_first.retain(|other| *other != id);
        }
    }
}

impl Default for Deduplicator {
    fn default() -> Self {
        Self::new(100_000)
    }
}

impl fmt::Debug for Deduplicator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deduplicator")
            .field("capacity", &self.capacity)
            .finish_non_exhaustive()
    }
}
