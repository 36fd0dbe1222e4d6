//! What a webhook tells, read as tolerantly as any answer.
//!
//! It must not know signatures: an [`Event`] is made of bytes that were verified.

use std::fmt;

use bvnk_gen::DateTime;
use bvnk_gen::types::{Customer, CustomerReference, CustomerStatus};
use serde_json::{Map, Value};

/// The events that tell a customer's status. `openapi/webhooks.yaml` has them too.
const CUSTOMER_EVENTS: [&str; 2] = [
    "bvnk:platform:customer:status-change",
    "bvnk:customers:status-change",
];

/// Where an event names its customer, in the order of preference.
const REFERENCES: [&str; 2] = ["reference", "customerId"];

/// An event that was verified. Only a [`Verifier`](super::Verifier) makes one.
///
/// `Debug` shows its name, its id and the customer's reference and status. What else it
/// holds may be about a person and is reached by name, with [`data`](Self::data).
#[derive(Clone)]
pub struct Event {
    name: String,
    id: String,
    timestamp: Option<DateTime>,
    data: Value,
    customer: Option<CustomerChange>,
}

impl Event {
    /// Reads a payload, or tells that it is no JSON object. `signature` names an event
    /// that has no id: its repetition is the same bytes, and so has the same signature.
    pub(super) fn read(payload: &[u8], signature: &[u8]) -> Option<Self> {
        let mut members: Map<String, Value> = serde_json::from_slice(payload).ok()?;
        let mut text = |name| match members.remove(name) {
            Some(Value::String(text)) if !text.is_empty() => Some(text),
            _ => None,
        };
        let name = text("event").unwrap_or_default();
        let id = text("eventId").unwrap_or_else(|| by_signature(signature));
        let timestamp = text("timestamp").as_deref().and_then(time);
        let data = members.remove("data").unwrap_or_default();
        let customer = CUSTOMER_EVENTS
            .contains(&name.as_str())
            .then(|| CustomerChange::of(&data))
            .flatten();
        Some(Self {
            name,
            id,
            timestamp,
            data,
            customer,
        })
    }

    /// The event's name, such as `bvnk:platform:customer:status-change`; empty if it has
    /// none. Names come and go: an unknown one is no error.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The event's id. Each delivery of one event has the same: see
    /// [`Seen`](super::Seen).
    pub fn id(&self) -> &str {
        &self.id
    }

    /// When it happened, if it says so in a form that is known. A time without a zone is
    /// taken for UTC.
    pub fn timestamp(&self) -> Option<DateTime> {
        self.timestamp
    }

    /// Which customer's status it tells. `None` for events about other things, and for a
    /// customer's event that leaves out who or what.
    pub fn customer(&self) -> Option<&CustomerChange> {
        self.customer.as_ref()
    }

    /// All of its `data`, raw. It may hold personal data: keep it out of logs.
    pub fn data(&self) -> &Value {
        &self.data
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("name", &self.name)
            .field("id", &self.id)
            .field("customer", &self.customer)
            .finish_non_exhaustive()
    }
}

/// A customer's status, as an event told it. By the time that it is read, the status may
/// be another.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct CustomerChange {
    /// Whose status it is.
    pub reference: CustomerReference,
    /// The status.
    pub status: CustomerStatus,
    data: Map<String, Value>,
}

impl CustomerChange {
    /// Reads an event's `data`. [`Event::customer`] has done that for the events that are
    /// known; this is for one whose name is new.
    ///
    /// ```
    /// use bvnk::webhook::CustomerChange;
    ///
    /// let data = serde_json::json!({"customerId": "c-1", "status": "ON_HOLD"});
    /// let change = CustomerChange::of(&data).unwrap();
    /// assert_eq!((&**change.reference, change.status.as_str()), ("c-1", "ON_HOLD"));
    /// ```
    pub fn of(data: &Value) -> Option<Self> {
        let data = data.as_object()?;
        let text = |name: &str| data.get(name)?.as_str();
        Some(Self {
            reference: REFERENCES
                .into_iter()
                .find_map(|name| text(name)?.parse().ok())?,
            status: text("status")?.into(),
            data: data.clone(),
        })
    }

    /// The customer as an answer would have it. `None` if the contract comes to demand
    /// more of an answer than events tell.
    pub(super) fn customer(&self) -> Option<Customer> {
        let mut members = self.data.clone();
        for name in REFERENCES {
            members.remove(name);
        }
        members.insert("reference".to_owned(), self.reference.as_str().into());
        serde_json::from_value(members.into()).ok()
    }
}

impl fmt::Debug for CustomerChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CustomerChange")
            .field("reference", &self.reference)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
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
