//! A person from a JSON file: the whole request body, or its `individual`.
//!
//! What is wrong is told field by field and without any value, for the file is about
//! somebody.

use std::fmt;

use serde_json::{Value, json};

use crate::Contract;
use crate::contract::Misfit;

/// Why a file cannot be onboarded.
#[derive(Debug)]
pub enum Refusal {
    /// The text is not JSON.
    NotJson(String),
    /// The JSON is not what the contract asks for; one line for each place.
    NotValid(Vec<Misfit>),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotJson(reason) => writeln!(f, "the file is not JSON: {reason}"),
            Self::NotValid(wrong) => {
                writeln!(f, "the individual is not valid:")?;
                for misfit in wrong {
                    writeln!(f, "  {misfit}")?;
                }
                Ok(())
            }
        }
    }
}

impl std::error::Error for Refusal {}

/// Reads a request body. An `individual` alone is put into the contract's own example of
/// a request, in place of the person there.
///
/// # Errors
///
/// [`Refusal`] says what is wrong and where.
pub fn read(contract: &Contract, text: &str) -> Result<Value, Refusal> {
    let given: Value = serde_json::from_str(text).map_err(|error| {
        let at = format!("line {}, column {}", error.line(), error.column());
        Refusal::NotJson(at)
    })?;
    let whole = given.get("individual").is_some();
    let body = if whole {
        given
    } else {
        let mut body = contract
            .example("create_customer")
            .cloned()
            .unwrap_or(json!({}));
        body["individual"] = given;
        body
    };
    let schema = contract.body("create_customer", "request").ok_or_else(|| {
        Refusal::NotValid(vec![Misfit::whole("the contract has no request body")])
    })?;
    schema.judge(&body).map_err(Refusal::NotValid)?;
    Ok(body)
}
