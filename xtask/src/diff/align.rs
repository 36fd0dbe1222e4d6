//! Names that are not on the wire: those of operations and of path parameters.
//!
//! A new name of either is no change for a server. The comparison would otherwise report the
//! operation as gone, which breaks every caller.

use std::collections::BTreeMap;

use bvnk_contract::{Contract, Expectation, Operation, Statement, path_parameters};
use serde_json::Value;

use super::{Change, Impact, Side};

/// A path without the names of its parameters.
///
/// `/customers/{reference}` and `/customers/:id` are both `/customers/{}`.
pub(crate) fn without_names(path: &str) -> String {
    let segments = path.split('/');
    let segments = segments.map(|segment| match segment.starts_with(['{', ':']) {
        true => "{}",
        false => segment,
    });
    segments.collect::<Vec<_>>().join("/")
}

/// Operations of the new contract that only changed their names, by their new ids.
///
/// An operation is the same if its method and its path are, and if both ids exist in one contract
/// only. Two operations cannot have the same route, so that the pairs are certain.
fn renamed<'a>(before: &'a Contract, after: &Contract) -> BTreeMap<String, &'a Operation> {
    let route = |operation: &Operation| (operation.method.clone(), without_names(&operation.path));
    let new = after.operations().iter();
    let new = new.filter(|new| before.operation(&new.id).is_none());
    let pairs = new.filter_map(|new| {
        let mut old = before.operations().iter();
        let old = old.find(|old| after.operation(&old.id).is_none() && route(old) == route(new))?;
        Some((new.id.clone(), old))
    });
    pairs.collect()
}

/// The changes of operations' names. Only the client's Rust shows them.
///
/// The change is compatible for the API, and breaking for the crate that has the method.
pub(super) fn renamed_operations(before: &Contract, after: &Contract) -> Vec<Change> {
    let change = |(new, old): (String, &Operation)| {
        let says = format!("the operation {} is now called {new}", old.id);
        let why = "the name of an operation is not on the wire";
        let location = after.operation(&new).map_or("", |new| &new.location);
        let mut change = Change::new(Impact::Compatible, Side::Api, says, why)
            .rust(Some("the client's method has another name"))
            .about(&Expectation::Operation {
                operation: old.id.clone(),
                method: old.method.clone(),
                path: old.path.clone(),
            });
        change.at(&format!("{location}/operationId"));
        change.seen_in = [new].into();
        change
    };
    renamed(before, after).into_iter().map(change).collect()
}

/// The statements of the new contract with the old names of operations and path parameters.
///
/// Only the statement of an operation's path keeps the new names of the parameters.
///
/// The ids are replaced in the JSON form of each expectation, which has them under two member
/// names for every kind of fact.
pub(super) fn aligned(before: &Contract, after: &Contract) -> Vec<Statement> {
    let operations = renamed(before, after);
    let old_id = |id: &str| operations.get(id).map_or(id, |old| &old.id).to_owned();
    // The old names of path parameters, by the operation's old id and the new name.
    let mut parameters = BTreeMap::new();
    for new in after.operations() {
        let id = old_id(&new.id);
        let old = before.operation(&id);
        if let Some(old) = old.filter(|old| without_names(&old.path) == without_names(&new.path)) {
            let names = path_parameters(&new.path).into_iter();
            let names = names.zip(path_parameters(&old.path));
            parameters
                .extend(names.map(|(new, old)| ((id.clone(), new.to_owned()), old.to_owned())));
        }
    }
    let rename = |operation: &str, name: &mut String| {
        let key = (operation.to_owned(), name.clone());
        if let Some(old) = parameters.get(&key) {
            name.clone_from(old);
        }
    };
    let mut statements = after.statements();
    for statement in &mut statements {
        let mut members = serde_json::to_value(&statement.expectation).unwrap_or_default();
        for name in ["operation", "target"] {
            if let Some(Value::String(id)) = members.get_mut(name) {
                *id = old_id(id);
            }
        }
        if let Ok(renamed) = serde_json::from_value(members) {
            statement.expectation = renamed;
        }
        match &mut statement.expectation {
            Expectation::Attribute(rules) if rules.of == "path" => {
                rename(&rules.operation, &mut rules.path);
            }
            Expectation::Link {
                target, parameter, ..
            } => rename(target, parameter),
            _ => {}
        }
    }
    statements
}
