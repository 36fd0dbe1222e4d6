//! Webhooks of a simulator: changes of statuses become deliveries.

use http::StatusCode;

use super::Simulator;
use crate::webhook::{Delivery, WebhookFault};

impl Simulator {
    /// Moves a customer to the next status, as a GET does, and returns it; `None` if there is
    /// no such customer.
    pub fn advance(&mut self, reference: &str, now: u64) -> Option<&str> {
        self.state.advance(reference, now)?;
        self.queue_webhooks();
        self.state.customer(reference).map(|it| it.status())
    }

    /// Takes out the deliveries that are due by a time in Unix seconds. Customers that
    /// advance by themselves do so first.
    pub fn due_webhooks(&mut self, now: u64) -> Vec<Delivery> {
        self.state.run_timers(now);
        self.queue_webhooks();
        self.dispatcher.due(now)
    }

    /// Records how a delivery was answered; `None` if it was not, within 10 s. Unless it was
    /// answered 200, it is due again later, up to 100 times.
    pub fn webhook_answered(&mut self, delivery: Delivery, answer: Option<StatusCode>, now: u64) {
        self.dispatcher.answered(delivery, answer, now);
    }

    /// Returns when deliveries are due next, in Unix seconds. Those that are taken out and
    /// not yet answered do not count.
    pub fn next_webhook(&mut self) -> Option<u64> {
        self.queue_webhooks();
        let delivery = self.dispatcher.next();
        self.state.next_timer().into_iter().chain(delivery).min()
    }

    /// Sets a fault of every event from now on; `None` ends it.
    pub fn set_webhook_fault(&mut self, fault: Option<WebhookFault>) {
        self.dispatcher.fault = fault;
    }

    /// Sets a fault of the next event; a further call, that of the event after it. It takes
    /// the place of the one that is [set](Self::set_webhook_fault).
    pub fn push_webhook_fault(&mut self, fault: WebhookFault) {
        self.dispatcher.script.push_back(fault);
    }

    /// Turns the changes of statuses into deliveries.
    pub(super) fn queue_webhooks(&mut self) {
        for change in std::mem::take(&mut self.state.changes) {
            let flows = self.api.contract.flows();
            let mut follows = flows.iter().filter(|it| it.create.id == change.operation);
            let shown = follows.next().map_or(&change.operation, |it| &it.follow.id);
            let endpoint = self.api.endpoint(shown);
            let name = |pointer: Option<&String>| {
                let name = pointer.and_then(|pointer| pointer.rsplit('/').next());
                name.unwrap_or_default().to_owned()
            };
            let identity = name(endpoint.and_then(|it| it.identity.as_ref()));
            let status = name(endpoint.and_then(|it| it.status.as_ref()));
            // What a fetch would return, so that a receiver needs no other source.
            let creation = self.api.creation(&change.operation);
            let reference = creation.map(|it| self.api.named(it, &change.reference));
            let thing = reference.as_ref().map(|it| (it, change.status.as_str()));
            let body = endpoint.map(|it| self.api.success(it, thing).body);
            let data = body.and_then(|body| serde_json::from_slice(&body).ok());
            let data = data.unwrap_or_default();
            let mut deliveries = self
                .dispatcher
                .deliveries(&change, &identity, &status, data);
            self.hook.webhooks(&change, &mut deliveries);
            self.dispatcher.queue(deliveries);
        }
    }
}
