//! Names that are not on the wire: those of operations, and of the parts of a path.

use serde_json::Value;

use super::{Finding, Side, Verdict};
use crate::clauses::Subject;
use crate::facts::{Facts, Operation};

pub(super) fn same_route(a: &Operation, b: &Operation) -> bool {
    a.method == b.method && a.path == b.path
}

/// A path without the names of its parts, which are not on the wire.
pub(crate) fn bare(path: &str) -> String {
    let parts = path.split('/');
    let parts = parts.map(|part| if part.starts_with('{') { "{}" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

/// Operations that only changed their names: the old one and the new one.
fn renamed(old: &Facts, new: &Facts) -> Vec<(String, String)> {
    let gone = old
        .operations
        .iter()
        .filter(|(id, _)| !new.operations.contains_key(*id));
    let pairs = gone.filter_map(|(id, before)| {
        let same = |(other, after): &(&String, &Operation)| {
            same_route(before, after) && !old.operations.contains_key(*other)
        };
        Some((id.clone(), new.operations.iter().find(same)?.0.clone()))
    });
    pairs.collect()
}

/// An operation's name is not on the wire, but it is the name of the client's method.
pub(super) fn renames(old: &Value, new: &Value) -> Vec<Finding> {
    let (old, new) = (Facts::of(old), Facts::of(new));
    let told = |(before, after): (String, String)| {
        let says = format!("the operation {before} is now called {after}");
        let why = "the name of an operation is not on the wire";
        Finding::new(Verdict::Compatible, Side::Api, says, why)
            .seen_in(&after)
            .at(format!("{}/operationId", new.operations[&after].place))
            .in_rust(Some("the client's method has another name".to_owned()))
            .about(Subject::Operation(before))
    };
    renamed(&old, &new).into_iter().map(told).collect()
}

/// The new contract with the old names of operations and of parts of the path: what is
/// only called otherwise is the same. (`drift` panics where a part of a path is.)
pub(super) fn aligned(old: &Value, new: &Value) -> Value {
    let mut aligned = new.clone();
    let (before, after) = (Facts::of(old), Facts::of(new));
    for (was, is) in renamed(&before, &after) {
        let place = after
            .operations
            .get(&is)
            .map_or("", |operation| &operation.place);
        if let Some(operation) = aligned.pointer_mut(place) {
            operation["operationId"] = was.into();
        }
    }
    let paths = |contract: &Value| -> Vec<String> {
        let paths = contract.get("paths").and_then(Value::as_object);
        paths
            .into_iter()
            .flatten()
            .map(|(path, _)| path.clone())
            .collect()
    };
    for path in paths(new) {
        let same = paths(old)
            .into_iter()
            .find(|other| bare(other) == bare(&path));
        let Some(before) = same.filter(|before| *before != path) else {
            continue;
        };
        let Some(mut item) = aligned["paths"]
            .as_object_mut()
            .and_then(|paths| paths.remove(&path))
        else {
            continue;
        };
        for (was, is) in before.split('/').zip(path.split('/')) {
            let braces = |c| c == '{' || c == '}';
            rename(&mut item, is.trim_matches(braces), was.trim_matches(braces));
        }
        aligned["paths"][before] = item;
    }
    aligned
}

fn rename(item: &mut Value, from: &str, to: &str) {
    match item {
        Value::Object(members) => {
            if members.get("in") == Some(&"path".into())
                && members.get("name") == Some(&from.into())
            {
                members.insert("name".to_owned(), to.into());
            }
            members
                .values_mut()
                .for_each(|member| rename(member, from, to));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, from, to)),
        _ => {}
    }
}
