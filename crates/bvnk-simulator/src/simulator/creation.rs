//! Creating a customer once for each key, and the faults that make it none, two or another.
//!
//! It must not know signatures, validation or delivery.

use bytes::Bytes;
use http::StatusCode;
use serde_json::Value;

use super::deeds::{NOBODY, describe, shape, success};
use super::{Outcome, Simulator, keys};
use crate::answer;
use crate::config::Replay;
use crate::contract::Operation;
use crate::customers::{Customer, KeySlot, Lateness, Remembered};
use crate::fault::{Fault, Faults};
use crate::message::Request;

impl Simulator {
    pub(super) fn create(
        &mut self,
        request: &Request,
        operation: &Operation,
        caller: &str,
        faults: Faults,
    ) -> Outcome {
        let slot = keys::slot(request, operation, caller, faults);
        let remembered = slot.as_ref().and_then(|slot| self.remembered.get(slot));
        if let (Some(slot), Some(first)) = (&slot, remembered)
            && !faults.has(Fault::NewCustomerOnReplay)
        {
            // Inferred: the page says nothing of a key that comes back with another body.
            // To carry it out would break "once", to answer the first deed's success would
            // hide that the second was not done.
            if !same(&first.request, &request.body) && !faults.has(Fault::AcceptOtherBody) {
                return Outcome::Refused(answer::error(
                    StatusCode::BAD_REQUEST,
                    "idempotency_key_reused",
                    "the idempotency key was used with another body",
                ));
            }
            let outcome = self.replay(operation, first);
            return match faults.is_empty() {
                true => outcome,
                false => self.twist_replay(outcome, operation, slot, faults),
            };
        }
        if faults.has(Fault::SkipCommit) {
            let reference = (self.config.references)();
            return Outcome::Done {
                status: success(operation),
                body: shape(operation, &reference, "PENDING_VERIFICATION"),
            };
        }
        if faults.has(Fault::CommitTwice) {
            self.commit(operation, None);
        }
        if faults.has(Fault::SharedReference)
            && let Some(first) = self.customers.all().first()
        {
            self.reference = Some(first.reference().to_owned());
        }
        let customer = self.commit(operation, slot.clone());
        let reference = customer.reference().to_owned();
        let answer = describe(operation, customer);
        // Only here, after the deed, is the key used up.
        if let Some(slot) = slot {
            let remembered = Remembered {
                // A copy, for the bytes that arrived may share a greater buffer.
                request: Bytes::copy_from_slice(&request.body),
                reference,
                answer: answer.clone(),
            };
            if faults.has(Fault::RaceKeys) {
                self.late = Some(Box::new(Lateness { slot, remembered }));
            } else {
                self.remembered.insert(slot, remembered);
            }
        }
        for slot in self.customers.forget() {
            self.remembered.remove(&slot);
        }
        Outcome::Done {
            status: success(operation),
            body: answer,
        }
    }

    /// Makes a customer.
    pub(super) fn commit(&mut self, operation: &Operation, slot: Option<KeySlot>) -> &Customer {
        let reference = self.reference.take();
        let reference = reference.unwrap_or_else(|| (self.config.references)());
        let customer = self
            .customers
            .create(&operation.collection, reference, slot);
        if !customer.is_at_its_end() {
            self.outbox.follow(customer.reference(), self.now);
        }
        customer
    }

    fn replay(&self, operation: &Operation, first: &Remembered) -> Outcome {
        match self.config.replay {
            Replay::Stored => Outcome::Done {
                status: success(operation),
                body: first.answer.clone(),
            },
            Replay::Ok200 => Outcome::Done {
                status: StatusCode::OK,
                body: match self.customers.find(&first.reference) {
                    Some(customer) => describe(operation, customer),
                    None => first.answer.clone(),
                },
            },
            Replay::AlreadyExists400 => Outcome::Refused(answer::error(
                StatusCode::BAD_REQUEST,
                "already_exists",
                "a request with this idempotency key was carried out already",
            )),
        }
    }

    fn twist_replay(
        &mut self,
        mut outcome: Outcome,
        operation: &Operation,
        slot: &KeySlot,
        faults: Faults,
    ) -> Outcome {
        if faults.has(Fault::ConflictOnReplay) {
            return Outcome::Refused(answer::error(
                StatusCode::CONFLICT,
                "conflict",
                "a request with this idempotency key was carried out already",
            ));
        }
        let first = self.remembered.get(slot).map(|first| &first.reference);
        let first = first.cloned().unwrap_or_default();
        if let (Outcome::Done { body, .. }, Some(id)) = (&mut outcome, operation.id_member()) {
            let other = self.customers.other(&first).map(Customer::reference);
            let told = if faults.has(Fault::ReplayNobody) {
                Some(NOBODY)
            } else {
                other.filter(|_| faults.has(Fault::ReplayOtherCustomer))
            };
            if let Some(told) = told {
                body[id] = Value::from(told);
            }
        }
        if faults.has(Fault::AdvanceOnReplay) {
            self.advance(&first, self.now);
        }
        if faults.has(Fault::ForgetKeyAfterReplay) {
            self.remembered.remove(slot);
        }
        outcome
    }
}

/// Whether two bodies mean the same, however they are written.
fn same(left: &[u8], right: &[u8]) -> bool {
    let read = |text| serde_json::from_slice(text).ok();
    left == right || read(left).is_some_and(|left: Value| Some(left) == read(right))
}
