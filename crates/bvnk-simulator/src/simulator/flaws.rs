//! The refusal of what the contract does not allow, and the faults that forgive it.
//!
//! It must not know signatures: who calls is known.

use super::{Simulator, keys};
use crate::answer;
use crate::check::{Checked, Flaw};
use crate::fault::{Fault, Faults};
use crate::message::{Request, Response};

impl Simulator {
    /// The answer to the first flaw that no fault forgives.
    pub(super) fn first_flaw(
        &mut self,
        request: &Request,
        checked: &Checked<'_>,
        caller: &str,
        faults: Faults,
    ) -> Option<Response> {
        let slot = checked
            .operation
            .and_then(|operation| keys::slot(request, operation, caller, faults));
        if let Some(stuck) = slot.as_ref().and_then(|slot| self.stuck.get(slot)) {
            return Some(stuck.clone());
        }
        let flaw = checked.flaws.iter().find(|flaw| !forgives(faults, flaw))?;
        if faults.has(Fault::CommitDespiteRefusal)
            && let (Flaw::Body(_), Some(operation)) = (flaw, checked.operation)
        {
            self.commit(operation, None);
        }
        let refused = answer::flawed(flaw);
        // A refused request does not use its key up: the same key is good for the mended
        // request. The vendor says that only successes are remembered.
        if let Some(slot) = slot.filter(|_| faults.has(Fault::RememberFailures)) {
            if self.stuck.len() >= self.config.capacity {
                self.stuck.clear();
            }
            self.stuck.insert(slot, refused.clone());
        }
        Some(refused)
    }
}

/// Whether a fault makes the service overlook a flaw.
fn forgives(faults: Faults, flaw: &Flaw) -> bool {
    if faults.is_empty() {
        return false;
    }
    faults.has(match flaw {
        Flaw::NoJson(_) if faults.has(Fault::AcceptMalformedJson) => return true,
        Flaw::NoJson(_) | Flaw::Body(_) => Fault::SkipValidation,
        Flaw::Parameters(_) => Fault::SkipHeaderValidation,
        Flaw::MediaType { .. } => Fault::SkipMediaType,
        Flaw::Path | Flaw::Method { .. } => return false,
    })
}
