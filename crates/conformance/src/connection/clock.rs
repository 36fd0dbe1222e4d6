//! Time for clients under test: the delay between two attempts is skipped at the simulator, and at
//! another server it is what the run waits with.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use bvnk::{Runtime, Sleep, SystemRuntime};
use tokio::time::Instant;

use super::Wait;
use super::pace::LONGEST_PAUSE;

/// A runtime in which the delays between attempts pass at once and are recorded. The limits
/// of attempts and calls, which are longer, take their time.
///
/// ```
/// use std::time::Duration;
/// use bvnk::Runtime;
/// use conformance::connection::SkippingRuntime;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let runtime = SkippingRuntime::default();
/// let begin = runtime.instant();
/// runtime.sleep(Duration::from_secs(2)).await; // returns at once
/// assert!(runtime.instant() - begin >= Duration::from_secs(2));
/// assert_eq!(runtime.take_delays(), [Duration::from_secs(2)]);
/// # }
/// ```
#[derive(Debug, Default)]
pub struct SkippingRuntime {
    /// Gives the time without what was skipped, and randomness.
    system: SystemRuntime,
    skipped: Mutex<Skipped>,
}

/// The delays that took no time.
#[derive(Debug, Default)]
struct Skipped {
    /// Their sum, by which the clocks are ahead.
    total: Duration,
    /// Each of them, until it is taken.
    delays: Vec<Duration>,
}

impl SkippingRuntime {
    /// Returns the delays since the last call of this method.
    pub fn take_delays(&self) -> Vec<Duration> {
        std::mem::take(&mut self.skipped().delays)
    }

    fn skipped(&self) -> MutexGuard<'_, Skipped> {
        self.skipped.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Runtime for SkippingRuntime {
    fn now(&self) -> SystemTime {
        self.system.now() + self.skipped().total
    }

    fn instant(&self) -> Instant {
        self.system.instant() + self.skipped().total
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        if duration > LONGEST_PAUSE {
            return self.system.sleep(duration);
        }
        let mut skipped = self.skipped();
        skipped.total += duration;
        skipped.delays.push(duration);
        Box::pin(std::future::ready(()))
    }
}

/// A runtime in which the delays between attempts are those of the run, which a test replaces.
pub(crate) struct WaitingRuntime(pub(crate) Wait);

impl fmt::Debug for WaitingRuntime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WaitingRuntime")
    }
}

impl Runtime for WaitingRuntime {
    fn sleep(&self, duration: Duration) -> Sleep {
        match duration > LONGEST_PAUSE {
            true => SystemRuntime.sleep(duration),
            false => (self.0)(duration),
        }
    }
}
