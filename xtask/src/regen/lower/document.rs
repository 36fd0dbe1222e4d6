//! Writes the lowered contract as the OpenAPI document that progenitor is given.
//!
//! The document is not the contract: it has only what decides the types in Rust. Names on the
//! wire, rules and descriptions are added by the transform.

use bvnk_contract::{Additional, Location, NumberRules, Schema, Shape, StringRules};
use serde_json::{Map, Value, json};

use super::fields::is_struct;
use super::named::is_checked_format;
use super::{Call, Lowered, Success};

/// Writes the document from what the steps before have named and numbered: every field and
/// parameter is required there, and every rule is left out.
///
/// This is the last step, so that the names of the others are final.
pub(super) fn write(lowered: &mut Lowered) {
    let mut schemas = Map::new();
    for (name, schema) in &lowered.schemas {
        let fields = lowered.fields.get(name);
        let variants = lowered.variants.get(name);
        let written = if let Some(fields) = fields {
            object(
                fields
                    .iter()
                    .map(|field| (field.name.clone(), &field.schema)),
            )
        } else if let Some(variants) = variants {
            alternatives(variants)
        } else {
            plain(schema)
        };
        schemas.insert(name.clone(), written);
    }
    let mut paths: Map<String, Value> = Map::new();
    for (index, call) in lowered.calls.iter().enumerate() {
        if let Success::Several(name, _) = &call.success
            && let Some(variants) = lowered.variants.get(name)
        {
            schemas.insert(name.clone(), alternatives(variants));
        }
        let method = &call.operation.method;
        paths.insert(path(index, call), json!({ method: operation(call) }));
    }
    lowered.document = json!({
        "openapi": "3.0.3",
        "info": { "title": lowered.title, "version": "0" },
        "paths": paths,
        "components": { "schemas": schemas },
    });
}

/// A path that no other operation has, with the path parameters by their names in Rust: the
/// transform takes the real one from the contract.
///
/// For example `/3/{customer_reference}` for the fourth operation.
fn path(index: usize, call: &Call) -> String {
    let mut path = format!("/{index}");
    for (name, parameter) in &call.parameters {
        if parameter.location == Location::Path {
            path.push_str(&format!("/{{{name}}}"));
        }
    }
    path
}

/// An operation with what decides types alone. All parameters are required and there is one
/// response, so that progenitor writes no `Option` and no further enum.
///
/// The media type is always JSON: progenitor writes other code for others.
fn operation(call: &Call) -> Value {
    let parameters: Vec<Value> = call
        .parameters
        .iter()
        .map(|(name, parameter)| {
            json!({
                "name": name,
                "in": parameter.location.to_string(),
                "required": true,
                "schema": plain(&parameter.schema),
            })
        })
        .collect();
    let content = |schema: &Schema| json!({ "application/json": { "schema": plain(schema) } });
    let response = match &call.success {
        Success::None => json!({ "description": "" }),
        Success::One(schema, _) => {
            json!({ "description": "", "content": content(schema) })
        }
        Success::Several(name, _) => json!({ "description": "", "content": {
            "application/json": { "schema": reference(name) }
        } }),
    };
    let mut operation = json!({
        "operationId": call.name,
        "parameters": parameters,
        "responses": { "2XX": response },
    });
    if let Some(body) = &call.body {
        operation["requestBody"] = json!({ "required": true, "content": content(&body.schema) });
    }
    operation
}

/// An object whose properties are all required, so that none becomes an `Option`.
///
/// The names are those in Rust, which progenitor leaves as they are.
fn object<'a>(fields: impl Iterator<Item = (String, &'a Schema)>) -> Value {
    let mut properties = Map::new();
    for (name, schema) in fields {
        properties.insert(name, plain(schema));
    }
    let required: Vec<&String> = properties.keys().collect();
    let required = json!(required);
    json!({ "type": "object", "properties": properties, "required": required })
}

/// The alternatives as an object that has all of them: its fields' types are theirs.
///
/// The fields are `variant_0`, `variant_1` and so on, in the order of the alternatives.
fn alternatives(variants: &[(String, Schema)]) -> Value {
    let field = |(index, (_, schema))| (format!("variant_{index}"), schema);
    object(
        variants
            .iter()
            .map(|(name, schema)| (name, schema))
            .enumerate()
            .map(field),
    )
}

/// A reference to a component.
fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// A schema without rules, as far as it decides the type in Rust.
fn plain(schema: &Schema) -> Value {
    let kind = |kind: &str, rules: &NumberRules| match &rules.format {
        Some(format) if ["int32", "int64", "float", "double"].contains(&format.as_str()) => {
            json!({ "type": kind, "format": format })
        }
        _ => json!({ "type": kind }),
    };
    match &schema.shape {
        Shape::Any => json!({}),
        Shape::Boolean => json!({ "type": "boolean" }),
        Shape::String(rules) => text(rules),
        Shape::Integer(rules) => kind("integer", rules),
        Shape::Number(rules) => kind("number", rules),
        Shape::Array(rules) => json!({ "type": "array", "items": plain(&rules.items) }),
        Shape::Reference(name) => reference(name),
        Shape::Object(rules) => match &rules.additional {
            Additional::Of(values) if !is_struct(schema) => {
                json!({ "type": "object", "additionalProperties": plain(values) })
            }
            _ => json!({ "type": "object", "additionalProperties": {} }),
        },
        Shape::OneOf(_) => json!({}),
    }
}

/// A text. Only a format with a type in `bvnk-gen` is kept: for others progenitor would use
/// crates that the client does not have.
///
/// Lengths and patterns are rules of the macro call and not of the type.
fn text(rules: &StringRules) -> Value {
    match &rules.format {
        Some(format) if is_checked_format(rules) => json!({ "type": "string", "format": format }),
        _ => json!({ "type": "string" }),
    }
}
