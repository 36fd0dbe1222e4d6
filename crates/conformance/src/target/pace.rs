//! How fast a server is asked. It must not know what is asked.

use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

/// A rate that is kept: each caller waits for its turn.
#[derive(Default)]
pub(super) struct Pace {
    /// How many requests a second; none is no limit.
    pub(super) rate: Option<u32>,
    next: Mutex<Option<Instant>>,
}

impl Pace {
    pub(super) fn of(rate: Option<u32>) -> Self {
        Self {
            rate,
            next: Mutex::default(),
        }
    }

    /// Waits until one more request may be sent.
    pub(super) async fn wait(&self) {
        let Some(rate) = self.rate else { return };
        let mut next = self.next.lock().await;
        if let Some(next) = *next {
            tokio::time::sleep_until(next).await;
        }
        *next = Some(Instant::now() + Duration::from_secs(1) / rate.max(1));
    }
}
