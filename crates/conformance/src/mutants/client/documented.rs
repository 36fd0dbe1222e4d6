//! Clients that are wrong about one documented fact of this API.
//!
//! They name statuses and events of the documentation. With another contract, whose clauses are
//! others, these rows break nothing and are left out.

use super::Rows;

/// What any success may look like.
///
/// It has the members of this API's responses.
pub(super) const SUCCESS: &str = r#"{"reference":"another","status":"VERIFIED"}"#;

/// Adds all rows of this file.
pub(super) fn rows(rows: &mut Rows<'_>) {
    // The page's two spellings of one status, and the end that follows.
    rows.breaks(["settled.pending-alike", "settled.pending", "flow.verified"]);
    for status in ["PENDING_VERIFICATION", "VERIFICATION_PENDING", "VERIFIED"] {
        let name = format!("reads {status} as UNSUCCESSFUL");
        rows.replaced(name, status, "\"UNSUCCESSFUL\"");
    }
    rows.breaks(["webhook.events"]);
    rows.receiver("knows one name of an event only", |service| {
        service.publish = |updates, _, event| {
            if event.name() == "bvnk:platform:customer:status-change" {
                updates.publish(event);
            }
        }
    });
    rows.breaks(["webhook.order"]);
    rows.receiver("ignores an end that comes first", |service| {
        service.publish = |updates, before, event| {
            let customer = event.customer();
            if before > 0 || customer.is_none_or(|own| !own.status.is_terminal()) {
                updates.publish(event);
            }
        }
    });
    rows.breaks(["webhook.unknown-event"]);
    rows.receiver("fails for an unknown event", |service| {
        service.verify = |verifier, headers, body| {
            let event = verifier.verify(headers, body)?;
            match event.name().ends_with("status-change") {
                true => Ok(event),
                // Any error will do.
                false => verifier.verify(&http::HeaderMap::new(), body),
            }
        }
    });
}
