//! Passes what webhooks reported on to the waits for that customer.
//!
//! It is independent of how events arrive and how waits poll.

use std::collections::HashMap;
use std::fmt;
use std::future::pending;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use bvnk_gen::tracking::{Object, Reference, Status};
use tokio::sync::watch;

use super::{CustomerChange, Event};

type Latest = watch::Sender<Option<CustomerChange>>;

/// Connects a webhook's handler with waits: the handler [publishes](Self::publish) events,
/// and waits [receive](crate::Waiter::updates_from) them. Clones share the connection.
///
/// It holds one entry for each customer that is waited for; those whose waits are over go before
/// there would be more. Other events are dropped: the first poll of a later wait finds the
/// current status.
#[derive(Clone, Default)]
pub struct StatusUpdates(Arc<Mutex<HashMap<Reference, Weak<Latest>>>>);

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
        let latest = self.lock().get(&change.reference).and_then(Weak::upgrade);
        if let Some(latest) = latest {
            latest.send_if_modified(|held| {
                // A terminal status is final: what comes after it was sent before it.
                let over = held.as_ref().is_some_and(CustomerChange::ends_verification);
                if !over {
                    *held = Some(change.clone());
                }
                !over
            });
        }
    }

    pub(crate) fn subscribe(&self, reference: &Reference) -> Subscription {
        let mut all = self.lock();
        if all.len() == all.capacity() {
            all.retain(|_, latest| latest.strong_count() > 0);
        }
        let latest = all.get(reference).and_then(Weak::upgrade);
        let latest = latest.unwrap_or_default();
        all.insert(reference.clone(), Arc::downgrade(&latest));
        Subscription(Some((latest.subscribe(), latest)))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Reference, Weak<Latest>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for StatusUpdates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = self.lock();
        let open = all.values().filter(|latest| latest.strong_count() > 0);
        f.debug_struct("StatusUpdates")
            .field("customers", &open.count())
            .finish()
    }
}

/// What a wait receives, and what keeps its entry; nothing by default.
#[derive(Default)]
pub(crate) struct Subscription(Option<(watch::Receiver<Option<CustomerChange>>, Arc<Latest>)>);

impl Subscription {
    /// Whether there is a connection.
    pub(crate) fn is_open(&self) -> bool {
        self.0.is_some()
    }

    /// Returns the customer at the end of its verification, as soon as that is published.
    pub(crate) async fn end(&self) -> Object {
        if let Some((receiver, _)) = &self.0 {
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
        if let Some((receiver, _)) = &mut self.0 {
            // It fails only without a sender, which this keeps.
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
        .filter(|latest| latest.ends_verification())
        .and_then(CustomerChange::customer)
}
