//! Mutants of the contract, made and not listed: every edit of one place that changes what
//! the contract means.
//!
//! Sites are found by walking from the operations, so that each knows the attributes that it
//! decides on, and with them the clauses that an edit breaks.

mod edits;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use self::edits::{Edit, Found};
use super::{Family, Mutant, Way};
use crate::clauses::{Clauses, Expect};
use crate::contract::{operations, resolve, text};

/// What a place decides on: attributes as `operation of path`, and facts under the names
/// that clauses use.
type About = Vec<String>;

pub(super) fn mutants(document: &Value, clauses: &Clauses) -> Vec<Mutant> {
    let mut by_name = BTreeMap::new();
    for Found { edit, about } in found(document) {
        let mutant = Mutant {
            family: Family::Contract,
            name: edit.name(),
            place: format!("openapi/customers.yaml at {}", edit.pointer),
            clauses: broken(clauses, &about),
            equivalent: None,
            way: Way::Contract(Arc::new(edit.apply(document))),
        };
        // A shared component is reached by several ways: it is one place all the same.
        by_name
            .entry(mutant.name.clone())
            .and_modify(|known: &mut Mutant| {
                let new = mutant.clauses.iter();
                let new: Vec<String> = new
                    .filter(|id| !known.clauses.contains(id))
                    .cloned()
                    .collect();
                known.clauses.extend(new);
            })
            .or_insert(mutant);
    }
    by_name.into_values().collect()
}

/// The clauses that are about any of these facts.
fn broken(clauses: &Clauses, about: &About) -> Vec<String> {
    let key = |expect: &Expect| match expect {
        Expect::Server { url, .. } => format!("server {url}"),
        Expect::Operation { operation, .. } => format!("operation {operation}"),
        Expect::Security { operation, .. } => format!("security {operation}"),
        Expect::Answer { operation, status } => format!("answer {operation} {status}"),
        Expect::Media { operation, of, .. } => format!("media {operation} {of}"),
        Expect::Attribute(attribute) => format!(
            "{} {} {}",
            attribute.operation, attribute.of, attribute.path
        ),
        Expect::Sample { .. } | Expect::Behaviour {} => String::new(),
    };
    clauses
        .iter()
        .filter(|clause| about.contains(&key(&clause.expect)))
        .map(|clause| clause.id.clone())
        .collect()
}

fn found(document: &Value) -> Vec<Found> {
    let mut found = Vec::new();
    servers(document, &mut found);
    for (path, method, operation) in operations(document) {
        let id = text(operation, "operationId");
        let place = format!("/paths/{}/{method}", escaped(path));
        let about = vec![format!("operation {id}")];
        found.extend(edits::paths(path, &about));
        found.extend(edits::methods(path, method, &about));
        let security = operation.get("security").and_then(Value::as_array);
        if security.is_some_and(|schemes| !schemes.is_empty()) {
            let about = vec![format!("security {id}")];
            found.push(
                Edit::set(format!("{place}/security"), "gone", serde_json::json!([])).about(&about),
            );
        }
        parameters(document, id, &place, operation, &mut found);
        let request = operation
            .get("requestBody")
            .map(|_| ("request".to_owned(), format!("{place}/requestBody")));
        let responses = operation.get("responses").and_then(Value::as_object);
        let answers = responses.into_iter().flatten().map(|(status, _)| {
            let place = format!("{place}/responses/{status}");
            (status.clone(), place)
        });
        for (of, place) in request.into_iter().chain(answers) {
            if of != "request" {
                let about = vec![format!("answer {id} {of}")];
                found.extend(edits::status(&place, &of, &about));
            }
            body(document, id, &of, &place, &mut found);
        }
    }
    found
}

fn servers(document: &Value, found: &mut Vec<Found>) {
    let servers = document.get("servers").and_then(Value::as_array);
    for (index, server) in servers.into_iter().flatten().enumerate() {
        let about = vec![format!("server {}", text(server, "url"))];
        let place = format!("/servers/{index}");
        for (name, url) in [
            ("other", "https://api.example.com".to_owned()),
            ("http", text(server, "url").replace("https:", "http:")),
        ] {
            found.push(Edit::set(format!("{place}/url"), name, url.into()).about(&about));
        }
        found.push(Edit::remove(place, "gone").about(&about));
    }
}

fn parameters(document: &Value, id: &str, place: &str, operation: &Value, found: &mut Vec<Found>) {
    // Those of the path stand beside the methods.
    let (path, _) = place.rsplit_once('/').unwrap_or_default();
    for list in [format!("{place}/parameters"), format!("{path}/parameters")] {
        let count = document
            .pointer(&list)
            .and_then(Value::as_array)
            .map_or(0, Vec::len);
        for index in 0..count {
            let place = target(document, &format!("{list}/{index}"));
            let Some(parameter) = document.pointer(&place) else {
                continue;
            };
            let (name, of) = (text(parameter, "name"), text(parameter, "in"));
            let about = vec![format!("{id} {of} {name}")];
            found.extend(edits::parameter(&place, parameter, &about));
            let schema = target(document, &format!("{place}/schema"));
            schema_edits(document, &schema, &about, found);
        }
    }
    let _ = operation;
}

fn body(document: &Value, id: &str, of: &str, place: &str, found: &mut Vec<Found>) {
    let content = format!("{}/content", target(document, place));
    let Some(media) = document.pointer(&content).and_then(Value::as_object) else {
        return;
    };
    let about = vec![format!("media {id} {of}")];
    for name in media.keys() {
        found.push(Edit::rename(&content, name, "text/plain").about(&about));
        let schema = format!("{content}/{}/schema", escaped(name));
        let schema = target(document, &schema);
        schema_edits(document, &schema, &about, found);
        attributes(document, &schema, (id, of), "", found);
    }
}

/// The edits of all attributes of an object, and of what is in them.
fn attributes(
    document: &Value,
    place: &str,
    (id, of): (&str, &str),
    path: &str,
    found: &mut Vec<Found>,
) {
    let Some(schema) = document.pointer(place) else {
        return;
    };
    let properties = schema.get("properties").and_then(Value::as_object);
    for (name, _) in properties.into_iter().flatten() {
        let path = if path.is_empty() {
            name.clone()
        } else {
            format!("{path}.{name}")
        };
        let about = vec![format!("{id} {of} {path}")];
        found.extend(edits::property(place, schema, name, &about));
        let inner = target(document, &format!("{place}/properties/{}", escaped(name)));
        schema_edits(document, &inner, &about, found);
        attributes(document, &inner, (id, of), &path, found);
    }
}

fn schema_edits(document: &Value, place: &str, about: &About, found: &mut Vec<Found>) {
    if let Some(schema) = document.pointer(place) {
        found.extend(edits::schema(place, schema, about));
    }
}

/// Where a value really stands: at the end of its `$ref`, if it is one.
fn target(document: &Value, place: &str) -> String {
    let value = document.pointer(place).unwrap_or(&Value::Null);
    match value.get("$ref").and_then(Value::as_str) {
        Some(reference) if !std::ptr::eq(resolve(document, value), value) => {
            reference.trim_start_matches('#').to_owned()
        }
        _ => place.to_owned(),
    }
}

fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
