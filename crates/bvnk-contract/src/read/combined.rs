//! Reads schemas that are made of others: `allOf`, `oneOf`, and open enums (`anyOf`).

use serde_json::Value;

use super::schemas::{Node, OBJECT};
use super::{Reader, child, component_pointer};
use crate::{Additional, Object, Rules, Schema, Shape};

impl Reader<'_> {
    /// `anyOf: [{type: string, enum}, {type: string}]`: an enum that other values may join.
    pub(super) fn open_enum(&mut self, members: &[Value], place: &str) -> (Shape, Rules) {
        if let [known, other] = members {
            let known = self.schema(known, &child(place, "0"));
            let other = self.schema(other, &child(place, "1"));
            if (&known.shape, &other.shape) == (&Shape::String, &Shape::String)
                && known.rules.known.is_some()
                && other.rules == Rules::default()
                && !(known.nullable || other.nullable)
            {
                // Other rules of the listed values have no effect: any text is allowed.
                let rules = Rules {
                    known: known.rules.known,
                    open: Some(true),
                    ..Rules::default()
                };
                return (Shape::String, rules);
            }
        }
        let help = "write `anyOf: [{type: string, enum: […]}, {type: string}]` for an open \
                    enum, with `nullable` next to it, or `oneOf` for alternatives";
        self.error(place, "is not an open enum", help);
        Default::default()
    }

    /// `oneOf`: alternatives, each of which must be an object or refer to one. Which of them a
    /// value is shows in its properties; texts and numbers would leave that open.
    pub(super) fn one_of(&mut self, members: &[Value], place: &str) -> Shape {
        let mut variants = Vec::new();
        for (index, member) in members.iter().enumerate() {
            let place = child(place, &index.to_string());
            let variant = self.schema(member, &place);
            // A component may contain the schema that is being read.
            let target = variant.reference().map_or(Some(member), |name| {
                self.document.pointer(&component_pointer(name))
            });
            let is_object = target.is_some_and(|target| {
                let has = |name: &&str| target.get(name).is_some();
                target.get("type").and_then(Value::as_str) == Some("object")
                    || ["properties", "allOf"].iter().any(has)
            });
            if !is_object {
                let help = "let each alternative be an object, or describe the value as `{}`";
                self.error(&place, "is not an object", help);
            }
            variants.push(variant);
        }
        if variants.is_empty() {
            self.error(place, "has no alternatives", "list at least one object");
        }
        Shape::OneOf(variants)
    }

    /// `allOf`: one reference with annotations, or objects that are merged into one.
    pub(super) fn all_of(
        &mut self,
        members: &[Value],
        node: &Node,
        value: &Value,
        pointer: &str,
    ) -> (Shape, Rules) {
        let place = child(pointer, "allOf");
        let has_own = OBJECT.iter().any(|name| value.get(name).is_some());
        if let ([member], false) = (members, has_own) {
            self.rules(value, pointer, &[], &["allOf"]);
            let place = child(&place, "0");
            let member = self.schema(member, &place);
            if member.nullable && value.get("nullable") != Some(&Value::Bool(true)) {
                let help = "write `nullable` next to `allOf`";
                self.error(&child(&place, "nullable"), "has no effect", help);
            }
            return (member.shape, member.rules);
        }
        if members.is_empty() {
            self.error(&place, "has no members", "list at least one object");
        }
        let mut merged = Merged::default();
        for (index, member) in members.iter().enumerate() {
            let place = child(&place, &index.to_string());
            match self.object_of(member, &place) {
                Some(other) => self.merge(&mut merged, other),
                None => self.error(&place, "is not an object", "let `allOf` list objects"),
            }
        }
        // What one member requires, another may describe.
        let members = 0..members.len();
        let places: Vec<String> = members
            .map(|index| format!("{place}/{index}/required"))
            .collect();
        let mut node = node.clone();
        let names = self.unmet.extract_if(.., |(place, name)| {
            places.contains(place) && merged.0.properties.contains_key(name)
        });
        node.required.extend(names.map(|(_, name)| name));
        self.object(merged, &node, value, pointer)
    }

    /// The object that a member of `allOf` describes, through references.
    fn object_of(&mut self, value: &Value, pointer: &str) -> Option<Merged> {
        let schema = self.schema(value, pointer);
        match schema.shape {
            Shape::Object(object) => Some((object, schema.rules)),
            Shape::Reference(name) => {
                let place = component_pointer(&name);
                if self.merging.contains(&name) {
                    let message = format!("`{name}` contains itself and cannot be merged");
                    let help = "list objects that do not contain themselves";
                    self.error(pointer, message, help);
                    return Some(Merged::default());
                }
                let target = self.document.pointer(&place)?;
                self.merging.push(name);
                let object = self.object_of(target, &place);
                self.merging.pop();
                object
            }
            _ => None,
        }
    }

    /// Adds another object that the same values must fulfil.
    ///
    /// Of a property that both have, the second description must say all that the first one says.
    pub(super) fn merge(&mut self, merged: &mut Merged, (other, other_rules): Merged) {
        let (object, rules) = merged;
        for (name, mut property) in other.properties {
            if let Some(known) = object.properties.get(&name) {
                property.required |= known.required;
                if !says_all_of(&property.schema, &known.schema) {
                    let message = "leaves out what another member of `allOf` says of it";
                    let help = "state all rules of the property in one member";
                    self.error(&property.schema.location, message, help);
                }
            }
            object.properties.insert(name, property);
        }
        if other.additional != Additional::Unspecified {
            object.additional = other.additional;
        }
        rules.min_items = other_rules.min_items.max(rules.min_items);
        let both = [rules.max_items, other_rules.max_items];
        rules.max_items = both.into_iter().flatten().min();
    }
}

/// An object that `allOf` gives its members, with its rules.
pub(super) type Merged = (Object, Rules);

/// Whether a schema has the shape and every rule of another one; a list of values may be shorter.
fn says_all_of(own: &Schema, other: &Schema) -> bool {
    if other.shape == Shape::Any && other.rules == Rules::default() {
        return true;
    }
    let mut wanted = other.rules.clone();
    if wanted.open == Some(true) {
        // Any text is allowed.
        (wanted.known, wanted.open) = (None, None);
    }
    let (listed, others) = (own.rules.listed(), wanted.listed());
    if !listed.is_empty() && listed.iter().all(|value| others.contains(value)) {
        wanted.known.clone_from(&own.rules.known);
    }
    let is_closed = wanted.open == Some(false) && own.rules.open != Some(false);
    let members = |rules: &Rules| serde_json::to_value(rules).unwrap_or_default();
    let (wanted, stated) = (members(&wanted), members(&own.rules));
    let mut wanted = wanted.as_object().into_iter().flatten();
    let is_unset = |rule: &Value| rule.is_null() || *rule == false;
    own.shape == other.shape
        && (other.nullable || !own.nullable)
        && !is_closed
        && wanted.all(|(name, rule)| is_unset(rule) || stated[name] == *rule)
}
