//! What no statement has: the names of Rust types, what may be printed, whether unknown
//! members are kept, texts and examples.

use std::collections::{BTreeMap, BTreeSet};

use bvnk_contract::{Contract, Statement};
use serde_json::Value;

use super::{Change, Impact, Side};

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

/// The changes of the documents, except names of schemas.
pub(super) fn changes(before: &Value, after: &Value) -> Vec<Change> {
    let both = [before, after];
    let mut places = BTreeSet::new();
    both.iter()
        .for_each(|document| members(document, "", &mut places));
    let mut changes = Vec::new();
    let why = "nothing on the wire changes";
    let mut texts = Change::new(Impact::Documentation, Side::Api, "", why);
    for place in places {
        let [old, new] = both.map(|document| document.pointer(&place));
        let (schema, name) = place.rsplit_once('/').unwrap_or_default();
        // What holds it may be new or gone, which is a change by itself.
        if old == new
            || both
                .iter()
                .any(|document| document.pointer(schema).is_none())
        {
            continue;
        }
        let is_true = |value: &Value| *value == Value::Bool(true);
        let now = new.is_some_and(is_true);
        let change = |says, why| Change::new(Impact::Compatible, Side::Api, says, why).at(&place);
        match name {
            "x-public" => {
                let may = if now { "may now" } else { "may no longer" };
                let says = format!("the value of {schema} {may} be printed");
                let why = "it is not on the wire; check whether it is personal data";
                changes.push(change(says, why));
            }
            "additionalProperties" => {
                // Any other value is a rule, which is stated.
                if [old, new].into_iter().flatten().all(is_true) {
                    let keeps = if now { "now keeps" } else { "no longer keeps" };
                    let says = format!("{schema} {keeps} unknown members");
                    let change = change(says, "clients tolerate such members");
                    changes.push(change.rust(Some("its Rust type changes")));
                }
            }
            _ => texts = texts.at(&place),
        }
    }
    texts.says = match texts.places.len() {
        1 => "1 text or example changed".to_owned(),
        count => format!("{count} texts or examples changed"),
    };
    changes.extend((!texts.places.is_empty()).then_some(texts));
    changes
}

/// Collects the JSON pointers of all [`MEMBERS`], and of `additionalProperties: true`.
fn members(value: &Value, place: &str, found: &mut BTreeSet<String>) {
    // An attribute may have the name of a keyword.
    let is_map = place.ends_with("/properties") || place.ends_with("/schemas");
    for (name, member) in value.as_object().into_iter().flatten() {
        let place = format!("{place}/{}", name.replace('~', "~0").replace('/', "~1"));
        let keeps = name == "additionalProperties" && *member == Value::Bool(true);
        if !is_map && (keeps || MEMBERS.contains(&name.as_str())) {
            found.insert(place);
        } else {
            members(member, &place, found);
        }
    }
    for (at, item) in value.as_array().into_iter().flatten().enumerate() {
        members(item, &format!("{place}/{at}"), found);
    }
}

/// Attributes and bodies that another component describes.
pub(super) fn renamed_schemas(
    (before, old): (&Contract, &[Statement]),
    (after, new): (&Contract, &[Statement]),
) -> Vec<Change> {
    let was = components(before, old);
    let is = components(after, new).into_iter();
    let changes = is.filter_map(|(key, component)| {
        let was = was.get(&key).filter(|was| **was != component)?;
        let says = format!("{key} is now described by {component} (was {was})");
        let why = "the name of a schema is not on the wire";
        let change = Change::new(Impact::Compatible, Side::Api, says, why);
        let change = change.rust(Some("its Rust type has another name"));
        Some(change.at(&format!("/components/schemas/{component}")))
    });
    changes.collect()
}

/// The components that describe attributes and bodies.
fn components(contract: &Contract, statements: &[Statement]) -> BTreeMap<String, String> {
    let attributes = statements.iter().filter_map(|statement| {
        let (_, component) = statement.location.rsplit_once("-> /components/schemas/")?;
        Some((statement.expectation.subject()?, component.to_owned()))
    });
    let bodies = contract.operations().iter().flat_map(|operation| {
        let statuses = operation.responses.iter();
        let statuses = statuses.map(|response| response.status.to_string());
        let all = std::iter::once("request".to_owned()).chain(statuses);
        all.filter_map(|of| {
            let component = operation.body_of(&of)?.schema.reference()?.to_owned();
            Some((format!("the body of {} {of}", operation.id), component))
        })
    });
    attributes.chain(bodies).collect()
}
