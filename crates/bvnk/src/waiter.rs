//! Waiting for the end of a customer's verification, as a future or as a stream.

use std::fmt;
use std::future::IntoFuture;
use std::time::Duration;

use bvnk_gen::ValidationError;
use bvnk_gen::tracking::{self, Object, Reference};
use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream, StreamExt};

use crate::poller::Poller;
use crate::webhook::StatusUpdates;
use crate::{Client, Error, PollSettings};

impl Client {
    /// Waits until the verification of a customer is over: until one of the contract's
    /// terminal statuses, whether the customer was accepted or not.
    ///
    /// The wait owns what it needs, so that it can be spawned. Dropping it stops it at once.
    /// Verification may take days: for more than a few minutes, poll rarely and
    /// [receive webhooks](Waiter::updates_from). [`PollSettings`] lists the defaults.
    ///
    /// The wait goes on after a failed connection, a time-out, 429, 5xx, a corrected clock, a
    /// response that cannot be decoded and an unknown status. A `Retry-After` is obeyed up to
    /// 30 s and half of the time that is left. Other errors end the wait, and so does a
    /// response about another customer. After the time limit the error is a
    /// [time-out](crate::ErrorKind::Timeout), and a new wait continues it. [`Error::last_seen`] has
    /// the customer as it was last seen.
    ///
    /// ```no_run
    /// use std::time::Duration;
    ///
    /// # async fn wait(client: bvnk::Client) -> Result<(), bvnk::Error> {
    /// let wait = client
    ///     .wait_for_verification("f81a5b62-27b8-4b3b-b51e-eb10edeb1731")
    ///     .timeout(Duration::from_secs(120));
    /// let customer = tokio::spawn(wait.into_future()).await.unwrap()?;
    /// assert!(customer.status.is_terminal());
    /// # Ok(())
    /// # }
    /// # use std::future::IntoFuture;
    /// ```
    pub fn wait_for_verification<V>(&self, reference: V) -> Waiter
    where
        V: TryInto<Reference, Error: Into<ValidationError>>,
    {
        let reference = reference.try_into().map_err(Into::into);
        Waiter(Box::new(Poller::new(self.clone(), reference)))
    }
}

/// A wait for the end of a customer's verification: see [`Client::wait_for_verification`].
/// Await it, or turn it into a stream with [`changes`](Self::changes).
#[must_use = "a wait does nothing unless it is awaited"]
pub struct Waiter(Box<Poller>);

impl Waiter {
    /// Also ends the wait when `predicate` returns `true` for a customer that was fetched.
    ///
    /// ```no_run
    /// # async fn wait(client: bvnk::Client) -> Result<(), bvnk::Error> {
    /// let customer = client
    ///     .wait_for_verification("c-1")
    ///     .until(|customer| customer.status.as_str() == "ON_HOLD")
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn until(mut self, predicate: impl Fn(&Object) -> bool + Send + Sync + 'static) -> Self {
        self.0.until.push(Box::new(predicate));
        self
    }

    /// Also ends the wait when the customer has to act: to accept agreements, or to provide
    /// information. The response may then have a link for the customer in its further members.
    pub fn until_action_required(self) -> Self {
        self.until(|customer| tracking::status(customer).is_some_and(|it| it.requires_action()))
    }

    /// Receives webhook updates, from now on: the wait ends with a webhook or with the next
    /// poll, whichever comes first. Any other update of this customer causes a poll at once.
    ///
    /// ```no_run
    /// use std::time::Duration;
    /// use bvnk::PollSettings;
    /// use bvnk::webhook::StatusUpdates;
    ///
    /// # async fn wait(client: bvnk::Client, updates: StatusUpdates) -> Result<(), bvnk::Error> {
    /// let rarely = PollSettings::new().interval(Duration::from_secs(60), Duration::from_secs(600));
    /// let customer = client
    ///     .wait_for_verification("f81a5b62-27b8-4b3b-b51e-eb10edeb1731")
    ///     .updates_from(&updates)
    ///     .settings(rarely)
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn updates_from(mut self, updates: &StatusUpdates) -> Self {
        if let Ok(reference) = &self.0.reference {
            self.0.updates = updates.subscribe(reference);
        }
        self
    }

    /// Polls by these settings, instead of the client's. They have a time limit too, which a later
    /// [`timeout`](Self::timeout) replaces.
    pub fn settings(mut self, settings: PollSettings) -> Self {
        self.0.settings = settings;
        self
    }

    /// Sets the time limit of the wait: see [`PollSettings::timeout`].
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.0.settings.timeout = limit;
        self
    }

    /// Returns the customer each time its status changes, as a stream: the first status, each
    /// later one, and at last the one that ends the wait. After an error the stream ends.
    ///
    /// ```no_run
    /// use futures_util::StreamExt;
    ///
    /// # async fn follow(client: bvnk::Client) -> Result<(), bvnk::Error> {
    /// let mut changes = client.wait_for_verification("c-1").changes();
    /// while let Some(customer) = changes.next().await {
    ///     println!("now {}", customer?.status);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn changes(self) -> BoxStream<'static, Result<Object, Error>> {
        let changes = stream::unfold(Some(self.0), |poller| async move {
            let mut poller = poller?;
            let change = poller.change().await;
            let ends = change
                .as_ref()
                .map_or(true, |customer| poller.is_end(customer));
            Some((change, Some(poller).filter(|_| !ends)))
        });
        changes.fuse().boxed()
    }
}

impl IntoFuture for Waiter {
    type Output = Result<Object, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(mut self) -> Self::IntoFuture {
        Box::pin(async move {
            loop {
                let customer = self.0.change().await?;
                if self.0.is_end(&customer) {
                    return Ok(customer);
                }
            }
        })
    }
}

impl fmt::Debug for Waiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waiter")
            .field("reference", &self.0.reference)
            .field("settings", &self.0.settings)
            .finish_non_exhaustive()
    }
}
