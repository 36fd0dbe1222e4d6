//! Collections: things that one operation creates and others fetch, from the contract's
//! links.

use bvnk_contract::{Contract, Flow, Location, Operation, Schema, Shape};
use serde_json::Value;

use crate::sequence::StatusSequence;

/// Things of one kind.
pub(crate) struct Collection {
    /// The number of the operation that creates one.
    pub(crate) creation: usize,
    /// Which of that operation's responses is the success.
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
    pub(crate) collection: usize,
    /// The parameter that has the reference.
    pub(crate) parameter: String,
    pub(crate) location: Location,
    /// Whether the request is about the thing itself, and not about something below it.
    pub(crate) is_itself: bool,
}

/// The collections of a contract.
pub(super) fn collections(contract: &Contract) -> Vec<Collection> {
    let mut collections: Vec<Collection> = Vec::new();
    for flow in contract.flows() {
        let mut operations = contract.operations().iter();
        let mut responses = flow.create.responses.iter();
        let (Some(creation), Some(response)) = (
            operations.position(|it| it.id == flow.create.id),
            responses.position(|it| it.status == flow.response.status),
        ) else {
            continue;
        };
        let location = flow.parameter_location().unwrap_or(Location::Path);
        let link = (flow.follow.id.clone(), flow.parameter.to_owned(), location);
        match collections.iter_mut().find(|it| it.creation == creation) {
            Some(collection) => collection.links.push(link),
            None => collections.push(Collection {
                creation,
                response,
                pointer: flow.source.pointer.clone(),
                links: vec![link],
                path: address_path(&flow),
                sequences: Vec::new(),
                reference: None,
            }),
        }
    }
    collections
}

/// The path's segments up to the parameter that takes the reference.
fn address_path(flow: &Flow<'_>) -> Vec<String> {
    let parameter = format!("{{{}}}", flow.parameter);
    let mut segments: Vec<_> = flow.follow.path.split('/').map(str::to_owned).collect();
    let last = segments.iter().position(|segment| *segment == parameter);
    segments.truncate(last.map_or(0, |last| last + 1));
    segments
}

/// The things that a request for this operation names.
pub(super) fn addresses(collections: &[Collection], operation: &Operation) -> Vec<Address> {
    let mut found = Vec::new();
    for (collection, it) in collections.iter().enumerate() {
        let link = it.links.iter().find(|(id, ..)| *id == operation.id);
        let (parameter, location) = match (link, it.parameter_of(&operation.path)) {
            (Some((_, parameter, location)), _) => (parameter.clone(), *location),
            (None, Some(parameter)) => (parameter, Location::Path),
            (None, None) => continue,
        };
        let depth = it.path.len();
        let is_itself = link.is_some() || operation.path.split('/').count() == depth;
        let address = Address {
            collection,
            parameter,
            location,
            is_itself,
        };
        found.push((depth, address));
    }
    found.sort_by_key(|(depth, _)| *depth);
    found.into_iter().map(|(_, address)| address).collect()
}

impl Collection {
    /// The parameter of a path that stands where this collection's reference does.
    fn parameter_of(&self, path: &str) -> Option<String> {
        let segments: Vec<_> = path.split('/').take(self.path.len()).collect();
        let mut pairs = self.path.iter().zip(&segments);
        let is_same = segments.len() == self.path.len()
            && pairs.all(|(own, it)| own == it || (own.starts_with('{') && it.starts_with('{')));
        let name = segments.last()?.strip_prefix('{')?.strip_suffix('}')?;
        is_same.then(|| name.to_owned())
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

    /// Adds what the schema and an example of the creation's response show: which statuses
    /// things have, and which form a reference has.
    pub(super) fn describe(
        &mut self,
        contract: &Contract,
        schema: &Schema,
        example: &Value,
        is_valid: impl Fn(&Value) -> bool,
    ) {
        self.sequences = default_sequences(contract, schema, example);
        let mut other = example.clone();
        let text = "f81a5b62-27b8-4b3b-b51e-eb10edeb1731";
        put(&mut other, Some(&self.pointer), text.into());
        if !is_valid(&other) {
            let mut pointers = pointers(contract, schema).into_iter();
            let reference = pointers.find(|(pointer, _)| *pointer == self.pointer);
            self.reference = reference.map(|(_, schema)| schema.clone());
        }
    }
}

/// The place of the status in a body of this schema: the one with terminal values.
pub(super) fn status<'c>(
    contract: &'c Contract,
    schema: &'c Schema,
) -> Option<(String, &'c Schema)> {
    let mut pointers = pointers(contract, schema).into_iter();
    pointers.find(|(_, schema)| !schema.terminal.is_empty())
}

/// The sequences of statuses that the contract suggests: the first from the status of the
/// creation's example, the others from the first status that is not terminal, each to one
/// terminal status.
fn default_sequences(contract: &Contract, schema: &Schema, example: &Value) -> Vec<StatusSequence> {
    let Some((pointer, schema)) = status(contract, schema) else {
        return Vec::new();
    };
    let Shape::String(rules) = &schema.shape else {
        return Vec::new();
    };
    let is_terminal = |value: &&String| schema.terminal.contains(*value);
    let pending: Vec<_> = rules.values.iter().filter(|it| !is_terminal(it)).collect();
    let mut ends: Vec<_> = rules.values.iter().filter(is_terminal).collect();
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
    let mut pointers = Vec::new();
    for attribute in contract.attributes(schema) {
        if !attribute.path.contains(['[', '{', '<']) {
            let pointer = format!("/{}", attribute.path.replace('.', "/"));
            pointers.push((pointer, attribute.schema));
        }
    }
    pointers
}

/// Puts a value at a place of a body, if the body has the place.
pub(crate) fn put(body: &mut Value, pointer: Option<&str>, value: Value) {
    if let Some(place) = pointer.and_then(|pointer| body.pointer_mut(pointer)) {
        *place = value;
    }
}
