//! The content of a verified delivery, decoded as tolerantly as any response.
//!
//! An [`Event`] is created only from bytes whose signature was verified.

use std::fmt;

use bvnk_gen::{DateTime, Escaped, Extra, from_json_lenient, tracking};
use serde_json::Value;

/// Members of `data` that name the customer, the preferred one first. One of the vendor's
/// events uses the second.
const REFERENCES: [&str; 2] = [tracking::REFERENCE, "customerId"];

/// A verified event. Only a [`Verifier`](super::Verifier) creates one.
///
/// `Debug` shows its name, its id and the customer's reference and status. The rest may be
/// about a person and is reached by name, with [`data`](Self::data).
#[derive(Clone)]
pub struct Event {
    name: String,
    id: String,
    timestamp: Option<DateTime>,
    data: Extra,
    customer: Option<CustomerChange>,
}

impl Event {
    /// Decodes a payload; `None` if it is not a JSON object. `signature` identifies an event
    /// without an id: when it is delivered again, its bytes and so its signature are the same.
    ///
    /// Members are kept as JSON text, so that memory does not grow with their number.
    pub(super) fn read(payload: &[u8], signature: &[u8]) -> Option<Self> {
        let members: Extra = from_json_lenient(payload).ok()?;
        let name = text(&members, "event").unwrap_or_default();
        let data = members.text("data");
        let data = data.and_then(|json| from_json_lenient(json.as_bytes()).ok());
        let data: Extra = data.unwrap_or_default();
        Some(Self {
            id: text(&members, "eventId").unwrap_or_else(|| by_signature(signature)),
            timestamp: text(&members, "timestamp").as_deref().and_then(time),
            customer: CustomerChange::new(&name, &data),
            name,
            data,
        })
    }

    /// Returns the event's name, such as `platform:accounts:customer:status-change`; empty
    /// if it has none. The vendor changes names: an unknown one is not an error.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the event's id. Each delivery of one event has the same: see
    /// [`Deduplicator`](super::Deduplicator).
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns when it happened, if the event has a time in a known form. A time without a
    /// zone is read as UTC.
    pub fn timestamp(&self) -> Option<DateTime> {
        self.timestamp
    }

    /// Returns the change of a customer, if the event has the shape of one: a customer's
    /// reference and a status under `data`. The name does not matter, as names change.
    pub fn customer(&self) -> Option<&CustomerChange> {
        self.customer.as_ref()
    }

    /// Returns the members of its `data`; none if that is not an object. They may hold
    /// personal data: keep them out of logs.
    pub fn data(&self) -> &Extra {
        &self.data
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("name", &Escaped::new(&self.name))
            .field("id", &Escaped::new(&self.id))
            .field("customer", &self.customer)
            .finish_non_exhaustive()
    }
}

/// Whether an event of this name reports the status of the customer itself, as
/// `…:customer:status-change` does. Events about a customer's documents or agreements may
/// have the shape of one, with the status of the document.
fn is_status_change(name: &str) -> bool {
    let mut segments = name.rsplit(':');
    segments.next() == Some("status-change")
        && segments
            .next()
            .is_some_and(|subject| matches!(subject, "customer" | "customers"))
}

/// A status that an event reported of a customer. It may be that of one of the customer's documents
/// or agreements, and the customer's current status another one: fetch the customer, unless the event
/// [ends the verification](Self::ends_verification).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct CustomerChange {
    /// The customer's reference.
    pub reference: tracking::Reference,
    /// The status, perhaps that of a document.
    pub status: tracking::Status,
    data: Extra,
    /// Whether the event's name says that the status is the customer's.
    conclusive: bool,
}

impl CustomerChange {
    /// Recognises the shape: a reference and a status in an event's `data`.
    fn new(name: &str, data: &Extra) -> Option<Self> {
        Some(Self {
            reference: REFERENCES
                .into_iter()
                .find_map(|member| text(data, member)?.parse().ok())?,
            status: text(data, tracking::STATUS)?.parse().ok()?,
            data: data.clone(),
            conclusive: is_status_change(name),
        })
    }

    /// Whether the event proves that the verification is over: its status is terminal, and by its
    /// name that of the customer.
    pub fn ends_verification(&self) -> bool {
        self.conclusive && self.status.is_terminal()
    }

    /// Returns the customer as a response would have it; `None` if the contract requires
    /// more of a response than events have.
    pub(super) fn customer(&self) -> Option<tracking::Object> {
        let mut members = self.data.to_map();
        members.retain(|name, _| !REFERENCES.contains(&name.as_str()));
        // A text, or a number where the contract has one.
        let reference = self.reference.as_str();
        let values = [Some(reference.into()), serde_json::from_str(reference).ok()];
        values.into_iter().flatten().find_map(|value| {
            members.insert(tracking::REFERENCE.into(), value);
            serde_json::from_value(Value::Object(members.clone())).ok()
        })
    }
}

/// Returns a member that is a text and not empty.
fn text(members: &Extra, name: &str) -> Option<String> {
    let text: String = members.get_as(name)?.ok()?;
    Some(text).filter(|text| !text.is_empty())
}

/// A time with a zone, or else in UTC.
fn time(text: &str) -> Option<DateTime> {
    let zoned = || format!("{text}Z").parse();
    text.parse().or_else(|_| zoned()).ok()
}

fn by_signature(signature: &[u8]) -> String {
    let digits = signature.iter().map(|byte| format!("{byte:02x}"));
    std::iter::once("signature:".to_owned())
        .chain(digits)
        .collect()
}
