//! Waiting until a customer's verification is over.
//!
//! It asks, waits, and asks again. It must not know how a call is signed or repeated;
//! it decides only which failures say nothing about the customer.

use std::future::{Future, IntoFuture, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use bvnk_auth::Runtime;
use bvnk_gen::types::{Customer, CustomerReference};
use bvnk_gen::{InvalidValue, ResponseValue};

use crate::wait_error::WaitError;
use crate::{Client, Error};

impl Client {
    /// Waits until the verification of a customer is over, with either outcome, and gives
    /// the customer as it is then: `VERIFIED` or `UNSUCCESSFUL`.
    ///
    /// Verification may take days: for more than a few minutes, rather ask now and then,
    /// or take the vendor's webhooks. Dropping the future ends the waiting at once;
    /// nothing is left behind.
    ///
    /// | | unless told otherwise |
    /// |---|---|
    /// | delay between two looks | 2 s, growing by half to at most 30 s; `Retry-After` if longer |
    /// | deadline | 15 min |
    /// | a 404 is taken for "not yet" | within the first 30 s |
    ///
    /// Survived are: no connection, time-outs, broken connections, 429, 5xx, answers that
    /// cannot be read, and statuses that nobody knows. Anything else ends the waiting, an
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
            let Some(answer) = within(runtime, left, look).await else {
                return Err(WaitError::timed_out(last, last_error));
            };
            let mut pause = delay;
            match answer.map(ResponseValue::into_inner).map_err(Error::from) {
                // Whatever this one's status is, it is not that of the person asked for.
                Ok(customer) if customer.reference != reference => {
                    return Err(WaitError::other_customer(last));
                }
                Ok(customer) => {
                    last_error = None;
                    let before = last.replace(customer);
                    let customer = last.as_ref();
                    if let Some(customer) = customer {
                        let changed = before
                            .is_none_or(|before| !before.status.means_same_as(&customer.status));
                        if changed {
                            (self.on_change)(customer);
                            delay = self.first_delay;
                            pause = delay;
                        }
                    }
                    if let Some(customer) = last.take_if(|customer| customer.status.is_terminal()) {
                        return Ok(customer);
                    }
                }
                Err(error) if self.is_passing(&error, passed(), last.is_some()) => {
                    pause = pause.max(error.retry_after().unwrap_or_default());
                    last_error = Some(error);
                }
                Err(error) => return Err(WaitError::failed(error, last)),
            }
            if pause >= self.deadline.saturating_sub(passed()) {
                return Err(WaitError::timed_out(last, last_error));
            }
            runtime.sleep(pause).await;
            delay = delay.mul_f64(1.5).min(self.longest_delay);
        }
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

/// `future`, or `None` when it is not done within `limit`; then it is dropped.
pub(crate) async fn within<F: Future>(
    runtime: &dyn Runtime,
    limit: Duration,
    future: F,
) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut sleep = runtime.sleep(limit);
    poll_fn(move |cx| match future.as_mut().poll(cx) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => sleep.as_mut().poll(cx).map(|()| None),
    })
    .await
}
