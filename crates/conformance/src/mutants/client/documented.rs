//! Clients that are wrong about one documented fact of this API.

use super::Rows;
use super::answers::replaced;
use crate::receiver::WebhookReceiver;

pub(super) fn rows(rows: &mut Rows<'_>) {
    // The page's two spellings of one status.
    for (spelling, other) in [
        ("PENDING_VERIFICATION", "UNSUCCESSFUL"),
        ("VERIFICATION_PENDING", "UNSUCCESSFUL"),
        ("VERIFICATION_PENDING", "REJECTED"),
    ] {
        let clauses = ["settled.pending-alike", "settled.pending"];
        let name = format!("reads {spelling} as {other}");
        rows.client(
            name,
            &clauses,
            replaced(format!("\"{spelling}\""), format!("\"{other}\"")),
        );
    }
    rows.client(
        "never reads VERIFIED",
        &["flow.verified", "settled.pending-alike"],
        replaced("\"VERIFIED\"".to_owned(), "\"UNSUCCESSFUL\"".to_owned()),
    );
    let own = WebhookReceiver::default();
    rows.receiver(
        "knows one name of an event only",
        &["webhook.events", "webhook.sent"],
        WebhookReceiver {
            publish: |updates, _, event| {
                if event.name() == "bvnk:platform:customer:status-change" {
                    updates.publish(event);
                }
            },
            ..own
        },
    );
    rows.receiver(
        "ignores an end that comes first",
        &["webhook.order"],
        WebhookReceiver {
            publish: |updates, before, event| {
                let ends = event
                    .customer()
                    .is_some_and(|customer| customer.status.is_terminal());
                if before > 0 || !ends {
                    updates.publish(event);
                }
            },
            ..own
        },
    );
    rows.receiver(
        "fails for an unknown event",
        &["webhook.unknown-event"],
        WebhookReceiver {
            verify: |verifier, headers, body| {
                let event = verifier.verify(headers, body)?;
                match event.name().ends_with("status-change") {
                    true => Ok(event),
                    // Any error will do.
                    false => verifier.verify(&http::HeaderMap::new(), body),
                }
            },
            ..own
        },
    );
}
