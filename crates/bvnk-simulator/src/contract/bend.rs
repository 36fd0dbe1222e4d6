//! The faults of validation as edits of schemas: what is overlooked is taken out, what is
//! demanded beyond the contract is put in.
//!
//! It must not know any member by name.

use serde_json::{Map, Value, json};

use crate::fault::{Fault, Faults};

/// The faults that change how bodies are validated.
pub(crate) const BENDING: [Fault; 10] = [
    Fault::AcceptMissing,
    Fault::AcceptWrongType,
    Fault::AcceptNull,
    Fault::AcceptBadFormat,
    Fault::AcceptBadPattern,
    Fault::AcceptUnknownValue,
    Fault::AcceptBadLength,
    Fault::RejectUnknownMembers,
    Fault::RejectOpenValues,
    Fault::RequireOptional,
];

/// Edits a document whose schemas are its `entry` and its components.
pub(super) fn bend(root: &mut Value, faults: Faults) {
    if let Some(entry) = root.get_mut("entry") {
        walk(entry, faults);
    }
    if let Some(Value::Object(schemas)) = root.pointer_mut("/components/schemas") {
        schemas.values_mut().for_each(|schema| walk(schema, faults));
    }
}

/// Goes through a schema. Under `properties` stand members, which may have the name of a
/// keyword.
fn walk(schema: &mut Value, faults: Faults) {
    let Value::Object(keywords) = schema else {
        return;
    };
    for (keyword, value) in keywords.iter_mut() {
        match (keyword.as_str(), value) {
            ("properties", Value::Object(members)) => {
                members.values_mut().for_each(|member| walk(member, faults));
            }
            ("anyOf" | "allOf" | "oneOf", Value::Array(parts)) => {
                parts.iter_mut().for_each(|part| walk(part, faults));
            }
            ("items" | "additionalProperties", part) => walk(part, faults),
            _ => {}
        }
    }
    faults.iter().for_each(|fault| edit(keywords, fault));
}

fn edit(keywords: &mut Map<String, Value>, fault: Fault) {
    let mut drop = |names: &[&str]| {
        for name in names {
            keywords.remove(*name);
        }
    };
    match fault {
        Fault::AcceptMissing => drop(&["required"]),
        Fault::AcceptBadFormat => drop(&["format"]),
        Fault::AcceptBadPattern => drop(&["pattern"]),
        Fault::AcceptUnknownValue => drop(&["enum"]),
        Fault::AcceptBadLength => drop(&["minLength", "maxLength", "minItems", "maxItems"]),
        Fault::AcceptWrongType => {
            let kind = keywords.remove("type");
            // Null stays refused: it is a fault of its own.
            if kind.is_some_and(|kind| kind.is_string()) {
                keywords.insert("not".to_owned(), json!({ "type": "null" }));
            }
        }
        Fault::AcceptNull => {
            if let Some(kind) = keywords.get_mut("type").filter(|kind| kind.is_string()) {
                *kind = json!([kind.take(), "null"]);
            }
            if let Some(Value::Array(values)) = keywords.get_mut("enum") {
                values.push(Value::Null);
            }
        }
        Fault::RejectUnknownMembers if keywords.contains_key("properties") => {
            keywords.insert("additionalProperties".to_owned(), false.into());
        }
        Fault::RequireOptional => {
            if let Some(Value::Object(members)) = keywords.get("properties") {
                let all: Vec<_> = members.keys().cloned().collect();
                keywords.insert("required".to_owned(), all.into());
            }
        }
        Fault::RejectOpenValues => {
            if let Some(Value::Array(parts)) = keywords.get_mut("anyOf") {
                let listed = |part: &Value| part.get("enum").is_some();
                if parts.iter().any(listed) {
                    parts.retain(listed);
                }
            }
        }
        _ => {}
    }
}
