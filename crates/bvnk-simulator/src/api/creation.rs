//! What operations create for others to fetch, from the contract's links.

use std::collections::BTreeMap;

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
    /// The ids of the operations of links, with the parameter that takes the reference.
    links: Vec<(String, String, Location)>,
    /// The path of the first linked operation up to the parameter, as segments.
    path: Vec<String>,
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
        let flows: Vec<_> = flows
            .iter()
            .filter(|it| it.create.id == operation.id)
            .collect();
        let first = *flows.first()?;
        let mut responses = operation.responses.iter();
        let links = flows.iter().map(|flow| {
            let parameter = flow.parameter;
            (
                flow.follow.id.clone(),
                parameter.name.clone(),
                parameter.location,
            )
        });
        // The path's segments up to the parameter that takes the reference.
        let parameter = format!("{{{}}}", first.parameter.name);
        let mut path: Vec<_> = first.follow.path.split('/').map(str::to_owned).collect();
        let last = path.iter().position(|segment| *segment == parameter);
        path.truncate(last.map_or(0, |last| last + 1));
        let mut creation = Self {
            response: responses.position(|it| it.status == first.response.status)?,
            pointer: first.source.pointer.clone(),
            links: links.collect(),
            path,
            sequences: Vec::new(),
            reference: None,
        };
        let example = api.bodies.get(&first.response.location);
        if let (Some(body), Some(example)) = (&first.response.body, example) {
            creation.sequences = default_sequences(&api.contract, &body.schema, example);
            let mut other = example.clone();
            let text = "f81a5b62-27b8-4b3b-b51e-eb10edeb1731";
            put(&mut other, Some(&creation.pointer), text.into());
            if !api.violations(&body.schema, &other).is_empty() {
                let mut pointers = pointers(&api.contract, &body.schema).into_iter();
                let reference = pointers.find(|(pointer, _)| *pointer == creation.pointer);
                creation.reference = reference.map(|(_, schema)| schema.clone());
            }
        }
        Some(creation)
    }

    /// The parameter of an operation that has such a reference: that of the link, or the one
    /// of a path that stands where the linked operation's does.
    fn parameter_of(&self, operation: &Operation) -> Option<(String, Location, bool)> {
        let mut links = self.links.iter();
        if let Some((_, parameter, location)) = links.find(|(id, ..)| *id == operation.id) {
            return Some((parameter.clone(), *location, true));
        }
        let segments: Vec<_> = operation.path.split('/').collect();
        let own = segments.get(..self.path.len())?;
        let is_parameter = |it: &str| it.starts_with('{');
        let mut pairs = self.path.iter().zip(own);
        let is_same = pairs.all(|(own, it)| own == it || (is_parameter(own) && is_parameter(it)));
        let name = own.last()?.strip_prefix('{')?.strip_suffix('}')?;
        let is_itself = segments.len() == own.len();
        is_same.then(|| (name.to_owned(), Location::Path, is_itself))
    }

    /// The JSON pointer of the reference in a body of this schema: at the link's place, or
    /// under the name that the link's place or parameter has.
    pub(super) fn identity_in(&self, contract: &Contract, schema: &Schema) -> Option<String> {
        let pointers = pointers(contract, schema);
        let name = self.pointer.rsplit('/').next().unwrap_or_default();
        let parameter = self.links.first().map_or("", |(_, name, _)| name.as_str());
        let wanted = [name, parameter].map(|name| format!("/{name}"));
        let mut wanted = [self.pointer.clone()].into_iter().chain(wanted);
        wanted.find(|wanted| pointers.iter().any(|(pointer, _)| pointer == wanted))
    }
}

/// The things that a request for this operation names, the outermost first.
pub(super) fn addresses(
    creations: &BTreeMap<String, Creation>,
    operation: &Operation,
) -> Vec<Address> {
    let mut found: Vec<_> = creations
        .iter()
        .filter_map(|(id, it)| {
            let (parameter, location, is_itself) = it.parameter_of(operation)?;
            let address = Address {
                creation: id.clone(),
                parameter,
                location,
                is_itself,
            };
            Some((it.path.len(), address))
        })
        .collect();
    found.sort_by_key(|(depth, _)| *depth);
    found.into_iter().map(|(_, address)| address).collect()
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

/// Puts a value at a place of a body, if the body has the place.
pub(crate) fn put(body: &mut Value, pointer: Option<&str>, value: Value) {
    if let Some(place) = pointer.and_then(|pointer| body.pointer_mut(pointer)) {
        *place = value;
    }
}
