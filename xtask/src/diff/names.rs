//! What is not on the wire: names of operations, of path parameters and of Rust types, what may
//! be printed, what waits follow, and whether the client's type keeps unknown members.
//!
//! No statement has these, or only by the way. A new name of an operation or a path parameter is
//! no change for a server; the comparison would otherwise report the operation as gone, which
//! breaks every caller. The other changes matter to those who use the client's Rust, or to the
//! protection of personal data.

use std::collections::BTreeMap;

use bvnk_contract::{
    Additional, Contract, Expectation, Location, Operation, Schema, Shape, Statement,
    path_parameters,
};

use super::{Change, Impact, Side, effects};

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

/// An operation of the new contract, and the same one of the old contract.
pub(super) type Pair<'a> = (&'a Operation, &'a Operation);

/// The operations that both contracts have, whatever their names are.
///
/// Operations are the same if their ids are, or if each id is in one contract only and their
/// methods and paths are the same. Two operations cannot have the same route, so that the pairs
/// are certain.
pub(super) fn pairs<'a>(before: &'a Contract, after: &'a Contract) -> Vec<Pair<'a>> {
    let route = |operation: &Operation| (operation.method.clone(), without_names(&operation.path));
    let pair = |new: &'a Operation| {
        let mut gone = before.operations.iter();
        let gone = gone.find(|old| after.operation(&old.id).is_none() && route(old) == route(new));
        Some((new, before.operation(&new.id).or(gone)?))
    };
    after.operations.iter().filter_map(pair).collect()
}

/// The statements of the new contract with the old names of operations and path parameters.
///
/// Only the statement of an operation's path keeps the new names of the parameters.
///
/// The names are replaced in the model, before it is read as statements.
pub(super) fn aligned(pairs: &[Pair<'_>], after: &Contract) -> Vec<Statement> {
    let old = |id: &str| pairs.iter().find(|(new, _)| new.id == id);
    // The old name has the same place in the path.
    let parameter = |(new, old): &Pair<'_>, name: &str| {
        let same = without_names(&new.path) == without_names(&old.path);
        let [new, old] = [new, old].map(|it| path_parameters(&it.path));
        let mut renamed = new.iter().zip(old).filter(|_| same);
        let renamed = renamed.find(|(new, _)| **new == name);
        renamed.map_or(name.to_owned(), |(_, old)| old.to_owned())
    };
    let mut aligned = after.clone();
    for operation in &mut aligned.operations {
        let responses = operation.responses.iter_mut();
        for link in responses.flat_map(|response| &mut response.links) {
            if let Some(pair) = old(&link.operation) {
                let parameters = std::mem::take(&mut link.parameters).into_iter();
                let parameters = parameters.map(|(name, from)| (parameter(pair, &name), from));
                link.parameters = parameters.collect();
                link.operation.clone_from(&pair.1.id);
            }
        }
        let Some(pair) = old(&operation.id) else {
            continue;
        };
        let parameters = operation.parameters.iter_mut();
        for it in parameters.filter(|it| it.location == Location::Path) {
            it.name = parameter(pair, &it.name);
        }
        operation.id.clone_from(&pair.1.id);
    }
    aligned.statements()
}

/// The changes of operations' names, and of schemas that both contracts have at the same place.
///
/// All are compatible for the API. Of a schema that only one contract has the statements are new
/// or gone already.
pub(super) fn changes(pairs: &[Pair<'_>], before: &Contract, after: &Contract) -> Vec<Change> {
    let change = |place: &str, says: String, why, rust| {
        Change::new(Impact::Compatible, Side::Api, says, why, rust).at(place)
    };
    let mut changes = Vec::new();
    let old = before.all_schemas().into_iter();
    let old: BTreeMap<&str, &Schema> = old.map(|it| (it.location.as_str(), it)).collect();
    for new in after.all_schemas() {
        let place = new.location.as_str();
        let Some(old) = old.get(place) else {
            continue;
        };
        if let (Some(was), Some(is)) = (old.reference(), new.reference())
            && was != is
        {
            let says = format!("{place} is now described by {is} (was {was})");
            let why = "the name of a schema is not on the wire";
            let rust = Some("its Rust type has another name");
            changes.push(change(place, says, why, rust));
        }
        if old.public != new.public {
            let may = if new.public { "now" } else { "no longer" };
            let says = format!("the value of {place} may {may} be printed");
            let why = "it is not on the wire; check whether it is personal data";
            changes.push(change(place, says, why, None));
        }
        // The generated struct has a field `extra` for them, or it has none.
        if let (Shape::Object(old), Shape::Object(new)) = (&old.shape, &new.shape) {
            let keeps = match (&old.additional, &new.additional) {
                (Additional::Unspecified, Additional::Any) => "now keeps",
                (Additional::Any, Additional::Unspecified) => "no longer keeps",
                // Any other rule about unknown members is stated.
                _ => continue,
            };
            let says = format!("{place} {keeps} unknown members");
            let why = "clients tolerate such members";
            changes.push(change(place, says, why, effects::TYPE));
        }
    }
    for (new, old) in pairs.iter().filter(|(new, old)| new.id != old.id) {
        let says = format!("the operation {} is now called {}", old.id, new.id);
        let why = "the name of an operation is not on the wire";
        let rust = Some("the client's method has another name");
        let place = format!("{}/operationId", new.location);
        let mut change = change(&place, says, why, rust);
        change.seen_in.insert(new.id.clone());
        change.facts.push(Expectation::Operation {
            operation: old.id.clone(),
            method: old.method.clone(),
            path: old.path.clone(),
        });
        changes.push(change);
    }
    // The same operation, whatever its name is, is no change.
    let [was, is] = [before, after].map(|it| Some(it.tracked_flows().first()?.follow));
    if let (Some(was), Some(is)) = (was, is)
        && !pairs.contains(&(is, was))
    {
        let says = format!("waits of the client call {} now (was {})", is.id, was.id);
        let why = "it is not on the wire; `x-tracked` marks the link that waits follow";
        let rust = Some("waits and webhooks have other types");
        changes.push(change(&is.location, says, why, rust));
    }
    changes
}
