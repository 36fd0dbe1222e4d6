//! What the contract says about a creation and what follows it: the attribute that holds
//! how far it has come, and operations on what was created.

use bvnk_contract::{Contract, Flow, Operation, Shape};

/// The attribute of a success whose values end a flow (`x-terminal`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StatusAttribute {
    /// The status of the response that has it, as the contract writes it.
    pub(crate) of: String,
    /// The place in the body, as a JSON pointer.
    pub(crate) pointer: String,
    /// Where the contract defines the values.
    pub(crate) location: String,
    /// The listed values.
    pub(crate) known: Vec<String>,
    /// The values that end the flow; some may not be listed.
    pub(crate) terminal: Vec<String>,
}

impl StatusAttribute {
    /// The first attribute of the operation's successes that has values which end a flow.
    pub(crate) fn of(contract: &Contract, operation: &Operation) -> Option<Self> {
        for response in operation.successes() {
            let Some(body) = &response.body else { continue };
            for attribute in contract.attributes(&body.schema) {
                let Shape::String(rules) = &attribute.schema.shape else {
                    continue;
                };
                let plain = !attribute.path.contains(['[', '{', '<']);
                if plain && !attribute.schema.terminal.is_empty() {
                    return Some(Self {
                        of: response.status.to_string(),
                        pointer: pointer(&attribute.path),
                        location: attribute.schema.location.clone(),
                        known: rules.values.clone(),
                        terminal: attribute.schema.terminal.clone(),
                    });
                }
            }
        }
        None
    }

    /// Whether a value ends the flow.
    pub(crate) fn is_terminal(&self, value: &str) -> bool {
        self.terminal.iter().any(|terminal| terminal == value)
    }
}

/// A path of names as a JSON pointer.
pub(crate) fn pointer(path: &str) -> String {
    format!("/{}", path.replace('.', "/"))
}

/// The flows that an operation begins.
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
        let marker = format!("{{{}}}", flow.parameter);
        let fetched = flow.follow.path.split_once(&marker);
        let own = operation.path.split_once(&marker);
        fetched
            .zip(own)
            .is_some_and(|(fetched, own)| fetched.0 == own.0)
    });
    below.find(|flow| flow.create.id != operation.id)
}
