//! Webhooks: what the simulator sends, and what a service that is made of the client's parts
//! makes of it. Nothing travels here: the sender returns what is due, and the receiver is
//! handed it.

mod received;
mod scene;
mod sent;

use bvnk_simulator::webhook::{EventName, Signing};

use super::{Check, Judge, Recorder};
use crate::context::Context;

pub(crate) use scene::{SECRET as WEBHOOK_SECRET, URL as WEBHOOK_URL};

/// Judges the simulator's sender by the client's verifier.
pub(super) const SENT: Check = Check::new(
    "webhooks-sent",
    "each change of status is sent once, in a signed event that is repeated until accepted",
    Judge::Script(|context, recorder| Box::pin(each_kind(context, recorder, sent::sent))),
    &[REPORTED, SIGNED, SCHEMES, EVENTS, REPEATED, ONCE],
);

/// Judges the client's verifier, deduplicator and waits by the simulator's sender.
pub(super) const RECEIVED: Check = Check::new(
    "webhooks-received",
    "an event is handled once and ends its customer's wait; a forged one is refused",
    Judge::Script(|context, recorder| Box::pin(each_kind(context, recorder, received::received))),
    &[REPORTED, SIGNED, SCHEMES, EVENTS, UNKNOWN, ONCE, ORDER, OWN],
);

const REPORTED: &str = "webhook.sent";
const SIGNED: &str = "webhook.signed";
const SCHEMES: &str = "webhook.schemes";
const EVENTS: &str = "webhook.events";
const UNKNOWN: &str = "webhook.unknown-event";
const REPEATED: &str = "webhook.repeated";
const ONCE: &str = "webhook.once";
const ORDER: &str = "webhook.order";
const OWN: &str = "webhook.own-customer";

/// How deliveries are signed, and which event reports a status.
type Kind = (Signing, EventName);

const KINDS: [Kind; 3] = [
    (Signing::UrlPath, EventName::Accounts),
    (Signing::UrlPath, EventName::Platform),
    (Signing::Payload, EventName::Customers),
];

/// Judges the deliveries of one kind; the error is why they could not be tried.
type Judged = fn(&Context, Kind, &mut Recorder) -> Result<(), String>;

async fn each_kind(context: &Context, recorder: &mut Recorder, judge: Judged) {
    if context.specification.clause(REPORTED).is_none() {
        return;
    }
    for kind in KINDS {
        if let Err(reason) = judge(context, kind, recorder) {
            recorder.on(named(kind, "")).error(REPORTED, reason);
        }
    }
}

/// What is tried, with the kind of delivery.
fn named((signing, event): Kind, what: &str) -> String {
    format!("webhooks signed over {signing:?} with the event {event:?}: {what}")
}
