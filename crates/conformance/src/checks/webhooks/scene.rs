//! The participants: a simulator that sends webhooks, and a service that receives them. They
//! judge nothing.

use std::collections::BTreeMap;
use std::future::{Future, IntoFuture, pending};

use bvnk::webhook::{InMemoryDeduplicator, Scheme, StatusUpdates, Verifier, WebhookSecret};
use bvnk::{Body, BoxError, Client, Credentials, WaitError, tracking};
use bvnk_contract::Contract;
use bvnk_simulator::webhook::{Delivery, Signing, Webhook};
use bvnk_simulator::{Config, Simulator, StatusSequence};
use http::{HeaderMap, StatusCode};
use serde_json::Value;

use super::Kind;
use crate::collect::Script;
use crate::context::Context;
use crate::flow::StatusAttribute;
use crate::receiver::WebhookReceiver;

const URL: &str = "http://service.example/hooks/bvnk";
pub(crate) const PATH: &str = "/hooks/bvnk";
pub(crate) const SECRET: &str = "a webhook's secret";
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

/// The statuses of a customer whose changes are reported.
#[derive(Clone, Debug)]
pub(super) struct Statuses {
    first: String,
    /// A status between the first and the end, if there is one.
    between: Option<String>,
    ends: Vec<String>,
    pub(super) pointer: String,
}

impl Statuses {
    /// From the first flow of the contract: statuses that are not terminal, and those that are.
    pub(super) fn of(contract: &Contract) -> Result<Self, String> {
        let flow = contract
            .flows()
            .into_iter()
            .next()
            .ok_or("the contract has no flow")?;
        let status = StatusAttribute::of(contract, flow.follow).ok_or("nothing ends the flow")?;
        let (ends, others): (Vec<String>, Vec<String>) = status
            .known
            .iter()
            .cloned()
            .partition(|value| status.is_terminal(value));
        let first = others.first().ok_or("every status ends the flow")?.clone();
        let between = others.get(1).cloned();
        let ends = if ends.is_empty() {
            status.terminal.clone()
        } else {
            ends
        };
        Ok(Self {
            first,
            between,
            ends,
            pointer: status.pointer,
        })
    }

    /// The sequence that ends with the end of this number.
    pub(super) fn ending(&self, number: usize) -> StatusSequence {
        let first = StatusSequence::starting(&self.first);
        let changes = self.changes(number).into_iter();
        changes.fold(first, |sequence, status| sequence.then(status))
    }

    /// The sequence with a single change, to the first end.
    pub(super) fn one_change(&self) -> StatusSequence {
        StatusSequence::starting(&self.first).then(self.end(0))
    }

    /// The statuses that the sequence of this number changes to.
    pub(super) fn changes(&self, number: usize) -> Vec<&str> {
        let between = self.between.as_deref().into_iter();
        between.chain([self.end(number)]).collect()
    }

    pub(super) fn end(&self, number: usize) -> &str {
        &self.ends[number % self.ends.len()]
    }
}

/// A simulator that sends webhooks.
pub(super) struct Sender {
    pub(super) simulator: Simulator,
    pub(super) statuses: Statuses,
    creation: String,
}

impl Sender {
    /// One of this kind, broken as the run's mutation says if `broken`.
    pub(super) fn new(
        context: &Context,
        (signing, event): Kind,
        broken: bool,
    ) -> Result<Self, String> {
        let contract = context.specification.contract();
        let webhook = Webhook::new(URL, SECRET).map_err(|error| error.to_string())?;
        let config = Config::default().webhook(webhook.signing(signing).event(event));
        let simulator = Simulator::new(config.contract(contract.clone()));
        let mut simulator = simulator.map_err(|error| error.to_string())?;
        if broken {
            simulator.set_webhook_fault(context.mutation.webhook_fault);
            if let Some(make) = &context.mutation.hook {
                simulator.set_hook(Script::only(make));
            }
        }
        let flow = contract
            .flows()
            .into_iter()
            .next()
            .ok_or("the contract has no flow")?;
        Ok(Self {
            simulator,
            statuses: Statuses::of(contract)?,
            creation: flow.create.id.clone(),
        })
    }

    /// Creates a customer, and returns its reference.
    pub(super) fn create(&mut self, sequence: StatusSequence) -> Result<String, String> {
        self.simulator.next_sequence(sequence);
        let created = self.simulator.state_mut().create(&self.creation, START);
        created.ok_or_else(|| "nothing was created".to_owned())
    }

