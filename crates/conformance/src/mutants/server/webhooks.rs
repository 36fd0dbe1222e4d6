//! Servers whose webhooks are wrong: not sent, signed for something else, or about something
//! else than what changed.
//!
//! A status change makes a list of deliveries. A row edits them before they are sent, and signs them
//! again where the signature is not what is wrong.

use bvnk_simulator::webhook::{Delivery, Signing, StatusChange};
use http::HeaderValue;

use super::{Rows, UNKNOWN};
use crate::checks::WEBHOOK_SIGNATURE;

/// Adds all rows of this file that hold for any contract with webhooks.
pub(super) fn rows(rows: &mut Rows<'_>) {
    rows.breaks(["webhook.signed"]);
    rows.delivery("a webhook has no signature", |_, delivery| {
        delivery.headers.remove(WEBHOOK_SIGNATURE);
    });
    rows.delivery("a webhook has another body than signed", |_, delivery| {
        delivery.body = [&delivery.body[..], b" "].concat().into();
    });
    rows.breaks(["webhook.schemes"]);
    rows.delivery("a webhook has the other scheme", |change, delivery| {
        let own = change.webhook.signature(&delivery.body);
        let schemes = [Signing::Payload, Signing::UrlPath].into_iter();
        let schemes = schemes.map(|scheme| change.webhook.clone().signing(scheme));
        let mut signatures = schemes.map(|webhook| webhook.signature(&delivery.body));
        let other = signatures.find(|signature| *signature != own);
        sign(delivery, &other.unwrap_or_default());
    });
    rows.breaks(["webhook.repeated"]);
    rows.delivery("a webhook is not sent again", |_, delivery| {
        delivery.retry = false
    });
    rows.breaks(["webhook.sent"]);
    rows.delivery("a webhook has the status before", |change, delivery| {
        replace(delivery, change, &change.status, &change.before);
    });
    rows.delivery("a webhook is about another customer", |change, delivery| {
        replace(delivery, change, &change.reference, UNKNOWN);
    });
    rows.webhooks("no webhook is sent", |_, deliveries| deliveries.clear());
}

impl Rows<'_> {
    /// Changes each delivery of an event.
    pub(super) fn delivery(&mut self, name: &str, edit: fn(&StatusChange, &mut Delivery)) {
        self.webhooks(name, move |change, deliveries| {
            deliveries.iter_mut().for_each(|own| edit(change, own));
        });
    }
}

/// Replaces a text wherever it stands in a delivery, which is signed again.
///
/// The signature is right for the new body: what is wrong is the event, not who sent it.
pub(super) fn replace(delivery: &mut Delivery, change: &StatusChange, text: &str, other: &str) {
    let body = String::from_utf8_lossy(&delivery.body).replace(text, other);
    delivery.body = body.into();
    sign(delivery, &change.webhook.signature(&delivery.body));
}

/// Replaces the signature of a delivery.
fn sign(delivery: &mut Delivery, signature: &str) {
    if let Ok(value) = HeaderValue::from_str(signature) {
        delivery.headers.insert(WEBHOOK_SIGNATURE, value);
    }
}
