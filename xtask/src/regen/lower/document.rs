//! Writes the lowered contract as the OpenAPI document that progenitor is given.
//!
//! The document is not the contract: it has only what decides the types in Rust. Names on the
//! wire, rules and descriptions are added by the transform.

use bvnk_contract::{Additional, Location, Schema, Shape};
use serde_json::{Map, Value, json};

use super::fields::is_struct;
use super::named::is_checked_format;
use super::{Call, Lowered};

impl Lowered {
    /// The document, from what the steps have named and numbered: every field and parameter is
    /// required there, and every rule is left out.
    ///
    /// An object with the alternatives as fields stands for a `oneOf`.
    pub(in crate::regen) fn document(&self) -> Value {
        let schemas = self.schemas.iter().map(|(name, schema)| {
            let written = match self.fields.get(name) {
                None => plain(schema),
                Some(fields) => {
                    let fields = fields.iter().enumerate();
                    let properties =
                        fields.map(|(index, field)| (field_name(index), plain(&field.schema)));
                    let properties: Map<String, Value> = properties.collect();
                    let required: Vec<&String> = properties.keys().collect();
                    json!({ "type": "object", "required": required, "properties": properties })
                }
            };
            (name.clone(), written)
        });
        let calls = self.calls.iter().enumerate();
        let paths = calls.map(|(index, call)| {
            let method = &call.operation.method;
            (path(index, call), json!({ method: operation(call) }))
        });
        json!({
            "openapi": "3.0.3",
            "info": { "title": self.title, "version": "0" },
            "paths": paths.collect::<Map<String, Value>>(),
            "components": { "schemas": schemas.collect::<Map<String, Value>>() },
        })
    }
}

/// The name of a field in the document: progenitor changes no such name.
pub(in crate::regen) fn field_name(index: usize) -> String {
    format!("field_{index}")
}

/// A path that no other operation has, with the path parameters by their names in Rust: the
/// transform takes the real one from the contract.
///
/// For example `/3/{customer_reference}` for the fourth operation.
fn path(index: usize, call: &Call) -> String {
    let mut path = format!("/{index}");
    for argument in &call.arguments {
        if argument.location == Some(Location::Path) {
            path.push_str(&format!("/{{{}}}", argument.name));
        }
    }
    path
}

/// An operation with what decides types alone. All parameters are required and there is one
/// response, so that progenitor writes no `Option` and no further enum.
///
/// The media type is always JSON: progenitor writes other code for others.
fn operation(call: &Call) -> Value {
    let content = |schema: &Schema| json!({ "application/json": { "schema": plain(schema) } });
    let mut operation = json!({
        "operationId": call.name,
        "responses": { "2XX": { "description": "" } },
    });
    if let Some(schema) = &call.success.schema {
        operation["responses"]["2XX"]["content"] = content(schema);
    }
    let mut parameters = Vec::new();
    for argument in &call.arguments {
        let schema = &argument.schema;
        match argument.location {
            None => {
                operation["requestBody"] = json!({ "required": true, "content": content(schema) });
            }
            Some(location) => parameters.push(json!({
                "name": argument.name,
                "in": location.to_string(),
                "required": true,
                "schema": plain(schema),
            })),
        }
    }
    operation["parameters"] = parameters.into();
    operation
}

/// A schema without rules, as far as it decides the type in Rust.
///
/// Lengths, patterns and bounds are rules of the macro call and not of the type. Only a format with
/// a type in `bvnk-gen` is kept: for others progenitor would use crates that the client lacks.
fn plain(schema: &Schema) -> Value {
    let number = |kind: &str| match schema.rules.format.as_deref() {
        Some(format @ ("int32" | "int64" | "float" | "double")) => {
            json!({ "type": kind, "format": format })
        }
        _ => json!({ "type": kind }),
    };
    match &schema.shape {
        Shape::Any | Shape::OneOf(_) => json!({}),
        Shape::Boolean => json!({ "type": "boolean" }),
        Shape::String if is_checked_format(&schema.rules) => {
            json!({ "type": "string", "format": schema.rules.format })
        }
        Shape::String => json!({ "type": "string" }),
        Shape::Integer => number("integer"),
        Shape::Number => number("number"),
        Shape::Array(items) => json!({ "type": "array", "items": inner(items) }),
        Shape::Reference(name) => json!({ "$ref": format!("#/components/schemas/{name}") }),
        Shape::Object(object) => match &object.additional {
            Additional::Of(values) if !is_struct(schema) => {
                json!({ "type": "object", "additionalProperties": inner(values) })
            }
            _ => json!({ "type": "object", "additionalProperties": {} }),
        },
    }
}

/// A schema within a list or a map, where null is a part of the type.
fn inner(schema: &Schema) -> Value {
    match schema.nullable {
        true => json!({ "nullable": true, "allOf": [plain(schema)] }),
        false => plain(schema),
    }
}
