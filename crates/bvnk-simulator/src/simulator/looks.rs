//! Looking at a customer, and the faults that tell of another one or of another time.
//!
//! It must not know how the customer came to be.

use http::StatusCode;

use super::deeds::{NOBODY, shape, success};
use super::{Outcome, Simulator};
use crate::answer;
use crate::contract::Operation;
use crate::customers::Customer;
use crate::fault::{Fault, Faults};

impl Simulator {
    pub(super) fn read(
        &mut self,
        operation: &Operation,
        reference: &str,
        faults: Faults,
    ) -> Outcome {
        let whole = Some(reference)
            .filter(|_| faults.has(Fault::FindByPrefix))
            .and_then(|beginning| self.customers.complete(beginning));
        let reference = whole.as_deref().unwrap_or(reference);
        let found = self
            .customers
            .find_in(&operation.collection, reference)
            .is_some_and(|customer| !is_hidden(customer, faults));
        let body = match found {
            true => {
                if !faults.has(Fault::FreezeStatus) {
                    self.advance(reference, self.now);
                }
                self.tell(operation, reference, faults)
            }
            false if faults.has(Fault::InventCustomer) => {
                shape(operation, reference, "PENDING_VERIFICATION")
            }
            false => {
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

    fn tell(&self, operation: &Operation, reference: &str, faults: Faults) -> serde_json::Value {
        let Some(customer) = self.customers.find(reference) else {
            return shape(operation, reference, "");
        };
        if faults.is_empty() {
            return shape(operation, reference, customer.status());
        }
        let other = self.customers.other(reference).unwrap_or(customer);
        let [whole, name, status] = [Fault::SwapCustomer, Fault::SwapReference, Fault::SwapStatus]
            .map(|fault| faults.has(fault));
        let reference = match whole || name {
            true => other.reference(),
            false if faults.has(Fault::ChangeReference) && customer.steps() > 1 => NOBODY,
            false => reference,
        };
        let status = match whole || status {
            true => other.status(),
            false => told_status(customer, faults),
        };
        shape(operation, reference, status)
    }
}

fn is_hidden(customer: &Customer, faults: Faults) -> bool {
    let ended = customer.is_at_its_end();
    faults.has(Fault::ForgetCustomer) || (ended && faults.has(Fault::ForgetAtEnd))
}

/// The status that a fault makes of the steps that were walked.
fn told_status(customer: &Customer, faults: Faults) -> &str {
    let journey = customer.journey();
    let (steps, last) = (customer.steps(), journey.last());
    let told = if faults.has(Fault::BackwardStatus) && steps > 1 {
        steps - 2
    } else if faults.has(Fault::FlashEnd) {
        match steps {
            1 => last,
            later => later.saturating_sub(1),
        }
    } else if faults.has(Fault::NeverEnd) {
        steps.min(last.saturating_sub(1))
    } else if faults.has(Fault::RestartJourney) {
        steps % (last + 1)
    } else {
        steps
    };
    let status = journey.status(told);
    let beyond = steps.saturating_sub(last);
    if faults.has(Fault::FlipEnd) && beyond % 2 == 1 {
        return match status {
            "VERIFIED" => "UNSUCCESSFUL",
            _ => "VERIFIED",
        };
    }
    status
}
