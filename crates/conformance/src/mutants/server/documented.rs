//! Servers that are wrong about one documented fact of this API.

use super::{Rows, edit, webhooks::replace};

pub(super) fn rows(rows: &mut Rows<'_>) {
    rows.json(
        "a customer is shown as verified at once, and is pending later",
        &["flow.forward"],
        |context, body| {
            if context.created {
                edit(body, context.status, |status| *status = "VERIFIED".into());
            }
        },
    );
    rows.sent(
        "an event that is sent twice has two ids",
        &["webhook.once"],
        |change, deliveries| {
            for mut delivery in deliveries.clone() {
                let body: serde_json::Value =
                    serde_json::from_slice(&delivery.body).unwrap_or_default();
                let id = body["eventId"].as_str().unwrap_or_default().to_owned();
                let other: String = id.chars().rev().collect();
                replace(&mut delivery, change, &id, &other);
                deliveries.push(delivery);
            }
        },
    );
    rows.sent(
        "a webhook has no time",
        &["webhook.events"],
        |change, deliveries| {
            for delivery in deliveries {
                replace(delivery, change, "\"timestamp\"", "\"time\"");
            }
        },
    );
}
