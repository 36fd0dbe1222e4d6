//! How a wait polls: intervals, time limits and tolerance.

use std::time::Duration;

/// How often and for how long a wait polls. Set it for all waits of a client with
/// [`ClientBuilder::poll_settings`](crate::ClientBuilder::poll_settings), or for one wait on
/// the [`Waiter`](crate::Waiter).
///
/// | setting | default |
/// |---|---|
/// | interval | 2 s, growing by half after each poll to at most 30 s |
/// | timeout | 15 min |
/// | a 404 means "not created yet" | within the first 30 s |
///
/// ```
/// use std::time::Duration;
/// use bvnk::PollSettings;
///
/// // Tests against a simulator need no pauses.
/// let fast = PollSettings::new().interval(Duration::from_millis(1), Duration::from_millis(10));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct PollSettings {
    pub(crate) first_interval: Duration,
    pub(crate) longest_interval: Duration,
    pub(crate) timeout: Duration,
    pub(crate) creation_grace: Duration,
}

impl PollSettings {
    /// The longest `Retry-After` that a wait obeys, as in the default
    /// [`RetryPolicy`](crate::RetryPolicy).
    pub(crate) const MAX_RETRY_AFTER: Duration = Duration::from_secs(30);

    /// Creates the default settings.
    pub fn new() -> Self {
        Self {
            first_interval: Duration::from_secs(2),
            longest_interval: Duration::from_secs(30),
            timeout: Duration::from_secs(15 * 60),
            creation_grace: Duration::from_secs(30),
        }
    }

    /// Sets the pause after the first poll, and the longest one. The pause grows by half each
    /// time, and starts again when the status changes.
    pub fn interval(mut self, first: Duration, longest: Duration) -> Self {
        self.first_interval = first;
        self.longest_interval = longest;
        self
    }

    /// Sets the time limit of the wait. A call in flight is cancelled then.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = limit;
        self
    }

    /// Sets how long a 404 means that the customer is being created.
    pub fn creation_grace(mut self, limit: Duration) -> Self {
        self.creation_grace = limit;
        self
    }
}

impl Default for PollSettings {
    fn default() -> Self {
        Self::new()
    }
}
