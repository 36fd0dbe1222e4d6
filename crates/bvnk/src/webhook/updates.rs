//! Passes what webhooks reported on to the waits for that customer.
//!
//! It is independent of how events arrive and how waits poll.

use std::collections::HashMap;
use std::fmt;
use std::future::pending;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bvnk_gen::tracking::{Object, Reference, Status};
use tokio::sync::watch;

use super::{CustomerChange, Event};

type Latest = watch::Sender<Option<CustomerChange>>;

/// Connects a webhook's handler with waits: the handler [publishes](Self::publish) events,
/// and waits [receive](crate::Waiter::updates_from) them. Clones share the connection.
///
/// It holds one entry for each customer that is waited for, while it is. Other events are
/// dropped: the first poll of a later wait finds the current status.
#[derive(Clone, Default)]
pub struct StatusUpdates(Arc<Mutex<HashMap<Reference, Latest>>>);

impl StatusUpdates {
    /// Creates a connection without waits.
    pub fn new() -> Self {
        Self::default()
    }

    /// Passes an event on to the waits for its customer. Events may come in any order and
    /// any number of times; those without a customer's status have no effect.
    pub fn publish(&self, event: &Event) {
        let Some(change) = event.customer() else {
            return;
        };
        if let Some(latest) = self.lock().get(&change.reference) {
            latest.send_if_modified(|held| {
                // A terminal status is final: what comes after it was sent before it.
                let over = held.as_ref().is_some_and(CustomerChange::ends);
                if !over {
                    *held = Some(change.clone());
                }
                !over
            });
        }
    }

    pub(crate) fn subscribe(&self, reference: &Reference) -> Subscription {
        let mut all = self.lock();
        let latest = all.entry(reference.clone()).or_default();
        Subscription(Some(Entry {
            receiver: Some(latest.subscribe()),
            reference: reference.clone(),
            updates: self.clone(),
        }))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Reference, Latest>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for StatusUpdates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StatusUpdates")
            .field("customers", &self.lock().len())
            .finish()
    }
}

/// What a wait receives; nothing by default.
#[derive(Default)]
pub(crate) struct Subscription(Option<Entry>);

struct Entry {
    /// There until the entry is given up.
    receiver: Option<watch::Receiver<Option<CustomerChange>>>,
    reference: Reference,
    updates: StatusUpdates,
}

impl Subscription {
    /// Whether there is a connection.
    pub(crate) fn is_open(&self) -> bool {
        self.0.is_some()
    }

    /// Returns the customer at the end of its verification, as soon as that is published.
    pub(crate) async fn end(&self) -> Object {
        if let Some(Some(receiver)) = self.0.as_ref().map(|entry| &entry.receiver) {
            let mut receiver = receiver.clone();
            let ended = |latest: &Option<CustomerChange>| ended(latest).is_some();
            if let Ok(latest) = receiver.wait_for(ended).await
                && let Some(customer) = self::ended(&latest)
            {
                return customer;
            }
        }
        pending().await
    }

    /// Returns as soon as a status is published that means something else than `known`.
    pub(crate) async fn news(&mut self, known: Option<&Status>) {
        if let Some(Some(receiver)) = self.0.as_mut().map(|entry| &mut entry.receiver) {
            // It fails only without a sender, and the entry itself keeps that.
            while receiver.changed().await.is_ok() {
                let latest = receiver.borrow_and_update();
                let is_news = |latest: &CustomerChange| {
                    known.is_none_or(|known| !known.means_same_as(&latest.status))
                };
                if latest.as_ref().is_some_and(is_news) {
                    return;
                }
            }
        }
        pending().await
    }
}

fn ended(latest: &Option<CustomerChange>) -> Option<Object> {
    latest
        .as_ref()
        .filter(|latest| latest.ends())
        .and_then(CustomerChange::customer)
}

impl Drop for Entry {
    fn drop(&mut self) {
        let mut all = self.updates.lock();
        // Given up under the lock: of two that go at once, one is the last.
        self.receiver = None;
        let last = all
            .get(&self.reference)
            .is_some_and(|latest| latest.receiver_count() == 0);
        if last {
            all.remove(&self.reference);
        }
    }
}
