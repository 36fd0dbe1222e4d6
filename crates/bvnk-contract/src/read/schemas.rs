//! Reads schemas: the shapes that OpenAPI 3.0 can express, as far as the model covers them.
//!
//! A schema is decoded three times: into what all schemas have ([`Schema`]), into what decides
//! the shape ([`Node`]), and into the rules of that shape, which know no other member. A rule
//! of another shape, such as `minLength` of an integer, is therefore reported and not ignored.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::combined::Merged;
use super::rules::{COUNTED, MEMBERS, NUMBER};
use super::{Reader, child, component_name, component_pointer};
use crate::{Additional, Object, Property, Rules, Schema, Shape};

/// The members of a schema that decide its shape, and the schemas in it.
#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Node {
    r#type: Option<Kind>,
    all_of: Option<Vec<Value>>,
    one_of: Option<Vec<Value>>,
    any_of: Option<Vec<Value>>,
    items: Value,
    properties: BTreeMap<String, Value>,
    pub(super) required: Vec<String>,
}

/// The types that OpenAPI 3.0 has; null is none, but `nullable`.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    String,
    Integer,
    Number,
    Boolean,
    Array,
    Object,
}

/// Members that only objects have: a schema with one of them needs no `type: object`.
pub(super) const OBJECT: &[&str] = &[
    "properties",
    "required",
    "additionalProperties",
    "minProperties",
    "maxProperties",
];
/// Members that only lists have.
const ARRAY: &[&str] = &["items", "minItems", "maxItems", "uniqueItems"];
/// How many schemas are read of one document; one that `allOf` merges counts each time.
const MOST_SCHEMAS: usize = 50_000;

