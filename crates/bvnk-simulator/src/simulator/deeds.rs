//! What operations do: create, read, or answer what is documented.
//!
//! It must not know signatures or delivery: the caller is known and the request valid
//! when it gets here.

use bytes::Bytes;
use http::StatusCode;
use serde_json::{Map, Value};

use super::{Outcome, Simulator, key_slot};
use crate::answer;
use crate::check::Checked;
use crate::config::Replay;
use crate::contract::{Action, Operation};
use crate::customers::{Customer, KeySlot, Remembered};
use crate::fault::{Fault, Faults};
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
        faults: Faults,
    ) -> Outcome {
        match &operation.action {
            Action::Create { .. } if faults.has(Fault::RejectValid) => {
                Outcome::Refused(answer::error(
                    StatusCode::BAD_REQUEST,
                    "invalid_request",
                    "the request is not valid",
                ))
            }
            Action::Create { .. } => {
                let slot = key_slot(request, operation, caller);
                self.create(operation, slot, &request.body, faults)
            }
            Action::Read { .. } => self.read(operation, &checked.argument, faults),
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
        body: &Bytes,
        faults: Faults,
    ) -> Outcome {
        let remembered = slot.as_ref().and_then(|slot| self.remembered.get(slot));
        if let Some(remembered) = remembered
            && !faults.has(Fault::NewCustomerOnReplay)
        {
            // Inferred: the page says nothing of a key that comes back with another body.
            // To carry it out would break "once", to answer the first deed's success would
            // hide that the second was not done.
            if !same(&remembered.request, body) && !faults.has(Fault::AcceptOtherBody) {
                return Outcome::Refused(answer::error(
                    StatusCode::BAD_REQUEST,
                    "idempotency_key_reused",
                    "the idempotency key was used with another body",
                ));
            }
            return self.replay(operation, remembered);
        }
        let reference = match self.customers.all().first() {
            Some(first) if faults.has(Fault::SharedReference) => first.reference().to_owned(),
            _ => (self.config.references)(),
        };
        let collection = &operation.collection;
        let customer = self.customers.create(collection, reference, slot.clone());
        let answer = describe(operation, customer);
        // Only here, after the deed, is the key used up.
        if let Some(slot) = slot {
            let remembered = Remembered {
                // A copy, for the bytes that arrived may share a greater buffer.
                request: Bytes::copy_from_slice(body),
                reference: customer.reference().to_owned(),
                answer: answer.clone(),
            };
            self.remembered.insert(slot, remembered);
        }
        for slot in self.customers.forget() {
            self.remembered.remove(&slot);
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

    fn read(&mut self, operation: &Operation, reference: &str, faults: Faults) -> Outcome {
        let found = self
            .customers
            .find_in(&operation.collection, reference)
            .filter(|_| !faults.has(Fault::ForgetCustomer));
        let body = match found {
            Some(customer) => {
                if !faults.has(Fault::FreezeStatus) {
                    customer.advance();
                }
                describe(operation, customer)
            }
            None if faults.has(Fault::InventCustomer) => {
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

/// Whether two bodies mean the same, however they are written.
fn same(left: &[u8], right: &[u8]) -> bool {
    let read = |text| serde_json::from_slice(text).ok();
    left == right || read(left).is_some_and(|left: Value| Some(left) == read(right))
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
