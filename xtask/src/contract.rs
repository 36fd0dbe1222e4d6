//! Reads the contract and finds what is wrong with it before a generator does, whose
//! messages name neither file nor place.
//!
//! It does not know what is generated from the contract.

pub(crate) mod examples;
pub(crate) mod operations;

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use crate::problem::{Problem, Problems};

/// Reads the contract of the workspace at `root` as one document.
pub(crate) fn read(root: &Path) -> Result<Value, Problems> {
    let text = std::fs::read_to_string(root.join(crate::CONTRACT)).map_err(|error| {
        Problem::of_contract("", format!("cannot be read: {error}"), "restore the file")
    })?;
    parse(&text, crate::CONTRACT)
}

/// Reads a contract from a text; `name` tells people which.
pub(crate) fn parse(text: &str, name: &str) -> Result<Value, Problems> {
    if text.trim().is_empty() {
        return Err(Problem::new(name, "", "the file is empty", "restore the contract").into());
    }
    serde_saphyr::from_str(text).map_err(|error| {
        let place = error.location().map_or(String::new(), |location| {
            format!("line {}, column {}", location.line(), location.column())
        });
        // The message repeats the place, which the problem tells already.
        let reason = error.without_snippet().to_string();
        let reason = reason.trim_end_matches(&format!(" at {place}"));
        Problem::new(
            name,
            place,
            format!("is not valid YAML: {reason}"),
            "correct the YAML",
        )
        .into()
    })
}

/// Finds what is wrong with a contract, all of it at once where that is possible.
pub(crate) fn validate(contract: &Value) -> Result<(), Problems> {
    // References first: nothing else can be judged while one of them leads nowhere.
    references_lead_somewhere(contract)?;
    stop_at(structure(contract))?;
    stop_at(examples::schemas(contract))?;
    let mut problems = operations::check(contract);
    problems.extend(open_enums(contract));
    problems.extend(formats(contract));
    problems.extend(kinds(contract));
    problems.extend(examples::check(contract));
    stop_at(problems)
}

/// Finds references that lead nowhere, which nothing else can be judged beside.
pub(crate) fn references_lead_somewhere(contract: &Value) -> Result<(), Problems> {
    stop_at(references(contract))
}

fn stop_at(problems: Vec<Problem>) -> Result<(), Problems> {
    if problems.is_empty() {
        Ok(())
    } else {
        Err(Problems::new(problems))
    }
}

/// Calls `visit` with the JSON pointer and the value of every node that belongs to the
/// contract's own language: not the maps that hold properties by their names, which may
/// be `schema` or `example` too, and nothing inside of an example.
pub(crate) fn walk<'a>(value: &'a Value, pointer: &str, visit: &mut impl FnMut(&str, &'a Value)) {
    let names_properties = pointer.ends_with("/properties");
    if !names_properties {
        visit(pointer, value);
    }
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let data = matches!(name.as_str(), "example" | "examples" | "default" | "enum");
                if names_properties || !data {
                    walk(member, &child(pointer, name), visit);
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                walk(item, &child(pointer, &index.to_string()), visit);
            }
        }
        _ => {}
    }
}

