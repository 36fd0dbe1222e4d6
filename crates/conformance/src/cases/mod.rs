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

pub use edits::Edit;
pub(crate) use edits::{LENGTH, NULL};
pub use generator::{Generator, Optional};
pub use plan::Plan;
pub(crate) use planned::alternatives;
pub use variations::Variation;
pub(crate) use variations::put;

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
