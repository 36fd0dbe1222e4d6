//! What no statement has: the names of Rust types, what may be printed, whether unknown
//! members are kept, texts and examples.

use std::collections::BTreeMap;

use bvnk_contract::{Additional, AttributeRules, Contract, Expectation, Schema, Shape};
use serde_json::Value;

use super::{Change, Impact, Side};

pub(super) fn changes(before: &Contract, after: &Contract) -> Vec<Change> {
    let (old, new) = (schemas(before), schemas(after));
    let pairs = old
        .into_iter()
        .filter_map(|(key, old)| Some((new.get(&key)?, key, old)));
    let changes = pairs.flat_map(|(new, (operation, of, path), old)| {
        let name = if path.is_empty() {
            format!("the body of {operation}")
        } else {
            path.clone()
        };
        let rules = AttributeRules {
            operation,
            of,
            path,
            ..AttributeRules::default()
        };
        let fact = Expectation::Attribute(rules.into());
        let change = |differs: bool, says: String, why: &str, rust: Option<&str>| {
            let change = Change::new(Impact::Compatible, Side::Api, says, why);
            let change = change.rust(rust.map(str::to_owned)).about(&fact);
            differs.then(|| change.at(&old.place).at(&new.place))
        };
        let (was, is) = (
            old.component.unwrap_or_default(),
            new.component.unwrap_or_default(),
        );
        let is_renamed = ![was, is].contains(&"") && was != is;
        let may = if new.is_public {
            "may now"
        } else {
            "may no longer"
        };
        let keeps = if new.keeps_members == Some(true) {
            "now expects"
        } else {
            "no longer expects"
        };
        let both_open = old.keeps_members.is_some() && new.keeps_members.is_some();
        [
            change(
                is_renamed,
                format!("{name} is now described by {is} (was {was})"),
                "the name of a schema is not on the wire",
                Some("its Rust type has another name"),
            ),
            change(
                old.is_public != new.is_public,
                format!(
                    "the value of {} {may} be printed in logs and errors",
                    new.place
                ),
                "it is not on the wire; check whether it is personal data",
                None,
            ),
            change(
                both_open && old.keeps_members != new.keeps_members,
                format!("{name} {keeps} members that are not listed"),
                "clients tolerate such members",
                Some("whether its Rust type keeps such members changes"),
            ),
        ]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
    });
    changes
        .chain(documentation(before.document(), after.document()))
        .collect()
}

/// What no statement has of one schema.
struct Extras<'a> {
    place: String,
    component: Option<&'a str>,
    is_public: bool,
    /// Whether unknown members are expected. `None` if that is a rule.
    keeps_members: Option<bool>,
}

impl<'a> Extras<'a> {
    fn new(schema: &'a Schema) -> Self {
        let component = schema.location.strip_prefix("/components/schemas/");
        let keeps_members = match &schema.shape {
            Shape::Object(object) => match object.additional {
                Additional::Any => Some(true),
                Additional::Unspecified => Some(false),
                _ => None,
            },
            _ => None,
        };
        Self {
            place: schema.location.clone(),
            component: component.filter(|name| !name.contains('/')),
            is_public: schema.public,
            keeps_members,
        }
    }
}

/// Every schema of the contract's bodies and parameters by operation, `request`, status or
/// place of a parameter, and path.
fn schemas(contract: &Contract) -> BTreeMap<(String, String, String), Extras<'_>> {
    let mut found = BTreeMap::new();
    for operation in contract.operations() {
        let parameters = operation.parameters.iter();
        let parameters = parameters.map(|parameter| {
            (
                parameter.location.to_string(),
                &*parameter.name,
                &parameter.schema,
            )
        });
        let request = operation
            .body
            .iter()
            .map(|body| ("request".to_owned(), "", &body.schema));
        let responses = operation.responses.iter().filter_map(|response| {
            Some((
                response.status.to_string(),
                "",
                &response.body.as_ref()?.schema,
            ))
        });
        for (of, path, schema) in parameters.chain(request).chain(responses) {
            let key = |path: String| (operation.id.clone(), of.clone(), path);
            found.insert(key(path.to_owned()), Extras::new(contract.resolve(schema)));
            for attribute in contract.attributes(schema) {
                let path = format!("{path}.{}", attribute.path);
                let path = path.trim_start_matches('.').to_owned();
                found.insert(key(path), Extras::new(attribute.schema));
            }
        }
    }
    found
}

/// Members whose values are texts for people, examples, or of no effect.
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
    // What holds a text may be new or gone, which is a change by itself.
    let is_kept = |place: &&String| {
        let parent = place.rsplit_once('/').map_or("", |(parent, _)| parent);
        [before, after]
            .iter()
            .all(|document| document.pointer(parent).is_some())
    };
    let added = new.keys().filter(|place| !old.contains_key(*place));
    let places = old
        .keys()
        .chain(added)
        .filter(|place| old.get(*place) != new.get(*place));
    let places: Vec<&String> = places.filter(is_kept).collect();
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
    // An attribute may have the name of a keyword.
    let is_map = ["/properties", "/schemas"]
        .iter()
        .any(|end| place.ends_with(end));
    let members: Vec<(String, &Value)> = match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (name.clone(), value))
            .collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(index, item)| (index.to_string(), item))
            .collect(),
        _ => Vec::new(),
    };
    for (name, member) in members {
        let inner = format!("{place}/{}", name.replace('~', "~0").replace('/', "~1"));
        if !is_map && DOCUMENTATION.contains(&name.as_str()) {
            found.insert(inner, member);
        } else {
            texts(member, &inner, found);
        }
    }
}
