//! The attribute that holds how far a flow has come.

use bvnk_contract::{Expectation, Operation};

use super::Specification;

/// The attribute of a success whose values end a flow (`x-terminal`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StatusAttribute {
    /// The status of the response that has it, as the contract writes it.
    pub(crate) of: String,
    /// The place in the body, as a JSON pointer.
    pub(crate) pointer: String,
    /// The clause about the attribute.
    pub(crate) clause: String,
    /// The clauses about the values that end a flow. What one operation shows of them holds
    /// for all: they have one type.
    pub(crate) ends: Vec<String>,
    /// The listed values.
    pub(crate) known: Vec<String>,
    /// Whether other values are legal.
    pub(crate) open: bool,
    /// The values that end the flow; some may not be listed.
    pub(crate) terminal: Vec<String>,
}

impl StatusAttribute {
    /// The first attribute, of the first of the operation's successes that has any, with
    /// values which end a flow.
    pub(crate) fn new(specification: &Specification, operation: &Operation) -> Option<Self> {
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
    pub(crate) fn values(&self) -> impl Iterator<Item = &String> {
        let others = self.terminal.iter().filter(|_| self.open);
        self.known.iter().chain(others)
    }

    /// Whether a value ends the flow.
    pub(crate) fn is_terminal(&self, value: &str) -> bool {
        self.terminal.iter().any(|terminal| terminal == value)
    }
}
