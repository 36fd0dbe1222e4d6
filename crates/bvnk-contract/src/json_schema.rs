//! JSON Schema (2020-12) of the contract's schemas, for validators.
//!
//! OpenAPI 3.0 differs in three things: `nullable`, boolean exclusive bounds, and where
//! components are.

use serde_json::{Map, Value, json};

use crate::read::{component_name, component_pointer};
use crate::{Contract, Schema};

/// Where OpenAPI has the schemas that others refer to.
const COMPONENTS: &str = "#/components/schemas/";

impl Contract {
    /// The JSON Schema of a schema, self-contained: what it refers to is under `$defs`.
    ///
    /// Annotations without a meaning for validators (examples, defaults, extensions) are left
    /// out. Formats stay as they are; what a validator does with one that it does not know is up
    /// to it, see [`StringRules::checked_format`](crate::StringRules::checked_format).
    ///
    /// ```
    /// # use bvnk_contract::Contract;
    /// # fn schema(contract: &Contract) -> Option<serde_json::Value> {
    /// let body = contract.operation("create_customer")?.body.as_ref()?;
    /// let schema = contract.json_schema(&body.schema);
    /// # Some(schema) }
    /// ```
    pub fn json_schema(&self, schema: &Schema) -> Value {
        let raw = self.document().pointer(&schema.location);
        let mut root = match convert(raw.unwrap_or(&Value::Bool(true))) {
            Value::Object(members) => members,
            other => Map::from_iter([("allOf".to_owned(), json!([other]))]),
        };
        // With what it refers to and no more: validators compile all of it.
        let mut definitions = Map::new();
        let mut open = references(&Value::Object(root.clone()));
        while let Some(name) = open.pop() {
            let component = self.document().pointer(&component_pointer(&name));
            if let Some(component) = component.filter(|_| !definitions.contains_key(&name)) {
                let schema = convert(component);
                open.extend(references(&schema));
                definitions.insert(name, schema);
            }
        }
        root.insert(
            "$schema".to_owned(),
            json!("https://json-schema.org/draft/2020-12/schema"),
        );
        root.insert("$defs".to_owned(), Value::Object(definitions));
        Value::Object(root)
    }
}

/// The names of the components that a converted schema refers to.
fn references(schema: &Value) -> Vec<String> {
    match schema {
        Value::Object(members) => members
            .iter()
            .flat_map(|(name, value)| match (name.as_str(), value) {
                ("$ref", Value::String(target)) => vec![component_name(target)],
                ("enum", _) => Vec::new(),
                _ => references(value),
            })
            .collect(),
        Value::Array(items) => items.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}

/// Rewrites one schema and those inside of it. `nullable` becomes an alternative, so that it
/// also holds next to `$ref` and `allOf`, where a list of types would not.
fn convert(schema: &Value) -> Value {
    let Some(members) = schema.as_object() else {
        return schema.clone();
    };
    if let Some(target) = members.get("$ref").and_then(Value::as_str) {
        let target = target.replacen(COMPONENTS, "#/$defs/", 1);
        return json!({ "$ref": target });
    }
    let list = |value: &Value| {
        value
            .as_array()
            .into_iter()
            .flatten()
            .map(convert)
            .collect()
    };
    let mut converted = Map::new();
    for (name, value) in members {
        let value = match name.as_str() {
            extension if extension.starts_with("x-") => continue,
            "nullable" | "example" | "discriminator" | "deprecated" | "default" => continue,
            "properties" => {
                let properties = value.as_object().into_iter().flatten();
                properties
                    .map(|(name, schema)| (name.clone(), convert(schema)))
                    .collect()
            }
            "items" | "additionalProperties" => convert(value),
            "allOf" | "anyOf" | "oneOf" => list(value),
            "exclusiveMinimum" | "exclusiveMaximum" => {
                let bound = name.trim_start_matches("exclusive").to_ascii_lowercase();
                match members.get(&bound) {
                    Some(limit) if *value == Value::Bool(true) => limit.clone(),
                    _ => continue,
                }
            }
            _ => value.clone(),
        };
        converted.insert(name.clone(), value);
    }
    if members.get("nullable") == Some(&Value::Bool(true)) {
        return json!({ "anyOf": [converted, { "type": "null" }] });
    }
    Value::Object(converted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn openapi_becomes_json_schema() {
        for (openapi, expected) in [
            (
                json!({"$ref": "#/components/schemas/A"}),
                json!({"$ref": "#/$defs/A"}),
            ),
            (
                json!({"type": "string", "nullable": true, "example": "a", "x-public": true}),
                json!({"anyOf": [{"type": "string"}, {"type": "null"}]}),
            ),
            (
                json!({"type": "integer", "minimum": 1, "exclusiveMinimum": true}),
                json!({"type": "integer", "minimum": 1, "exclusiveMinimum": 1}),
            ),
            // A property may have the name of a keyword.
            (
                json!({"properties": {"example": {"type": "array", "items": {"type": "string", "example": 1}}}}),
                json!({"properties": {"example": {"type": "array", "items": {"type": "string"}}}}),
            ),
        ] {
            assert_eq!(convert(&openapi), expected, "{openapi}");
        }
    }
}
