//! Names that are not on the wire: those of operations and of path parameters.

use bvnk_contract::{Contract, Expectation, Operation, Statement, path_parameters};
use serde_json::Value;

use super::{Change, Impact, Side};

/// A path without the names of its parameters.
pub(crate) fn without_names(path: &str) -> String {
    let segments = path.split('/');
    let segments = segments.map(|segment| match segment.starts_with(['{', ':']) {
        true => "{}",
        false => segment,
    });
    segments.collect::<Vec<_>>().join("/")
}

/// Operations that only changed their names: the old one and the new one.
fn renamed<'a>(before: &'a Contract, after: &'a Contract) -> Vec<(&'a Operation, &'a Operation)> {
    let only = |these: &'a Contract, those: &'a Contract| {
        let operations = these.operations().iter();
        operations.filter(|operation| those.operation(&operation.id).is_none())
    };
    let route = |operation: &Operation| (operation.method.clone(), without_names(&operation.path));
    let pairs = only(before, after).filter_map(|old| {
        let new = only(after, before).find(|new| route(new) == route(old))?;
        Some((old, new))
    });
    pairs.collect()
}

pub(super) fn renamed_operations(before: &Contract, after: &Contract) -> Vec<Change> {
    let pairs = renamed(before, after).into_iter();
    pairs
        .map(|(old, new)| {
            let says = format!("the operation {} is now called {}", old.id, new.id);
            let why = "the name of an operation is not on the wire";
            let mut change = Change::new(Impact::Compatible, Side::Api, says, why)
                .rust(Some("the client's method has another name".to_owned()))
                .at(&format!("{}/operationId", new.location))
                .about(&Expectation::Operation {
                    operation: old.id.clone(),
                    method: old.method.clone(),
                    path: old.path.clone(),
                });
            change.seen_in = [new.id.clone()].into();
            change
        })
        .collect()
}

/// The statements of the new contract with the old names of operations and path parameters.
/// Only the statement of an operation's path keeps the new names of the parameters.
pub(super) fn aligned(before: &Contract, after: &Contract) -> Vec<Statement> {
    let operations = renamed(before, after);
    let old_id = |id: &str| {
        let pair = operations.iter().find(|(_, new)| new.id == id);
        pair.map_or(id, |(old, _)| old.id.as_str()).to_owned()
    };
    // The new name of an operation's path parameter, and the old one.
    let mut parameters = Vec::new();
    for new in after.operations() {
        let Some(old) = before.operation(&old_id(&new.id)) else {
            continue;
        };
        if without_names(&old.path) == without_names(&new.path) {
            let names = path_parameters(&new.path)
                .into_iter()
                .zip(path_parameters(&old.path));
            parameters.extend(names.map(|(new, was)| (old.id.as_str(), new, was)));
        }
    }
    let old_parameter = |operation: &str, name: &str| {
        let known = parameters
            .iter()
            .find(|(id, new, _)| *id == operation && *new == name);
        known.map_or(name, |(_, _, was)| was).to_owned()
    };
    let mut statements = after.statements();
    for statement in &mut statements {
        if !operations.is_empty() {
            rename_operation(statement, &old_id);
        }
        match &mut statement.expectation {
            Expectation::Attribute(rules) if rules.of == "path" => {
                rules.path = old_parameter(&rules.operation, &rules.path);
            }
            Expectation::Link {
                target, parameter, ..
            } => *parameter = old_parameter(target, parameter),
            _ => {}
        }
    }
    statements
}

fn rename_operation(statement: &mut Statement, old_id: &impl Fn(&str) -> String) {
    let mut members = serde_json::to_value(&statement.expectation).unwrap_or_default();
    for name in ["operation", "target"] {
        if let Some(Value::String(id)) = members.get_mut(name) {
            *id = old_id(id);
        }
    }
    if let Ok(renamed) = serde_json::from_value(members) {
        statement.expectation = renamed;
    }
}
