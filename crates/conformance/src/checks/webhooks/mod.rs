//! Webhooks: what the simulator sends, and what a service that is made of the client's parts
//! makes of it. Nothing travels here: the sender returns what is due, and the receiver is
//! handed it.

mod received;
mod scene;
mod sent;

use bvnk::BoxError;
use bvnk_simulator::webhook::{EventName, Signing};

use super::{Check, Judge, Recorder};

pub(crate) use scene::{SECRET as WEBHOOK_SECRET, URL as WEBHOOK_URL, WEBHOOK_SIGNATURE};

/// Judges the simulator's sender by the client's verifier.
pub(super) const SENT: Check = Check::new(
    "webhooks-sent",
    "each change of status is sent once, in a signed event that is repeated until accepted",
    Judge::Script(|recorder| Box::pin(each_kind(recorder, sent::sent))),
    &[REPORTED, SIGNED, SCHEMES, EVENTS, REPEATED, ONCE],
);

/// Judges the client's verifier, deduplicator and waits by the simulator's sender.
pub(super) const RECEIVED: Check = Check::new(
    "webhooks-received",
    "an event is handled once and ends its customer's wait; a forged one is refused",
    Judge::Script(|recorder| Box::pin(each_kind(recorder, received::received))),
    &[REPORTED, SIGNED, SCHEMES, EVENTS, UNKNOWN, ONCE, ORDER, OWN],
);

/// Each change of status is reported.
const REPORTED: &str = "webhook.sent";
/// A delivery is signed with the secret of the webhook, and no other is accepted.
const SIGNED: &str = "webhook.signed";
/// There are two ways to sign; a receiver accepts the agreed one only.
const SCHEMES: &str = "webhook.schemes";
/// An event has the customer, the status and the time, under each of its names.
const EVENTS: &str = "webhook.events";
/// An event with an unknown name is accepted and has no effect.
const UNKNOWN: &str = "webhook.unknown-event";
/// A delivery that is not accepted is sent again.
const REPEATED: &str = "webhook.repeated";
/// A change has one event id, by which it is handled once.
const ONCE: &str = "webhook.once";
/// Deliveries may arrive in another order than the changes happened.
const ORDER: &str = "webhook.order";
/// A wait for a customer takes no event of another one.
const OWN: &str = "webhook.own-customer";

/// How deliveries are signed, and which event reports a status.
type Kind = (Signing, EventName);

/// Every way to sign and every name of an event; the rest does not depend on the pair.
const KINDS: [Kind; 3] = [
    (Signing::UrlPath, EventName::Accounts),
    (Signing::UrlPath, EventName::Platform),
    (Signing::Payload, EventName::Customers),
];

/// Judges the deliveries of one kind; the error is why they could not be tried.
type Judged = fn(&mut Recorder<'_>, Kind) -> Result<(), BoxError>;

/// Judges each kind. Without the first clause the contract has no webhooks, and without a status
/// they have nothing to report: then nothing is judged.
async fn each_kind(recorder: &mut Recorder<'_>, judge: Judged) {
    let specification = &recorder.context.specification;
    let has_status = !specification.contract().tracked_flows().is_empty();
    if specification.clause(REPORTED).is_none() || !has_status {
        return;
    }
    for kind in KINDS {
        if let Err(reason) = judge(recorder, kind) {
            recorder.on(named(kind, "")).error(REPORTED, reason);
        }
    }
}

/// What is tried, with the kind of delivery.
fn named((signing, event): Kind, what: &str) -> String {
    format!("webhooks signed over {signing:?} with the event {event:?}: {what}")
}
