//! Requests to send, for any operation: generated, designed, and wrong in one place. No
//! operation and no field is named here, so that what the contract gains is sent without
//! an edit; `documented` is about this API's people.

mod designed;
pub mod documented;
mod edits;
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
    /// Whether reports may show it: it is no real person's data.
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use bvnk_contract::{Clauses, Contract};

    use super::*;

    fn specifications() -> [Specification; 2] {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/other");
        let read = |name: &str| std::fs::read_to_string(format!("{folder}/{name}")).unwrap();
        let contract = Contract::from_yaml("other", &read("customers.yaml")).unwrap();
        let clauses = Clauses::from_toml("other", &read("clauses.toml")).unwrap();
        assert_eq!(clauses.check(&contract, "other"), []);
        [
            Specification::embedded().unwrap(),
            Specification::new(contract, clauses).unwrap(),
        ]
    }

    #[test]
    fn every_case_is_valid_and_a_seed_repeats_them() {
        for specification in specifications() {
            let plan = Plan::generated(&specification, 60, 11).unwrap();
            for operation in specification.contract().operations() {
                let id = &operation.id;
                let cases = plan.cases(id);
                assert!(!cases.is_empty(), "{id}");
                assert!(operation.body.is_none() || cases.len() > 60, "{id}");
                let validator = specification.validator(id, "request");
                for case in cases {
                    if let (Some(validator), Some(body)) = (validator, &case.body) {
                        assert_eq!(validator.violations(body), [], "{id} {}", case.label);
                    }
                }
                let again = super::cases(&specification, operation, 60, 11).unwrap();
                assert_eq!(again, cases);
                let other = super::cases(&specification, operation, 60, 12).unwrap();
                assert!(operation.body.is_none() || other != cases);
            }
        }
    }

    /// Whatever a clause states, an edit is valid where the contract's schema says so.
    #[test]
    fn edits_are_what_they_say() {
        for specification in specifications() {
            let plan = Plan::generated(&specification, 0, 0).unwrap();
            let contract = specification.contract();
            for operation in contract.operations() {
                let Some(body) = &operation.body else {
                    continue;
                };
                let validator = specification.validator(&operation.id, "request").unwrap();
                let mut tried = 0;
                for (variant, all) in plan.everything(&operation.id).iter().enumerate() {
                    let places = places(contract, &body.schema, all, variant);
                    for attribute in specification.attributes(&operation.id, "request") {
                        let path = &attribute.rules.path;
                        let Some(place) = places.iter().find(|place| place.path == *path) else {
                            continue;
                        };
                        for edit in edits(&attribute.rules, all.pointer(&place.pointer)) {
                            let mut body = all.clone();
                            assert!(put(&mut body, &place.pointer, edit.value.clone()));
                            let valid = validator.is_valid(&body);
                            assert_eq!(valid, edit.valid, "{path} {}", edit.what);
                            tried += 1;
                        }
                    }
                }
                assert!(tried > 10, "{}", operation.id);
            }
        }
    }
}
