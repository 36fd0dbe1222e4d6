//! Which event is sent when: at once, and after a failure again with growing delays.
//!
//! It must not know customers or connections: it is told of changes and of answers.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use bytes::Bytes;
use chrono::DateTime;
use http::header::{CONTENT_TYPE, HOST};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::sign::signature;
use super::{Attempt, EventForm, Signing, Webhook, WebhookFault};

const SIGNATURE: HeaderName = HeaderName::from_static("x-signature");
const JSON: &str = "application/json";

/// How often an event is sent again, and the longest delay before, in seconds. The vendor
/// documents these two; that the delays begin with a second and double is ours.
const MOST_REPEATS: u32 = 100;
const LONGEST_DELAY: u64 = 15 * 60;

/// How late [`WebhookFault::Late`] is, and what [`WebhookFault::Reordered`] reverses.
const LATE: u64 = 60 * 60;
const MINUTE: u64 = 60;

/// A change of a customer's status.
pub(crate) struct Change<'a> {
    pub(crate) reference: &'a str,
    pub(crate) before: &'a str,
    pub(crate) status: &'a str,
}

/// An event on its way.
#[derive(Clone)]
pub(super) struct Letter {
    body: Bytes,
    fault: Option<WebhookFault>,
    /// How often it was sent already.
    pub(super) sent: u32,
}

/// What is to be sent, and who moves on by itself.
#[derive(Default)]
pub(crate) struct Outbox {
    webhook: Option<Webhook>,
    fault: Option<WebhookFault>,
    script: VecDeque<WebhookFault>,
    /// Counts events and sendings; it makes ids, and the order of what is due together.
    serial: u64,
    waiting: BTreeMap<(u64, u64), Letter>,
    in_flight: usize,
    /// When which customer moves on.
    steps: BTreeSet<(u64, String)>,
}

impl Outbox {
    pub(crate) fn new(webhook: Option<Webhook>) -> Self {
        Self {
            webhook,
            ..Self::default()
        }
    }

    pub(crate) fn set_fault(&mut self, fault: Option<WebhookFault>) {
        self.fault = fault;
    }

    pub(crate) fn push_fault(&mut self, fault: WebhookFault) {
        self.script.push_back(fault);
    }

    pub(crate) fn is_used(&self) -> bool {
        self.webhook.is_some()
    }

    pub(crate) fn in_flight(&self) -> usize {
        self.in_flight
    }

    /// A customer is there that moves on by itself, if customers do.
    pub(crate) fn follow(&mut self, reference: &str, now: u64) {
        if let Some(pace) = self.webhook.as_ref().and_then(|webhook| webhook.pace) {
            let then = now.saturating_add(pace);
            self.steps.insert((then, reference.to_owned()));
        }
    }

    /// Takes out a customer that has to move on by `now`, and when.
    pub(crate) fn step(&mut self, now: u64) -> Option<(u64, String)> {
        let due = self.steps.first().is_some_and(|(at, _)| *at <= now);
        due.then(|| self.steps.pop_first()).flatten()
    }

    /// When there is something to do next.
    pub(crate) fn next(&self) -> Option<u64> {
        let step = self.steps.first().map(|(at, _)| *at);
        let letter = self.waiting.keys().next().map(|(at, _)| *at);
        step.into_iter().chain(letter).min()
    }

    /// Makes an event of a change.
    pub(crate) fn post(&mut self, change: &Change<'_>, now: u64) {
        let Some(form) = self.webhook.as_ref().map(|webhook| webhook.form) else {
            return;
        };
        let fault = self.script.pop_front().or(self.fault);
        let first = self.write(form, change, fault, now);
        let copies = match fault {
            Some(WebhookFault::Lost) => return,
            Some(WebhookFault::Duplicate) => vec![first.clone(), first],
            Some(WebhookFault::FreshId) => {
                let second = self.write(form, change, fault, now);
                vec![first, second]
            }
            _ => vec![first],
        };
        for body in copies {
            let letter = Letter {
                body,
                fault,
                sent: 0,
            };
            let order = self.count();
            let place = match fault {
                Some(WebhookFault::Late) => (now.saturating_add(LATE), order),
                Some(WebhookFault::Reordered) => {
                    ((now / MINUTE).saturating_add(1) * MINUTE, u64::MAX - order)
                }
                _ => (now, order),
            };
            self.waiting.insert(place, letter);
        }
    }

