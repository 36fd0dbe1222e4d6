//! Where the server takes the time from.
//!
//! Only the server reads a clock; everything inside it is told the time, so that a test
//! can make hours pass without waiting.

use std::fmt;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// A source of the time in Unix seconds.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> u64 + Send + Sync>);

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
        Self(Arc::new(now))
    }

    /// The time, in Unix seconds.
    pub fn now(&self) -> u64 {
        (self.0)()
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
