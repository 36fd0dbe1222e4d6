//! The participants: a simulator that sends webhooks, and a service that receives them. They
//! judge nothing.
//!
//! Both are plain values without a connection and with a fixed clock, so that a hundred
//! repetitions over days take no time.

use std::future::{Future, IntoFuture, pending};

use bvnk::webhook::{Deduplicator, Scheme, StatusUpdates, Verifier, WebhookSecret};
use bvnk::{Body, BoxError, Client, Credentials, tracking};
use bvnk_simulator::webhook::{Delivery, Signing, Webhook};
use bvnk_simulator::{Config, Simulator};
use http::{HeaderMap, HeaderName, StatusCode};

use super::Kind;
use crate::context::Context;
use crate::flow;
use crate::receiver::WebhookReceiver;

/// Where webhooks are sent to. Its path is part of what one of the schemes signs.
pub(crate) const URL: &str = "http://service.example/hooks/bvnk";
/// The secret that both sides share.
pub(crate) const SECRET: &str = "a webhook's secret";
/// The header that carries the signature of a delivery.
pub(crate) const WEBHOOK_SIGNATURE: HeaderName = HeaderName::from_static("x-signature");
/// The time of each creation, in Unix seconds. Deliveries are due from then on.
const START: u64 = 1_700_000_000;

/// The client's verifier for webhooks that are signed so.
pub(super) fn verifier(signing: Signing) -> Result<Verifier, BoxError> {
    let scheme = match signing {
        Signing::Payload => Scheme::payload(),
        _ => Scheme::url(URL)?,
    };
    let secret = WebhookSecret::new(SECRET)?;
    Ok(Verifier::new(secret, scheme))
}

/// A simulator that sends webhooks.
pub(super) struct Sender {
    /// Knows which deliveries are due and when, and how earlier ones were answered.
    pub(super) simulator: Simulator,
    /// The statuses of two customers, from the first one to an end; the changes are reported.
    pub(super) paths: [Vec<String>; 2],
    /// Where a customer has its status, as a JSON pointer.
    pub(super) pointer: String,
    /// The operation that creates, by its id.
    creation: String,
}

impl Sender {
    /// One of this kind, broken as the run's mutation says if `broken`.
    ///
    /// # Errors
    ///
    /// A contract without a flow that ends.
    pub(super) fn new(
        context: &Context,
        (signing, event): Kind,
        broken: bool,
    ) -> Result<Self, BoxError> {
        let contract = context.specification.contract();
        let webhook = Webhook::new(URL, SECRET)?;
        let config = Config {
            webhook: Some(webhook.signing(signing).event(event)),
            contract: Some(contract.clone()),
            ..Config::default()
        };
        let mut simulator = Simulator::new(config)?;
        if let (true, Some(set_hook)) = (broken, &context.options.mutation.hook) {
            set_hook(&mut simulator);
        }
        let flow = flow::first(contract)?;
        let status = context.specification.status(&flow.follow.id);
        let status = status.ok_or("nothing ends the flow")?;
        let others = status.known.iter().filter(|it| !status.is_terminal(it));
        let others: Vec<&String> = others.take(2).collect();
        let known = status
            .terminal
            .iter()
            .filter(|it| status.known.contains(it));
        let ends: Vec<&String> = known.chain(&status.terminal).take(2).collect();
        let path = |end: Option<&&String>| others.iter().chain(end).copied().cloned().collect();
        Ok(Self {
            simulator,
            paths: [path(ends.first()), path(ends.last())],
            pointer: status.pointer.clone(),
            creation: flow.create.id.clone(),
        })
    }

    /// Creates a customer with these statuses, and returns its reference. Each change to the next
    /// one makes deliveries that are due from then on.
    ///
    /// # Errors
    ///
    /// When there is no status, or the simulator creates nothing.
    pub(super) fn create(&mut self, path: &[String]) -> Result<String, BoxError> {
        if path.is_empty() {
            return Err("nothing ends the flow".into());
        }
        let path = path.iter().cloned();
        self.simulator.push_sequence(path.collect());
        let created = self.simulator.state_mut().create(&self.creation, START);
        Ok(created.ok_or("nothing was created")?)
    }

