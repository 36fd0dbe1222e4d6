//! JSON Schema (2020-12) of the contract's schemas, for validators.
//!
//! OpenAPI 3.0 differs in two things, `nullable` and boolean exclusive bounds. Validators ignore
//! the members that they do not know.

use serde_json::{Value, json};

use crate::schema::CHECKED_FORMATS;
use crate::{Contract, Schema};

/// Parts of patterns that most validators' regular expressions lack: look-around and back
/// references. The client checks them.
const LACKING: [&str; 6] = ["(?=", "(?!", "(?<=", "(?<!", "\\1", "\\k<"];

impl Contract {
    /// Returns the JSON Schema of a schema, self-contained: with the components that schemas refer
    /// to.
    ///
    /// Formats that are not [checked](crate::Rules::checked_format), and patterns that
    /// look around or back, are left out.
    ///
    /// ```
    /// # use bvnk_contract::Contract;
    /// # fn schema(contract: &Contract) -> Option<serde_json::Value> {
    /// let body = contract.operation("create_customer")?.body.as_ref()?;
    /// let schema = contract.json_schema(&body.schema);
    /// # Some(schema) }
    /// ```
    pub fn json_schema(&self, schema: &Schema) -> Value {
        let own = self.document.pointer(&schema.location);
        json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "allOf": [own.map_or(Value::Bool(true), convert)],
            "components": convert(&self.document["components"]),
        })
    }
}

/// Rewrites schemas, wherever they are. `nullable` becomes an alternative, so that it also holds
/// next to `allOf`, where a list of types would not; next to `$ref` it means nothing.
pub(crate) fn convert(schema: &Value) -> Value {
    let members = match schema {
        Value::Object(members) => members,
        Value::Array(items) => return items.iter().map(convert).collect(),
        other => return other.clone(),
    };
    // A property may have the name of a keyword; its value is then an object.
    let convert_member = |(name, value): (&String, &Value)| {
        let value = match (name.as_str(), value) {
            ("exclusiveMinimum", Value::Bool(on)) => {
                members.get("minimum").filter(|_| *on)?.clone()
            }
            ("exclusiveMaximum", Value::Bool(on)) => {
                members.get("maximum").filter(|_| *on)?.clone()
            }
            ("pattern", Value::String(text)) if LACKING.iter().any(|it| text.contains(it)) => {
                return None;
            }
            ("format", Value::String(text)) if !CHECKED_FORMATS.contains(&text.as_str()) => {
                return None;
            }
            (_, value) => convert(value),
        };
        Some((name.clone(), value))
    };
    let converted = members.iter().filter_map(convert_member).collect();
    match members.get("nullable") {
        Some(Value::Bool(true)) if !members.contains_key("$ref") => {
            json!({ "anyOf": [Value::Object(converted), { "type": "null" }] })
        }
        _ => Value::Object(converted),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn openapi_becomes_json_schema() {
        for (openapi, expected) in [
            (
                json!({"$ref": "#/components/schemas/A", "nullable": true}),
                json!({"$ref": "#/components/schemas/A", "nullable": true}),
            ),
            (
                json!({"type": "string", "nullable": true}),
                json!({"anyOf": [{"type": "string", "nullable": true}, {"type": "null"}]}),
            ),
            (
                json!({"type": "integer", "minimum": 1, "exclusiveMinimum": true}),
                json!({"type": "integer", "minimum": 1, "exclusiveMinimum": 1}),
            ),
            (
                json!({"maximum": 1, "exclusiveMaximum": false, "format": "uri", "pattern": "(?=a)"}),
                json!({"maximum": 1}),
            ),
            // A property may have the name of a keyword.
            (
                json!({"properties": {"nullable": {"items": {"nullable": true}}, "format": {}}}),
                json!({"properties": {"nullable": {"items": {"anyOf": [{"nullable": true}, {"type": "null"}]}}, "format": {}}}),
            ),
        ] {
            assert_eq!(convert(&openapi), expected, "{openapi}");
        }
    }
}
