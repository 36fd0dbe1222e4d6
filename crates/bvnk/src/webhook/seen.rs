//! Which events were handled: each is delivered at least once, and worked on once.
//!
//! It must not know what an event says.

use std::collections::{HashSet, VecDeque};
use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

/// Remembers the ids of events.
///
/// [`SeenInMemory`] serves one process until it ends. Where several share the work, or
/// an event must not be lost with the process, keep the ids where the work's results
/// are, in one transaction:
///
/// ```
/// use bvnk::webhook::Seen;
/// # struct Database;
/// # impl Database {
/// #     async fn execute(&self, _: &str, _: &[&str]) -> Result<u64, std::io::Error> { Ok(1) }
/// # }
///
/// impl Seen for Database {
///     type Error = std::io::Error;
///
///     async fn first(&self, id: &str) -> Result<bool, Self::Error> {
///         let insert = "INSERT INTO webhook_events (id) VALUES ($1) ON CONFLICT DO NOTHING";
///         Ok(self.execute(insert, &[id]).await? == 1)
///     }
/// }
/// ```
pub trait Seen: Send + Sync {
    /// Why it could not be found out.
    type Error;

    /// Whether an event is new. It is so once: of several that ask at the same time, one
    /// is told yes.
    ///
    /// # Errors
    ///
    /// When it could not be found out. Then nothing is remembered.
    fn first(&self, id: &str) -> impl Future<Output = Result<bool, Self::Error>> + Send;
}

/// Remembers the latest ids in this process. Clones share them.
///
/// ```
/// use bvnk::webhook::{Seen, SeenInMemory};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let seen = SeenInMemory::default();
/// assert_eq!(seen.first("e-1").await, Ok(true));
/// assert_eq!(seen.first("e-1").await, Ok(false));
/// # }
/// ```
#[derive(Clone)]
pub struct SeenInMemory {
    ids: Arc<Mutex<Ids>>,
    most: usize,
}

#[derive(Default)]
struct Ids {
    all: HashSet<Arc<str>>,
    oldest_first: VecDeque<Arc<str>>,
}

impl SeenInMemory {
    /// Remembers as many ids, and one at the least; the oldest are forgotten first. The
    /// default is 100 000, some ten megabytes. It should be more than there are events in
    /// the day or so in which the vendor repeats one.
    pub fn new(most: usize) -> Self {
        Self {
            ids: Arc::default(),
            most: most.max(1),
        }
    }
}

impl Default for SeenInMemory {
    fn default() -> Self {
        Self::new(100_000)
    }
}

impl Seen for SeenInMemory {
    type Error = Infallible;

    async fn first(&self, id: &str) -> Result<bool, Infallible> {
        let mut ids = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
        if ids.all.contains(id) {
            return Ok(false);
        }
        while ids.all.len() >= self.most {
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

impl fmt::Debug for SeenInMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SeenInMemory")
            .field("most", &self.most)
            .finish_non_exhaustive()
    }
}
