//! Attributes: the places of a body, flattened to paths.

use crate::{Additional, Contract, Schema, Shape};

/// One place of a body.
///
/// The path joins names by dots: `individual.address.city`. Items of a list are `[]`
/// (`tags[]`, `people[].name`), values of a map `{}` (`labels{}`), and alternatives of a
/// `oneOf` are named in angle brackets (`payment<Card>.number`).
#[derive(Clone, Debug, PartialEq)]
pub struct Attribute<'a> {
    /// The path.
    pub path: String,
    /// The resolved schema: never a reference.
    pub schema: &'a Schema,
    /// Whether the object that has it must have it. False for items and map values.
    pub required: bool,
    /// Whether null is a value.
    pub nullable: bool,
    /// The JSON pointer of the place in the document, with where its reference leads.
    pub location: String,
}

impl Contract {
    /// The attributes below a schema, depth first; the schema itself is not among them.
    ///
    /// A schema that contains itself is followed once.
    pub fn attributes<'a>(&'a self, schema: &'a Schema) -> Vec<Attribute<'a>> {
        let mut walk = Walk {
            contract: self,
            open: Vec::new(),
            found: Vec::new(),
        };
        walk.below("", schema);
        walk.found
    }
}

/// One walk through a schema, depth first.
struct Walk<'a> {
    contract: &'a Contract,
    /// The components on the way here.
    open: Vec<&'a str>,
    found: Vec<Attribute<'a>>,
}

impl<'a> Walk<'a> {
    /// Adds an attribute, and those below it.
    fn attribute(&mut self, path: String, schema: &'a Schema, required: bool) {
        let resolved = self.contract.resolve(schema);
        let location = match schema.reference() {
            Some(_) => format!("{} -> {}", schema.location, resolved.location),
            None => schema.location.clone(),
        };
        self.found.push(Attribute {
            path: path.clone(),
            schema: resolved,
            required,
            nullable: self.contract.is_nullable(schema),
            location,
        });
        self.below(&path, schema);
    }

    /// Adds the attributes inside of a schema. `path` is that of the schema; empty for a body.
    fn below(&mut self, path: &str, schema: &'a Schema) {
        if let Shape::Reference(name) = &schema.shape {
            if self.open.contains(&name.as_str()) {
                return;
            }
            if let Some(target) = self.contract.schemas().get(name) {
                self.open.push(name);
                self.below(path, target);
                self.open.pop();
            }
            return;
        }
        match &schema.shape {
            Shape::Array(array) => self.attribute(format!("{path}[]"), &array.items, false),
            Shape::Object(object) => {
                for (name, property) in &object.properties {
                    let path = match path {
                        "" => name.clone(),
                        path => format!("{path}.{name}"),
                    };
                    self.attribute(path, &property.schema, property.required);
                }
                if let Additional::Of(values) = &object.additional {
                    self.attribute(format!("{path}{{}}"), values, false);
                }
            }
            Shape::OneOf(variants) => {
                for (index, variant) in variants.iter().enumerate() {
                    let name = variant_name(index, variant);
                    self.below(&format!("{path}<{name}>"), variant);
                }
            }
            _ => {}
        }
    }
}

/// What an alternative of a `oneOf` is called: its component's name, or its number.
pub(crate) fn variant_name(index: usize, variant: &Schema) -> String {
    match variant.reference() {
        Some(name) => name.to_owned(),
        None => (index + 1).to_string(),
    }
}
