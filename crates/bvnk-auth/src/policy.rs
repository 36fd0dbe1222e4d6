//! How often, how long and after which delay a call is tried again.
//!
//! It must not know requests, only what an answer asks for.

use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http::header::{DATE, RETRY_AFTER};

use crate::{CallOptions, RetryBudget, Runtime};

/// The limits of a call, and the delays between its attempts.
///
/// | setting | default |
/// |---|---|
/// | attempts, the first included | 3 |
/// | time for the call | 60 s |
/// | time for an attempt | 20 s |
/// | back-off before the 1st retry, and at most | up to 0.25 s, up to 5 s |
/// | `Retry-After` obeyed up to | 30 s |
/// | budget | [`RetryBudget::default`] |
///
/// Clones share the budget: make one policy for one server.
#[derive(Clone, Debug)]
#[must_use]
pub struct RetryPolicy {
    max_attempts: u32,
    total_timeout: Duration,
    attempt_timeout: Duration,
    base_delay: Duration,
    max_delay: Duration,
    max_retry_after: Duration,
    budget: RetryBudget,
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
            budget: RetryBudget::default(),
        }
    }
}

impl RetryPolicy {
    /// The defaults above.
    pub fn new() -> Self {
        Self::default()
    }

    /// One attempt, within the default times. A clock is not corrected within the
    /// call either: that would be a second attempt.
    pub fn none() -> Self {
        Self::default().max_attempts(1)
    }

    /// At most so many attempts, the first included; 0 counts as 1.
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }

    /// At most so much time for all attempts and the delays between them. An attempt
    /// in flight is cut when it is over; a delay that would outlast it is not begun.
    pub fn total_timeout(mut self, limit: Duration) -> Self {
        self.total_timeout = limit;
        self
    }

    /// At most so much time for each attempt, from connecting to the body's end.
    pub fn attempt_timeout(mut self, limit: Duration) -> Self {
        self.attempt_timeout = limit;
        self
    }

    /// The delay before the n-th retry is random, between nothing and `base` doubled
    /// n - 1 times, but never more than `max` (exponential back-off, full jitter).
    pub fn backoff(mut self, base: Duration, max: Duration) -> Self {
        self.base_delay = base;
        self.max_delay = max;
        self
    }

    /// The longest `Retry-After` that is obeyed; a longer one counts as this.
    pub fn max_retry_after(mut self, limit: Duration) -> Self {
        self.max_retry_after = limit;
        self
    }

    /// Another budget, or one that several policies share.
    pub fn budget(mut self, budget: RetryBudget) -> Self {
        self.budget = budget;
        self
    }

    /// This policy, but for one call.
    pub(crate) fn limits(&self, options: &CallOptions) -> Limits {
        Limits {
            attempts: options.max_attempts.unwrap_or(self.max_attempts),
            total: options.total_timeout.unwrap_or(self.total_timeout),
            attempt: options.attempt_timeout.unwrap_or(self.attempt_timeout),
            after_doubt: options.after_doubt,
        }
    }

    pub(crate) fn shared_budget(&self) -> &RetryBudget {
        &self.budget
    }

    /// How long to wait before the next attempt, when `attempts` have been made.
    pub(crate) fn delay(
        &self,
        attempts: u32,
        answer: Option<&HeaderMap>,
        runtime: &dyn Runtime,
    ) -> Duration {
        let doublings = attempts.saturating_sub(1).min(30);
        let most = self
            .base_delay
            .saturating_mul(1 << doublings)
            .min(self.max_delay);
        let delay = most.mul_f64(fraction(runtime));
        // The server's wish is the least that it takes; the jitter may ask for more.
        let wish = answer.and_then(|headers| retry_after(headers, runtime.now()));
        delay.max(wish.unwrap_or_default().min(self.max_retry_after))
    }
}

/// What holds for one call.
pub(crate) struct Limits {
    pub(crate) attempts: u32,
    pub(crate) total: Duration,
    pub(crate) attempt: Duration,
    /// An earlier call with the same key may have been carried out.
    pub(crate) after_doubt: bool,
}

/// At least 0 and less than 1.
fn fraction(runtime: &dyn Runtime) -> f64 {
    // The first 48 bits of a version 4 UUID are random, and an f64 holds them exactly.
    let [a, b, c, d, e, f, ..] = *runtime.uuid().as_bytes();
    let bits = u64::from_be_bytes([0, 0, a, b, c, d, e, f]);
    bits as f64 / (1_u64 << 48) as f64
}

/// `Retry-After` as seconds or as a date (RFC 9110, section 10.2.3). A date is
/// compared with the answer's own `Date` if it has one: this machine's clock may be
/// wrong.
fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // Digits that are no u64 are a very long time.
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    let then = httpdate::parse_http_date(text).ok()?;
    let now = headers
        .get(DATE)
        .and_then(|date| date.to_str().ok())
        .and_then(|date| httpdate::parse_http_date(date).ok())
        .unwrap_or(now);
    Some(then.duration_since(now).unwrap_or_default())
}
