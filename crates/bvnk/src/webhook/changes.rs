//! Carries what webhooks told to whoever waits for that customer, and to nobody else.
//!
//! It must not know how events arrive or what waits do in between.

use std::collections::HashMap;
use std::fmt;
use std::future::pending;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bvnk_gen::types::{Customer, CustomerReference, CustomerStatus};
use tokio::sync::watch;

use super::{CustomerChange, Event};

type Told = watch::Sender<Option<CustomerChange>>;

/// Connects a webhook's handler with waits: the one [tells](Self::tell) what arrives, the
/// others [listen](crate::WaitForVerification::told_by). Clones are the same connection.
///
/// It holds one entry for each customer that is waited for, as long as it is. What
/// nobody waits for is forgotten: a wait's first look finds it.
#[derive(Clone, Default)]
pub struct Changes(Arc<Mutex<HashMap<CustomerReference, Told>>>);

impl Changes {
    /// Connects nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Passes an event on to the waits for its customer. Events may come in any order and
    /// any number of times; those that tell no customer's status are let pass.
    pub fn tell(&self, event: &Event) {
        let Some(change) = event.customer() else {
            return;
        };
        if let Some(told) = self.lock().get(&change.reference) {
            told.send_if_modified(|held| {
                // An end is final: what comes after it was overtaken by it.
                let over = held.as_ref().is_some_and(|held| held.status.is_terminal());
                if !over {
                    *held = Some(change.clone());
                }
                !over
            });
        }
    }

    pub(crate) fn subscribe(&self, reference: &CustomerReference) -> Subscription {
        let mut all = self.lock();
        let told = all.entry(reference.clone()).or_default();
        Subscription(Some(Place {
            receiver: Some(told.subscribe()),
            reference: reference.clone(),
            changes: self.clone(),
        }))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<CustomerReference, Told>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Changes")
            .field("waited_for", &self.lock().len())
            .finish()
    }
}

/// What a wait listens to; nothing at all by default.
#[derive(Default)]
pub(crate) struct Subscription(Option<Place>);

struct Place {
    /// There until the place is given up.
    receiver: Option<watch::Receiver<Option<CustomerChange>>>,
    reference: CustomerReference,
    changes: Changes,
}

impl Subscription {
    /// Whether anybody may tell anything.
    pub(crate) fn is_open(&self) -> bool {
        self.0.is_some()
    }

    /// The customer at the end of its verification, as soon as that is told.
    pub(crate) async fn end(&self) -> Customer {
        if let Some(Some(receiver)) = self.0.as_ref().map(|place| &place.receiver) {
            let mut receiver = receiver.clone();
            let ended = |told: &Option<CustomerChange>| ended(told).is_some();
            if let Ok(told) = receiver.wait_for(ended).await
                && let Some(customer) = self::ended(&told)
            {
                return customer;
            }
        }
        pending().await
    }

    /// Returns as soon as something is told that is news to who knows `status`.
    pub(crate) async fn news(&mut self, status: Option<&CustomerStatus>) {
        if let Some(Some(receiver)) = self.0.as_mut().map(|place| &mut place.receiver) {
            // It fails only when nobody can tell any more, and the place itself keeps
            // who can.
            while receiver.changed().await.is_ok() {
                let told = receiver.borrow_and_update();
                let known = |told: &CustomerChange| {
                    status.is_some_and(|status| status.means_same_as(&told.status))
                };
                if told.as_ref().is_some_and(|told| !known(told)) {
                    return;
                }
            }
        }
        pending().await
    }
}

fn ended(told: &Option<CustomerChange>) -> Option<Customer> {
    told.as_ref()
        .filter(|told| told.status.is_terminal())
        .and_then(CustomerChange::customer)
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut all = self.changes.lock();
        // Given up under the lock: of two that go at once, one is the last.
        self.receiver = None;
        let last = all
            .get(&self.reference)
            .is_some_and(|told| told.receiver_count() == 0);
        if last {
            all.remove(&self.reference);
        }
    }
}
