//! Where the server takes the time from: the system's clock, or one that a test moves.

use std::fmt;
use std::future::pending;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::watch;

/// A source of the time in Unix seconds.
#[derive(Clone)]
pub struct Clock {
    now: Arc<dyn Fn() -> u64 + Send + Sync>,
    /// Notifies of each move of a [`ManualClock`].
    moves: Option<watch::Receiver<u64>>,
}

impl Clock {
    /// Returns the system's clock.
    pub fn system() -> Self {
        Self::new(|| {
            // A clock before 1970 is as wrong as one at 1970.
            let since = SystemTime::now().duration_since(UNIX_EPOCH);
            since.map_or(0, |since| since.as_secs())
        })
    }

    /// Creates a clock that calls `now` each time, for Unix seconds.
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

    /// Returns the time, in Unix seconds.
    pub fn now(&self) -> u64 {
        (self.now)()
    }

    /// Returns when the clock shows `time` or later. Seconds of a clock that is not moved
    /// by hand are taken for real ones.
    pub(crate) async fn until(&self, time: u64) {
        match &self.moves {
            Some(moves) => {
                // It fails when the clock cannot be moved any more.
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

    /// Waits for a duration, rounded up to whole seconds.
    pub(crate) async fn sleep(&self, duration: Duration) {
        let seconds = duration.as_secs() + u64::from(duration.subsec_nanos() > 0);
        self.until(self.now().saturating_add(seconds)).await;
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

/// A clock that stands still until it is moved. What waits for a time that it passes
/// wakes up.
///
/// ```
/// use bvnk_simulator::{Listen, ManualClock};
///
/// let time = ManualClock::new(1_700_000_000);
/// let listen = Listen { clock: time.clock(), ..Listen::default() };
/// time.advance(900);
/// assert_eq!(time.clock().now(), 1_700_000_900);
/// # let _ = listen;
/// ```
#[derive(Clone, Debug)]
pub struct ManualClock(watch::Sender<u64>);

impl ManualClock {
    /// Creates a clock that shows `now`, in Unix seconds.
    pub fn new(now: u64) -> Self {
        Self(watch::Sender::new(now))
    }

    /// Returns the same clock, as a server takes it.
    pub fn clock(&self) -> Clock {
        let moves = self.0.subscribe();
        Clock {
            moves: Some(moves.clone()),
            ..Clock::new(move || *moves.borrow())
        }
    }

    /// Moves the clock by a number of seconds.
    pub fn advance(&self, seconds: u64) {
        self.0.send_modify(|now| *now = now.saturating_add(seconds));
    }

    /// Moves the clock on to a time in Unix seconds; it does not go back.
    pub fn advance_to(&self, time: u64) {
        self.0.send_modify(|now| *now = time.max(*now));
    }
}
