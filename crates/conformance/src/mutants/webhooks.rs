//! Mutants of webhooks: the simulator's faults in sending them, and a listener with one of
//! the client's parts bent.

use bvnk::webhook::{Event, Refusal, Verifier};
use bvnk_simulator::webhook::{Signing, WebhookFault, signature};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue};

use super::{Family, Mutant, Way};
use crate::listener::{Listener, PATH, SECRET, WHOLE};

const SIGNATURE: HeaderName = HeaderName::from_static("x-signature");
const JSON: &str = "application/json";

/// What is sent, with the clauses that break. Missing are faults that break none, for nobody
/// promises an order, a time, a zone, or a single delivery.
const SENT: [(WebhookFault, &[&str]); 10] = [
    (WebhookFault::Unsigned, &["webhook.signed"]),
    (WebhookFault::OtherBytes, &["webhook.signed"]),
    (WebhookFault::OtherSecret, &["webhook.signed"]),
    (WebhookFault::OtherScheme, &["webhook.schemes"]),
    (WebhookFault::Lost, &["webhook.told"]),
    (WebhookFault::NoRetry, &["webhook.repeated"]),
    (WebhookFault::FreshId, &["webhook.once"]),
    (WebhookFault::UnknownEvent, &["webhook.events"]),
    (WebhookFault::OtherCustomer, &["webhook.told"]),
    (WebhookFault::PreviousStatus, &["webhook.told"]),
];

/// Who listens, with the clauses that break.
const READ: [(&str, &[&str], Listener); 10] = [
    (
        "webhook-unsigned-taken",
        &["webhook.signed"],
        Listener {
            verify: |verifier, headers, body| match headers.contains_key(SIGNATURE) {
                true => verifier.event(headers, body),
                false => believe(verifier, headers, body),
            },
            ..WHOLE
        },
    ),
    (
        "webhook-signature-not-compared",
        &["webhook.signed"],
        Listener {
            verify: |verifier, headers, body| match headers.contains_key(SIGNATURE) {
                true => believe(verifier, headers, body),
                false => Err(Refusal::Unsigned),
            },
            ..WHOLE
        },
    ),
    (
        "webhook-content-type-not-covered",
        &["webhook.signed"],
        Listener {
            verify: |verifier, headers, body| {
                let mut headers = headers.clone();
                headers.insert(CONTENT_TYPE, HeaderValue::from_static(JSON));
                verifier.event(&headers, body)
            },
            ..WHOLE
        },
    ),
    (
        "webhook-of-either-scheme-taken",
        &["webhook.schemes"],
        Listener {
            verify: |verifier, headers, body| {
                let given = headers.get(SIGNATURE).map(HeaderValue::as_bytes);
                let signed = |signing| given == Some(sign(signing, body).as_bytes());
                match signed(Signing::Url) || signed(Signing::Payload) {
                    true => believe(verifier, headers, body),
                    false => verifier.event(headers, body),
                }
            },
            ..WHOLE
        },
    ),
    (
        "webhook-handled-again",
        &["webhook.once"],
        Listener {
            is_first: |_, _| true,
            ..WHOLE
        },
    ),
    (
        "webhook-unknown-event-fails",
        &["webhook.unknown-event"],
        Listener {
            verify: |verifier, headers, body| {
                let event = verifier.event(headers, body)?;
                match event.customer() {
                    Some(_) => Ok(event),
                    None => Err(Refusal::NoEvent),
                }
            },
            ..WHOLE
        },
    ),
    (
        "webhook-of-one-name-known",
        &["webhook.events"],
        Listener {
            tell: |changes, _, event| {
                if event.name() == "bvnk:platform:customer:status-change" {
                    changes.tell(event);
                }
            },
            ..WHOLE
        },
    ),
    (
        "webhook-order-trusted",
        &["webhook.order"],
        Listener {
            // An end that comes before anything else cannot be one.
            tell: |changes, before, event| {
                let ends = event.customer().is_some_and(|it| it.status.is_terminal());
                if before > 0 || !ends {
                    changes.tell(event);
                }
            },
            ..WHOLE
        },
    ),
    (
        "webhook-of-another-ends-a-wait",
        &["webhook.own-customer"],
        Listener {
            whom: |all, wanted| all.first().map_or(wanted, String::as_str),
            ..WHOLE
        },
    ),
    (
        "webhook-passed-on-to-nobody",
        &["webhook.told"],
        Listener {
            tell: |_, _, _| {},
            ..WHOLE
        },
    ),
];

pub(super) fn mutants() -> Vec<Mutant> {
    let owned = |clauses: &[&str]| clauses.iter().map(|id| (*id).to_owned()).collect();
    let sent = SENT.iter().map(|(fault, clauses)| Mutant {
        family: Family::Server,
        name: fault.to_string(),
        place: format!("the server's webhooks, by their fault {fault}"),
        clauses: owned(clauses),
        equivalent: None,
        way: Way::Webhooks(*fault),
    });
    let read = READ.iter().map(|(name, clauses, listener)| Mutant {
        family: Family::Client,
        name: (*name).to_owned(),
        place: format!("the client: {}", name.replace('-', " ")),
        clauses: owned(clauses),
        equivalent: None,
        way: Way::Listener(*listener),
    });
    sent.chain(read).collect()
}

/// Takes a delivery as if it were signed rightly, by whichever scheme.
fn believe(verifier: &Verifier, headers: &HeaderMap, body: &[u8]) -> Result<Event, Refusal> {
    let mut refused = Err(Refusal::Signature);
    for signing in [Signing::Url, Signing::Payload] {
        let mut headers = headers.clone();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(JSON));
        if let Ok(signature) = sign(signing, body).parse() {
            headers.insert(SIGNATURE, signature);
        }
        refused = verifier.event(&headers, body);
        if refused.is_ok() {
            break;
        }
    }
    refused
}

fn sign(signing: Signing, body: &[u8]) -> String {
    signature(signing, SECRET, PATH, JSON, body)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A new fault is a mutant, or is said to break nothing.
    #[test]
    fn no_fault_is_forgotten() {
        let legal = [
            WebhookFault::Duplicate,
            WebhookFault::Reordered,
            WebhookFault::Late,
            WebhookFault::ZonelessTime,
        ];
        for fault in WebhookFault::ALL {
            let broken = SENT.iter().any(|(one, _)| one == fault);
            assert_ne!(broken, legal.contains(fault), "{fault}");
        }
    }
}
