//! What no statement has: the names of Rust types, what may be printed, whether unknown
//! members are kept, texts and examples.

use std::collections::BTreeMap;

use bvnk_contract::{Additional, Contract, Expectation, Schema, Shape};
use serde_json::Value;

use super::{Change, Impact, Side};

pub(super) fn changes(before: &Contract, after: &Contract) -> Vec<Change> {
    let mut changes = Vec::new();
    let (old, new) = (schemas(before), schemas(after));
    for (key, (old, place)) in &old {
        let Some((new, new_place)) = new.get(key) else {
            continue;
        };
        let (side, whose) = match key.1.as_str() {
            "request" | "path" | "query" | "header" => (Side::Requests, "requests"),
            _ => (Side::Responses, "responses"),
        };
        let name = match key.2.as_str() {
            "" => format!("the body of {}", key.0),
            path => path.to_owned(),
        };
        let mut push = |side, says: String, why: &str, rust: Option<&str>| {
            let fact = Expectation::Attribute(Box::new(bvnk_contract::AttributeRules {
                operation: key.0.clone(),
                of: key.1.clone(),
                path: key.2.clone(),
                ..Default::default()
            }));
            let change = Change::new(Impact::Compatible, side, says, why);
            let change = change.rust(rust.map(str::to_owned)).about(&fact);
            changes.push(change.at(place).at(new_place));
        };
        if let (Some(old), Some(new)) = (&old.component, &new.component)
            && old != new
        {
            let says = format!("{name} is now described by {new} (was {old}) in {whose}");
            let why = "the name of a schema is not on the wire";
            push(side, says, why, Some("its Rust type has another name"));
        }
        if old.public != new.public {
            let may = if new.public {
                "may now"
            } else {
                "may no longer"
            };
            let says = format!("the value of {new_place} {may} be printed in logs and errors");
            let why = "it is not on the wire; check whether it is personal data";
            push(Side::Api, says, why, None);
        }
        if let (Some(kept), Some(keeps)) = (old.keeps_members, new.keeps_members)
            && kept != keeps
        {
            let now = if keeps {
                "now expects"
            } else {
                "no longer expects"
            };
            let says = format!("{name} {now} members that are not listed in {whose}");
            let why = "client and server tolerate such members";
            let rust = "whether its Rust type keeps such members changes";
            push(side, says, why, Some(rust));
        }
    }
    changes.extend(documentation(before.document(), after.document()));
    changes
}

/// What no statement has of one schema.
struct Extras {
    component: Option<String>,
    public: bool,
    /// Whether unknown members are expected. `None` if that is a rule.
    keeps_members: Option<bool>,
}

/// An operation, `request`, a status or a place of parameters, and a path.
type Key = (String, String, String);

/// Every schema that a body or a parameter has, with its location.
fn schemas(contract: &Contract) -> BTreeMap<Key, (Extras, String)> {
    let mut found = BTreeMap::new();
    for operation in contract.operations() {
        let mut add = |of: &str, path: &str, schema: &Schema| {
            let root = contract.resolve(schema);
            let mut insert = |path: String, schema: &Schema, location: &str| {
                let component = location.rsplit_once("/components/schemas/");
                let component = component.map(|(_, name)| name.to_owned());
                let keeps_members = match &schema.shape {
                    Shape::Object(object) => match object.additional {
                        Additional::Any => Some(true),
                        Additional::Unspecified => Some(false),
                        _ => None,
                    },
                    _ => None,
                };
                let extras = Extras {
                    component: component.filter(|name| !name.contains('/')),
                    public: schema.public,
                    keeps_members,
                };
                let key = (operation.id.clone(), of.to_owned(), path);
                found.insert(key, (extras, schema.location.clone()));
            };
            insert(path.to_owned(), root, &root.location);
            for attribute in contract.attributes(schema) {
                let inner = match path {
                    "" => attribute.path.clone(),
                    path => format!("{path}.{}", attribute.path),
                };
                insert(inner, attribute.schema, &attribute.location);
            }
        };
        for parameter in &operation.parameters {
            add(
                &parameter.location.to_string(),
                &parameter.name,
                &parameter.schema,
            );
        }
        if let Some(body) = &operation.body {
            add("request", "", &body.schema);
        }
        for response in &operation.responses {
            if let Some(body) = &response.body {
                add(&response.status.to_string(), "", &body.schema);
            }
        }
    }
    found
}

/// Members whose values are texts for people, or examples.
const DOCUMENTATION: [&str; 11] = [
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
];

fn documentation(before: &Value, after: &Value) -> Option<Change> {
    let (mut old, mut new) = (BTreeMap::new(), BTreeMap::new());
    texts(before, "", &mut old);
    texts(after, "", &mut new);
    let places: Vec<&String> = old
        .keys()
        .chain(new.keys().filter(|place| !old.contains_key(*place)))
        .filter(|place| old.get(*place) != new.get(*place))
        // What holds it may be new or gone, which is a change of its own.
        .filter(|place| {
            let parent = place.rsplit_once('/').map_or("", |(parent, _)| parent);
            [before, after]
                .iter()
                .all(|document| document.pointer(parent).is_some())
        })
        .collect();
    let says = match places.len() {
        0 => return None,
        1 => "1 text or example changed".to_owned(),
        count => format!("{count} texts or examples changed"),
    };
    let why = "nothing on the wire changes";
    let change = Change::new(Impact::Documentation, Side::Api, says, why);
    Some(
        places
            .into_iter()
            .fold(change, |change, place| change.at(place)),
    )
}

fn texts<'a>(value: &'a Value, place: &str, found: &mut BTreeMap<String, &'a Value>) {
    match value {
        Value::Object(members) => {
            // An attribute may have the name of a keyword.
            let is_map = ["/properties", "/schemas"]
                .iter()
                .any(|end| place.ends_with(end));
            for (name, member) in members {
                let inner = format!("{place}/{}", name.replace('~', "~0").replace('/', "~1"));
                if !is_map && DOCUMENTATION.contains(&name.as_str()) {
                    found.insert(inner, member);
                } else {
                    texts(member, &inner, found);
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                texts(item, &format!("{place}/{index}"), found);
            }
        }
        _ => {}
    }
}
