//! Services that receive webhooks in a wrong way.
//!
//! A row replaces one step of a [`crate::WebhookReceiver`]: whether a delivery is genuine, whether it
//! is new, what is published to waiters, or which customer is waited for.

use bvnk::webhook::{Event, VerificationError, Verifier};
use bvnk_simulator::webhook::{Signing, Webhook};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue};

use super::Rows;
use crate::checks::{WEBHOOK_SECRET, WEBHOOK_SIGNATURE, WEBHOOK_URL};

/// The one media type that deliveries have.
const JSON: &str = "application/json";

/// Adds all rows of this file.
pub(super) fn rows(rows: &mut Rows<'_>) {
    rows.breaks(["webhook.signed"]);
    rows.receiver("accepts any webhook", |service| service.verify = accept_any);
    rows.receiver("accepts a webhook of any media type", |service| {
        service.verify = |verifier, headers, body| {
            let mut headers = headers.clone();
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(JSON));
            verifier.verify(&headers, body)
        }
    });
    rows.breaks(["webhook.schemes"]);
    rows.receiver("accepts a webhook in each scheme", |service| {
        service.verify = |verifier, headers, body| {
            let given = headers.get(WEBHOOK_SIGNATURE).map(HeaderValue::as_bytes);
            let mut schemes = [Signing::UrlPath, Signing::Payload].into_iter();
            match schemes.any(|scheme| given == Some(sign(scheme, body).as_bytes())) {
                true => accept_any(verifier, headers, body),
                false => verifier.verify(headers, body),
            }
        }
    });
    rows.breaks(["webhook.once"]);
    rows.receiver("handles a webhook each time that it arrives", |service| {
        service.is_new = |_, _| true
    });
    rows.breaks(["webhook.sent"]);
    rows.receiver("does not publish what a webhook reports", |service| {
        service.publish = |_, _, _| {}
    });
    rows.breaks(["webhook.own-customer"]);
    rows.receiver("waits for another customer", |service| {
        service.wait_for = |all, wanted| all.first().map_or(wanted, String::as_str)
    });
}

/// Takes a delivery for genuine, whatever its signature: it is signed again, in each scheme.
fn accept_any(
    verifier: &Verifier,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Event, VerificationError> {
    let mut result = verifier.verify(headers, body);
    for signing in [Signing::UrlPath, Signing::Payload] {
        let mut headers = headers.clone();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(JSON));
        if let Ok(signature) = sign(signing, body).parse() {
            headers.insert(WEBHOOK_SIGNATURE, signature);
        }
        result = result.or_else(|_| verifier.verify(&headers, body));
    }
    result
}

/// Returns the signature of a body in a scheme.
///
/// Empty if the webhook cannot be made, so that no delivery matches.
fn sign(signing: Signing, body: &[u8]) -> String {
    let webhook = Webhook::new(WEBHOOK_URL, WEBHOOK_SECRET);
    webhook.map_or_else(
        |_| String::new(),
        |webhook| webhook.signing(signing).signature(body),
    )
}
