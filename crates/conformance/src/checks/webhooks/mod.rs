//! Webhooks: what the simulator sends, and what a service that is made of the client's parts
//! makes of it. Nothing travels here: the sender returns what is due, and the receiver is
//! handed it.

mod received;
mod scene;
mod sent;

use bvnk_simulator::webhook::{EventName, Signing};

pub(super) use received::received;
pub(crate) use scene::{PATH as WEBHOOK_PATH, SECRET as WEBHOOK_SECRET};
pub(super) use sent::sent;

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

fn name((signing, event): Kind) -> String {
    format!("webhooks signed over {signing:?} with the event {event:?}")
}
