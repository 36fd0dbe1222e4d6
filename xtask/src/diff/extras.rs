//! What no statement has: the names of Rust types, what may be printed, whether unknown
//! members are kept, texts and examples.

use std::collections::BTreeMap;

use bvnk_contract::{Contract, Statement};
use serde_json::Value;

use super::{Change, Impact, Side};

/// The changes of the documents, except names of schemas.
pub(super) fn changes(before: &Value, after: &Value) -> Vec<Change> {
    let (mut old, mut new) = (BTreeMap::new(), BTreeMap::new());
    members(before, "", &mut old);
    members(after, "", &mut new);
    let added = new.keys().filter(|place| !old.contains_key(*place));
    let places = old.keys().chain(added);
    let places = places.filter(|place| old.get(*place) != new.get(*place));
    let mut changes = Vec::new();
    let mut texts = Change::new(
        Impact::Documentation,
        Side::Api,
        "",
        "nothing on the wire changes",
    );
    let both = [before, after];
    for place in places {
        let (schema, name) = place.rsplit_once('/').unwrap_or_default();
        // What holds it may be new or gone, which is a change by itself.
        if both
            .iter()
            .any(|document| document.pointer(schema).is_none())
        {
            continue;
        }
        let is_true = |value: &Value| *value == Value::Bool(true);
        let now = new.get(place).is_some_and(|value| is_true(value));
        let change = |says, why| Change::new(Impact::Compatible, Side::Api, says, why).at(place);
        match name {
            "x-public" => {
                let may = if now { "may now" } else { "may no longer" };
                let says = format!("the value of {schema} {may} be printed");
                let why = "it is not on the wire; check whether it is personal data";
                changes.push(change(says, why));
            }
            "additionalProperties" => {
                let mut values = both.iter().filter_map(|document| document.pointer(place));
                // Any other value is a rule, which is stated.
                if values.all(is_true) {
                    let keeps = if now { "now keeps" } else { "no longer keeps" };
                    let says = format!("{schema} {keeps} unknown members");
                    let change = change(says, "clients tolerate such members");
                    changes.push(change.rust(Some("its Rust type changes".to_owned())));
                }
            }
            _ => texts = texts.at(place),
        }
    }
    texts.says = match texts.places.len() {
        1 => "1 text or example changed".to_owned(),
        count => format!("{count} texts or examples changed"),
    };
    changes.extend((!texts.places.is_empty()).then_some(texts));
    changes
}

/// Members whose values are texts for people, examples, or otherwise not stated.
const MEMBERS: [&str; 12] = [
    "description",
    "summary",
    "title",
    "example",
    "examples",
    "tags",
    "externalDocs",
    "default",
    "deprecated",
    "discriminator",
    "headers",
    "x-public",
];

fn members<'a>(value: &'a Value, place: &str, found: &mut BTreeMap<String, &'a Value>) {
    // An attribute may have the name of a keyword.
    let is_map = place.ends_with("/properties") || place.ends_with("/schemas");
    let inner: Vec<(String, &Value)> = match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (name.clone(), value))
            .collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(at, item)| (at.to_string(), item))
            .collect(),
        _ => Vec::new(),
    };
    for (name, member) in inner {
        let place = format!("{place}/{}", name.replace('~', "~0").replace('/', "~1"));
        let keeps = name == "additionalProperties" && *member == Value::Bool(true);
        if !is_map && (keeps || MEMBERS.contains(&name.as_str())) {
            found.insert(place, member);
        } else {
            members(member, &place, found);
        }
    }
}

/// Attributes and bodies that another component describes.
pub(super) fn renamed_schemas(
    (before, old): (&Contract, &[Statement]),
    (after, new): (&Contract, &[Statement]),
) -> Vec<Change> {
    let (mut was, mut is) = (components(before, old), components(after, new));
    was.retain(|key, _| is.contains_key(key));
    is.retain(|key, component| was.get(key).is_some_and(|was| was != component));
    let change = |(key, component): (String, String)| {
        let says = format!("{key} is now described by {component} (was {})", was[&key]);
        let why = "the name of a schema is not on the wire";
        let rust = Some("its Rust type has another name".to_owned());
        let change = Change::new(Impact::Compatible, Side::Api, says, why).rust(rust);
        change.at(&format!("/components/schemas/{component}"))
    };
    is.into_iter().map(change).collect()
}

/// The components that describe attributes and bodies.
fn components(contract: &Contract, statements: &[Statement]) -> BTreeMap<String, String> {
    let attributes = statements.iter().filter_map(|statement| {
        let (_, component) = statement.location.rsplit_once("-> /components/schemas/")?;
        Some((statement.expectation.subject()?, component.to_owned()))
    });
    let bodies = contract.operations().iter().flat_map(|operation| {
        let responses = operation.responses.iter();
        let responses =
            responses.map(|response| (response.status.to_string(), response.body.as_ref()));
        let all = [("request".to_owned(), operation.body.as_ref())]
            .into_iter()
            .chain(responses);
        all.filter_map(|(of, body)| {
            let component = body?.schema.reference()?.to_owned();
            Some((format!("the body of {} {of}", operation.id), component))
        })
    });
    attributes.chain(bodies).collect()
}
