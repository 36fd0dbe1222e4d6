//! What a caller sets for one call.

use std::time::Duration;

/// Settings of one call that differ from the [`RetryPolicy`](crate::RetryPolicy).
///
/// There is no idempotency key among them: a key belongs to one request, options may be
/// shared by many.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct CallOptions {
    pub(crate) max_attempts: Option<u32>,
    pub(crate) total_timeout: Option<Duration>,
    pub(crate) retry_of_ambiguous: bool,
}

impl CallOptions {
    /// No settings: those of the policy apply.
    pub fn new() -> Self {
        Self::default()
    }

    /// Limits the number of attempts, the first included; 0 counts as 1.
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = Some(attempts.max(1));
        self
    }

    /// Limits the time for all attempts and the delays between them.
    pub fn total_timeout(mut self, limit: Duration) -> Self {
        self.total_timeout = Some(limit);
        self
    }

    /// Declares that the call repeats, with the same key, a call whose outcome is unknown.
    ///
    /// The outcome is then unknown until [`Call::confirm`](crate::Call::confirm): a rejection proves nothing, as
    /// the server may reject the key because it was used before. Without a key, a call that has
    /// one is refused: a fresh key could have it carried out twice.
    pub fn retry_of_ambiguous(mut self) -> Self {
        self.retry_of_ambiguous = true;
        self
    }

    /// Returns these options, completed by `defaults` where nothing is set.
    pub fn or(self, defaults: &Self) -> Self {
        Self {
            max_attempts: self.max_attempts.or(defaults.max_attempts),
            total_timeout: self.total_timeout.or(defaults.total_timeout),
            retry_of_ambiguous: self.retry_of_ambiguous || defaults.retry_of_ambiguous,
        }
    }
}