/// The JSON pointer of a member.
pub(crate) fn child(pointer: &str, name: &str) -> String {
    format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// Follows a `$ref`, if the value is one.
pub(crate) fn resolve<'a>(contract: &'a Value, value: &'a Value) -> &'a Value {
    value
        .get("$ref")
        .and_then(Value::as_str)
        .and_then(|target| contract.pointer(target.strip_prefix('#')?))
        .unwrap_or(value)
}

/// The references that can be reached from a value.
pub(crate) fn reachable(document: &Value, value: &Value, seen: &mut BTreeSet<String>) {
    walk(value, "", &mut |_, value| {
        if let Some(target) = value.get("$ref").and_then(Value::as_str)
            && seen.insert(target.to_owned())
        {
            reachable(document, resolve(document, value), seen);
        }
    });
}

/// The references that can be reached from what requests have: bodies and parameters.
pub(crate) fn sent(document: &Value) -> BTreeSet<String> {
    let mut sent = BTreeSet::new();
    walk(document, "", &mut |pointer, value| {
        let is_request = pointer.ends_with("/requestBody") || value.get("in").is_some();
        if is_request {
            reachable(document, value, &mut sent);
        }
    });
    sent
}

fn references(contract: &Value) -> Vec<Problem> {
    let mut problems = Vec::new();
    walk(contract, "", &mut |pointer, value| {
        let Some(target) = value.get("$ref").and_then(Value::as_str) else {
            return;
        };
        let found = target
            .strip_prefix('#')
            .and_then(|pointer| contract.pointer(pointer));
        if found.is_none() {
            problems.push(Problem::of_contract(
                pointer,
                format!("the reference `{target}` leads nowhere"),
                "define what it names under `components`, or correct the reference",
            ));
        }
    });
    problems
}

fn structure(contract: &Value) -> Vec<Problem> {
    let version = contract.get("openapi").and_then(Value::as_str);
    if !version.is_some_and(|version| version.starts_with("3.0.")) {
        return vec![Problem::of_contract(
            "/openapi",
            "the document does not say that it is OpenAPI 3.0",
            "start it with `openapi: 3.0.3`, the version that the generator reads",
        )];
    }
    match serde_path_to_error::deserialize::<_, openapiv3::OpenAPI>(contract) {
        Ok(_) => Vec::new(),
        Err(error) => vec![Problem::of_contract(
            match error.path().to_string().as_str() {
                "." => "the top of the document".to_owned(),
                path => path.to_owned(),
            },
            format!("is not OpenAPI 3.0: {}", error.inner()),
            "compare the place with the OpenAPI 3.0.3 specification",
        )],
    }
}

/// The names of the component schemas that are open enums: `anyOf` of known strings and
/// of any string.
pub(crate) fn open_enum_names(contract: &Value) -> BTreeSet<String> {
    contract
        .pointer("/components/schemas")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .filter(|(_, schema)| is_open_enum(schema))
        .map(|(name, _)| name.clone())
        .collect()
}

pub(crate) fn is_open_enum(schema: &Value) -> bool {
    let Some([known, any]) = schema
        .get("anyOf")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
    else {
        return false;
    };
    known.get("enum").is_some() && any == &serde_json::json!({"type": "string"})
}

/// What is not checked must not look as if it were: a request's type would take anything.
fn formats(contract: &Value) -> Vec<Problem> {
    const CHECKED: [&str; 4] = ["date", "date-time", "email", "uuid"];
    let mut problems = Vec::new();
    walk(contract, "", &mut |pointer, value| {
        if value.get("type").and_then(Value::as_str) != Some("string") {
            return;
        }
        let Some(format) = value.get("format").and_then(Value::as_str) else {
            return;
        };
        if !CHECKED.contains(&format) {
            problems.push(Problem::of_contract(
                pointer,
                format!("nothing checks the format `{format}`"),
                format!(
                    "say it as a `pattern`, or use one of {}",
                    CHECKED.join(", ")
                ),
            ));
        }
        let beside = ["pattern", "minLength", "maxLength", "enum"];
        if let Some(rule) = beside.iter().find(|rule| value.get(**rule).is_some()) {
            problems.push(Problem::of_contract(
                pointer,
                format!("`{rule}` beside the format `{format}` would not be checked"),
                "keep one of the two",
            ));
        }
    });
    problems
}

/// What the generated types cannot tell apart must not be sent as if they could: an empty
/// list and none, null and nothing. In answers it does no harm.
fn kinds(contract: &Value) -> Vec<Problem> {
    let sent = sent(contract);
    let is_sent = |pointer: &str| {
        let within = |target: &String| {
            let rest = pointer.strip_prefix(target.trim_start_matches('#'));
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        pointer.contains("/requestBody/")
            || pointer.contains("/parameters/")
            || sent.iter().any(within)
    };
    let mut problems = Vec::new();
    walk(contract, "", &mut |pointer, value| {
        if !is_sent(pointer) {
            return;
        }
        let list = value.get("type").and_then(Value::as_str) == Some("array");
        let null = value.get("nullable") == Some(&Value::Bool(true));
        let mut refuse = |what: &str, reason: &str| {
            problems.push(Problem::of_contract(
                pointer,
                format!("{what} is not supported: {reason}"),
                "leave the member out of what is sent; in answers it is supported",
            ));
        };
        if list {
            let reason = "the client's type would drop an empty one, as if it were left out";
            refuse("`type: array`", reason);
        }
        if null {
            let reason = "the client's type would read null as left out, and never send it";
            refuse("`nullable: true`", reason);
        }
    });
    problems
}

fn open_enums(contract: &Value) -> Vec<Problem> {
    let mut problems = Vec::new();
    walk(contract, "", &mut |pointer, value| {
        if value.get("anyOf").is_none() {
            return;
        }
        let named = pointer
            .strip_prefix("/components/schemas/")
            .is_some_and(|name| !name.contains('/'));
        if !named || !is_open_enum(value) {
            problems.push(Problem::of_contract(
                pointer,
                "`anyOf` is generated only for an open enum that has a name",
                "put it under `components/schemas` as `anyOf: [{type: string, enum: […]}, {type: string}]`",
            ));
        }
    });
    problems
}
