//! Servers that are wrong about one documented fact of this API.

use super::{Rows, edit, webhooks::replace};

pub(super) fn rows(rows: &mut Rows<'_>) {
    // The statuses of the page, in another order.
    rows.json("a pending agreement follows a pending verification", &["flow.forward"], |context, body| {
        let steps = context.reference.and_then(|own| context.state.customer(own)).map_or(0, |own| own.steps());
        edit(body, context.status, |status| {
            if steps == 0 && *status == "PENDING_AGREEMENTS" {
                *status = "PENDING_VERIFICATION".into();
            }
        });
    });
    rows.json("a customer is shown as verified at once, and is pending later", &["flow.forward"], |context, body| {
        if context.created {
            edit(body, context.status, |status| *status = "VERIFIED".into());
        }
    });
    rows.sent("an event that is sent twice has two ids", &["webhook.once"], |change, deliveries| {
        for mut delivery in deliveries.clone() {
            let body: serde_json::Value = serde_json::from_slice(&delivery.body).unwrap_or_default();
            let id = body["eventId"].as_str().unwrap_or_default().to_owned();
            let other: String = id.chars().rev().collect();
            replace(&mut delivery, change, &id, &other);
            deliveries.push(delivery);
        }
    });
    rows.sent("a webhook has no time", &["webhook.events"], |change, deliveries| {
        for delivery in deliveries {
            replace(delivery, change, "\"timestamp\"", "\"time\"");
        }
    });
}
