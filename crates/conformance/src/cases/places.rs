//! The places of a concrete body, each with its schema: what can be left out or changed.

use bvnk_contract::{Additional, Contract, Schema, Shape};
use serde_json::Value;

/// One place of a body.
#[derive(Clone, Debug)]
pub(crate) struct Place<'a> {
    /// The path as clauses write it: `people[].name`.
    pub(crate) path: String,
    /// The place in the body, as a JSON pointer: `/people/0/name`.
    pub(crate) pointer: String,
    /// The resolved schema.
    pub(crate) schema: &'a Schema,
    /// Whether null is a value.
    pub(crate) nullable: bool,
    /// Whether it may be left out: an optional property.
    pub(crate) removable: bool,
}

/// The places of a body that was generated with everything, outer ones first. Of lists and
/// maps only the first entry is visited. `variant` is the number with which alternatives
/// were chosen.
pub(crate) fn places<'a>(
    contract: &'a Contract,
    schema: &'a Schema,
    body: &Value,
    variant: usize,
) -> Vec<Place<'a>> {
    let mut walk = Walk {
        contract,
        variant,
        found: Vec::new(),
    };
    walk.below(String::new(), String::new(), schema, body);
    walk.found
}

struct Walk<'a> {
    contract: &'a Contract,
    variant: usize,
    found: Vec<Place<'a>>,
}

impl<'a> Walk<'a> {
    fn at(
        &mut self,
        path: String,
        pointer: String,
        schema: &'a Schema,
        removable: bool,
        value: &Value,
    ) {
        self.found.push(Place {
            path: path.clone(),
            pointer: pointer.clone(),
            schema: self.contract.resolve(schema),
            nullable: self.contract.is_nullable(schema),
            removable,
        });
        self.below(path, pointer, schema, value);
    }

    fn below(&mut self, path: String, pointer: String, schema: &'a Schema, value: &Value) {
        match (&self.contract.resolve(schema).shape, value) {
            (Shape::Object(rules), Value::Object(members)) => {
                for (name, property) in &rules.properties {
                    if let Some(value) = members.get(name) {
                        let dot = if path.is_empty() { "" } else { "." };
                        self.at(
                            format!("{path}{dot}{name}"),
                            format!("{pointer}/{}", escaped(name)),
                            &property.schema,
                            !property.required,
                            value,
                        );
                    }
                }
                if let Additional::Of(values) = &rules.additional {
                    let more =
                        |(name, _): &(&String, &Value)| !rules.properties.contains_key(*name);
                    if let Some((name, value)) = members.iter().find(more) {
                        let pointer = format!("{pointer}/{}", escaped(name));
                        self.at(format!("{path}{{}}"), pointer, values, false, value);
                    }
                }
            }
            (Shape::Array(rules), Value::Array(items)) => {
                if let Some(item) = items.first() {
                    self.at(
                        format!("{path}[]"),
                        format!("{pointer}/0"),
                        &rules.items,
                        false,
                        item,
                    );
                }
            }
            (Shape::OneOf(variants), value) if !variants.is_empty() => {
                let index = self.variant % variants.len();
                let variant = &variants[index];
                let name = variant
                    .reference()
                    .map_or_else(|| (index + 1).to_string(), str::to_owned);
                self.below(format!("{path}<{name}>"), pointer, variant, value);
            }
            _ => {}
        }
    }
}

fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// Sets or removes (`None`) the value at a place; false if there is no such place.
pub(crate) fn put(body: &mut Value, pointer: &str, value: Option<Value>) -> bool {
    let Some((parent, name)) = pointer.rsplit_once('/') else {
        return value.map(|value| *body = value).is_some();
    };
    let name = name.replace("~1", "/").replace("~0", "~");
    match (body.pointer_mut(parent), value) {
        (Some(Value::Object(members)), Some(value)) => {
            members.insert(name, value);
            true
        }
        (Some(Value::Object(members)), None) => members.remove(&name).is_some(),
        (Some(Value::Array(items)), Some(value)) => {
            let item = name
                .parse()
                .ok()
                .and_then(|index: usize| items.get_mut(index));
            item.map(|item| *item = value).is_some()
        }
        _ => false,
    }
}

/// Leaves members out of a body.
pub(crate) fn without<'p>(body: &Value, pointers: impl IntoIterator<Item = &'p str>) -> Value {
    let mut body = body.clone();
    for pointer in pointers {
        put(&mut body, pointer, None);
    }
    body
}
