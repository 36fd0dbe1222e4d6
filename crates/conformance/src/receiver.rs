//! How a service receives webhooks: the client's parts, each of them replaceable, so that a
//! mutant can put a broken one in its place.
//!
//! The default is what the documentation shows to services. The parts are function pointers, as
//! a mutant replaces one of them and keeps the others.

use bvnk::webhook::{Deduplicator, Event, StatusUpdates};
use bvnk::webhook::{VerificationError, Verifier};
use http::HeaderMap;

/// The parts.
#[derive(Clone, Copy)]
pub struct WebhookReceiver {
    /// Takes a delivery for an event, or rejects it.
    pub verify: fn(&Verifier, &HeaderMap, &[u8]) -> Result<Event, VerificationError>,
    /// Whether an event is to be handled.
    pub is_new: fn(&Deduplicator, &Event) -> bool,
    /// Publishes an event to waits. It is given how many events of this customer were handled
    /// before.
    pub publish: fn(&StatusUpdates, usize, &Event),
    /// Which customer a wait is for: of all that there are, the wanted one.
    pub wait_for: for<'a> fn(&'a [String], &'a str) -> &'a str,
}

impl Default for WebhookReceiver {
    /// The client's parts.
    fn default() -> Self {
        Self {
            verify: Verifier::verify,
            is_new: |deduplicator, event| deduplicator.insert(event.id()),
            publish: |updates, _, event| updates.publish(event),
            wait_for: |_, wanted| wanted,
        }
    }
}
