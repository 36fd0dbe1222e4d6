//! Remembers the ids of events: each event is delivered at least once, and handled once.

use std::collections::{HashSet, VecDeque};
use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

/// Remembers the ids of events.
///
/// [`InMemoryDeduplicator`] serves one process until it ends. Where several processes share
/// the work, or an event must not be lost with the process, keep the ids where the results
/// of the work are, in one transaction:
///
/// ```
/// use bvnk::webhook::Deduplicator;
/// # struct Database;
/// # impl Database {
/// #     async fn execute(&self, _: &str, _: &[&str]) -> Result<u64, std::io::Error> { Ok(1) }
/// # }
///
/// impl Deduplicator for Database {
///     type Error = std::io::Error;
///
///     async fn insert(&self, id: &str) -> Result<bool, Self::Error> {
///         let insert = "INSERT INTO webhook_events (id) VALUES ($1) ON CONFLICT DO NOTHING";
///         Ok(self.execute(insert, &[id]).await? == 1)
///     }
/// }
/// ```
pub trait Deduplicator: Send + Sync {
    /// Why an id could not be stored.
    type Error;

    /// Stores an event's id, and returns whether it is new. Of several calls at the same
    /// time with one id, exactly one returns `true`.
    ///
    /// # Errors
    ///
    /// When the id could not be stored.
    fn insert(&self, id: &str) -> impl Future<Output = Result<bool, Self::Error>> + Send;
}

/// Remembers the latest ids in this process. Clones share them.
///
/// ```
/// use bvnk::webhook::{Deduplicator, InMemoryDeduplicator};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let deduplicator = InMemoryDeduplicator::default();
/// assert_eq!(deduplicator.insert("e-1").await, Ok(true));
/// assert_eq!(deduplicator.insert("e-1").await, Ok(false));
/// # }
/// ```
#[derive(Clone)]
pub struct InMemoryDeduplicator {
    ids: Arc<Mutex<Ids>>,
    capacity: usize,
}

#[derive(Default)]
struct Ids {
    all: HashSet<Arc<str>>,
    oldest_first: VecDeque<Arc<str>>,
}

impl InMemoryDeduplicator {
    /// Creates one that remembers `capacity` ids, at least one, and forgets the oldest
    /// first. The default is 100,000, about ten megabytes. Choose more than there are events
    /// within a day, as the vendor repeats an event for about that long.
    pub fn new(capacity: usize) -> Self {
        Self {
            ids: Arc::default(),
            capacity: capacity.max(1),
        }
    }
}

impl Default for InMemoryDeduplicator {
    fn default() -> Self {
        Self::new(100_000)
    }
}

impl Deduplicator for InMemoryDeduplicator {
    type Error = Infallible;

    async fn insert(&self, id: &str) -> Result<bool, Infallible> {
        let mut ids = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
        if ids.all.contains(id) {
            return Ok(false);
        }
        while ids.all.len() >= self.capacity {
            let Some(oldest) = ids.oldest_first.pop_front() else {
                break;
            };
            ids.all.remove(&oldest);
        }
        let id: Arc<str> = id.into();
        ids.all.insert(Arc::clone(&id));
        ids.oldest_first.push_back(id);
        Ok(true)
    }
}

impl fmt::Debug for InMemoryDeduplicator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InMemoryDeduplicator")
            .field("capacity", &self.capacity)
            .finish_non_exhaustive()
    }
}
