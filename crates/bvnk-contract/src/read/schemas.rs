//! Reads schemas: the shapes that OpenAPI 3.0 can express, as far as the model covers them.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{Reader, child, flag, text, texts};
use crate::{
    Additional, ArrayRules, NumberRules, ObjectRules, Property, Schema, Shape, StringRules,
};

/// What every schema may have.
const COMMON: &[&str] = &[
    "type",
    "nullable",
    "description",
    "title",
    "example",
    "default",
    "deprecated",
    "externalDocs",
    "xml",
];

/// The formats of texts that the generated types and the validators check.
const CHECKED_FORMATS: &[&str] = &["date", "date-time", "email", "uuid"];

impl<'a> Reader<'a> {
    pub(crate) fn schemas(&mut self) -> BTreeMap<String, Schema> {
        let members = self.document.pointer("/components/schemas");
        let mut schemas = BTreeMap::new();
        for (name, value) in members.and_then(Value::as_object).into_iter().flatten() {
            let pointer = child("/components/schemas", name);
            let schema = self.schema(value, &pointer);
            schemas.insert(name.clone(), schema);
        }
        self.circles(&schemas);
        schemas
    }

    /// References that lead back to themselves without an object or a list in between.
    fn circles(&mut self, schemas: &BTreeMap<String, Schema>) {
        for (name, schema) in schemas {
            let (mut next, mut steps) = (schema.reference(), 0);
            while let Some(target) = next.filter(|_| steps <= schemas.len()) {
                next = schemas.get(target).and_then(Schema::reference);
                steps += 1;
            }
            if next.is_some() {
                let pointer = child("/components/schemas", name);
                self.error(&pointer, "refers to itself", "let it refer to a shape");
            }
        }
    }

    pub(super) fn schema(&mut self, value: &'a Value, pointer: &str) -> Schema {
        let mut schema = Schema {
            location: pointer.to_owned(),
            shape: Shape::Any,
            nullable: flag(value, "nullable"),
            public: flag(value, "x-public"),
            terminal: texts(value, "x-terminal"),
            description: text(value, "description").map(str::to_owned),
            example: value.get("example").cloned(),
        };
        if !value.is_object() {
            self.error(
                pointer,
                "is not a schema",
                "write an object, `{}` for any value",
            );
            return schema;
        }
        schema.shape = if value.get("$ref").is_some() {
            self.reference(value, pointer)
        } else if let Some(members) = value.get("allOf") {
            self.all_of(value, members, pointer)
        } else if let Some(members) = value.get("oneOf") {
            self.one_of(value, members, pointer)
        } else if let Some(members) = value.get("anyOf") {
            self.open_enum(value, members, pointer)
        } else {
            self.plain(value, pointer)
        };
        schema
    }

    fn reference(&mut self, value: &'a Value, pointer: &str) -> Shape {
        match self.follow(value, pointer, "schemas") {
            Some((_, target)) => {
                let name = target.rsplit('/').next().unwrap_or_default();
                Shape::Reference(name.replace("~1", "/").replace("~0", "~"))
            }
            None => Shape::Any,
        }
    }

    fn plain(&mut self, value: &'a Value, pointer: &str) -> Shape {
        let has = |name: &str| value.get(name).is_some();
        let kind = match value.get("type") {
            Some(Value::String(kind)) => kind.as_str(),
            Some(_) => {
                self.error(
                    &child(pointer, "type"),
                    "is not one type",
                    "name one type; write `nullable: true` where null is legal",
                );
                return Shape::Any;
            }
            None if has("properties") || has("additionalProperties") => "object",
            None if has("items") => "array",
            None if has("enum") => "string",
            None => "any",
        };
        match kind {
            "any" => {
                self.known(value, pointer, &[]);
                Shape::Any
            }
            "boolean" => {
                self.known(value, pointer, &[]);
                Shape::Boolean
            }
            "string" => Shape::String(self.string(value, pointer)),
            "integer" => Shape::Integer(self.number(value, pointer)),
            "number" => Shape::Number(self.number(value, pointer)),
            "array" => Shape::Array(self.array(value, pointer)),
            "object" => Shape::Object(self.object(value, pointer)),
            other => {
                self.error(
                    &child(pointer, "type"),
                    format!("`{other}` is not a type"),
                    "use string, integer, number, boolean, array or object",
                );
                Shape::Any
            }
        }
    }

    fn known(&mut self, value: &Value, pointer: &str, more: &[&str]) {
        let known: Vec<&str> = COMMON.iter().chain(more).copied().collect();
        self.only(
            value,
            pointer,
            &known,
            "remove it, or state the rule in the description",
        );
    }

