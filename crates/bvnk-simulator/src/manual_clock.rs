//! A clock that a test moves by hand.
//!
//! It must not know what happens when it is moved.

use tokio::sync::watch;

use crate::clock::Clock;

/// A clock that stands still until it is moved; whatever waits for a time that it passes
/// wakes up.
///
/// ```
/// use bvnk_simulator::{Listen, ManualClock};
///
/// let time = ManualClock::new(1_700_000_000);
/// let listen = Listen::default().clock(time.clock());
/// time.advance(900);
/// assert_eq!(time.clock().now(), 1_700_000_900);
/// # let _ = listen;
/// ```
#[derive(Clone, Debug)]
pub struct ManualClock(watch::Sender<u64>);

impl ManualClock {
    /// A clock that shows `now`, in Unix seconds.
    pub fn new(now: u64) -> Self {
        Self(watch::Sender::new(now))
    }

    /// The same clock, as a server takes it.
    pub fn clock(&self) -> Clock {
        Clock::by_hand(self.0.subscribe())
    }

    /// Moves it by so many seconds.
    pub fn advance(&self, seconds: u64) {
        self.0.send_modify(|now| *now = now.saturating_add(seconds));
    }

    /// Moves it on to a time in Unix seconds; it does not go back.
    pub fn advance_to(&self, time: u64) {
        self.0.send_modify(|now| *now = time.max(*now));
    }
}
