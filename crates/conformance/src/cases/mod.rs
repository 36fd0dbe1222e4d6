//! Requests to send, for any operation: generated, designed, and wrong in one place. No
//! operation and no field is named here, so that what the contract gains is sent without
//! an edit; `documented` is about this API's people.

pub mod documented;
mod edits;
mod generator;
mod plan;
mod planned;
mod texts;
mod variations;

use std::collections::BTreeMap;

use bvnk_contract::Contract;
use serde_json::Value;

pub(crate) use edits::{LENGTH, NULL};
pub use generator::{Generator, Optional};
pub use plan::Plan;
pub(crate) use planned::alternatives;
pub(crate) use variations::{Variation, put};

/// What one call of an operation is made with.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// How it was made.
    ///
    /// For example `the contract's example`, or `generated case 7`.
    pub label: String,
    /// The parameters by name, without the idempotency key.
    ///
    /// As JSON values; sending writes them as texts.
    pub parameters: BTreeMap<String, Value>,
    /// The body.
    ///
    /// `None` sends no body, which is another case than `null`.
    pub body: Option<Value>,
    /// Whether reports may show it: it is no real person's data.
    ///
    /// False for a body that the caller gave.
    pub shown: bool,
    /// Whether what it creates is fetched until its flow ends.
    pub followed: bool,
}

/// A parameter's value as texts: one for each item of a list, else one.
///
/// # Examples
///
/// `7` is `["7"]`, and `["a", 1]` is `["a", "1"]`.
pub(crate) fn text(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().flat_map(text).collect(),
        // 7.0 is the number 7, which has one form in a parameter.
        Value::Number(number) if number.is_f64() => {
            let text = number.to_string();
            vec![text.strip_suffix(".0").map_or(text.clone(), str::to_owned)]
        }
        other => vec![other.to_string()],
    }
}

/// The contract's example of the body of an operation.
///
/// `None` if there is no such operation or no example.
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
    use crate::specification::Specification;

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
            let plan = |seed| Plan::generated(&specification, 60, seed).unwrap();
            let (first, again, other) = (plan(11), plan(11), plan(12));
            for operation in &specification.contract().operations {
                let id = &operation.id;
                let cases = first.cases(id);
                assert!(!cases.is_empty(), "{id}");
                assert!(operation.body.is_none() || cases.len() > 60, "{id}");
                let validator = specification.validator(id, "request");
                for case in cases {
                    if let (Some(validator), Some(body)) = (validator, &case.body) {
                        assert_eq!(validator.violations(body), [], "{id} {}", case.label);
                    }
                }
                assert_eq!(again.cases(id), cases);
                assert!(operation.body.is_none() || other.cases(id) != cases);
            }
        }
    }

    /// Whatever a clause states, an edit is valid where the contract's schema says so.
    #[test]
    fn edits_are_what_they_say() {
        for specification in specifications() {
            let plan = Plan::generated(&specification, 0, 0).unwrap();
            for operation in &specification.contract().operations {
                let Some(validator) = specification.validator(&operation.id, "request") else {
                    continue;
                };
                let variations = plan.variations(&specification, operation).into_iter();
                let mut tried = 0;
                for it in variations.filter(|it| it.attribute.rules.of == "request") {
                    let valid = validator.is_valid(&it.body.unwrap());
                    let path = &it.attribute.rules.path;
                    assert_eq!(valid, it.edit.valid, "{path} {}", it.edit.what());
                    tried += 1;
                }
                assert!(tried > 10, "{}", operation.id);
            }
        }
    }
}