    fn string(&mut self, value: &'a Value, pointer: &str) -> StringRules {
        let rules = ["format", "pattern", "minLength", "maxLength", "enum"];
        self.known(value, pointer, &rules);
        let mut values = Vec::new();
        if let Some(list) = value.get("enum") {
            let place = child(pointer, "enum");
            for item in list.as_array().into_iter().flatten() {
                match item {
                    Value::String(text) => values.push(text.clone()),
                    // A nullable enum lists null as well.
                    Value::Null if flag(value, "nullable") => {}
                    _ => self.error(&place, format!("{item} is not a text"), "quote it"),
                }
            }
            if values.is_empty() {
                self.error(&place, "lists no value", "list the values, or remove it");
            }
        }
        let format = text(value, "format");
        if let Some(format) = format.filter(|format| !CHECKED_FORMATS.contains(format)) {
            let message = format!("the format `{format}` is not checked: any text is accepted");
            let help = "state a `pattern` if the form matters";
            self.warn(&child(pointer, "format"), message, help);
        }
        StringRules {
            format: format.map(str::to_owned),
            pattern: text(value, "pattern").map(str::to_owned),
            min_length: self.count(value, pointer, "minLength"),
            max_length: self.count(value, pointer, "maxLength"),
            values,
            open: false,
        }
    }

    fn number(&mut self, value: &'a Value, pointer: &str) -> NumberRules {
        let rules = [
            "format",
            "minimum",
            "maximum",
            "exclusiveMinimum",
            "exclusiveMaximum",
            "multipleOf",
        ];
        self.known(value, pointer, &rules);
        let mut bound = |name: &str| match value.get(name) {
            Some(Value::Number(number)) => Some(number.clone()),
            Some(_) => {
                self.error(&child(pointer, name), "is not a number", "write a number");
                None
            }
            None => None,
        };
        NumberRules {
            minimum: bound("minimum"),
            maximum: bound("maximum"),
            multiple_of: bound("multipleOf"),
            exclusive_minimum: flag(value, "exclusiveMinimum"),
            exclusive_maximum: flag(value, "exclusiveMaximum"),
            format: text(value, "format").map(str::to_owned),
        }
    }

    fn array(&mut self, value: &'a Value, pointer: &str) -> ArrayRules {
        self.known(
            value,
            pointer,
            &["items", "minItems", "maxItems", "uniqueItems"],
        );
        let place = child(pointer, "items");
        let items = value.get("items").unwrap_or(&Value::Null);
        ArrayRules {
            items: Box::new(self.schema(items, &place)),
            min_items: self.count(value, pointer, "minItems"),
            max_items: self.count(value, pointer, "maxItems"),
            unique_items: flag(value, "uniqueItems"),
        }
    }

    fn object(&mut self, value: &'a Value, pointer: &str) -> ObjectRules {
        let rules = [
            "properties",
            "required",
            "additionalProperties",
            "minProperties",
            "maxProperties",
        ];
        self.known(value, pointer, &rules);
        let required = texts(value, "required");
        let mut properties = BTreeMap::new();
        let place = child(pointer, "properties");
        let members = value.get("properties").and_then(Value::as_object);
        for (name, member) in members.into_iter().flatten() {
            let schema = self.schema(member, &child(&place, name));
            let required = required.contains(name);
            properties.insert(name.clone(), Property { schema, required });
        }
        for name in required
            .iter()
            .filter(|name| !properties.contains_key(*name))
        {
            self.error(
                &child(pointer, "required"),
                format!("`{name}` is required but not among the properties"),
                "declare the property, or correct its name",
            );
        }
        let additional = match value.get("additionalProperties") {
            None => Additional::Unspecified,
            Some(Value::Bool(true)) => Additional::Any,
            Some(Value::Bool(false)) => Additional::None,
            Some(Value::Object(members)) if members.is_empty() => Additional::Any,
            Some(schema) => {
                let place = child(pointer, "additionalProperties");
                Additional::Of(Box::new(self.schema(schema, &place)))
            }
        };
        ObjectRules {
            properties,
            additional,
            min_properties: self.count(value, pointer, "minProperties"),
            max_properties: self.count(value, pointer, "maxProperties"),
        }
    }

    fn count(&mut self, value: &Value, pointer: &str, name: &str) -> Option<u64> {
        let count = value.get(name)?;
        if count.as_u64().is_none() {
            self.error(
                &child(pointer, name),
                "is not a count",
                "write 0 or a positive integer",
            );
        }
        count.as_u64()
    }

    /// `anyOf: [{type: string, enum}, {type: string}]`: an enum that other values may join.
    fn open_enum(&mut self, value: &'a Value, members: &'a Value, pointer: &str) -> Shape {
        let place = child(pointer, "anyOf");
        self.known(value, pointer, &["anyOf"]);
        if let Some([known, other]) = members.as_array().map(Vec::as_slice) {
            let known = self.schema(known, &child(&place, "0"));
            let other = self.schema(other, &child(&place, "1"));
            if let (Shape::String(known), Shape::String(other)) = (known.shape, other.shape)
                && !known.values.is_empty()
                && other == StringRules::default()
            {
                return Shape::String(StringRules {
                    open: true,
                    ..known
                });
            }
        }
        self.error(
            &place,
            "is not an open enum",
            "write `anyOf: [{type: string, enum: […]}, {type: string}]` for an open enum, or `oneOf` for alternatives",
        );
        Shape::Any
    }

