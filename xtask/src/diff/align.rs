//! Names that are not on the wire: those of operations and of path parameters.
//!
//! A new name of either is no change for a server. The comparison would otherwise report the
//! operation as gone, which breaks every caller.

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

/// The operations that both contracts have, the new one first, whatever their names are.
///
/// Operations are the same if their ids are, or if each id is in one contract only and their
/// methods and paths are the same. Two operations cannot have the same route, so that the pairs
/// are certain.
fn pairs<'a>(before: &'a Contract, after: &'a Contract) -> Vec<(&'a Operation, &'a Operation)> {
    let route = |operation: &Operation| (operation.method.clone(), without_names(&operation.path));
    let pair = |new: &'a Operation| {
        let mut gone = before.operations().iter();
        let gone = gone.find(|old| after.operation(&old.id).is_none() && route(old) == route(new));
        Some((new, before.operation(&new.id).or(gone)?))
    };
    after.operations().iter().filter_map(pair).collect()
}

/// The changes of operations' names. Only the client's Rust shows them.
///
/// The change is compatible for the API, and breaking for the crate that has the method.
pub(super) fn renamed_operations(before: &Contract, after: &Contract) -> Vec<Change> {
    let renamed = pairs(before, after).into_iter();
    let renamed = renamed.filter(|(new, old)| new.id != old.id);
    let change = |(new, old): (&Operation, &Operation)| {
        let says = format!("the operation {} is now called {}", old.id, new.id);
        let why = "the name of an operation is not on the wire";
        let mut change = Change::new(Impact::Compatible, Side::Api, says, why)
            .rust(Some("the client's method has another name"))
            .about(&Expectation::Operation {
                operation: old.id.clone(),
                method: old.method.clone(),
                path: old.path.clone(),
            });
        change.at(&format!("{}/operationId", new.location));
        change.seen_in = [new.id.clone()].into();
        change
    };
    renamed.map(change).collect()
}

/// The statements of the new contract with the old names of operations and path parameters.
///
/// Only the statement of an operation's path keeps the new names of the parameters.
///
/// The ids are replaced in the JSON form of each expectation, which has them under two member
/// names for every kind of fact.
pub(super) fn aligned(before: &Contract, after: &Contract) -> Vec<Statement> {
    let pairs = pairs(before, after);
    let pair = |id: &str| pairs.iter().find(|(new, _)| new.id == id);
    // The old name has the same place in the path.
    let rename = |id: &str, name: &mut String| {
        let same =
            pair(id).filter(|(new, old)| without_names(&new.path) == without_names(&old.path));
        let names = same.map(|(new, old)| [new, old].map(|it| path_parameters(&it.path)));
        let mut names = names
            .into_iter()
            .flat_map(|[new, old]| new.into_iter().zip(old));
        if let Some((_, old)) = names.find(|(new, _)| new == name) {
            *name = old.to_owned();
        }
    };
    let mut statements = after.statements();
    for statement in &mut statements {
        match &mut statement.expectation {
            Expectation::Attribute(rules) if rules.of == "path" => {
                let id = rules.operation.clone();
                rename(&id, &mut rules.path);
            }
            Expectation::Link {
                target, parameter, ..
            } => rename(target, parameter),
            _ => {}
        }
        let mut members = serde_json::to_value(&statement.expectation).unwrap_or_default();
        for name in ["operation", "target"] {
            if let Some(Value::String(id)) = members.get_mut(name)
                && let Some((_, old)) = pair(id)
            {
                id.clone_from(&old.id);
            }
        }
        if let Ok(renamed) = serde_json::from_value(members) {
            statement.expectation = renamed;
        }
    }
    statements
}
