//! Servers whose webhooks are wrong.

use bvnk_simulator::webhook::{Delivery, Signing, StatusChange, WebhookFault, signature};
use http::{HeaderName, HeaderValue};

use super::Rows;

const SIGNATURE: HeaderName = HeaderName::from_static("x-signature");
const JSON: &str = "application/json";

pub(super) fn rows(rows: &mut Rows<'_>) {
    let faults: [(&str, &[&str], WebhookFault); 4] = [
        (
            "a webhook has no signature",
            &["webhook.signed"],
            WebhookFault::Unsigned,
        ),
        (
            "a webhook is signed with another secret",
            &["webhook.signed"],
            WebhookFault::OtherSecret,
        ),
        ("no webhook is sent", &["webhook.sent"], WebhookFault::Lost),
        (
            "a webhook is about another customer",
            &["webhook.sent"],
            WebhookFault::OtherCustomer,
        ),
    ];
    for (name, clauses, fault) in faults {
        rows.webhooks(name, clauses, fault);
    }
    rows.sent(
        "a webhook has another byte than was signed",
        &["webhook.signed"],
        |_, deliveries| {
            for delivery in deliveries {
                delivery.body = [&delivery.body[..], b" "].concat().into();
            }
        },
    );
    rows.sent(
        "a webhook is signed in the other scheme",
        &["webhook.schemes"],
        |change, deliveries| {
            for delivery in deliveries {
                let other = match change.webhook.signature(&delivery.body).len() {
                    64 => Signing::Payload,
                    _ => Signing::UrlPath,
                };
                let webhook = &change.webhook;
                sign(
                    delivery,
                    &signature(
                        other,
                        webhook.secret(),
                        webhook.path(),
                        JSON,
                        &delivery.body.clone(),
                    ),
                );
            }
        },
    );
    rows.sent(
        "a webhook is not sent again",
        &["webhook.repeated"],
        |_, deliveries| {
            deliveries
                .iter_mut()
                .for_each(|delivery| delivery.retry = false);
        },
    );
    rows.sent(
        "a webhook has the status before the change",
        &["webhook.sent"],
        |change, deliveries| {
            for delivery in deliveries {
                replace(
                    delivery,
                    change,
                    &format!("\"{}\"", change.status),
                    &format!("\"{}\"", change.before),
                );
            }
        },
    );
    rows.sent("every second webhook is not sent", &["webhook.sent"], {
        let mut number = 0;
        move |_, deliveries| {
            number += 1;
            if number % 2 == 0 {
                deliveries.clear();
            }
        }
    });
}

/// Replaces a text in a delivery, which is signed again.
pub(super) fn replace(delivery: &mut Delivery, change: &StatusChange, text: &str, other: &str) {
    let body = String::from_utf8_lossy(&delivery.body).replacen(text, other, 1);
    sign(delivery, &change.webhook.signature(body.as_bytes()));
    delivery.body = body.into();
}

fn sign(delivery: &mut Delivery, signature: &str) {
    if let Ok(value) = HeaderValue::from_str(signature) {
        delivery.headers.insert(SIGNATURE, value);
    }
}
