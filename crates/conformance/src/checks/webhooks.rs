//! Webhooks: what the simulator sends, and what a service that is made of the client's parts
//! makes of it.
//!
//! Nothing travels here: the sender says what is due, and the service is handed it.

mod read;
mod scene;
mod sent;

use bvnk_simulator::webhook::{EventForm, Signing};

pub(super) use read::read;
pub(super) use sent::sent;

const TOLD: &str = "webhook.told";
const SIGNED: &str = "webhook.signed";
const SCHEMES: &str = "webhook.schemes";
const EVENTS: &str = "webhook.events";
const UNKNOWN: &str = "webhook.unknown-event";
const REPEATED: &str = "webhook.repeated";
const ONCE: &str = "webhook.once";
const ORDER: &str = "webhook.order";
const OWN: &str = "webhook.own-customer";

/// How deliveries are signed, and which event tells a status.
type Kind = (Signing, EventForm);

const KINDS: [Kind; 2] = [
    (Signing::Url, EventForm::Platform),
    (Signing::Payload, EventForm::Customers),
];

fn name((signing, form): Kind) -> String {
    format!("webhooks of the scheme {signing:?} and the form {form:?}")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use bvnk_simulator::webhook::WebhookFault;

    use super::sent::judge;
    use crate::checks::Tally;
    use crate::contract::Contract;

    /// What nobody promises not to do breaks no clause.
    #[test]
    fn what_is_legal_is_found_by_nobody() {
        let contract = Contract::embedded().unwrap();
        for fault in [
            WebhookFault::Duplicate,
            WebhookFault::Reordered,
            WebhookFault::Late,
            WebhookFault::ZonelessTime,
        ] {
            let mut tally = Tally::default();
            judge(&contract, Some(fault), &mut tally);
            assert!(tally.wrong.is_empty(), "{fault}: {:?}", tally.wrong);
            assert!(tally.cases() > 100);
        }
    }
}
