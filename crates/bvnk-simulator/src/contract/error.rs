//! What is wrong with a contract.

use std::error::Error;
use std::fmt;

/// A contract that cannot be compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContractError {
    place: String,
    problem: String,
}

impl ContractError {
    pub(crate) fn new(place: impl Into<String>, problem: impl fmt::Display) -> Self {
        Self {
            place: place.into(),
            problem: problem.to_string(),
        }
    }

    /// Where in the document, as a JSON pointer.
    pub fn place(&self) -> &str {
        &self.place
    }
}

impl fmt::Display for ContractError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { place, problem } = self;
        write!(f, "the contract cannot be used at {place:?}: {problem}")
    }
}

impl Error for ContractError {}
