//! What operations do: create, read, or answer what is documented.
//!
//! It must not know signatures or delivery: the caller is known and the request valid
//! when it gets here.

use http::StatusCode;
use serde_json::{Map, Value};

use super::{Outcome, Simulator, key_slot};
use crate::answer;
use crate::check::Checked;
use crate::config::Replay;
use crate::contract::{Action, Operation};
use crate::customers::{Customer, KeySlot, Remembered};
use crate::fault::Fault;
use crate::message::Request;

/// The member of an answer that tells how far a customer has come.
pub(super) const STATUS: &str = "status";

impl Simulator {
    pub(super) fn act(
        &mut self,
        request: &Request,
        operation: &Operation,
        checked: &Checked<'_>,
        caller: &str,
        fault: Option<Fault>,
    ) -> Outcome {
        match &operation.action {
            Action::Create { .. } if fault == Some(Fault::RejectValid) => {
                Outcome::Refused(answer::error(
                    StatusCode::BAD_REQUEST,
                    "invalid_request",
                    "the request is not valid",
                ))
            }
            Action::Create { .. } => {
                let slot = key_slot(request, operation, caller);
                self.create(operation, slot, &checked.body, fault)
            }
            Action::Read { .. } => self.read(operation, &checked.argument, fault),
            Action::Other => Outcome::Done {
                status: success(operation),
                body: operation.example.clone(),
            },
        }
    }

    fn create(
        &mut self,
        operation: &Operation,
        slot: Option<KeySlot>,
        body: &Value,
        fault: Option<Fault>,
    ) -> Outcome {
        let remembered = slot.as_ref().and_then(|slot| self.remembered.get(slot));
        if let Some(remembered) = remembered
            && fault != Some(Fault::NewCustomerOnReplay)
        {
            // Inferred: the page says nothing of a key that comes back with another body.
            // To carry it out would break "once", to answer the first deed's success would
            // hide that the second was not done.
            if remembered.request != *body && fault != Some(Fault::AcceptOtherBody) {
                return Outcome::Refused(answer::error(
                    StatusCode::BAD_REQUEST,
                    "idempotency_key_reused",
                    "the idempotency key was used with another body",
                ));
            }
            return self.replay(operation, remembered);
        }
        let reference = match self.customers.all().first() {
            Some(first) if fault == Some(Fault::SharedReference) => first.reference().to_owned(),
            _ => (self.config.references)(),
        };
        let customer = self
            .customers
            .create(&operation.collection, reference, slot.as_ref());
        if !customer.is_at_its_end() {
            self.outbox.follow(customer.reference(), self.now);
        }
        let answer = describe(operation, customer);
        // Only here, after the deed, is the key used up.
        if let Some(slot) = slot {
            let remembered = Remembered {
                request: body.clone(),
                reference: customer.reference().to_owned(),
                answer: answer.clone(),
            };
            self.remembered.insert(slot, remembered);
        }
        Outcome::Done {
            status: success(operation),
            body: answer,
        }
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

    fn read(&mut self, operation: &Operation, reference: &str, fault: Option<Fault>) -> Outcome {
        let found = self
            .customers
            .find_in(&operation.collection, reference)
            .is_some_and(|_| fault != Some(Fault::ForgetCustomer));
        if found && fault != Some(Fault::FreezeStatus) {
            self.advance(reference, self.now);
        }
        let body = match self.customers.find(reference).filter(|_| found) {
            Some(customer) => describe(operation, customer),
            None if fault == Some(Fault::InventCustomer) => {
                shape(operation, reference, "PENDING_VERIFICATION")
            }
            None => {
                return Outcome::Refused(answer::error(
                    StatusCode::NOT_FOUND,
                    "not_found",
                    "nobody has this reference",
                ));
            }
        };
        Outcome::Done {
            status: success(operation),
            body,
        }
    }
}

fn success(operation: &Operation) -> StatusCode {
    StatusCode::from_u16(operation.success).unwrap_or(StatusCode::OK)
}

fn describe(operation: &Operation, customer: &Customer) -> Value {
    shape(operation, customer.reference(), customer.status())
}

/// The documented example with this customer's own values in it: what the contract comes
/// to document beside them is answered too.
fn shape(operation: &Operation, reference: &str, status: &str) -> Value {
    let mut body = match &operation.example {
        Value::Object(members) => members.clone(),
        _ => Map::new(),
    };
    if let Some(id) = operation.id_member() {
        body.insert(id.to_owned(), reference.into());
    }
    body.insert(STATUS.to_owned(), status.into());
    Value::Object(body)
}
