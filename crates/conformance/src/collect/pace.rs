//! Limits how many requests a second a server gets.

use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

/// A rate that callers wait for.
#[derive(Debug, Default)]
pub(super) struct Pace {
    rate: Option<u32>,
    next: Mutex<Option<Instant>>,
}

impl Pace {
    /// At most `rate` requests a second; no limit without it.
    pub(super) fn new(rate: Option<u32>) -> Self {
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