impl Reader<'_> {
    /// The component schemas by name.
    ///
    /// Reports those that refer only to each other, so that
    /// [`Contract::resolve`](crate::Contract::resolve) always ends.
    pub(crate) fn schemas(&mut self) -> BTreeMap<String, Schema> {
        let members = self.document.pointer("/components/schemas");
        let mut schemas = BTreeMap::new();
        for (name, value) in members.and_then(Value::as_object).into_iter().flatten() {
            let schema = self.schema(value, &component_pointer(name));
            schemas.insert(name.clone(), schema);
        }
        // References that lead back to themselves without a property or an item in between.
        for (name, schema) in &schemas {
            let (mut open, mut seen) = (same_place(schema), Vec::new());
            while let Some(target) = open.pop() {
                if !seen.contains(&target) {
                    seen.push(target);
                    open.extend(schemas.get(target).into_iter().flat_map(same_place));
                }
            }
            if seen.contains(&name.as_str()) {
                let pointer = component_pointer(name);
                self.error(&pointer, "refers to itself", "let it refer to a shape");
            }
        }
        schemas
    }

    /// One schema. One that cannot be read is reported and becomes [`Shape::Any`].
    pub(super) fn schema(&mut self, value: &Value, pointer: &str) -> Schema {
        // A component is read again for each object that it is merged into: twice as often for
        // each level that merges another one twice.
        self.schemas_read += 1;
        if self.schemas_read > MOST_SCHEMAS {
            let message = "makes more schemas than any tool can read";
            let help = "let fewer `allOf` merge what others have merged";
            self.error("/components/schemas", message, help);
            return Schema {
                shape: Shape::Object(Object::default()),
                ..Schema::default()
            };
        }
        let mut schema: Schema = self.decode(value, pointer, &[]).unwrap_or_default();
        schema.location = pointer.to_owned();
        if let Some(node) = self.decode(value, pointer, &[]) {
            (schema.shape, schema.rules) = self.shape(&node, value, pointer);
        }
        schema
    }

    /// The shape that the members of a schema describe: a reference, a combination, the one
    /// that `type` names, or the one whose members it has.
    fn shape(&mut self, node: &Node, value: &Value, pointer: &str) -> (Shape, Rules) {
        if value.get("$ref").is_some() {
            let rules = self.rules(value, pointer, &[], &["$ref"]);
            let target = self.follow(value, pointer, "schemas");
            let shape = target.map(|(_, target)| Shape::Reference(component_name(&target)));
            return (shape.unwrap_or_default(), rules);
        }
        if let Some(members) = &node.all_of {
            return self.all_of(members, node, value, pointer);
        }
        for (alternatives, name, kind) in [
            (&node.one_of, "oneOf", Kind::Object),
            (&node.any_of, "anyOf", Kind::String),
        ] {
            let Some(members) = alternatives else {
                continue;
            };
            if node.r#type.is_some_and(|own| own != kind) {
                let message = "is not the type of the alternatives";
                self.error(&child(pointer, "type"), message, "remove the type");
            }
            let rules = self.rules(value, pointer, &[], &[name]);
            let place = child(pointer, name);
            return match kind {
                Kind::Object => (self.one_of(members, &place), rules),
                _ => self.open_enum(members, &place),
            };
        }
        let has = |names: &[&str]| names.iter().any(|name| value.get(name).is_some());
        let kind = node.r#type.or(match () {
            () if has(OBJECT) => Some(Kind::Object),
            () if has(ARRAY) => Some(Kind::Array),
            () if has(&["enum"]) => Some(Kind::String),
            () => None,
        });
        let mut rules = |names, apart| self.rules(value, pointer, names, apart);
        match kind {
            Some(Kind::String) => (Shape::String, self.text(value, pointer)),
            Some(Kind::Integer) => (Shape::Integer, self.integer(value, pointer)),
            Some(Kind::Number) => (Shape::Number, rules(NUMBER, &[])),
            Some(Kind::Boolean) => (Shape::Boolean, rules(&[], &[])),
            None => (Shape::Any, rules(&[], &[])),
            Some(Kind::Array) => {
                let rules = rules(COUNTED, &["items"]);
                let items = self.schema(&node.items, &child(pointer, "items"));
                (Shape::Array(Box::new(items)), rules)
            }
            Some(Kind::Object) => self.object(Merged::default(), node, value, pointer),
        }
    }

    /// Adds the members that a schema itself has to those that `allOf` gives it.
    pub(super) fn object(
        &mut self,
        mut merged: Merged,
        node: &Node,
        value: &Value,
        pointer: &str,
    ) -> (Shape, Rules) {
        let apart = ["allOf", "properties", "required", "additionalProperties"];
        let rules = self.rules(value, pointer, MEMBERS, &apart);
        let mut own = Object::default();
        let place = child(pointer, "properties");
        for (name, member) in &node.properties {
            if name.contains(['.', '/', '~', '[', ']', '{', '}', '<', '>']) {
                let message = format!("the name `{name}` has a letter that separates names");
                let help = "leave the property out, and say so in the description: paths of \
                            clauses could not name it";
                self.error(&child(&place, name), message, help);
            }
            let property = Property {
                schema: self.schema(member, &child(&place, name)),
                required: false,
            };
            own.properties.insert(name.clone(), property);
        }
        own.additional = match value.get("additionalProperties") {
            None => Additional::Unspecified,
            Some(Value::Bool(false)) => Additional::None,
            Some(Value::Bool(true)) => Additional::Any,
            Some(Value::Object(members)) if members.is_empty() => Additional::Any,
            Some(schema) => {
                let schema = self.schema(schema, &child(pointer, "additionalProperties"));
                Additional::Of(Box::new(schema))
            }
        };
        if rules.min_items.or(rules.max_items).is_some() {
            let message = "the number of properties is not checked by the client";
            self.warn(pointer, message, "change nothing if the server checks it");
        }
        if !own.properties.is_empty() && matches!(own.additional, Additional::Of(_)) {
            let message = "the values of properties without a name are not checked by the client";
            self.warn(pointer, message, "describe them as a separate map");
        }
        self.merge(&mut merged, (own, rules));
        let (mut object, rules) = merged;
        for name in &node.required {
            match object.properties.get_mut(name) {
                Some(property) => property.required = true,
                // Another member of an `allOf` may have it.
                None => self.unmet.push((child(pointer, "required"), name.clone())),
            }
        }
        (Shape::Object(object), rules)
    }
}

/// The components that describe the same value as a schema.
fn same_place(schema: &Schema) -> Vec<&str> {
    match &schema.shape {
        Shape::Reference(name) => vec![name],
        Shape::OneOf(variants) => variants.iter().flat_map(same_place).collect(),
        _ => Vec::new(),
    }
}
