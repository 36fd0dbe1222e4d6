//! Time, sleep and randomness, as the layers take them, so that no test needs to wait or to
//! read the wall clock.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use futures_util::future::{Either, select};
use ring::rand::{SecureRandom, SystemRandom};
use tokio::time::Instant;
use uuid::Uuid;

/// A future that a [`Runtime`] sleeps with.
pub type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Time, sleep and randomness, as the layers see them.
///
/// By default they are the system's: [`SystemRuntime`] is what every layer starts with.
/// [`TestRuntime`] makes a test repeatable.
pub trait Runtime: fmt::Debug + Send + Sync + 'static {
    /// Returns the time of the wall clock, for Hawk timestamps and `Retry-After` dates. It
    /// may jump.
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    /// Returns the time of a clock that never goes back, for deadlines. By default that is
    /// tokio's clock, which a test can pause.
    fn instant(&self) -> Instant {
        Instant::now()
    }

    /// Completes after `duration`, by default by tokio's timer.
    fn sleep(&self, duration: Duration) -> Sleep {
        Box::pin(tokio::time::sleep(duration))
    }

    /// Returns a fresh random UUID (version 4) from a cryptographic source, drawn for this
    /// call. Nonces, idempotency keys and the jitter of delays are made of it.
    fn uuid(&self) -> Uuid {
        random_uuid()
    }
}

impl dyn Runtime {
    /// Returns the output of `future`, or `None` if it is not ready within `limit`. Of two
    /// that are ready, the future counts.
    pub async fn within<F>(&self, limit: Duration, future: F) -> Option<F::Output>
    where
        F: Future + Unpin,
    {
        match select(future, self.sleep(limit)).await {
            Either::Left((output, _)) => Some(output),
            Either::Right(_) => None,
        }
    }
}

/// A random UUID from the system, whatever features of `uuid` the program has: with `fast-rng` its
/// generator has a state, which a fork copies.
pub(crate) fn random_uuid() -> Uuid {
    let mut bytes = [0; 16];
    match SystemRandom::new().fill(&mut bytes) {
        Ok(()) => uuid::Builder::from_random_bytes(bytes).into_uuid(),
        Err(_) => Uuid::new_v4(),
    }
}

/// The system's clock and randomness, and tokio's timers: the defaults of [`Runtime`].
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRuntime;

impl Runtime for SystemRuntime {}

/// A runtime for tests: a wall clock that starts at a given time and moves with tokio's
/// clock, and randomness from a seed.
///
/// Under `#[tokio::test(start_paused = true)]` nothing waits: tokio moves its clock
/// to the next timer whenever nothing else can run. Not for production: its UUIDs
/// can be guessed.
///
/// ```
/// use std::time::{Duration, UNIX_EPOCH};
/// use bvnk_auth::{Runtime, TestRuntime};
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
/// let runtime = TestRuntime::new(UNIX_EPOCH + Duration::from_secs(1_353_832_234), 7);
/// runtime.sleep(Duration::from_secs(3_600)).await; // returns at once
/// assert_eq!(runtime.now(), UNIX_EPOCH + Duration::from_secs(1_353_835_834));
/// let uuid = runtime.uuid();
/// assert_eq!(uuid, TestRuntime::new(UNIX_EPOCH, 7).uuid());
/// assert_eq!(uuid.get_version_num(), 4);
/// assert_ne!(uuid, runtime.uuid());
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct TestRuntime {
    start: SystemTime,
    started: Instant,
    seed: Uuid,
    drawn: Arc<AtomicU64>,
}

impl TestRuntime {
    /// Creates a runtime whose wall clock shows `start` now, with randomness from `seed`.
    pub fn new(start: SystemTime, seed: u64) -> Self {
        Self {
            start,
            started: Instant::now(),
            seed: Uuid::from_u128(seed.into()),
            drawn: Arc::default(),
        }
    }
}

impl Runtime for TestRuntime {
    fn now(&self) -> SystemTime {
        self.start + self.started.elapsed()
    }

    fn uuid(&self) -> Uuid {
        let number = self.drawn.fetch_add(1, Ordering::Relaxed);
        let hash = Uuid::new_v5(&self.seed, &number.to_be_bytes());
        uuid::Builder::from_random_bytes(hash.into_bytes()).into_uuid()
    }
}