    /// Moves a customer to the end of its sequence.
    pub(super) fn finish(&mut self, reference: &str) {
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
    pub(super) fn due(&mut self) -> Option<(u64, Vec<Delivery>)> {
        let now = self.simulator.next_webhook()?;
        Some((now, self.simulator.due_webhooks(now)))
    }

    /// The delivery that a single change of status makes, taken out, and its time.
    pub(super) fn one_delivery(&mut self) -> Result<(u64, Delivery), String> {
        let reference = self.create(self.statuses.one_change())?;
        self.finish(&reference);
        let due = self
            .due()
            .and_then(|(now, due)| Some((now, due.into_iter().next()?)));
        due.ok_or_else(|| "nothing was sent".to_owned())
    }
}

/// A service that receives webhooks.
pub(super) struct Service {
    receiver: WebhookReceiver,
    verifier: Verifier,
    deduplicator: InMemoryDeduplicator,
    updates: StatusUpdates,
    /// How often each customer's status was handled.
    pub(super) handled: BTreeMap<(String, String), usize>,
    /// Why deliveries were rejected.
    pub(super) rejected: Vec<String>,
}

impl Service {
    pub(super) fn new(receiver: WebhookReceiver, (signing, _): Kind) -> Result<Self, String> {
        Ok(Self {
            receiver,
            verifier: verifier(signing)?,
            deduplicator: InMemoryDeduplicator::default(),
            updates: StatusUpdates::new(),
            handled: BTreeMap::new(),
            rejected: Vec::new(),
        })
    }

    /// Waits until the end of a customer's flow is published.
    pub(super) fn wait(
        &self,
        client: &Client,
        sender: &Sender,
        reference: &str,
    ) -> Result<
        impl Future<Output = Result<tracking::Object, WaitError>> + Send + Unpin + use<>,
        String,
    > {
        let all = sender.simulator.customers().iter();
        let all: Vec<String> = all
            .map(|customer| customer.reference().to_owned())
            .collect();
        let reference = (self.receiver.wait_for)(&all, reference).to_owned();
        let reference =
            tracking::Reference::try_from(reference).map_err(|error| error.to_string())?;
        let wait = client.wait_for_verification(reference);
        Ok(wait.updates_from(&self.updates).into_future())
    }

    /// Receives everything that is sent, until nothing is left.
    pub(super) fn receive_all(&mut self, sender: &mut Sender) {
        while let Some((now, due)) = sender.due() {
            for delivery in due {
                self.receive(&delivery.headers, &delivery.body);
                // Answered 200 in any case: what was rejected would come a hundred times.
                let answer = Some(StatusCode::OK);
                sender.simulator.webhook_answered(delivery, answer, now);
            }
        }
    }

    /// What a service does with a delivery.
    pub(super) fn receive(&mut self, headers: &HeaderMap, body: &[u8]) -> StatusCode {
        let event = match (self.receiver.verify)(&self.verifier, headers, body) {
            Ok(event) => event,
            Err(error) => {
                self.rejected.push(error.to_string());
                return StatusCode::UNAUTHORIZED;
            }
        };
        if (self.receiver.is_new)(&self.deduplicator, &event) {
            let change = event.customer();
            let before = change.map_or(0, |change| self.events(change.reference.as_ref()));
            (self.receiver.publish)(&self.updates, before, &event);
            if let Some(change) = change {
                let key = (change.reference.to_string(), change.status.to_string());
                *self.handled.entry(key).or_default() += 1;
            }
        }
        StatusCode::OK
    }

    /// How often the status of a customer that was handled most often was handled.
    pub(super) fn most(&self, reference: &str) -> usize {
        self.of(reference).max().unwrap_or(0)
    }

    fn events(&self, reference: &str) -> usize {
        self.of(reference).sum()
    }

    fn of(&self, reference: &str) -> impl Iterator<Item = usize> {
        let handled = self.handled.iter();
        handled.filter_map(move |((of, _), times)| (of == reference).then_some(*times))
    }
}

/// The status of a customer that a wait returned.
pub(super) fn status_of(customer: &tracking::Object, statuses: &Statuses) -> String {
    let value = serde_json::to_value(customer).unwrap_or_default();
    let status = value.pointer(&statuses.pointer).and_then(Value::as_str);
    status.unwrap_or_default().to_owned()
}

/// A client whose polls are never answered: it knows what is published to it.
pub(super) fn silent_client() -> Result<Client, String> {
    let silent = tower::service_fn(|_: http::Request<Body>| {
        pending::<Result<http::Response<Body>, BoxError>>()
    });
    let credentials = Credentials::new("id", "key").map_err(|error| error.to_string())?;
    let client = Client::builder()
        .credentials(credentials)
        .service(silent)
        .build();
    client.map_err(|error| error.to_string())
}
