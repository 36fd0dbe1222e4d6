//! What operations create for others to fetch, from the contract's links.

use bvnk_contract::{Contract, Location, Operation, Schema};
use serde_json::Value;

use super::Api;
use crate::sequence::StatusSequence;

/// What an operation creates.
pub(crate) struct Creation {
    /// Which of the operation's responses is the success.
    pub(super) response: usize,
    /// The JSON pointer of the reference in that response.
    pointer: String,
    /// The parameter that takes the reference in the first linked operation.
    parameter: String,
    /// The statuses that things pass through; none if they have no status.
    pub(crate) sequences: Vec<StatusSequence>,
    /// The schema of a reference; none if any text can be one.
    pub(super) reference: Option<Schema>,
}

/// Where a request names a thing.
pub(crate) struct Address {
    /// The id of the operation that creates such things.
    pub(crate) creation: String,
    /// The parameter that has the reference.
    pub(crate) parameter: String,
    pub(crate) location: Location,
    /// Whether the request is about the thing itself, and not about something below it.
    pub(crate) is_itself: bool,
}

impl Creation {
    /// What an operation creates; none if it has no link.
    pub(super) fn new(api: &Api, operation: &Operation) -> Option<Self> {
        let flows = api.contract.flows();
        let first = flows.iter().find(|it| it.create.id == operation.id)?;
        let mut responses = operation.responses.iter();
        let mut creation = Self {
            response: responses.position(|it| it.status == first.response.status)?,
            pointer: first.source.pointer.clone(),
            parameter: first.parameter.name.clone(),
            sequences: Vec::new(),
            reference: None,
        };
        let example = api.bodies.get(&first.response.location);
        if let (Some(body), Some(example)) = (&first.response.body, example) {
            creation.sequences = default_sequences(&api.contract, &body.schema, example);
            let mut other = example.clone();
            let text = "f81a5b62-27b8-4b3b-b51e-eb10edeb1731";
            put(&mut other, Some(&creation.pointer), text.into());
            if !api.contract.allows(&body.schema, &other) {
                let mut pointers = pointers(&api.contract, &body.schema).into_iter();
                let reference = pointers.find(|(pointer, _)| *pointer == creation.pointer);
                creation.reference = reference.map(|(_, schema)| schema.clone());
            }
        }
        Some(creation)
    }

    /// The JSON pointer of the reference in a body of this schema: at the link's place, or
    /// under the name that the link's place or parameter has.
    pub(super) fn identity_in(&self, contract: &Contract, schema: &Schema) -> Option<String> {
        let pointers = pointers(contract, schema);
        let name = self.pointer.rsplit('/').next().unwrap_or_default();
        let wanted = [name, &self.parameter].map(|name| format!("/{name}"));
        let mut wanted = [self.pointer.clone()].into_iter().chain(wanted);
        wanted.find(|wanted| pointers.iter().any(|(pointer, _)| pointer == wanted))
    }
}

/// The things that a request for this operation names, the outermost first.
pub(super) fn addresses(contract: &Contract, operation: &Operation) -> Vec<Address> {
    let named = contract.named_by(operation).into_iter();
    let addresses = named.map(|it| Address {
        creation: it.flow.create.id.clone(),
        parameter: it.parameter.name.clone(),
        location: it.parameter.location,
        is_itself: it.is_itself,
    });
    addresses.collect()
}

/// The place of the status in a body of this schema.
pub(super) fn status<'c>(
    contract: &'c Contract,
    schema: &'c Schema,
) -> Option<(String, &'c Schema)> {
    let status = contract.statuses(schema).into_iter().next()?;
    Some((status.pointer()?, status.schema))
}

/// The sequences of statuses that the contract suggests: the first from the status of the
/// creation's example, the others from the first status that is not terminal, each to one
/// terminal status.
fn default_sequences(contract: &Contract, schema: &Schema, example: &Value) -> Vec<StatusSequence> {
    let Some((pointer, schema)) = status(contract, schema) else {
        return Vec::new();
    };
    let all = schema.rules.listed().iter();
    let (mut ends, pending): (Vec<_>, Vec<_>) = all.partition(|it| schema.terminal.contains(*it));
    if ends.is_empty() {
        ends = schema.terminal.iter().collect();
    }
    let shown = example.pointer(&pointer).and_then(Value::as_str);
    let shown = pending.iter().position(|it| Some(it.as_str()) == shown);
    let sample = shown.into_iter().zip(ends.first().copied());
    sample
        .chain(ends.iter().map(|end| (0, *end)))
        .map(|(start, end)| pending.iter().skip(start).copied().chain([end]))
        .map(|statuses| statuses.cloned().collect())
        .collect()
}

/// The places of a body that are in no list, map or alternative, as JSON pointers.
fn pointers<'c>(contract: &'c Contract, schema: &'c Schema) -> Vec<(String, &'c Schema)> {
    let attributes = contract.attributes(schema).into_iter();
    attributes
        .filter_map(|it| Some((it.pointer()?, it.schema)))
        .collect()
}

/// Puts a value at a place of a body, if the body has the object that has it.
pub(crate) fn put(body: &mut Value, pointer: Option<&str>, value: Value) {
    let place = pointer.and_then(|pointer| pointer.rsplit_once('/'));
    if let Some((object, name)) = place
        && let Some(Value::Object(members)) = body.pointer_mut(object)
    {
        members.insert(name.to_owned(), value);
    }
}
