//! Time for clients that are judged: nobody waits for a delay between two attempts.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use bvnk::{Runtime, Sleep, SystemRuntime};
use uuid::Uuid;

/// A runtime in which the waits between attempts pass at once, and are kept; the limits of
/// attempts and calls, which are longer, take their time.
pub(crate) struct Hurry {
    system: SystemRuntime,
    passed: Mutex<(Duration, Vec<Duration>)>,
}

/// No wait between the first attempts is longer, and no limit shorter.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

impl Default for Hurry {
    fn default() -> Self {
        Self {
            system: SystemRuntime::new(),
            passed: Mutex::default(),
        }
    }
}

impl Hurry {
    /// The waits since this was asked the last time.
    pub(crate) fn waits(&self) -> Vec<Duration> {
        let mut passed = self.passed.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut passed.1)
    }

    fn ahead(&self) -> Duration {
        self.passed.lock().unwrap_or_else(PoisonError::into_inner).0
    }
}

impl fmt::Debug for Hurry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hurry").finish_non_exhaustive()
    }
}

impl Runtime for Hurry {
    fn now(&self) -> SystemTime {
        self.system.now() + self.ahead()
    }

    fn elapsed(&self) -> Duration {
        self.system.elapsed() + self.ahead()
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        if duration > LONGEST_WAIT {
            return self.system.sleep(duration);
        }
        let mut passed = self.passed.lock().unwrap_or_else(PoisonError::into_inner);
        passed.0 += duration;
        passed.1.push(duration);
        Box::pin(std::future::ready(()))
    }

    fn uuid(&self) -> Uuid {
        self.system.uuid()
    }
}
