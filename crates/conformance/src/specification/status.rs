//! The attribute that holds how far a flow has come.

use bvnk_contract::{Expectation, Operation};

use super::Specification;

/// The attribute of a success whose values end a flow (`x-terminal`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusAttribute {
    /// The status of the response that has it, as the contract writes it.
    pub of: String,
    /// The place in the body, as a JSON pointer.
    pub pointer: String,
    /// The clause about the attribute.
    pub clause: String,
    /// The clauses about the values that end a flow. What one operation shows of them holds
    /// for all: they have one type.
    pub ends: Vec<String>,
    /// The listed values.
    pub known: Vec<String>,
    /// Whether other values are legal.
    pub open: bool,
    /// The values that end the flow; some may not be listed.
    pub terminal: Vec<String>,
}

impl StatusAttribute {
    /// The first attribute, of the first of the operation's successes that has any, with
    /// values which end a flow.
    pub(super) fn new(specification: &Specification, operation: &Operation) -> Option<Self> {
        let contract = specification.contract();
        let mut found = operation.successes().filter_map(|response| {
            let statuses = contract.statuses(&response.body.as_ref()?.schema);
            Some((response, statuses.into_iter().next()?))
        });
        let (response, attribute) = found.next()?;
        let (of, pointer) = (response.status.to_string(), attribute.pointer()?);
        let stated = contract.statements().into_iter();
        let ends = stated.filter(|it| {
            matches!(it.expectation, Expectation::Terminal { .. })
                && it.location == attribute.schema.location
        });
        let subjects = ends.filter_map(|it| it.expectation.subject());
        Some(Self {
            clause: specification.clause_at(&operation.id, &of, &pointer),
            ends: subjects.map(|it| specification.about(&it)).collect(),
            of,
            pointer,
            known: attribute.schema.rules.listed().to_vec(),
            open: attribute.schema.rules.open == Some(true),
            terminal: attribute.schema.terminal.clone(),
        })
    }

    /// The listed values, and those that end the flow.
    pub fn values(&self) -> impl Iterator<Item = &String> {
        let others = self.terminal.iter().filter(|_| self.open);
        self.known.iter().chain(others)
    }

    /// Whether a status that was left comes back, or an end is followed by something else. It needs
    /// no order of the statuses, so that it holds for any contract.
    pub fn goes_back(&self, statuses: &[String]) -> bool {
        let mut left: Vec<&String> = Vec::new();
        statuses
            .windows(2)
            .filter(|pair| pair[0] != pair[1])
            .any(|pair| {
                left.push(&pair[0]);
                self.is_terminal(&pair[0]) || left.contains(&&pair[1])
            })
    }

    /// Whether a value ends the flow.
    pub fn is_terminal(&self, value: &str) -> bool {
        self.terminal.iter().any(|terminal| terminal == value)
    }
}

/// The listed value that a value is nearly: one letter off, or in another case. It separates a
/// slip from a new status.
///
/// Listed values of up to four letters are left out: another short word is often one letter off.
pub fn misspelt<'a>(value: &str, mut listed: impl Iterator<Item = &'a String>) -> Option<&'a str> {
    let upper = value.trim().to_uppercase();
    let near = |meant: &&String| {
        let long = meant.chars().count() > 4;
        long && strsim::osa_distance(&upper, &meant.to_uppercase()) <= 1
    };
    listed.find(near).map(String::as_str)
}
