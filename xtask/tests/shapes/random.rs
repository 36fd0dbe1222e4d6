//! Random contracts: compositions of the supported shapes.

use serde_json::{Map, Value, json};

use crate::values::Random;

/// Names on the wire that are hard on a generator.
const NAMES: &[&str] = &[
    "name",
    "type",
    "firstName",
    "first_name",
    "x-y",
    "2fa",
    "build",
    "extra",
    "self",
    "value",
    "match",
    "UPPER",
    "a:b",
    "é",
    "errors",
    "map",
    "builder",
];

/// A contract of about 20 random components, all sent and received.
pub(crate) fn contract(seed: u64) -> Value {
    let mut random = Random::new(seed + 1000);
    let mut schemas = Map::new();
    let mut properties = Map::new();
    for index in 0..20 {
        let name = format!("Type{index}");
        let schema = match random.below(4) {
            0 => shape(&mut random, index, 0),
            _ => object(&mut random, index, 0),
        };
        schemas.insert(name.clone(), schema);
        properties.insert(format!("t{index}"), reference(index));
    }
    schemas.insert(
        "Everything".to_owned(),
        json!({ "type": "object", "properties": properties }),
    );
    let everything =
        json!({ "application/json": { "schema": { "$ref": "#/components/schemas/Everything" } } });
    json!({
        "openapi": "3.0.3",
        "info": { "title": "Random", "version": "1" },
        "paths": { "/everything": { "put": {
            "operationId": "replace",
            "requestBody": { "required": true, "content": everything },
            "responses": { "200": { "description": "All", "content": everything } },
        } } },
        "components": { "schemas": schemas },
    })
}

fn reference(index: usize) -> Value {
    json!({ "$ref": format!("#/components/schemas/Type{index}") })
}

fn object(random: &mut Random, index: usize, depth: usize) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for _ in 0..1 + random.below(5) {
        let name = *random.pick(NAMES);
        properties.insert(name.to_owned(), shape(random, index, depth + 1));
        if random.below(2) == 0 && !required.contains(&name) {
            required.push(name);
        }
    }
    let mut schema = json!({ "type": "object", "properties": properties });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    match random.below(5) {
        0 => schema["additionalProperties"] = json!(true),
        1 => schema["additionalProperties"] = json!(false),
        _ => {}
    }
    schema
}

/// A schema; it refers only to components before its own, so that values end.
fn shape(random: &mut Random, index: usize, depth: usize) -> Value {
    let mut schema = match random.below(if depth > 2 { 9 } else { 14 }) {
        0 => json!({ "type": "string" }),
        1 => {
            json!({ "type": "string", "format": *random.pick(&["date", "date-time", "email", "uuid", "made-up"]) })
        }
        2 => json!({ "type": "string", "minLength": 1, "maxLength": 9 }),
        3 => {
            json!({ "type": "string", "pattern": *random.pick(&["^[A-Z]{2}$", "^[a-z]+-[0-9]+$"]) })
        }
        4 => {
            json!({ "type": "string", "enum": ["A", "b-c", "2", "é"], "x-public": random.below(2) == 0 })
        }
        5 => json!({ "type": "boolean" }),
        6 => json!({ "type": "integer", "minimum": 0, "maximum": 5, "exclusiveMaximum": true }),
        7 => json!({ "type": "number", "minimum": 0.5 }),
        8 if index > 0 => {
            let target = random.below(index);
            return reference(target);
        }
        8 | 9 => json!({ "type": "array", "items": shape(random, index, depth + 1) }),
        10 => json!({ "type": "object", "additionalProperties": shape(random, index, depth + 1) }),
        11 => {
            json!({ "type": "array", "minItems": 1, "maxItems": 3, "uniqueItems": random.below(2) == 0,
            "items": { "type": "string", "enum": ["x", "y", "z", "w"] } })
        }
        12 => {
            let kind = |name: &str| {
                json!({ "type": "object", "required": ["kind", name], "properties": {
                "kind": { "type": "string", "enum": [name] }, name: { "type": "string" } } })
            };
            json!({ "oneOf": [kind("card"), kind("bank")] })
        }
        _ => object(random, index, depth + 1),
    };
    if random.below(4) == 0 {
        schema["nullable"] = json!(true);
    }
    schema
}
