//! What the contract states about a creation and what follows it: operations on what was created.
//!
//! A flow is a link of the contract: from a value in the response of the creation to a parameter
//! of the operation that fetches it.

use bvnk_contract::{Contract, Flow, Operation};

/// A path of names as a JSON pointer: `customer.status` is `/customer/status`.
pub(crate) fn pointer(path: &str) -> String {
    format!("/{}", path.replace('.', "/"))
}

/// The first flow of the contract.
///
/// # Errors
///
/// When the contract has none.
pub(crate) fn first(contract: &Contract) -> Result<Flow<'_>, String> {
    let first = contract.flows().into_iter().next();
    first.ok_or_else(|| "no creation links to what follows\nhelp: give it `links`".to_owned())
}

/// The flows that an operation begins: one for each parameter of a link from its successes.
pub(crate) fn begun_by<'a>(contract: &'a Contract, operation: &str) -> Vec<Flow<'a>> {
    let mut flows = contract.flows();
    flows.retain(|flow| flow.create.id == operation);
    flows
}

/// The flow that an operation needs: its path begins with the path by which something
/// created is fetched, so that it must exist first.
pub(crate) fn needed_by<'a>(contract: &'a Contract, operation: &Operation) -> Option<Flow<'a>> {
    let flows = contract.flows().into_iter();
    let mut below = flows.filter(|flow| {
        let marker = format!("{{{}}}", flow.parameter.name);
        let fetched = flow.follow.path.split_once(&marker);
        let own = operation.path.split_once(&marker);
        fetched
            .zip(own)
            .is_some_and(|(fetched, own)| fetched.0 == own.0)
    });
    below.find(|flow| flow.create.id != operation.id)
}
