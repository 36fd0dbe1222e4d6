//! Decides which event is sent when: at once, and after a failure again with growing delays.

use std::collections::{BTreeMap, VecDeque};

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{Delivery, EventName, StatusChange, WebhookFault};

const SIGNATURE: HeaderName = HeaderName::from_static("x-signature");
pub(super) const JSON: &str = "application/json";

/// How often an event is sent again, and the longest delay before, in seconds. The vendor
/// documents these two; that the delays begin with a second and double is our choice.
const MAX_REPEATS: u32 = 100;
const MAX_DELAY: u64 = 15 * 60;

/// How late [`WebhookFault::Late`] is, and the time whose events [`WebhookFault::Reversed`]
/// reverses, in seconds.
const LATE: u64 = 60 * 60;
const MINUTE: u64 = 60;

/// The deliveries that are to be made.
#[derive(Default)]
pub(crate) struct Dispatcher {
    /// The fault of every event, and in its place those of the next ones.
    pub(crate) fault: Option<WebhookFault>,
    pub(crate) script: VecDeque<WebhookFault>,
    /// Counts events and deliveries; it makes ids, and orders what is due at the same time.
    serial: u64,
    waiting: BTreeMap<(u64, u64), Delivery>,
    pub(crate) in_flight: usize,
}

impl Dispatcher {
    /// When something is due next.
    pub(crate) fn next(&self) -> Option<u64> {
        self.waiting.keys().next().map(|(due, _)| *due)
    }

    /// The deliveries that report a change: `data` is what the event says of the customer, but for
    /// reference and status, which are set under their names.
    pub(crate) fn deliveries(
        &mut self,
        change: &StatusChange,
        identity: &str,
        status: &str,
        mut data: Map<String, Value>,
    ) -> Vec<Delivery> {
        let fault = self.script.pop_front().or(self.fault);
        data.remove(identity);
        let (name, identity) = match change.webhook.event {
            EventName::Accounts => ("platform:accounts:customer:status-change", identity),
            EventName::Platform => ("bvnk:platform:customer:status-change", identity),
            EventName::Customers => ("bvnk:customers:status-change", "customerId"),
        };
        let reference = match fault {
            Some(WebhookFault::OtherCustomer) => "00000000-0000-4000-8000-000000000000",
            _ => &change.reference,
        };
        data.insert(identity.to_owned(), reference.into());
        data.insert(status.to_owned(), change.status.as_str().into());
        let mut event = self.delivery(change, fault, name, data.into());
        match fault {
            Some(WebhookFault::Lost) => return Vec::new(),
            Some(WebhookFault::Duplicate) => return vec![event.clone(), event],
            Some(WebhookFault::UnknownEvent) => {
                let data = json!({ "wallet": change.reference, "balance": 7 });
                let other = self.delivery(change, None, "bvnk:simulator:undocumented", data);
                return vec![other, event];
            }
            Some(WebhookFault::Late) => event.due = event.due.saturating_add(LATE),
            Some(WebhookFault::Reversed) => {
                event.due = (event.due / MINUTE).saturating_add(1) * MINUTE;
                event.reversed = true;
            }
            _ => {}
        }
        vec![event]
    }

    /// The delivery of an event, due at the time of the change.
    fn delivery(
        &mut self,
        change: &StatusChange,
        fault: Option<WebhookFault>,
        name: &str,
        data: Value,
    ) -> Delivery {
        self.serial += 1;
        let webhook = change.webhook.clone();
        // Not random, so that a run can be repeated.
        let id = format!("{} {}", change.reference, self.serial);
        let mut time = timestamp(change.now, self.serial);
        if fault == Some(WebhookFault::ZonelessTimestamp) {
            time.truncate(time.len().saturating_sub(1));
        }
        let body = json!({
            "event": name,
            "eventId": Uuid::new_v5(&Uuid::NAMESPACE_OID, id.as_bytes()).to_string(),
            "timestamp": time,
            "data": data,
        });
        let body = Bytes::from(body.to_string());
        let signature = match fault {
            Some(WebhookFault::OtherSecret) => webhook.signed_with("another secret", &body),
            _ => webhook.signature(&body),
        };
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(JSON));
        let signature = Some(signature).filter(|_| fault != Some(WebhookFault::Unsigned));
        let host = webhook.uri.0.authority().map(ToString::to_string);
        for (name, value) in [(HOST, host), (SIGNATURE, signature)] {
            headers.extend(value.and_then(|value| Some((name, value.parse().ok()?))));
        }
        Delivery {
            due: change.now,
            headers,
            body,
            retry: true,
            webhook,
            reversed: false,
            repeats: 0,
        }
    }

    /// Queues deliveries of one event.
    pub(crate) fn queue(&mut self, deliveries: Vec<Delivery>) {
        for delivery in deliveries {
            self.serial += 1;
            let order = match delivery.reversed {
                true => u64::MAX - self.serial,
                false => self.serial,
            };
            self.waiting.insert((delivery.due, order), delivery);
        }
    }

    /// Takes out what is due by `now`, in order.
    pub(crate) fn due(&mut self, now: u64) -> Vec<Delivery> {
        let later = self.waiting.split_off(&(now.saturating_add(1), 0));
        let due = std::mem::replace(&mut self.waiting, later);
        self.in_flight += due.len();
        due.into_values().collect()
    }

    /// Records the answer to a delivery; `None` if there was none in time.
    pub(crate) fn answered(
        &mut self,
        mut delivery: Delivery,
        answer: Option<StatusCode>,
        now: u64,
    ) {
        self.in_flight = self.in_flight.saturating_sub(1);
        // Only 200 is a success: the vendor documents it so.
        let done = answer == Some(StatusCode::OK);
        if done || !delivery.retry || delivery.repeats >= MAX_REPEATS {
            return;
        }
        let delay = 1_u64.checked_shl(delivery.repeats).unwrap_or(MAX_DELAY);
        delivery.repeats += 1;
        delivery.due = now.saturating_add(delay.min(MAX_DELAY));
        delivery.reversed = false;
        self.queue(vec![delivery]);
    }
}

/// With nanoseconds, which occur. The clock has none, so the serial number stands there.
fn timestamp(now: u64, serial: u64) -> String {
    let seconds = i64::try_from(now).unwrap_or(i64::MAX);
    let nanoseconds = i32::try_from(serial % 1_000_000_000).unwrap_or(0);
    let time = Timestamp::new(seconds, nanoseconds);
    time.map_or_else(|_| String::new(), |time| format!("{time:.9}"))
}
