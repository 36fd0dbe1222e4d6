//! Reads schemas: the shapes that OpenAPI 3.0 can express, as far as the model covers them.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Number, Value};

use super::{ANNOTATIONS, Reader, child};
use crate::{
    Additional, ArrayRules, NumberRules, ObjectRules, Property, Schema, Shape, StringRules,
};

/// The formats of texts that the generated types and the validators check.
const CHECKED_FORMATS: &[&str] = &["date", "date-time", "email", "uuid"];

/// The members of a schema that the model knows. Which of them fit together depends on
/// the shape: those that a shape does not take are reported.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
struct Raw {
    #[serde(rename = "$ref")]
    reference: Option<String>,
    r#type: Option<Kind>,
    nullable: bool,
    description: Option<String>,
    example: Option<Value>,
    #[serde(rename = "x-public")]
    public: bool,
    #[serde(rename = "x-terminal")]
    terminal: Vec<String>,
    #[serde(rename = "title")]
    _title: IgnoredAny,
    // Alternatives.
    all_of: Option<Vec<Value>>,
    one_of: Option<Vec<Value>>,
    any_of: Option<Vec<Value>>,
    // Texts and numbers.
    format: Option<String>,
    pattern: Option<String>,
    min_length: Option<u64>,
    max_length: Option<u64>,
    r#enum: Option<Vec<Option<String>>>,
    minimum: Option<Number>,
    maximum: Option<Number>,
    exclusive_minimum: bool,
    exclusive_maximum: bool,
    multiple_of: Option<Number>,
    // Lists and objects.
    items: Option<Value>,
    min_items: Option<u64>,
    max_items: Option<u64>,
    unique_items: bool,
    properties: BTreeMap<String, Value>,
    required: Vec<String>,
    additional_properties: Option<Value>,
    min_properties: Option<u64>,
    max_properties: Option<u64>,
}

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

const TEXT: &[&str] = &["format", "pattern", "minLength", "maxLength", "enum"];
const NUMBER: &[&str] = &[
    "format",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
];
const ARRAY: &[&str] = &["items", "minItems", "maxItems", "uniqueItems"];
const OBJECT: &[&str] = &[
    "properties",
    "required",
    "additionalProperties",
    "minProperties",
    "maxProperties",
];
/// Members that fit every shape.
const COMMON: &[&str] = &["type", "nullable", "description", "example", "title"];

