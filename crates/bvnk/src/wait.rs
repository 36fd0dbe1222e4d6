//! Waiting until a customer's verification is over.
//!
//! It asks, waits, and asks again, and listens to webhooks meanwhile. It must not know how
//! a call is signed or repeated, nor how an event arrives; it decides only which failures
//! say nothing about the customer.

use std::future::{Future, IntoFuture, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use bvnk_auth::Runtime;
use bvnk_gen::types::{Customer, CustomerReference};
use bvnk_gen::{InvalidValue, ResponseValue};

use crate::wait_error::WaitError;
use crate::webhook::{Changes, Subscription};
use crate::{Client, Error};

impl Client {
    /// Waits until the verification of a customer is over, with either outcome, and gives
    /// the customer as it is then: `VERIFIED` or `UNSUCCESSFUL`.
    ///
    /// Verification may take days: for more than a few minutes, rather ask now and then,
    /// or be [told](WaitForVerification::told_by) by webhooks. Dropping the future ends the waiting at once;
    /// nothing is left behind.
    ///
    /// | | unless told otherwise |
    /// |---|---|
    /// | delay between two looks | 2 s, growing by half to at most 30 s; `Retry-After` if longer |
    /// | deadline | 15 min |
    /// | a 404 is taken for "not yet" | within the first 30 s |
    ///
    /// Survived are: no connection, time-outs, broken connections, 429, 5xx, a clock that
    /// has been corrected, answers that cannot be read, and statuses that nobody knows. Anything else ends the waiting, an
    /// answer about another customer above all.
    ///
    /// ```no_run
    /// use std::time::Duration;
    ///
    /// # async fn wait(client: bvnk::Client) -> Result<(), bvnk::WaitError> {
    /// let customer = client
    ///     .wait_for_verification("f81a5b62-27b8-4b3b-b51e-eb10edeb1731")
    ///     .deadline(Duration::from_secs(120))
    ///     .on_change(|customer| println!("now {}", customer.status))
    ///     .await?;
    /// assert!(customer.status.is_terminal());
    /// # Ok(())
    /// # }
    /// ```
    pub fn wait_for_verification<V>(&self, reference: V) -> WaitForVerification<'_>
    where
        V: TryInto<CustomerReference, Error: Into<InvalidValue>>,
    {
        WaitForVerification {
            client: self,
            reference: reference.try_into().map_err(Into::into),
            first_delay: Duration::from_secs(2),
            longest_delay: Duration::from_secs(30),
            deadline: Duration::from_secs(15 * 60),
            creation_grace: Duration::from_secs(30),
            on_change: Box::new(|_| {}),
            told: Subscription::default(),
        }
    }
}

/// A wait that has not begun: see [`Client::wait_for_verification`]. Await it.
#[must_use = "it waits only when it is awaited"]
pub struct WaitForVerification<'a> {
    client: &'a Client,
    reference: Result<CustomerReference, InvalidValue>,
    first_delay: Duration,
    longest_delay: Duration,
    deadline: Duration,
    creation_grace: Duration,
    on_change: Box<dyn FnMut(&Customer) + Send + 'a>,
    told: Subscription,
}

/// Which of two came first.
enum First<A, B> {
    One(A),
    Other(B),
}

impl<'a> WaitForVerification<'a> {
    /// The delay after the first look, and the longest. In between it grows by half each
    /// time, and starts anew when the status changes.
    pub fn backoff(mut self, first: Duration, longest: Duration) -> Self {
        self.first_delay = first;
        self.longest_delay = longest;
        self
    }

    /// At most so much time for all of it; a call in flight is cut then.
    pub fn deadline(mut self, limit: Duration) -> Self {
        self.deadline = limit;
        self
    }

    /// How long a 404 is taken for a customer that is being created.
    pub fn creation_grace(mut self, limit: Duration) -> Self {
        self.creation_grace = limit;
        self
    }

    /// Is told of the first status, and of each that means something else than the one
    /// before. Send it into a channel to make a stream of it.
    pub fn on_change(mut self, tell: impl FnMut(&Customer) + Send + 'a) -> Self {
        self.on_change = Box::new(tell);
        self
    }

    /// Listens to webhooks too, from now on: whichever tells first, they or the looks,
    /// which go on as the safety net.
    ///
    /// A told end ends the wait without another look; the customer has then what the
    /// event told of it. Anything else that is told, in whatever order, only makes it look
    /// at once. Of other customers' events it hears nothing.
    ///
    /// ```no_run
    /// use std::time::Duration;
    ///
    /// use bvnk::webhook::{Changes, Event};
    ///
    /// fn webhook_delivered(changes: &Changes, event: &Event) {
    ///     changes.tell(event);
    /// }
    ///
    /// # async fn wait(client: bvnk::Client, changes: Changes) -> Result<(), bvnk::WaitError> {
    /// let customer = client
    ///     .wait_for_verification("f81a5b62-27b8-4b3b-b51e-eb10edeb1731")
    ///     .told_by(&changes)
    ///     .backoff(Duration::from_secs(60), Duration::from_secs(600))
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn told_by(mut self, changes: &Changes) -> Self {
        if let Ok(reference) = &self.reference {
            self.told = changes.subscribe(reference);
        }
        self
    }

