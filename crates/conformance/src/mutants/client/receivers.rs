//! Services that receive webhooks in a wrong way.

use bvnk::webhook::{Event, VerificationError, Verifier};
use bvnk_simulator::webhook::{Signing, signature};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue};

use super::Rows;
use crate::checks::{WEBHOOK_PATH, WEBHOOK_SECRET};
use crate::receiver::WebhookReceiver;

const SIGNATURE: HeaderName = HeaderName::from_static("x-signature");
const JSON: &str = "application/json";

/// How a delivery is taken for an event, or rejected.
type Verify = fn(&Verifier, &HeaderMap, &[u8]) -> Result<Event, VerificationError>;

const VERIFY: [(&str, &str, Verify); 4] = [
    (
        "accepts a webhook without a signature",
        "webhook.signed",
        |verifier, headers, body| match headers.contains_key(SIGNATURE) {
            true => verifier.verify(headers, body),
            false => believe(verifier, headers, body),
        },
    ),
    (
        "accepts a webhook with any signature",
        "webhook.signed",
        |verifier, headers, body| match headers.contains_key(SIGNATURE) {
            true => believe(verifier, headers, body),
            false => verifier.verify(headers, body),
        },
    ),
    (
        "accepts a webhook with another media type than was signed",
        "webhook.signed",
        |verifier, headers, body| {
            let mut headers = headers.clone();
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(JSON));
            verifier.verify(&headers, body)
        },
    ),
    (
        "accepts a webhook that is signed in the other scheme",
        "webhook.schemes",
        |verifier, headers, body| {
            let given = headers.get(SIGNATURE).map(HeaderValue::as_bytes);
            let signed = |signing| given == Some(sign(signing, body).as_bytes());
            match signed(Signing::UrlPath) || signed(Signing::Payload) {
                true => believe(verifier, headers, body),
                false => verifier.verify(headers, body),
            }
        },
    ),
];

pub(super) fn rows(rows: &mut Rows<'_>) {
    let own = WebhookReceiver::default();
    for (name, clause, verify) in VERIFY {
        rows.receiver(name, &[clause], WebhookReceiver { verify, ..own });
    }
    rows.receiver(
        "handles a webhook each time that it arrives",
        &["webhook.once"],
        WebhookReceiver {
            is_new: |_, _| true,
            ..own
        },
    );
    rows.receiver(
        "handles no webhook",
        &["webhook.sent"],
        WebhookReceiver {
            is_new: |_, _| false,
            ..own
        },
    );
    rows.receiver(
        "does not publish what a webhook reports",
        &["webhook.sent"],
        WebhookReceiver {
            publish: |_, _, _| {},
            ..own
        },
    );
    rows.receiver(
        "publishes the first webhook of a customer only",
        &["webhook.sent"],
        WebhookReceiver {
            publish: |updates, before, event| {
                if before == 0 {
                    updates.publish(event);
                }
            },
            ..own
        },
    );
    rows.receiver(
        "ends a wait with a webhook about another customer",
        &["webhook.own-customer"],
        WebhookReceiver {
            wait_for: |all, wanted| all.first().map_or(wanted, String::as_str),
            ..own
        },
    );
}

/// Takes a delivery for genuine, whatever its signature.
fn believe(
    verifier: &Verifier,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Event, VerificationError> {
    let mut rejected = verifier.verify(headers, body);
    for signing in [Signing::UrlPath, Signing::Payload] {
        let mut headers = headers.clone();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(JSON));
        if let Ok(signature) = sign(signing, body).parse() {
            headers.insert(SIGNATURE, signature);
        }
        rejected = verifier.verify(&headers, body);
        if rejected.is_ok() {
            break;
        }
    }
    rejected
}

fn sign(signing: Signing, body: &[u8]) -> String {
    signature(signing, WEBHOOK_SECRET, WEBHOOK_PATH, JSON, body)
}
