//! Where the server takes the time from.
//!
//! Only the server reads a clock; everything inside it is told the time, so that a test
//! can make hours pass without waiting.

use std::fmt;
use std::future::pending;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::watch;

/// A source of the time in Unix seconds.
#[derive(Clone)]
pub struct Clock {
    now: Arc<dyn Fn() -> u64 + Send + Sync>,
    /// Tells of each move, if it is moved by hand.
    moves: Option<watch::Receiver<u64>>,
}

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Self::new(|| {
            // A clock before 1970 is as wrong as one at 1970.
            SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, |since| since.as_secs())
        })
    }

    /// A clock that asks `now` each time, for Unix seconds.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use std::sync::atomic::{AtomicU64, Ordering};
    ///
    /// use bvnk_simulator::Clock;
    ///
    /// let time = Arc::new(AtomicU64::new(1_700_000_000));
    /// let clock = Clock::new({
    ///     let time = Arc::clone(&time);
    ///     move || time.load(Ordering::SeqCst)
    /// });
    /// time.fetch_add(900, Ordering::SeqCst);
    /// assert_eq!(clock.now(), 1_700_000_900);
    /// ```
    pub fn new(now: impl Fn() -> u64 + Send + Sync + 'static) -> Self {
        Self {
            now: Arc::new(now),
            moves: None,
        }
    }

    pub(crate) fn by_hand(moves: watch::Receiver<u64>) -> Self {
        Self {
            moves: Some(moves.clone()),
            ..Self::new(move || *moves.borrow())
        }
    }

    /// The time, in Unix seconds.
    pub fn now(&self) -> u64 {
        (self.now)()
    }

    /// Returns when it shows `time` or later. Unless it is moved by hand, its seconds are
    /// taken for real ones.
    pub(crate) async fn until(&self, time: u64) {
        match &self.moves {
            Some(moves) => {
                // It fails when nobody can move it any more.
                if moves.clone().wait_for(|now| *now >= time).await.is_err() {
                    pending::<()>().await;
                }
            }
            None => {
                let left = time.saturating_sub(self.now());
                tokio::time::sleep(Duration::from_secs(left)).await;
            }
        }
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::system()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Clock").field(&self.now()).finish()
    }
}
