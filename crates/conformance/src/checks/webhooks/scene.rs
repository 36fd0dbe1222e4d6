//! Who takes part: a simulator that sends webhooks, and a service that takes them.
//!
//! It must not judge.

use std::collections::BTreeMap;
use std::future::{Future, IntoFuture as _, pending};

use bvnk::types::Customer;
use bvnk::webhook::{Changes, Scheme, SeenInMemory, Verifier, WebhookSecret};
use bvnk::{BoxError, Client, GeneratedClient, InvalidBaseUrl, Transport, WaitError};
use bvnk_simulator::webhook::{Attempt, Signing, Webhook, WebhookFault};
use bvnk_simulator::{Config, Fault, Journey, Request, Simulator};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Method, StatusCode};

use super::Kind;
use crate::contract::Contract;
use crate::listener::{Listener, SECRET, URL};

const START: u64 = 1_700_000_000;

/// The client's verifier for webhooks that are signed so.
pub(super) fn verifier(signing: Signing) -> Result<Verifier, String> {
    let scheme = match signing {
        Signing::Payload => Scheme::payload(),
        _ => Scheme::url(URL).map_err(|error| error.to_string())?,
    };
    let secret = WebhookSecret::new(SECRET).map_err(|error| error.to_string())?;
    Ok(Verifier::new(secret, scheme))
}

/// A simulator that sends webhooks.
pub(super) struct Sender {
    pub(super) simulator: Simulator,
    creation: Request,
}

impl Sender {
    /// One of this kind, with a fault in each event if there is one.
    pub(super) fn new(
        contract: &Contract,
        (signing, form): Kind,
        fault: Option<WebhookFault>,
    ) -> Result<Self, String> {
        let webhook = Webhook::new(URL, SECRET).map_err(|error| error.to_string())?;
        let config = Config::default().webhook(webhook.signing(signing).form(form));
        let mut simulator = Simulator::new(config).map_err(|error| error.to_string())?;
        simulator.set_webhook_fault(fault);
        let (method, target) = contract
            .route("create_customer")
            .ok_or("the contract has no operation create_customer")?;
        let body = contract
            .example("create_customer")
            .ok_or("the contract has no example of a creation")?;
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Ok(Self {
            simulator,
            creation: Request {
                method: method.parse().unwrap_or(Method::POST),
                target,
                headers,
                body: body.to_string().into(),
            },
        })
    }

    /// Makes a customer, and gives its reference.
    pub(super) fn create(&mut self, journey: Journey) -> Result<String, String> {
        self.simulator.next_journey(journey);
        // Who calls is judged elsewhere.
        self.simulator.push_fault(Fault::AcceptUnsigned);
        let response = self.simulator.handle(&self.creation, START);
        let customer = self.simulator.customers().last();
        customer
            .filter(|_| response.status.is_success())
            .map(|customer| customer.reference().to_owned())
            .ok_or_else(|| format!("a creation was answered {}", response.status))
    }

    /// Moves a customer to the end of its journey.
    pub(super) fn walk(&mut self, reference: &str) {
        let mut before = self.status(reference);
        while let Some(status) = self.simulator.advance(reference, START) {
            if status == before {
                break;
            }
            before = status.to_owned();
        }
    }

    pub(super) fn status(&self, reference: &str) -> String {
        let customer = self.simulator.customer(reference);
        customer.map_or_else(String::new, |customer| customer.status().to_owned())
    }

    /// What is due next, taken out, and when it is due.
    pub(super) fn due(&mut self) -> Option<(u64, Vec<Attempt>)> {
        let now = self.simulator.next_webhook()?;
        Some((now, self.simulator.due_webhooks(now)))
    }

    /// The attempt that a single change of status makes, taken out, and its time.
    pub(super) fn one_attempt(&mut self) -> Result<(u64, Attempt), String> {
        let reference = self.create(Journey::starting("PENDING_VERIFICATION").then("VERIFIED"))?;
        self.walk(&reference);
        let due = self
            .due()
            .and_then(|(now, due)| Some((now, due.into_iter().next()?)));
        due.ok_or_else(|| "nothing was sent".to_owned())
    }
}

/// A service that takes webhooks, made of a listener's parts.
pub(super) struct Service {
    listener: Listener,
    verifier: Verifier,
    seen: SeenInMemory,
    changes: Changes,
    /// How often each customer's status was handled.
    pub(super) handled: BTreeMap<(String, String), usize>,
    /// Why deliveries were refused.
    pub(super) refused: Vec<String>,
}

impl Service {
    pub(super) fn new(listener: Listener, (signing, _): Kind) -> Result<Self, String> {
        Ok(Self {
            listener,
            verifier: verifier(signing)?,
            seen: SeenInMemory::default(),
            changes: Changes::new(),
            handled: BTreeMap::new(),
            refused: Vec::new(),
        })
    }

    /// Waits until a customer's end is told.
    pub(super) fn wait<'a>(
        &self,
        client: &'a Client,
        sender: &Sender,
        reference: &str,
    ) -> impl Future<Output = Result<Customer, WaitError>> + Send + Unpin + use<'a> {
        let all = sender.simulator.customers().iter();
        let all: Vec<String> = all.map(|it| it.reference().to_owned()).collect();
        let whom = (self.listener.whom)(&all, reference);
        let wait = client.wait_for_verification(whom);
        wait.told_by(&self.changes).into_future()
    }

    /// Takes all that is sent, until nothing is left.
    pub(super) fn take_all(&mut self, sender: &mut Sender) {
        while let Some((now, due)) = sender.due() {
            for attempt in due {
                self.receive(&attempt.headers, &attempt.body);
                // Taken in any case: what was refused would come a hundred times more.
                let taken = Some(StatusCode::OK);
                sender.simulator.webhook_answered(attempt, taken, now);
            }
        }
    }

    /// What a service does with a delivery.
    pub(super) fn receive(&mut self, headers: &HeaderMap, body: &[u8]) -> StatusCode {
        let event = match (self.listener.verify)(&self.verifier, headers, body) {
            Ok(event) => event,
            Err(refusal) => {
                self.refused.push(refusal.to_string());
                return StatusCode::UNAUTHORIZED;
            }
        };
        if (self.listener.is_first)(&self.seen, &event) {
            let change = event.customer();
            let before = change.map_or(0, |change| self.events(&change.reference));
            (self.listener.tell)(&self.changes, before, &event);
            if let Some(change) = change {
                let key = (change.reference.to_string(), change.status.to_string());
                *self.handled.entry(key).or_default() += 1;
            }
        }
        StatusCode::OK
    }

    /// How often the status of a customer that was told most often was handled.
    pub(super) fn most(&self, reference: &str) -> usize {
        self.of(reference).max().unwrap_or(0)
    }

    fn events(&self, reference: &str) -> usize {
        self.of(reference).sum()
    }

    fn of(&self, reference: &str) -> impl Iterator<Item = usize> {
        let handled = self.handled.iter();
        handled.filter_map(move |((whose, _), times)| (whose == reference).then_some(*times))
    }
}

/// A client whose looks are never answered: it knows what it is told.
pub(super) fn silent_client(http: &reqwest::Client) -> Result<Client, String> {
    let silent = tower::service_fn(|_| pending::<Result<reqwest::Response, BoxError>>());
    let base = "http://localhost:9".parse();
    let base = base.map_err(|error: InvalidBaseUrl| error.to_string())?;
    Ok(GeneratedClient::new(&base, http.clone(), Transport::new(silent)).into())
}
