//! What the contract states about a creation and what follows it: operations on what was created.
//!
//! A flow is a link of the contract: from a value in the response of the creation to a parameter
//! of the operation that fetches it.

use bvnk::tracking;
use bvnk_contract::{Contract, Flow, Operation};

/// A path of names as a JSON pointer: `customer.status` is `/customer/status`.
pub(crate) fn pointer(path: &str) -> String {
    format!("/{}", path.replace('.', "/"))
}

/// The flow that stands for the contract: the one that a wait of the client follows, else the first
/// with a status, else the first.
///
/// # Errors
///
/// When the contract has none.
pub(crate) fn first(contract: &Contract) -> Result<Flow<'_>, String> {
    let flows = contract.flows().into_iter().filter(Flow::fetches);
    let first = flows.min_by_key(|flow| {
        let is_tracked = tracking::OPERATION == Some(flow.follow.id.as_str());
        (!is_tracked, !contract.has_status(flow.follow))
    });
    first.ok_or_else(|| "no creation links to what follows\nhelp: give it `links`".to_owned())
}

/// The flows that an operation begins: one for each parameter of a link from its successes to a
/// fetch.
pub(crate) fn begun_by<'a>(contract: &'a Contract, operation: &str) -> Vec<Flow<'a>> {
    let mut flows = contract.flows();
    flows.retain(|flow| flow.create.id == operation && flow.fetches());
    flows
}

/// An operation after the creations of what its request names, each after those that it needs
/// itself.
pub(crate) fn steps_to<'a>(contract: &'a Contract, operation: &'a Operation) -> Vec<&'a Operation> {
    let mut steps = Vec::new();
    add_steps(contract, operation, &mut Vec::new(), &mut steps);
    steps
}

/// Adds the steps to an operation that none of the `seen` ones has begun.
fn add_steps<'a>(
    contract: &'a Contract,
    operation: &'a Operation,
    seen: &mut Vec<&'a str>,
    steps: &mut Vec<&'a Operation>,
) {
    if !seen.contains(&operation.id.as_str()) {
        seen.push(&operation.id);
        for named in contract.named_by(operation) {
            add_steps(contract, named.flow.create, seen, steps);
        }
        steps.push(operation);
    }
}