    async fn run(mut self) -> Result<Customer, WaitError> {
        let runtime = self.client.runtime();
        let start = runtime.elapsed();
        let passed = || runtime.elapsed().saturating_sub(start);
        let reference = match self.reference.clone() {
            Ok(reference) => reference,
            Err(refusal) => {
                return Err(WaitError::failed(refusal.into(), None));
            }
        };
        let mut last: Option<Customer> = None;
        let mut last_error = None;
        let mut delay = self.first_delay;
        loop {
            let left = self.deadline.saturating_sub(passed());
            let look = self
                .client
                .get_customer()
                .reference(reference.clone())
                .send();
            let answer = match first(self.told.end(), within(runtime, left, look)).await {
                First::One(customer) => return Ok(self.end(customer, last.as_ref())),
                First::Other(Some(answer)) => answer,
                First::Other(None) => return Err(WaitError::timed_out(last, last_error)),
            };
            let mut pause = delay;
            let mut asked_to_wait = false;
            match answer.map(ResponseValue::into_inner).map_err(Error::from) {
                // Whatever this one's status is, it is not that of the person asked for.
                Ok(customer) if customer.reference != reference => {
                    return Err(WaitError::other_customer(last));
                }
                Ok(customer) => {
                    last_error = None;
                    let before = last.replace(customer);
                    if let Some(customer) = &last
                        && is_news(customer, before.as_ref())
                    {
                        (self.on_change)(customer);
                        delay = self.first_delay;
                        pause = delay;
                    }
                    if let Some(customer) = last.take_if(|customer| customer.status.is_terminal()) {
                        return Ok(customer);
                    }
                }
                Err(error) if self.is_passing(&error, passed(), last.is_some()) => {
                    asked_to_wait = error.retry_after().is_some();
                    pause = pause.max(error.retry_after().unwrap_or_default());
                    last_error = Some(error);
                }
                Err(error) => return Err(WaitError::failed(error, last)),
            }
            let left = self.deadline.saturating_sub(passed());
            // No look fits in any more, but an event may.
            let last_pause = pause >= left;
            if last_pause && !self.told.is_open() {
                return Err(WaitError::timed_out(last, last_error));
            }
            let slept = runtime.sleep(pause.min(left));
            // An end, which the next turn takes before it looks, or something to look for.
            let hint = async {
                let status = last.as_ref().map(|customer| &customer.status);
                match asked_to_wait {
                    true => drop(self.told.end().await),
                    false => self.told.news(status).await,
                }
            };
            match first(hint, slept).await {
                First::Other(()) if last_pause => {
                    return Err(WaitError::timed_out(last, last_error));
                }
                _ => delay = delay.saturating_add(delay / 2).min(self.longest_delay),
            }
        }
    }

    fn end(&mut self, customer: Customer, before: Option<&Customer>) -> Customer {
        if is_news(&customer, before) {
            (self.on_change)(&customer);
        }
        customer
    }

    /// Whether a failure says nothing about the customer. A 404 of one that has been
    /// seen does, at any time.
    fn is_passing(&self, error: &Error, passed: Duration, seen: bool) -> bool {
        error.is_connect()
            || error.is_timeout()
            || error.is_interrupted()
            || error.is_rate_limited()
            || error.is_server()
            || error.is_unreadable()
            || error.clock_is_corrected()
            || error.is_not_found() && !seen && passed < self.creation_grace
    }
}

impl<'a> IntoFuture for WaitForVerification<'a> {
    type Output = Result<Customer, WaitError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl std::fmt::Debug for WaitForVerification<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WaitForVerification")
            .field("reference", &self.reference)
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}

/// Whether a customer's status means something else than before.
fn is_news(customer: &Customer, before: Option<&Customer>) -> bool {
    before.is_none_or(|before| !before.status.means_same_as(&customer.status))
}

/// Whichever is done first; `one`, if both are. The other is dropped.
async fn first<A: Future, B: Future>(one: A, other: B) -> First<A::Output, B::Output> {
    let (mut one, mut other) = (pin!(one), pin!(other));
    poll_fn(move |cx| match one.as_mut().poll(cx) {
        Poll::Ready(output) => Poll::Ready(First::One(output)),
        Poll::Pending => other.as_mut().poll(cx).map(First::Other),
    })
    .await
}

/// `future`, or `None` when it is not done within `limit`; then it is dropped.
pub(crate) async fn within<F: Future>(
    runtime: &dyn Runtime,
    limit: Duration,
    future: F,
) -> Option<F::Output> {
    match first(future, runtime.sleep(limit)).await {
        First::One(output) => Some(output),
        First::Other(()) => None,
    }
}