    fn one_of(&mut self, value: &'a Value, members: &'a Value, pointer: &str) -> Shape {
        self.known(value, pointer, &["oneOf", "discriminator"]);
        let place = child(pointer, "oneOf");
        let mut variants = Vec::new();
        for (index, member) in members.as_array().into_iter().flatten().enumerate() {
            let place = child(&place, &index.to_string());
            let target = self.target(member, &place);
            let object = |value: &Value| {
                text(value, "type") == Some("object")
                    || ["properties", "allOf"]
                        .iter()
                        .any(|name| value.get(name).is_some())
            };
            if !target.is_some_and(object) {
                self.error(
                    &place,
                    "is not an object",
                    "let each alternative be an object, or describe the value as `{}`",
                );
            }
            variants.push(self.schema(member, &place));
        }
        if variants.is_empty() {
            self.error(&place, "has no alternatives", "list at least one object");
        }
        Shape::OneOf(variants)
    }

    /// `allOf`: one reference with annotations, or objects that are merged into one.
    fn all_of(&mut self, value: &'a Value, members: &'a Value, pointer: &str) -> Shape {
        let place = child(pointer, "allOf");
        let members = members.as_array().map(Vec::as_slice).unwrap_or_default();
        let own = ["properties", "required", "additionalProperties"];
        let has_own = own.iter().any(|name| value.get(name).is_some());
        if let ([member], false) = (members, has_own) {
            self.known(value, pointer, &["allOf"]);
            return self.schema(member, &child(&place, "0")).shape;
        }
        let mut known = own.to_vec();
        known.push("allOf");
        self.known(value, pointer, &known);
        let mut merged = self.merge(members, &place, 0);
        // What is required here may be a property of any member.
        let required = texts(value, "required");
        if let Some(properties) = value.get("properties").and_then(Value::as_object) {
            self.properties(properties, &child(pointer, "properties"), &mut merged);
        }
        if value.get("additionalProperties") == Some(&Value::Bool(false)) {
            merged.additional = Additional::None;
        }
        for name in required {
            match merged.properties.get_mut(&name) {
                Some(property) => property.required = true,
                None => self.error(
                    &child(pointer, "required"),
                    format!("`{name}` is required but not among the properties"),
                    "declare the property, or correct its name",
                ),
            }
        }
        Shape::Object(merged)
    }

    fn properties(
        &mut self,
        members: &'a Map<String, Value>,
        pointer: &str,
        merged: &mut ObjectRules,
    ) {
        for (name, member) in members {
            let schema = self.schema(member, &child(pointer, name));
            let required = false;
            merged
                .properties
                .insert(name.clone(), Property { schema, required });
        }
    }

    fn merge(&mut self, members: &'a [Value], pointer: &str, depth: usize) -> ObjectRules {
        let mut merged = ObjectRules {
            properties: BTreeMap::new(),
            additional: Additional::Unspecified,
            min_properties: None,
            max_properties: None,
        };
        if members.is_empty() || depth > 16 {
            self.error(
                pointer,
                "cannot be merged",
                "list objects that do not contain themselves",
            );
            return merged;
        }
        for (index, member) in members.iter().enumerate() {
            let place = child(pointer, &index.to_string());
            let Some(target) = self.target(member, &place) else {
                continue;
            };
            let nested = target.get("allOf").and_then(Value::as_array);
            let shape = match nested {
                Some(nested) if depth > 0 || target.get("properties").is_none() => {
                    Shape::Object(self.merge(nested, &child(&place, "allOf"), depth + 1))
                }
                _ => self.schema(target, &place).shape,
            };
            let Shape::Object(object) = shape else {
                self.error(&place, "is not an object", "let `allOf` list objects");
                continue;
            };
            for (name, property) in object.properties {
                let required = property.required
                    || merged
                        .properties
                        .get(&name)
                        .is_some_and(|known| known.required);
                merged.properties.insert(
                    name,
                    Property {
                        required,
                        ..property
                    },
                );
            }
            if object.additional != Additional::Unspecified {
                merged.additional = object.additional;
            }
            merged.min_properties = object.min_properties.max(merged.min_properties);
            merged.max_properties = object.max_properties.or(merged.max_properties);
        }
        merged
    }

    /// The schema that a reference leads to, through further references.
    fn target(&mut self, value: &'a Value, pointer: &str) -> Option<&'a Value> {
        let (mut value, mut place) = (value, pointer.to_owned());
        for _ in 0..32 {
            if value.get("$ref").is_none() {
                return Some(value);
            }
            (value, place) = self.follow(value, &place, "schemas")?;
        }
        self.error(pointer, "refers to itself", "let it refer to a shape");
        None
    }
}
