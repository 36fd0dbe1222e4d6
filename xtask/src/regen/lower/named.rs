//! Gives a name to every schema that becomes a type.
//!
//! A name follows from the place, such as `CreateCustomerRequestAddress`. It is therefore part of
//! the client's interface, and stays while the place stays.

use std::collections::BTreeMap;

use bvnk_contract::{Additional, Contract, Rules, Schema, Shape};
use heck::ToPascalCase;

use super::Lowered;
use super::fields::is_struct;
use super::names::{Distinct, TYPES};

/// Makes a component of each inline schema that becomes a type, and replaces references to
/// components that become none.
///
/// A schema with no rules and no members becomes no type: `String` says as much.
pub(super) fn components(lowered: &mut Lowered, contract: &Contract) {
    let mut schemas = std::mem::take(&mut lowered.schemas);
    schemas.retain(|_, schema| !is_plain(schema));
    let mut taken = Distinct::new(TYPES);
    let renamed = schemas.iter().map(|(name, schema)| {
        let new = taken.pascal(name, "Schema");
        (schema.location.clone(), new)
    });
    let mut names = Names {
        contract,
        components: BTreeMap::new(),
        renamed: renamed.collect(),
        taken,
    };
    for (name, mut schema) in schemas {
        names.inside(&mut schema, &name.to_pascal_case());
        schema.nullable = false;
        let name = names.renamed[&schema.location].clone();
        names.components.insert(name, schema);
    }
    for call in &mut lowered.calls {
        let base = call.operation.id.to_pascal_case();
        for argument in &mut call.arguments {
            let own = argument.parameter.as_ref();
            let own = own.map_or("Request", |parameter| &parameter.name);
            names.replace(&mut argument.schema, &base, own);
        }
        if let Some(body) = &mut call.success.body {
            if let Shape::OneOf(bodies) = &mut body.schema.shape {
                for (status, body) in call.success.statuses.iter().zip(bodies) {
                    names.replace(body, &base, &format!("Response{status}"));
                }
            }
            names.replace(&mut body.schema, &base, "Response");
        }
        // Only their types are of use, to callers that decode them.
        for response in &mut call.operation.responses {
            if let Some(body) = &mut response.body
                && !response.status.is_success()
            {
                let own = format!("Error{}", response.status);
                names.replace(&mut body.schema, &base, &own);
            }
        }
        call.owner = names.taken.pascal(&format!("{base}Call"), "Schema");
    }
    lowered.schemas = names.components;
}

/// Whether a component becomes no type: it has another name for a component, or is a plain value
/// with a name, such as a date. The value's own type is used, as it converts from more.
fn is_plain(schema: &Schema) -> bool {
    match &schema.shape {
        Shape::Boolean | Shape::Reference(_) => true,
        Shape::String => is_checked_format(&schema.rules),
        _ => false,
    }
}

/// Whether a type of `bvnk-gen` checks the format, and nothing else is to be checked.
///
/// Such a value has the type `Date`, `DateTime`, `Email` or `Uuid`.
pub(crate) fn is_checked_format(rules: &Rules) -> bool {
    rules.known.is_none() && rules.checked_format().is_some()
}

/// The names that are given so far.
///
/// The contract's components are taken from the start, so that no place takes the name of one.
struct Names<'a> {
    contract: &'a Contract,
    /// The components, by their names in Rust.
    components: BTreeMap<String, Schema>,
    /// The names in Rust of the contract's components that become types, by their places.
    renamed: BTreeMap<String, String>,
    /// All names of types, so that a new one differs from each.
    taken: Distinct,
}

impl Names<'_> {
    /// Names what is inside of a schema that has a name.
    ///
    /// Items are called `Item`, values of maps `Value`, and alternatives `Variant1` and so on.
    fn inside(&mut self, schema: &mut Schema, name: &str) {
        match &mut schema.shape {
            Shape::Object(object) => {
                for (property_name, property) in &mut object.properties {
                    self.replace(&mut property.schema, name, property_name);
                }
                if let Additional::Of(values) = &mut object.additional {
                    self.replace(values, name, "Value");
                }
            }
            Shape::Array(items) => self.replace(items, name, "Item"),
            Shape::OneOf(variants) => {
                for (index, variant) in variants.iter_mut().enumerate() {
                    self.replace(variant, name, &format!("Variant{}", index + 1));
                }
            }
            _ => {}
        }
    }

    /// Makes a component of a schema, and the schema a reference to it, if it needs one.
    ///
    /// Null is said where a schema is used, not where it is defined: `Nullable<Address>` is the type
    /// of a field, and `Address` is the struct.
    fn replace(&mut self, schema: &mut Schema, outer: &str, own: &str) {
        if schema.reference().is_some() {
            schema.nullable = self.contract.is_nullable(schema);
            let target = self.contract.resolve(schema).clone();
            if let Some(name) = self.renamed.get(&target.location) {
                schema.shape = Shape::Reference(name.clone());
                return;
            }
            // A plain value.
            schema.description = schema.description.take().or(target.description);
            (schema.rules, schema.shape) = (target.rules, target.shape);
        }
        let name = format!("{outer}{}", own.to_pascal_case());
        if needs_name(schema) {
            let name = self.taken.pascal(&name, "Schema");
            self.inside(schema, &name);
            let reference = Schema {
                shape: Shape::Reference(name.clone()),
                rules: Rules::default(),
                ..schema.clone()
            };
            let mut component = std::mem::replace(schema, reference);
            component.nullable = false;
            self.components.insert(name, component);
        } else {
            self.inside(schema, &name);
        }
    }
}

/// Whether a schema becomes its own type: it has rules, members, or may be printed.
///
/// What may be printed needs a type too, because that is an attribute of types. A format is no rule:
/// it decides the type, such as `i32`.
fn needs_name(schema: &Schema) -> bool {
    let format = schema.rules.format.clone();
    let has_rules = schema.rules
        != Rules {
            format,
            ..Rules::default()
        };
    match &schema.shape {
        Shape::Any | Shape::Boolean | Shape::Reference(_) => false,
        Shape::String if is_checked_format(&schema.rules) => false,
        Shape::String | Shape::Integer | Shape::Number => schema.public || has_rules,
        Shape::Array(_) => has_rules,
        Shape::Object(_) => is_struct(schema),
        Shape::OneOf(_) => true,
    }
}
