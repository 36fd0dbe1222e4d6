//! No Rust code depends on a name of the contract: with every operation, schema, field,
//! status, header and path renamed, `regen` passes, the clauses agree and the libraries compile.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use bvnk_contract::{Clauses, Contract};
use serde_json::{Map, Value};

use crate::workspace_copy;

/// Members whose values are words of OpenAPI or of the clauses, and prose.
const WORDS: &[&str] = &[
    "description",
    "format",
    "in",
    "kind",
    "scheme",
    "says",
    "style",
    "summary",
    "title",
    "type",
    "body",
    "basis",
    "url",
];

/// New names by old ones.
type Names = BTreeMap<String, String>;

#[test]
fn everything_can_be_renamed() {
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let contract = fs::read_to_string(home.join("openapi/customers.yaml")).unwrap();
    let contract = Contract::from_yaml("customers.yaml", &contract).unwrap();
    let names = names(&contract);
    assert!(names.len() > 60, "{names:?}");
    let document = renamed(&contract.document, &names, "");
    let clauses = fs::read_to_string(home.join("openapi/clauses.toml")).unwrap();
    let clauses = renamed_clauses(&clauses, &names);

    let renamed = Contract::from_value("renamed.json", document.clone());
    let renamed = renamed.unwrap_or_else(|errors| panic!("{errors}"));
    let differences = Clauses::from_toml("clauses.toml", &clauses)
        .unwrap_or_else(|errors| panic!("{errors}"))
        .check(&renamed, "renamed.json");
    let message: Vec<String> = differences.iter().map(ToString::to_string).collect();
    assert!(message.is_empty(), "{}", message.join("\n"));

    let copy = workspace_copy::copy("renamed");
    // JSON is YAML.
    fs::write(copy.join("openapi/customers.yaml"), document.to_string()).unwrap();
    fs::write(copy.join("openapi/clauses.toml"), clauses).unwrap();
    xtask::regen(&copy, xtask::Mode::Write).unwrap_or_else(|errors| panic!("{errors}"));
    let generated = fs::read_to_string(copy.join("crates/bvnk-gen/src/generated.rs")).unwrap();
    for old in names.keys() {
        assert!(
            !generated.contains(&format!("\"{old}\"")),
            "{old} is still there"
        );
    }
    // The suite needs each of the other libraries.
    let output = workspace_copy::cargo(&copy)
        .args(["build", "--quiet", "--package", "conformance", "--lib"])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// A new name for each name that the contract has.
fn names(contract: &Contract) -> Names {
    let mut names = Names::new();
    let mut add = |old: &str, new: String| drop(names.insert(old.to_owned(), new));
    let suffix = |name: &str| match name {
        name if name.chars().any(char::is_lowercase) && name.contains('_') => {
            format!("{name}_other")
        }
        name if name.chars().any(char::is_lowercase) => format!("{name}Other"),
        name => format!("{name}_OTHER"),
    };
    walk(&contract.document, &mut |name, value| match (name, value) {
        ("schemas" | "properties", Value::Object(members)) => {
            members.keys().for_each(|name| add(name, suffix(name)));
        }
        ("operationId", Value::String(id)) => add(id, suffix(id)),
        ("enum" | "x-action-required" | "x-terminal", Value::Array(values)) => {
            values
                .iter()
                .filter_map(Value::as_str)
                .for_each(|value| add(value, suffix(value)));
        }
        _ => {}
    });
    for operation in &contract.operations {
        for parameter in &operation.parameters {
            add(&parameter.name, suffix(&parameter.name));
        }
        for segment in operation
            .path
            .split('/')
            .filter(|segment| !segment.contains('{'))
        {
            if !segment.is_empty() {
                add(segment, format!("{segment}-other"));
            }
        }
    }
    names
}

fn walk(value: &Value, visit: &mut impl FnMut(&str, &Value)) {
    match value {
        Value::Object(members) => members.iter().for_each(|(name, member)| {
            visit(name, member);
            walk(member, visit);
        }),
        Value::Array(items) => items.iter().for_each(|item| walk(item, visit)),
        _ => {}
    }
}

/// The text with every name in it replaced.
fn replaced(text: &str, names: &Names) -> String {
    if let Some(new) = names.get(text) {
        return new.clone();
    }
    let mut new = String::new();
    let mut word = String::new();
    for letter in text.chars().chain(['\0']) {
        if letter.is_alphanumeric() || letter == '_' || letter == '-' {
            word.push(letter);
            continue;
        }
        new.push_str(names.get(&word).unwrap_or(&word));
        word.clear();
        new.push(letter);
    }
    new.trim_end_matches('\0').to_owned()
}

/// The document with every name replaced; `within` is the member that has the value.
fn renamed(value: &Value, names: &Names, within: &str) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.iter().map(|(name, member)| {
                // Everything in an example is data.
                let inner = match within {
                    "example" => within,
                    _ => name,
                };
                let is_name = matches!(within, "properties" | "schemas" | "paths" | "example");
                let is_parameter = within == "parameters";
                let new = match is_name || is_parameter && member.is_string() {
                    true => replaced(name, names),
                    false => name.clone(),
                };
                // The name of a property is not a word of OpenAPI.
                let inner = if is_name && within != "example" {
                    "entry"
                } else {
                    inner
                };
                (new, renamed(member, names, inner))
            });
            Value::Object(members.collect::<Map<_, _>>())
        }
        Value::Array(items) => {
            // A list of parameters has no names, as the parameters of a link are.
            let within = if within == "parameters" {
                "list"
            } else {
                within
            };
            let items = items.iter();
            items.map(|item| renamed(item, names, within)).collect()
        }
        Value::String(text) if !WORDS.contains(&within) => Value::String(replaced(text, names)),
        other => other.clone(),
    }
}

/// The clauses' expectations, with every quoted text that is not a word replaced.
fn renamed_clauses(text: &str, names: &Names) -> String {
    let mut lines = Vec::new();
    let mut in_expectation = false;
    for line in text.lines() {
        in_expectation = line.starts_with("expect") || in_expectation && !line.starts_with('[');
        if !in_expectation || line.starts_with('#') {
            lines.push(line.to_owned());
            continue;
        }
        let mut new = String::new();
        for (index, part) in line.split('"').enumerate() {
            let key = new.rsplit(" = ").nth(1).unwrap_or_default();
            let key = key
                .rsplit([' ', '{', ','])
                .next()
                .unwrap_or_default()
                .to_owned();
            if index > 0 {
                new.push('"');
            }
            match index % 2 == 1 && !WORDS.contains(&key.as_str()) {
                true => new.push_str(&replaced(part, names)),
                false => new.push_str(part),
            }
        }
        lines.push(new);
    }
    lines.join("\n")
}
