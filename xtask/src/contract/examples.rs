//! Holds every schema against the rules for schemas, and every example against its
//! schema.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{child, reachable, walk};
use crate::problem::Problem;

/// Schemas that are none, each told at its own place and not at whatever refers to it.
pub(super) fn schemas(contract: &Value) -> Vec<Problem> {
    let document = as_json_schema(contract);
    let mut problems = Vec::new();
    walk(contract, "", &mut |pointer, value| {
        // The rules for schemas do not look into a pattern; compiling it alone does.
        if let Some(Value::String(pattern)) = value.get("pattern")
            && let Err(error) = jsonschema::validator_for(&json!({"pattern": pattern}))
        {
            problems.push(Problem::of_contract(
                child(pointer, "pattern"),
                format!("the schema cannot be used: {error}"),
                "correct the pattern",
            ));
        }
        if !is_schema(pointer) && !pointer.ends_with("/schema") {
            return;
        }
        let Some(schema) = document.pointer(pointer) else {
            return;
        };
        if let Err(error) = jsonschema::draft202012::meta::validate(schema) {
            problems.push(Problem::of_contract(
                format!("{pointer}{}", error.instance_path().as_str()),
                format!("the schema cannot be used: {error}"),
                "correct the schema",
            ));
        }
    });
    problems
}

pub(super) fn check(contract: &Value) -> Vec<Problem> {
    let document = as_json_schema(contract);
    let mut problems = Vec::new();
    walk(contract, "", &mut |pointer, value| {
        let Some(schema) = value.get("schema").map(|_| child(pointer, "schema")) else {
            if is_schema(pointer) {
                problems.extend(compile(&document, pointer).err());
                if let Some(example) = value.get("example") {
                    problems.extend(judge(
                        &document,
                        pointer,
                        &child(pointer, "example"),
                        example,
                    ));
                }
            }
            return;
        };
        if let Some(example) = value.get("example") {
            problems.extend(judge(
                &document,
                &schema,
                &child(pointer, "example"),
                example,
            ));
        }
        for (name, example) in value
            .get("examples")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            let place = child(&child(&child(pointer, "examples"), name), "value");
            let example = example.get("value").unwrap_or(&Value::Null);
            problems.extend(judge(&document, &schema, &place, example));
        }
    });
    problems
}

fn is_schema(pointer: &str) -> bool {
    pointer
        .strip_prefix("/components/schemas/")
        .is_some_and(|name| !name.contains('/'))
}

fn judge(document: &Value, schema: &str, place: &str, example: &Value) -> Vec<Problem> {
    let validator = match compile(document, schema) {
        Ok(validator) => validator,
        Err(problem) => return vec![problem],
    };
    validator
        .iter_errors(example)
        .map(|error| {
            Problem::of_contract(
                format!("{place}{}", error.instance_path().as_str()),
                format!("the example is not valid against {schema}: {error}"),
                "correct the example or the schema, whichever the documentation says",
            )
        })
        .collect()
}

pub(crate) fn compile(document: &Value, pointer: &str) -> Result<jsonschema::Validator, Problem> {
    let unusable = |reason: String| {
        Problem::of_contract(
            pointer,
            format!("the schema cannot be used: {reason}"),
            "correct the schema",
        )
    };
    // The schema becomes the root of a document of its own, with what it refers to and
    // no more: with everything, a contract of twice the size would take four times as long.
    let mut schema = document
        .pointer(pointer)
        .and_then(Value::as_object)
        .cloned()
        .ok_or_else(|| unusable("it is no object".to_owned()))?;
    let mut components = Map::new();
    for target in references(document, &Value::Object(schema.clone())) {
        let mut names = target.trim_start_matches("#/components/").split('/');
        if let (Some(kind), Some(name)) = (names.next(), names.next())
            && let Some(component) = document
                .get("components")
                .and_then(|all| all.get(kind)?.get(name))
        {
            let kind = components.entry(kind).or_insert_with(|| json!({}));
            kind[name] = component.clone();
        }
    }
    schema.insert("components".to_owned(), components.into());
    jsonschema::options()
        .with_draft(jsonschema::Draft::Draft202012)
        .should_validate_formats(true)
        .build(&Value::Object(schema))
        .map_err(|error| unusable(error.to_string()))
}

/// What a schema refers to, also by way of what it refers to.
fn references(document: &Value, schema: &Value) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    reachable(document, schema, &mut seen);
    seen
}

/// OpenAPI 3.0 says `nullable` where JSON Schema has a type more; all else that the
/// contract uses means the same in both.
pub(crate) fn as_json_schema(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut members: Map<String, Value> = members
                .iter()
                .map(|(name, member)| (name.clone(), as_json_schema(member)))
                .collect();
            if members.get("nullable") == Some(&Value::Bool(true))
                && let Some(kind) = members.get("type").cloned()
            {
                members.insert("type".to_owned(), json!([kind, "null"]));
            }
            Value::Object(members)
        }
        Value::Array(items) => items.iter().map(as_json_schema).collect(),
        other => other.clone(),
    }
}
