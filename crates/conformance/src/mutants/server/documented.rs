//! Servers that are wrong about one documented fact of this API.
//!
//! They replace texts of webhooks as the documentation shows them, such as `eventId`.

use serde_json::Value;

use super::Rows;
use super::webhooks::replace;

/// Adds all rows of this file.
pub(super) fn rows(rows: &mut Rows<'_>) {
    rows.breaks(["webhook.once"]);
    rows.webhooks("an event sent twice has two ids", |change, deliveries| {
        for mut delivery in deliveries.clone() {
            let body: Value = serde_json::from_slice(&delivery.body).unwrap_or_default();
            let id = body["eventId"].as_str().unwrap_or_default();
            let other: String = id.chars().rev().collect();
            replace(&mut delivery, change, id, &other);
            deliveries.push(delivery);
        }
    });
    rows.breaks(["webhook.events"]);
    rows.delivery("a webhook has no time", |change, delivery| {
        replace(delivery, change, "\"timestamp\"", "\"time\"");
    });
}
