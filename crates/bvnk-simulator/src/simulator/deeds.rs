//! What operations do: create, read, or answer what is documented.
//!
//! It must not know signatures or delivery: the caller is known and the request valid
//! when it gets here.

use http::StatusCode;
use serde_json::{Map, Value};

use super::{Outcome, Simulator};
use crate::answer;
use crate::check::Checked;
use crate::contract::{Action, Operation};
use crate::customers::Customer;
use crate::fault::{Fault, Faults};
use crate::message::Request;

/// The member of an answer that tells how far a customer has come.
pub(super) const STATUS: &str = "status";

/// A reference that is nobody's.
pub(super) const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

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
            Action::Create { .. } => self.create(request, operation, caller, faults),
            Action::Read { .. } => self.read(operation, &checked.argument, faults),
            Action::Other => Outcome::Done {
                status: success(operation),
                body: operation.example.clone(),
            },
        }
    }
}

pub(super) fn success(operation: &Operation) -> StatusCode {
    StatusCode::from_u16(operation.success).unwrap_or(StatusCode::OK)
}

pub(super) fn describe(operation: &Operation, customer: &Customer) -> Value {
    shape(operation, customer.reference(), customer.status())
}

/// The documented example with this customer's own values in it: what the contract comes
/// to document beside them is answered too.
pub(super) fn shape(operation: &Operation, reference: &str, status: &str) -> Value {
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