    /// Moves a customer to the end of its sequence.
    pub(super) fn finish(&mut self, reference: &str) {
        let customer = self.simulator.customer(reference);
        let mut before = customer.map_or_else(String::new, |it| it.status().to_owned());
        while let Some(status) = self.simulator.advance(reference, START) {
            if status == before {
                break;
            }
            before = status.to_owned();
        }
    }

    /// What is due next, taken out, and when it is due, in Unix seconds. `None` if nothing is left
    /// to send.
    pub(super) fn due(&mut self) -> Option<(u64, Vec<Delivery>)> {
        let now = self.simulator.next_webhook()?;
        Some((now, self.simulator.due_webhooks(now)))
    }

    /// The delivery that a single change of status makes, taken out, with the reference of
    /// the customer and the time.
    pub(super) fn one_delivery(&mut self) -> Result<(String, u64, Delivery), BoxError> {
        let [path, _] = self.paths.clone();
        let ends = [path.first(), path.last()];
        let path: Vec<String> = ends.into_iter().flatten().cloned().collect();
        let reference = self.create(&path)?;
        self.finish(&reference);
        let (now, due) = self.due().ok_or("nothing was sent")?;
        let delivery = due.into_iter().next().ok_or("nothing was sent")?;
        Ok((reference, now, delivery))
    }
}

/// A service that receives webhooks.
pub(super) struct Service {
    /// What the run's mutation may break: how deliveries are verified, deduplicated and published.
    receiver: WebhookReceiver,
    /// Makes the waits; nothing answers its requests.
    client: Client,
    /// Has the shared secret.
    verifier: Verifier,
    /// Knows the ids of the events that were handled.
    deduplicator: Deduplicator,
    /// Where waits look for what was published.
    updates: StatusUpdates,
    /// The changes that were handled: the customer and its status.
    pub(super) handled: Vec<[String; 2]>,
    /// Why deliveries were rejected.
    pub(super) rejected: Vec<String>,
}

impl Service {
    /// A service that verifies webhooks of this kind.
    ///
    /// # Errors
    ///
    /// When the client or its verifier cannot be built.
    pub(super) fn new(context: &Context, (signing, _): Kind) -> Result<Self, BoxError> {
        // Its polls are never answered: the client knows what is published to it.
        let silent = tower::service_fn(|_: http::Request<Body>| {
            pending::<Result<http::Response<Body>, BoxError>>()
        });
        let credentials = Credentials::new("id", "key")?;
        let client = Client::builder().credentials(credentials).service(silent);
        Ok(Self {
            receiver: context.options.mutation.receiver,
            client: client.build()?,
            verifier: verifier(signing)?,
            deduplicator: Deduplicator::default(),
            updates: StatusUpdates::new(),
            handled: Vec::new(),
            rejected: Vec::new(),
        })
    }

    /// Waits until the end of a customer's flow is published.
    pub(super) fn wait(
        &self,
        sender: &Sender,
        reference: &str,
    ) -> Result<
        impl Future<Output = Result<tracking::Object, bvnk::Error>> + Send + Unpin + use<>,
        BoxError,
    > {
        let all = sender.simulator.customers().into_iter();
        let all: Vec<String> = all.map(|it| it.reference().to_owned()).collect();
        let reference = (self.receiver.wait_for)(&all, reference).to_owned();
        let reference = tracking::Reference::try_from(reference)?;
        let wait = self.client.wait_for_verification(reference);
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

    /// What a service does with a delivery: it verifies the signature, drops what it has handled,
    /// publishes the event to its waits, and answers 200; 401 if the signature does not hold.
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
            let reference = change.map(|change| change.reference.as_str().to_owned());
            let own = self.handled.iter();
            let before = own.filter(|[of, _]| Some(of) == reference.as_ref()).count();
            (self.receiver.publish)(&self.updates, before, &event);
            if let Some(change) = change {
                let handled = [change.reference.as_str(), change.status.as_str()];
                self.handled.push(handled.map(str::to_owned));
            }
        }
        StatusCode::OK
    }
}
