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
    /// The operations of links, with the parameter that takes the reference.
    links: Vec<(usize, String, Location)>,
    /// The path of the first linked operation up to the parameter, as segments.
    path: Vec<String>,
    /// The statuses that things pass through; none if they have no status.
    pub(crate) sequences: Vec<StatusSequence>,
    /// Whether any text can be a reference.
    pub(crate) any_text: bool,
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
    let index = |operation: &Operation| {
        let mut all = contract.operations().iter();
        all.position(|it| std::ptr::eq(it, operation))
    };
    for flow in contract.flows() {
        let (Some(creation), Some(follow)) = (index(flow.create), index(flow.follow)) else {
            continue;
        };
        let location = flow.parameter_location().unwrap_or(Location::Path);
        let link = (follow, flow.parameter.to_owned(), location);
        match collections.iter_mut().find(|it| it.creation == creation) {
            Some(collection) => collection.links.push(link),
            None => collections.push(Collection {
                creation,
                response: response(&flow),
                pointer: flow.source.pointer.clone(),
                links: vec![link],
                path: address_path(&flow),
                sequences: Vec::new(),
                any_text: false,
            }),
        }
    }
    collections
}

fn response(flow: &Flow<'_>) -> usize {
    let mut responses = flow.create.responses.iter();
    let found = responses.position(|it| std::ptr::eq(it, flow.response));
    found.unwrap_or(0)
}

/// The path's segments up to the parameter that takes the reference.
fn address_path(flow: &Flow<'_>) -> Vec<String> {
    let parameter = format!("{{{}}}", flow.parameter);
    let segments: Vec<_> = flow.follow.path.split('/').map(str::to_owned).collect();
    match segments.iter().position(|segment| *segment == parameter) {
        Some(last) => segments.into_iter().take(last + 1).collect(),
        None => Vec::new(),
    }
}

/// The things that a request for this operation names.
pub(super) fn addresses(
    collections: &[Collection],
    operation: &Operation,
    index: usize,
) -> Vec<Address> {
    let mut found = Vec::new();
    for (collection, it) in collections.iter().enumerate() {
        let linked = it.links.iter().find(|(linked, ..)| *linked == index);
        if let Some((_, parameter, location)) = linked {
            found.push((
                it.path.len(),
                Address {
                    collection,
                    parameter: parameter.clone(),
                    location: *location,
                    is_itself: true,
                },
            ));
        } else if let Some(parameter) = it.parameter_of(&operation.path) {
            let depth = operation.path.split('/').count();
            found.push((
                it.path.len(),
                Address {
                    collection,
                    parameter,
                    location: Location::Path,
                    is_itself: depth == it.path.len(),
                },
            ));
        }
    }
    found.sort_by_key(|(depth, _)| *depth);
    found.into_iter().map(|(_, address)| address).collect()
}

impl Collection {
    /// The parameter of a path that stands where this collection's reference does.
    fn parameter_of(&self, path: &str) -> Option<String> {
        let (last, start) = self.path.split_last()?;
        debug_assert!(last.starts_with('{'));
        let mut segments = path.split('/');
        let same = |(own, other): (&String, &str)| {
            own == other || (own.starts_with('{') && other.starts_with('{'))
        };
        if !start
            .iter()
            .all(|own| segments.next().is_some_and(|other| same((own, other))))
        {
            return None;
        }
        let segment = segments.next()?;
        let name = segment.strip_prefix('{')?.strip_suffix('}')?;
        Some(name.to_owned())
    }

    /// The JSON pointer of the reference in a body of this schema: at the link's place, or
    /// under the name that the link's place or parameter has.
    pub(super) fn identity_in(&self, contract: &Contract, schema: &Schema) -> Option<String> {
        let pointers = pointers(contract, schema);
        let name = self.pointer.rsplit('/').next().unwrap_or_default();
        let parameter = self
            .links
            .first()
            .map_or("", |(_, parameter, _)| parameter.as_str());
        [
            self.pointer.clone(),
            format!("/{name}"),
            format!("/{parameter}"),
        ]
        .into_iter()
        .find(|wanted| pointers.iter().any(|(pointer, _)| pointer == wanted))
    }

    /// The JSON pointer of the status in a body of this schema.
    pub(super) fn status_in(&self, contract: &Contract, schema: &Schema) -> Option<String> {
        let mut pointers = pointers(contract, schema).into_iter();
        let status = pointers.find(|(_, schema)| !schema.terminal.is_empty());
        status.map(|(pointer, _)| pointer)
    }

    /// The schema of the reference.
    pub(super) fn reference_schema<'c>(&self, contract: &'c Contract) -> Option<&'c Schema> {
        let creation = contract.operations().get(self.creation)?;
        let body = creation.responses.get(self.response)?.body.as_ref()?;
        let mut pointers = pointers(contract, &body.schema).into_iter();
        let reference = pointers.find(|(pointer, _)| *pointer == self.pointer);
        reference.map(|(_, schema)| schema)
    }

    /// The sequences of statuses that the contract suggests: the first from the status of
    /// the creation's example, the others from the first status that is not terminal, each
    /// to one terminal status.
    pub(super) fn default_sequences(
        &self,
        contract: &Contract,
        schema: &Schema,
        example: &Value,
    ) -> Vec<StatusSequence> {
        let mut places = pointers(contract, schema).into_iter();
        let status = places.find(|(_, schema)| !schema.terminal.is_empty());
        let Some((pointer, schema)) = status else {
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
        let shown = pending
            .iter()
            .position(|status| Some(status.as_str()) == shown);
        let sequence = |start: usize, end: &String| {
            let statuses = pending.iter().skip(start).copied().chain([end]);
            statuses.cloned().collect::<StatusSequence>()
        };
        let sample = ends
            .first()
            .zip(shown)
            .map(|(end, start)| sequence(start, end));
        sample
            .into_iter()
            .chain(ends.iter().map(|end| sequence(0, end)))
            .collect()
    }
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
