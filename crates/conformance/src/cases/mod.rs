//! Requests to send, for any operation: generated, designed, and wrong in one place. No
//! operation and no field is named here, so that what the contract gains is sent without
//! an edit; `documented` is about this API's people.

mod designed;
pub mod documented;
mod edits;
mod pairs;
mod parameters;
mod places;
mod plan;
mod strategy;
mod strings;

use std::collections::BTreeMap;

use bvnk_contract::{Contract, Operation};
use serde_json::Value;

pub(crate) use designed::{bodies_with_everything, designed};
pub(crate) use edits::{About, Edit, edits, wire_edits};
pub(crate) use parameters::{every_parameter, text};
pub(crate) use places::{places, put};
pub use plan::Plan;
pub use strategy::{Generator, Optional};

use crate::specification::Specification;

/// What one call of an operation is made with.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// How it was made.
    pub label: String,
    /// The parameters by name, without the idempotency key.
    pub parameters: BTreeMap<String, Value>,
    /// The body.
    pub body: Option<Value>,
    /// Whether reports may show it: it is nobody's data.
    pub shown: bool,
}

/// How many calls an operation without a body gets beyond the designed ones, at most.
const WITHOUT_BODY: u32 = 12;

/// The cases of an operation: the designed ones, then `count` generated ones.
///
/// # Errors
///
/// What in the contract cannot be generated.
pub fn cases(
    specification: &Specification,
    operation: &Operation,
    count: u32,
    seed: u64,
) -> Result<Vec<Case>, String> {
    let contract = specification.contract();
    let mut cases = designed(specification, operation)?;
    let mut parameters = parameters::Parameters::new(contract, operation, seed)?;
    let mut bodies = match &operation.body {
        Some(body) => Some(Generator::new(
            contract,
            &body.schema,
            Optional::Some,
            seed,
        )?),
        None => None,
    };
    let count = match bodies {
        None if parameters.is_empty() => 0,
        None => count.min(WITHOUT_BODY),
        Some(_) => count,
    };
    let validator = specification.validator(&operation.id, "request");
    for number in 1..=count {
        let body = match &mut bodies {
            Some(generator) => Some(generator.valid(validator)?),
            None => None,
        };
        cases.push(Case {
            label: format!("generated case {number}"),
            parameters: parameters.generate()?,
            body,
            shown: true,
        });
    }
    Ok(cases)
}

/// The contract's own example of a request, with the examples of the parameters.
pub(crate) fn example<'a>(contract: &'a Contract, operation: &str) -> Option<&'a Value> {
    contract
        .operation(operation)?
        .body
        .as_ref()?
        .example
        .as_ref()
}
