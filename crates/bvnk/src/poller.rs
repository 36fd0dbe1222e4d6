//! The loop of a wait: polls, pauses, receives webhook updates, and decides which failures say
//! nothing about the customer.
//!
//! Signing, retries and the delivery of events are elsewhere.

use std::pin::pin;
use std::time::Duration;

use bvnk_auth::{CallOptions, Runtime};
use bvnk_gen::tracking::{self, Object, Reference};
use bvnk_gen::{ResponseValue, ValidationError};
use futures_util::future::{Either, select};
use tokio::time::Instant;

use crate::webhook::Subscription;
use crate::{Client, Error, ErrorKind, PollSettings};

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
    start: Option<Instant>,
    interval: Duration,
    pause: Option<Pause>,
    last: Option<Object>,
    last_error: Option<Error>,
}

/// What to wait for before the next poll.
struct Pause {
    length: Duration,
    /// Whether the API asked for it: then an update that is no end does not shorten it.
    requested: bool,
}

impl Poller {
    pub(crate) fn new(client: Client, reference: Result<Reference, ValidationError>) -> Self {
        let settings = client.poll_settings;
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
        }
    }

    /// Returns the customer when its status has changed, the first time included, or the
    /// error that ends the wait.
    pub(crate) async fn change(&mut self) -> Result<Object, Error> {
        let reference = match &self.reference {
            Ok(reference) => reference.clone(),
            Err(error) => return Err(error.clone().into()),
        };
        if self.start.is_none() {
            self.start = Some(self.runtime().instant());
            self.interval = self.settings.first_interval;
        }
        loop {
            if let Some(pause) = self.pause.take() {
                self.wait(pause).await?;
            }
            let result = {
                let get = tracking::get(
                    (*self.client).clone(),
                    reference.clone(),
                    CallOptions::new(),
                );
                let get = pin!(get);
                let limited = pin!(self.runtime().within(self.left(), get));
                match select(pin!(self.updates.end()), limited).await {
                    Either::Left((customer, _)) => return Ok(customer),
                    Either::Right((result, _)) => result,
                }
            };
            let Some(result) = result else {
                return Err(self.timed_out());
            };
            let result = result.map(ResponseValue::into_inner);
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
    ) -> Result<Option<Object>, Error> {
        let mut pause = Pause {
            length: self.interval,
            requested: false,
        };
        let mut change = None;
        match result {
            // Its status is not that of the customer that was asked for.
            Ok(customer) if tracking::reference(&customer) != *reference => {
                let reason = "the response is about another customer";
                return Err(self.end(Error::of_wait(ErrorKind::InvalidResponse, reason, None)));
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
            Err(error) => return Err(self.end(error)),
        }
        self.interval = self
            .interval
            .saturating_add(self.interval / 2)
            .min(self.settings.longest_interval);
        self.pause = Some(pause);
        Ok(change)
    }

    /// Pauses before a poll, or until an update makes one worthwhile.
    async fn wait(&mut self, pause: Pause) -> Result<(), Error> {
        let left = self.left();
        // There is no time for another poll, but there may be for an update.
        let is_last = pause.length >= left;
        if is_last && !self.updates.is_open() {
            return Err(self.timed_out());
        }
        let slept = self.runtime().sleep(pause.length.min(left));
        let status = self.last.as_ref().and_then(tracking::status).cloned();
        let update = async {
            if pause.requested {
                drop(self.updates.end().await);
            } else {
                self.updates.news(status.as_ref()).await;
            }
        };
        let updated = matches!(select(pin!(update), slept).await, Either::Left(_));
        match is_last && !updated {
            true => Err(self.timed_out()),
            false => Ok(()),
        }
    }

    /// Whether the wait is over with this customer.
    pub(crate) fn is_end(&self, customer: &Object) -> bool {
        tracking::status(customer).is_some_and(|it| it.is_terminal())
            || self.until.iter().any(|until| until(customer))
    }

    /// Whether a failure says nothing about the customer. A 404 of one that was seen does.
    fn is_passing(&self, error: &Error) -> bool {
        match error.kind() {
            ErrorKind::Connect
            | ErrorKind::Timeout
            | ErrorKind::Interrupted
            | ErrorKind::RateLimited
            | ErrorKind::Server
            | ErrorKind::InvalidResponse => true,
            ErrorKind::Clock { corrected, .. } => corrected,
            ErrorKind::NotFound => {
                self.last.is_none() && self.passed() < self.settings.creation_grace
            }
            _ => false,
        }
    }

    fn timed_out(&mut self) -> Error {
        let reason = "the verification was not over within the time limit";
        let cause = self.last_error.take();
        self.end(Error::of_wait(ErrorKind::Timeout, reason, cause))
    }

    /// The error that ends the wait, with the customer as last seen.
    fn end(&mut self, mut error: Error) -> Error {
        error.0.last_seen = self.last.take();
        error
    }

    fn runtime(&self) -> &dyn Runtime {
        &*self.client.runtime
    }

    fn passed(&self) -> Duration {
        let passed = |start| self.runtime().instant().saturating_duration_since(start);
        self.start.map_or(Duration::ZERO, passed)
    }

    fn left(&self) -> Duration {
        self.settings.timeout.saturating_sub(self.passed())
    }
}

/// Whether a customer's status means something else than before.
fn is_change(customer: &Object, before: Option<&Object>) -> bool {
    let now = tracking::status(customer);
    before.is_none_or(|before| match (tracking::status(before), now) {
        (Some(before), Some(now)) => !before.means_same_as(now),
        (before, now) => before.is_some() != now.is_some(),
    })
}
