//! The loop of a wait: polls, pauses, receives webhook updates, and decides which failures say
//! nothing about the customer.
//!
//! It does not know how a call is signed or repeated, nor how an event arrives.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use bvnk_auth::{CallOptions, Runtime};
use bvnk_gen::tracking::{self, Object, Reference};
use bvnk_gen::{ResponseValue, ValidationError};

use crate::webhook::Subscription;
use crate::{Client, Error, PollSettings, WaitError};

/// A condition that ends a wait.
type Predicate = Box<dyn Fn(&Object) -> bool + Send + Sync>;

/// One wait, between two of its results.
pub(crate) struct Poller {
    pub(crate) client: Client,
    pub(crate) reference: Result<Reference, ValidationError>,
    pub(crate) settings: PollSettings,
    pub(crate) until: Vec<Predicate>,
    pub(crate) updates: Subscription,
    /// When the wait began; `None` before the first poll.
    start: Option<Duration>,
    interval: Duration,
    pause: Option<Pause>,
    last: Option<Object>,
    last_error: Option<Error>,
    done: bool,
}

/// What to wait for before the next poll.
struct Pause {
    length: Duration,
    /// Whether the API asked for it: then an update that is no end does not shorten it.
    requested: bool,
}

impl Poller {
    pub(crate) fn new(client: Client, reference: Result<Reference, ValidationError>) -> Self {
        let settings = client.poll_settings();
        Self {
            client,
            reference,
            settings,
            until: Vec::new(),
            updates: Subscription::default(),
            start: None,
            interval: Duration::ZERO,
            pause: None,
            last: None,
            last_error: None,
            done: false,
        }
    }

    /// Whether there are no further results.
    pub(crate) fn is_done(&self) -> bool {
        self.done
    }

    /// Returns the customer when its status has changed, the first time included, or the
    /// error that ends the wait.
    pub(crate) async fn next(&mut self) -> Option<Result<Object, WaitError>> {
        if self.done {
            return None;
        }
        let result = self.change().await;
        self.done = result
            .as_ref()
            .map_or(true, |customer| self.is_end(customer));
        Some(result)
    }

    async fn change(&mut self) -> Result<Object, WaitError> {
        let reference = match &self.reference {
            Ok(reference) => reference.clone(),
            Err(error) => return Err(WaitError::failed(error.clone().into(), None)),
        };
        if self.start.is_none() {
            self.start = Some(self.runtime().elapsed());
            self.interval = self.settings.first_interval;
        }
        loop {
            if let Some(pause) = self.pause.take() {
                self.wait(pause).await?;
            }
            let result = {
                let call = tracking::get(&self.client, reference.clone(), CallOptions::new());
                let call = within(self.runtime(), self.left(), call);
                match first(self.updates.end(), call).await {
                    First::One(customer) => return Ok(customer),
                    First::Other(Some(result)) => result.map(ResponseValue::into_inner),
                    First::Other(None) => return Err(self.timed_out()),
                }
            };
            if let Some(customer) = self.weigh(result, &reference)? {
                return Ok(customer);
            }
        }
    }

    /// Draws the conclusions from a poll: the next pause, and the customer if it changed.
    fn weigh(
        &mut self,
        result: Result<Object, Error>,
        reference: &Reference,
    ) -> Result<Option<Object>, WaitError> {
        let mut pause = Pause {
            length: self.interval,
            requested: false,
        };
        let mut change = None;
        match result {
            // Its status is not that of the customer that was asked for.
            Ok(customer) if tracking::reference(&customer) != *reference => {
                return Err(WaitError::other_customer(self.last.take()));
            }
            Ok(customer) => {
                self.last_error = None;
                if is_change(&customer, self.last.as_ref()) {
                    self.interval = self.settings.first_interval;
                    pause.length = self.interval;
                    change = Some(customer.clone());
                }
                self.last = Some(customer);
            }
            Err(error) if self.is_passing(&error) => {
                let requested = error.retry_after_at(self.runtime().now());
                if let Some(requested) = requested {
                    // However long, it leaves time for another poll.
                    let limit = PollSettings::MAX_RETRY_AFTER.min(self.left() / 2);
                    pause.length = pause.length.max(requested.min(limit));
                    pause.requested = true;
                }
                self.last_error = Some(error);
            }
            Err(error) => return Err(WaitError::failed(error, self.last.take())),
        }
        self.interval = self
            .interval
            .saturating_add(self.interval / 2)
            .min(self.settings.longest_interval);
        self.pause = Some(pause);
        Ok(change)
    }

    /// Pauses before a poll, or until an update makes one worthwhile.
    async fn wait(&mut self, pause: Pause) -> Result<(), WaitError> {
        let left = self.left();
        // There is no time for another poll, but there may be for an update.
        let is_last = pause.length >= left;
        if is_last && !self.updates.is_open() {
            return Err(self.timed_out());
        }
        let slept = self.runtime().sleep(pause.length.min(left));
        let status = self.last.as_ref().map(tracking::status).cloned();
        let update = async {
            if pause.requested {
                drop(self.updates.end().await);
            } else {
                self.updates.news(status.as_ref()).await;
            }
        };
        match first(update, slept).await {
            First::Other(()) if is_last => Err(self.timed_out()),
            _ => Ok(()),
        }
    }

    fn is_end(&self, customer: &Object) -> bool {
        tracking::status(customer).is_terminal() || self.until.iter().any(|until| until(customer))
    }

    /// Whether a failure says nothing about the customer. A 404 of one that was seen does.
    fn is_passing(&self, error: &Error) -> bool {
        error.is_connect()
            || error.is_timeout()
            || error.is_interrupted()
            || error.is_rate_limited()
            || error.is_server()
            || error.is_invalid_response()
            || error.is_clock_corrected()
            || error.is_not_found()
                && self.last.is_none()
                && self.passed() < self.settings.creation_grace
    }

    fn timed_out(&mut self) -> WaitError {
        WaitError::timed_out(self.last.take(), self.last_error.take())
    }

    fn runtime(&self) -> &dyn Runtime {
        self.client.runtime()
    }

    fn passed(&self) -> Duration {
        let start = self.start.unwrap_or_default();
        self.runtime().elapsed().saturating_sub(start)
    }

    fn left(&self) -> Duration {
        self.settings.timeout.saturating_sub(self.passed())
    }
}

/// Whether a customer's status means something else than before.
fn is_change(customer: &Object, before: Option<&Object>) -> bool {
    before.is_none_or(|before| !tracking::status(before).means_same_as(tracking::status(customer)))
}

/// Which of two futures was ready first.
enum First<A, B> {
    One(A),
    Other(B),
}

/// Returns the output of the future that is ready first; of `one`, if both are. The other is
/// dropped.
async fn first<A: Future, B: Future>(one: A, other: B) -> First<A::Output, B::Output> {
    let (mut one, mut other) = (pin!(one), pin!(other));
    poll_fn(move |cx| match one.as_mut().poll(cx) {
        Poll::Ready(output) => Poll::Ready(First::One(output)),
        Poll::Pending => other.as_mut().poll(cx).map(First::Other),
    })
    .await
}

/// Returns the output of `future`, or `None` and drops it if it is not ready within `limit`.
async fn within<F: Future>(runtime: &dyn Runtime, limit: Duration, future: F) -> Option<F::Output> {
    match first(future, runtime.sleep(limit)).await {
        First::One(output) => Some(output),
        First::Other(()) => None,
    }
}
