//! Decides which event is sent when: at once, and after a failure again with growing delays.

use std::collections::{BTreeMap, VecDeque};

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{Delivery, EventName, Webhook, WebhookFault, signature};
use crate::state::Change;

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
    pub(crate) webhook: Option<Webhook>,
    /// The fault of every event, and in its place those of the next ones.
    pub(crate) fault: Option<WebhookFault>,
    pub(crate) script: VecDeque<WebhookFault>,
    /// Counts events and deliveries; it makes ids, and orders what is due at the same time.
    serial: u64,
    waiting: BTreeMap<(u64, u64), Delivery>,
    pub(crate) in_flight: usize,
}

impl Dispatcher {
    pub(crate) fn new(webhook: Option<Webhook>) -> Self {
        Self {
            webhook,
            ..Self::default()
        }
    }

    /// When something is due next.
    pub(crate) fn next(&self) -> Option<u64> {
        self.waiting.keys().next().map(|(due, _)| *due)
    }

    /// The deliveries that report a change, with the names of reference and status; none if
    /// there is no webhook.
    pub(crate) fn deliveries(
        &mut self,
        change: &Change,
        identity: &str,
        status: &str,
    ) -> Option<(Webhook, Vec<Delivery>)> {
        let webhook = self.webhook.clone()?;
        self.serial += 1;
        let (mut event, identity) = match webhook.event {
            EventName::Accounts => ("platform:accounts:customer:status-change", identity),
            EventName::Platform => ("bvnk:platform:customer:status-change", identity),
            EventName::Customers => ("bvnk:customers:status-change", "customerId"),
        };
        let (mut reference, mut secret) = (change.reference.as_str(), webhook.secret.0.as_str());
        let (mut zone, mut due, mut copies) = ("Z", change.now, 1);
        let fault = self.script.pop_front().or(self.fault);
        match fault {
            None | Some(WebhookFault::Unsigned) => {}
            Some(WebhookFault::UnknownEvent) => event = "bvnk:simulator:undocumented",
            Some(WebhookFault::OtherCustomer) => reference = "00000000-0000-4000-8000-000000000000",
            Some(WebhookFault::ZonelessTimestamp) => zone = "",
            Some(WebhookFault::OtherSecret) => secret = "another secret",
            Some(WebhookFault::Late) => due = due.saturating_add(LATE),
            Some(WebhookFault::Reversed) => due = (due / MINUTE).saturating_add(1) * MINUTE,
            Some(WebhookFault::Duplicate) => copies = 2,
            Some(WebhookFault::Lost) => copies = 0,
        }
        let data = [(identity, reference), (status, change.status.as_str())];
        let data = data.map(|(name, text)| (name.to_owned(), Value::from(text)));
        // Not random, so that a run can be repeated.
        let id = format!("{reference} {}", self.serial);
        let body = json!({
            "event": event,
            "eventId": Uuid::new_v5(&Uuid::NAMESPACE_OID, id.as_bytes()).to_string(),
            "timestamp": timestamp(change.now, self.serial, zone),
            "data": Map::from_iter(data),
        });
        let body = Bytes::from(body.to_string());
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(JSON));
        let authority = &webhook.authority.0;
        if let Ok(host) = authority.as_str().parse() {
            headers.insert(HOST, host);
        }
        let signature = signature(webhook.signing, secret, &webhook.path, JSON, &body);
        if let (Ok(signature), false) = (signature.parse(), fault == Some(WebhookFault::Unsigned)) {
            headers.insert(SIGNATURE, signature);
        }
        let delivery = Delivery {
            due,
            host: authority.host().trim_matches(['[', ']']).to_owned(),
            port: authority.port_u16().unwrap_or(80),
            target: webhook.target.0.clone(),
            headers,
            body,
            retry: true,
            reversed: fault == Some(WebhookFault::Reversed),
            repeats: 0,
        };
        Some((webhook, vec![delivery; copies]))
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
fn timestamp(now: u64, serial: u64, zone: &str) -> Value {
    let seconds = i64::try_from(now).ok();
    let time = seconds.and_then(|now| Timestamp::from_second(now).ok());
    time.map_or(Value::Null, |time| {
        let time = time.to_string();
        let nanoseconds = serial % 1_000_000_000;
        format!("{}.{nanoseconds:09}{zone}", time.trim_end_matches('Z')).into()
    })
}
