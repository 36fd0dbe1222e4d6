//! Customers that move on, and the webhooks that tell of it.
//!
//! It must not know how an event is written, signed or carried.

use http::StatusCode;

use super::Simulator;
use crate::webhook::{Attempt, Change, WebhookFault};

impl Simulator {
    /// Moves a customer one step on its journey, as a look does; gives its status, or
    /// `None` if there is no such customer.
    pub fn advance(&mut self, reference: &str, now: u64) -> Option<&str> {
        let customer = self.customers.find_mut(reference)?;
        let before = customer.status().to_owned();
        customer.advance();
        let change = Change {
            reference,
            before: &before,
            status: customer.status(),
        };
        if change.before != change.status {
            self.outbox.post(&change, now);
        }
        self.customers.find(reference).map(|it| it.status())
    }

    /// Takes out the webhooks that are due by a time in Unix seconds. Customers that move
    /// on by themselves do so first.
    pub fn due_webhooks(&mut self, now: u64) -> Vec<Attempt> {
        while let Some((at, reference)) = self.outbox.step(now) {
            self.advance(&reference, at);
            let customer = self.customers.find(&reference);
            if customer.is_some_and(|customer| !customer.is_at_its_end()) {
                self.outbox.follow(&reference, at);
            }
        }
        self.outbox.due(now)
    }

    /// Tells how a webhook was answered; `None` if it was not, within 10 s. Unless it was
    /// with 200, it is due again later, up to 100 times.
    pub fn webhook_answered(&mut self, attempt: Attempt, answer: Option<StatusCode>, now: u64) {
        self.outbox.answered(attempt, answer, now);
    }

    /// When webhooks are due next, in Unix seconds; those that are taken out and not yet
    /// answered do not count.
    pub fn next_webhook(&self) -> Option<u64> {
        self.outbox.next()
    }

    pub(crate) fn sends_webhooks(&self) -> bool {
        self.outbox.is_used()
    }

    pub(crate) fn webhooks_in_flight(&self) -> usize {
        self.outbox.in_flight()
    }

    /// Breaks every event from now on, or none any more.
    pub fn set_webhook_fault(&mut self, fault: Option<WebhookFault>) {
        self.outbox.set_fault(fault);
    }

    /// Breaks the next event only; called again, the one after it. Goes before
    /// [`set_webhook_fault`](Self::set_webhook_fault).
    pub fn push_webhook_fault(&mut self, fault: WebhookFault) {
        self.outbox.push_fault(fault);
    }
}