    /// Takes out what is due by `now`, in order.
    pub(crate) fn due(&mut self, now: u64) -> Vec<Attempt> {
        let Some(webhook) = &self.webhook else {
            return Vec::new();
        };
        let later = self.waiting.split_off(&(now.saturating_add(1), 0));
        let due = std::mem::replace(&mut self.waiting, later);
        self.in_flight += due.len();
        due.into_values()
            .map(|letter| webhook.attempt(letter))
            .collect()
    }

    /// What became of an attempt; `None` if there was no answer in time.
    pub(crate) fn answered(&mut self, attempt: Attempt, answer: Option<StatusCode>, now: u64) {
        self.in_flight = self.in_flight.saturating_sub(1);
        let mut letter = attempt.letter;
        // 200 and nothing else: that is what the vendor documents.
        let taken = answer == Some(StatusCode::OK);
        let given_up = letter.sent >= MOST_REPEATS || letter.fault == Some(WebhookFault::NoRetry);
        if taken || given_up {
            return;
        }
        let delay = 1_u64.checked_shl(letter.sent).unwrap_or(LONGEST_DELAY);
        letter.sent += 1;
        let place = (now.saturating_add(delay.min(LONGEST_DELAY)), self.count());
        self.waiting.insert(place, letter);
    }

    fn write(
        &mut self,
        form: EventForm,
        change: &Change<'_>,
        fault: Option<WebhookFault>,
        now: u64,
    ) -> Bytes {
        let serial = self.count();
        let (name, member) = match form {
            EventForm::Platform => ("bvnk:platform:customer:status-change", "reference"),
            EventForm::Customers => ("bvnk:customers:status-change", "customerId"),
        };
        let name = match fault {
            Some(WebhookFault::UnknownEvent) => "bvnk:simulator:nobody-knows-this",
            _ => name,
        };
        let reference = match fault {
            Some(WebhookFault::OtherCustomer) => "00000000-0000-4000-8000-000000000000",
            _ => change.reference,
        };
        let status = match fault {
            Some(WebhookFault::PreviousStatus) => change.before,
            _ => change.status,
        };
        let mut data = json!({ "status": status });
        data[member] = reference.into();
        // Not random: this part has no randomness, so that a run can be repeated.
        let id = format!("{reference} {serial}");
        let id = Uuid::new_v5(&Uuid::NAMESPACE_OID, id.as_bytes());
        let event = json!({
            "event": name,
            "eventId": id.to_string(),
            "timestamp": time(now, serial, fault),
            "data": data,
        });
        event.to_string().into()
    }

    fn count(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }
}

/// With nanoseconds, which do occur; the clock has none, so that the serial stands there.
fn time(now: u64, serial: u64, fault: Option<WebhookFault>) -> Value {
    let seconds = i64::try_from(now).unwrap_or(i64::MAX);
    let nanoseconds = u32::try_from(serial % 1_000_000_000).unwrap_or(0);
    let form = match fault {
        Some(WebhookFault::ZonelessTime) => "%Y-%m-%dT%H:%M:%S%.9f",
        _ => "%Y-%m-%dT%H:%M:%S%.9fZ",
    };
    DateTime::from_timestamp(seconds, nanoseconds)
        .map_or(Value::Null, |time| time.format(form).to_string().into())
}

impl Webhook {
    fn attempt(&self, letter: Letter) -> Attempt {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, self.header.clone());
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(JSON));
        let signature = self.signature(&letter).parse();
        if let (Ok(signature), false) = (signature, letter.fault == Some(WebhookFault::Unsigned)) {
            headers.insert(SIGNATURE, signature);
        }
        Attempt {
            host: self.authority.host().trim_matches(['[', ']']).to_owned(),
            port: self.authority.port_u16().unwrap_or(80),
            target: self.target.clone(),
            headers,
            body: letter.body.clone(),
            letter,
        }
    }

    fn signature(&self, letter: &Letter) -> String {
        let signing = match (letter.fault, self.signing) {
            (Some(WebhookFault::OtherScheme), Signing::Url) => Signing::Payload,
            (Some(WebhookFault::OtherScheme), Signing::Payload) => Signing::Url,
            (_, signing) => signing,
        };
        let secret = match letter.fault {
            Some(WebhookFault::OtherSecret) => "nobody's secret",
            _ => &self.secret,
        };
        let body: &[u8] = match letter.fault {
            Some(WebhookFault::OtherBytes) => b"{}",
            _ => &letter.body,
        };
        signature(signing, secret, &self.path, JSON, body)
    }
}
