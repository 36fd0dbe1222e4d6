//! The limits of a call and the delays between its attempts.

use std::time::Duration;

use http::HeaderMap;

use crate::budget::RetryBudget;
use crate::{Runtime, retry_after};

/// The limits of a call, and the delays between its attempts.
///
/// | setting | default |
/// |---|---|
/// | attempts, the first included | 3 |
/// | time for the call | 60 s |
/// | time for an attempt | 20 s |
/// | back-off before the 1st retry, and at most | up to 0.25 s, up to 5 s |
/// | `Retry-After` obeyed up to | 30 s |
/// | retries of all calls in an outage: see [`budget`](Self::budget) | 50 |
///
/// Clones share the budget: make one policy for one server.
///
/// | an attempt ends with | retried? | ambiguous? |
/// |---|---|---|
/// | no connection | yes | no |
/// | a time-out, a reset, a truncated body | yes | yes |
/// | 2xx | no | no, but see below |
/// | 408, 425, 429 | yes | no |
/// | any other 4xx | no | no |
/// | 500, 502, 503, 504 | yes | yes |
/// | any other status: 1xx, 3xx, 5xx, 600 and above | no | yes |
/// | a refused timestamp that was corrected | at once, once | no |
/// | a response that is too large | no | unless it is a 4xx |
/// | a response that is not verified, a foreign error | no | yes |
/// | an error of [`Error::refused`](crate::Error::refused) | no | no, it was not sent |
///
/// *Ambiguous* means that the request may have been carried out. An attempt that was
/// cancelled is ambiguous too, with the future that is dropped. Safe methods (`GET`) never
/// are. Once one attempt is ambiguous, the outcome of the call is unknown: a later rejection
/// does not end that, as "already exists" shows, nor does a 2xx alone, which may be a proxy's
/// maintenance page. [`Call::confirm`](crate::Call::confirm) ends it, once the body is what the contract
/// declares.
///
/// `GET`, `HEAD`, `OPTIONS`, `TRACE`, `PUT` and `DELETE` are repeated; every other method only
/// with the idempotency key of an [`IdempotencyLayer`](crate::IdempotencyLayer) above. All
/// attempts have that key, even if a layer in between changed it.
#[derive(Clone, Debug)]
#[must_use]
pub struct RetryPolicy {
    pub(crate) max_attempts: u32,
    pub(crate) total_timeout: Duration,
    pub(crate) attempt_timeout: Duration,
    base_delay: Duration,
    max_delay: Duration,
    max_retry_after: Duration,
    pub(crate) budget: RetryBudget,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_attempts: 3,
            total_timeout: Duration::from_secs(60),
            attempt_timeout: Duration::from_secs(20),
            base_delay: Duration::from_millis(250),
            max_delay: Duration::from_secs(5),
            max_retry_after: Duration::from_secs(30),
            budget: RetryBudget::new(50),
        }
    }
}

impl RetryPolicy {
    /// Creates a policy with the defaults above.
    pub fn new() -> Self {
        Self::default()
    }

    /// Limits the number of attempts, the first included; 0 counts as 1. With one, a clock is
    /// not corrected within the call either: that would be a second attempt.
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }

    /// Limits the time for all attempts and the delays between them. An attempt in flight
    /// is cancelled when it is over; a delay that would outlast it is not begun.
    pub fn total_timeout(mut self, limit: Duration) -> Self {
        self.total_timeout = limit;
        self
    }

    /// Limits the time for each attempt, from connecting to the body's end.
    pub fn attempt_timeout(mut self, limit: Duration) -> Self {
        self.attempt_timeout = limit;
        self
    }

    /// Sets the back-off. The delay before the n-th retry is random, between zero and `base`
    /// doubled n - 1 times, but never more than `max` (exponential back-off, full jitter).
    pub fn backoff(mut self, base: Duration, max: Duration) -> Self {
        self.base_delay = base;
        self.max_delay = max;
        self
    }

    /// Sets the longest `Retry-After` that is obeyed; a longer one counts as this.
    pub fn max_retry_after(mut self, limit: Duration) -> Self {
        self.max_retry_after = limit;
        self
    }

    /// Limits how many retries all calls with this policy and its clones may make without a
    /// success in between; `u32::MAX` is no limit.
    ///
    /// The budget starts full. Each retry withdraws one; ten responses that need no retry
    /// deposit one. So a lasting outage costs the server the reserve once, and after that
    /// nothing but first attempts, while up to a tenth of all calls can be retried for ever. A
    /// call that is cancelled before its retry starts gives it back.
    pub fn budget(mut self, reserve: u32) -> Self {
        self.budget = RetryBudget::new(reserve);
        self
    }

    /// The delay before the next attempt, when `attempts` have been made.
    pub(crate) fn delay(
        &self,
        attempts: u32,
        response: Option<&HeaderMap>,
        runtime: &dyn Runtime,
    ) -> Duration {
        let doublings = attempts.saturating_sub(1).min(30);
        let most = self
            .base_delay
            .saturating_mul(1 << doublings)
            .min(self.max_delay);
        let delay = most.mul_f64(fraction(runtime));
        // The server's delay is a minimum; the jitter may ask for more.
        let asked = response.and_then(|headers| retry_after(headers, runtime.now()));
        delay.max(asked.unwrap_or_default().min(self.max_retry_after))
    }
}

/// At least 0 and less than 1.
fn fraction(runtime: &dyn Runtime) -> f64 {
    // The first 48 bits of a version 4 UUID are random, and an f64 holds them exactly.
    let [a, b, c, d, e, f, ..] = *runtime.uuid().as_bytes();
    let bits = u64::from_be_bytes([0, 0, a, b, c, d, e, f]);
    bits as f64 / (1_u64 << 48) as f64
}