impl<'a> Reader<'a> {
    pub(crate) fn schemas(&mut self) -> BTreeMap<String, Schema> {
        let members = self.document.pointer("/components/schemas");
        let mut schemas = BTreeMap::new();
        for (name, value) in members.and_then(Value::as_object).into_iter().flatten() {
            let schema = self.schema(value, &child("/components/schemas", name));
            schemas.insert(name.clone(), schema);
        }
        // References that lead back to themselves without an object or a list in between.
        for (name, schema) in &schemas {
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
        schemas
    }

    pub(super) fn schema(&mut self, value: &'a Value, pointer: &str) -> Schema {
        let raw: Raw = self.decode(value, pointer).unwrap_or_default();
        let shape = self.shape(&raw, value, pointer);
        Schema {
            location: pointer.to_owned(),
            shape,
            nullable: raw.nullable,
            public: raw.public,
            terminal: raw.terminal,
            description: raw.description,
            example: raw.example,
        }
    }

    fn shape(&mut self, raw: &Raw, value: &'a Value, pointer: &str) -> Shape {
        if raw.reference.is_some() {
            let target = self.follow(value, pointer, "schemas");
            return target.map_or(Shape::Any, |(_, target)| {
                let name = target.rsplit('/').next().unwrap_or_default();
                Shape::Reference(name.replace("~1", "/").replace("~0", "~"))
            });
        }
        let list = |name: &str| value.get(name).and_then(Value::as_array);
        if let Some(members) = list("allOf") {
            return self.all_of(raw, value, members, pointer);
        }
        for (alternatives, kind) in [("oneOf", Kind::Object), ("anyOf", Kind::String)] {
            if value.get(alternatives).is_some() && raw.r#type.is_some_and(|own| own != kind) {
                let message = "is not the type of the alternatives";
                self.error(&child(pointer, "type"), message, "remove the type");
            }
        }
        if let Some(members) = list("oneOf") {
            self.takes(value, pointer, &["oneOf"]);
            return self.one_of(members, &child(pointer, "oneOf"));
        }
        if let Some(members) = list("anyOf") {
            self.takes(value, pointer, &["anyOf"]);
            return self.open_enum(members, &child(pointer, "anyOf"));
        }
        let has = |names: &[&str]| names.iter().any(|name| value.get(name).is_some());
        let kind = raw.r#type.or(match () {
            () if has(OBJECT) => Some(Kind::Object),
            () if has(ARRAY) => Some(Kind::Array),
            () if has(&["enum"]) => Some(Kind::String),
            () => None,
        });
        let members = match kind {
            Some(Kind::String) => TEXT,
            Some(Kind::Integer | Kind::Number) => NUMBER,
            Some(Kind::Array) => ARRAY,
            Some(Kind::Object) => OBJECT,
            Some(Kind::Boolean) | None => &[],
        };
        self.takes(value, pointer, members);
        match kind {
            Some(Kind::String) => Shape::String(self.text(raw, pointer)),
            Some(Kind::Integer) => Shape::Integer(number(raw)),
            Some(Kind::Number) => Shape::Number(number(raw)),
            Some(Kind::Array) => Shape::Array(self.array(raw, value, pointer)),
            Some(Kind::Object) => Shape::Object(self.object(raw, value, pointer)),
            Some(Kind::Boolean) => Shape::Boolean,
            None => Shape::Any,
        }
    }

    /// Reports members that do not fit the shape.
    fn takes(&mut self, value: &Value, pointer: &str, members: &[&str]) {
        for name in value.as_object().into_iter().flat_map(|map| map.keys()) {
            let known = [COMMON, ANNOTATIONS, members]
                .iter()
                .any(|names| names.contains(&name.as_str()));
            if !known && !name.starts_with("x-") {
                let message = format!("`{name}` does not fit this schema");
                self.error(
                    &child(pointer, name),
                    message,
                    "remove it, or correct the type",
                );
            }
        }
    }

    fn text(&mut self, raw: &Raw, pointer: &str) -> StringRules {
        let values: Vec<String> = raw.r#enum.iter().flatten().flatten().cloned().collect();
        if raw.r#enum.is_some() && values.is_empty() {
            let help = "list the values, or remove it";
            self.error(&child(pointer, "enum"), "lists no value", help);
        }
        let unchecked = |format: &&String| !CHECKED_FORMATS.contains(&format.as_str());
        if let Some(format) = raw.format.as_ref().filter(unchecked) {
            let message = format!("the format `{format}` is not checked: any text is accepted");
            let help = "state a `pattern` if the form matters";
            self.warn(&child(pointer, "format"), message, help);
        }
        StringRules {
            format: raw.format.clone(),
            pattern: raw.pattern.clone(),
            min_length: raw.min_length,
            max_length: raw.max_length,
            values,
            open: false,
        }
    }

    fn array(&mut self, raw: &Raw, value: &'a Value, pointer: &str) -> ArrayRules {
        let place = child(pointer, "items");
        let items = value.get("items").unwrap_or(&Value::Null);
        ArrayRules {
            items: Box::new(self.schema(items, &place)),
            min_items: raw.min_items,
            max_items: raw.max_items,
            unique_items: raw.unique_items,
        }
    }

    fn object(&mut self, raw: &Raw, value: &'a Value, pointer: &str) -> ObjectRules {
        let mut object = ObjectRules {
            properties: BTreeMap::new(),
            additional: Additional::Unspecified,
            min_properties: raw.min_properties,
            max_properties: raw.max_properties,
        };
        self.members(&mut object, raw, value, pointer);
        object
    }

    /// Adds the members that a schema itself has to `object`.
    fn members(&mut self, object: &mut ObjectRules, raw: &Raw, value: &'a Value, pointer: &str) {
        let place = child(pointer, "properties");
        let members = value.get("properties").and_then(Value::as_object);
        for (name, member) in members.into_iter().flatten() {
            let schema = self.schema(member, &child(&place, name));
            let required = false;
            object
                .properties
                .insert(name.clone(), Property { schema, required });
        }
        for name in &raw.required {
            let Some(property) = object.properties.get_mut(name) else {
                let message = format!("`{name}` is required but not among the properties");
                let help = "declare the property, or correct its name";
                self.error(&child(pointer, "required"), message, help);
                continue;
            };
            property.required = true;
        }
        match value.get("additionalProperties") {
            None => {}
            Some(Value::Bool(true)) => object.additional = Additional::Any,
            Some(Value::Bool(false)) => object.additional = Additional::None,
            Some(Value::Object(members)) if members.is_empty() => {
                object.additional = Additional::Any;
            }
            Some(schema) => {
                let schema = self.schema(schema, &child(pointer, "additionalProperties"));
                object.additional = Additional::Of(Box::new(schema));
            }
        }
    }

    /// `anyOf: [{type: string, enum}, {type: string}]`: an enum that other values may join.
    fn open_enum(&mut self, members: &'a [Value], place: &str) -> Shape {
        if let [known, other] = members {
            let known = self.schema(known, &child(place, "0"));
            let other = self.schema(other, &child(place, "1"));
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
        let help = "write `anyOf: [{type: string, enum: […]}, {type: string}]` for an open \
                    enum, or `oneOf` for alternatives";
        self.error(place, "is not an open enum", help);
        Shape::Any
    }

    fn one_of(&mut self, members: &'a [Value], place: &str) -> Shape {
        let mut variants = Vec::new();
        for (index, member) in members.iter().enumerate() {
            let place = child(place, &index.to_string());
            let target = self.target(member, &place);
            let object = target.is_some_and(|target| {
                let has = |name: &&str| target.get(name).is_some();
                target.get("type").and_then(Value::as_str) == Some("object")
                    || ["properties", "allOf"].iter().any(has)
            });
            if !object {
                let help = "let each alternative be an object, or describe the value as `{}`";
                self.error(&place, "is not an object", help);
            }
            variants.push(self.schema(member, &place));
        }
        if variants.is_empty() {
            self.error(place, "has no alternatives", "list at least one object");
        }
        Shape::OneOf(variants)
    }

    /// `allOf`: one reference with annotations, or objects that are merged into one.
    fn all_of(
        &mut self,
        raw: &Raw,
        value: &'a Value,
        members: &'a [Value],
        pointer: &str,
    ) -> Shape {
        let place = child(pointer, "allOf");
        let mut known = OBJECT.to_vec();
        known.push("allOf");
        self.takes(value, pointer, &known);
        let has_own = OBJECT.iter().any(|name| value.get(name).is_some());
        if let ([member], false) = (members, has_own) {
            return self.schema(member, &child(&place, "0")).shape;
        }
        let mut merged = self.merge(members, &place, 0);
        self.members(&mut merged, raw, value, pointer);
        Shape::Object(merged)
    }

    fn merge(&mut self, members: &'a [Value], pointer: &str, depth: usize) -> ObjectRules {
        let mut merged = ObjectRules {
            properties: BTreeMap::new(),
            additional: Additional::Unspecified,
            min_properties: None,
            max_properties: None,
        };
        if members.is_empty() || depth > 16 {
            let help = "list objects that do not contain themselves";
            self.error(pointer, "cannot be merged", help);
            return merged;
        }
        for (index, member) in members.iter().enumerate() {
            let place = child(pointer, &index.to_string());
            let Some(target) = self.target(member, &place) else {
                continue;
            };
            let nested = target.get("allOf").and_then(Value::as_array);
            let shape = match nested.filter(|_| target.get("properties").is_none()) {
                Some(nested) => {
                    Shape::Object(self.merge(nested, &child(&place, "allOf"), depth + 1))
                }
                None => self.schema(target, &place).shape,
            };
            let Shape::Object(object) = shape else {
                self.error(&place, "is not an object", "let `allOf` list objects");
                continue;
            };
            for (name, mut property) in object.properties {
                let known = merged.properties.get(&name);
                property.required |= known.is_some_and(|known| known.required);
                merged.properties.insert(name, property);
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

fn number(raw: &Raw) -> NumberRules {
    NumberRules {
        format: raw.format.clone(),
        minimum: raw.minimum.clone(),
        maximum: raw.maximum.clone(),
        exclusive_minimum: raw.exclusive_minimum,
        exclusive_maximum: raw.exclusive_maximum,
        multiple_of: raw.multiple_of.clone(),
    }
}
