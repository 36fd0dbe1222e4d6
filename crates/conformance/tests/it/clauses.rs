//! The clauses are a second reading of the page: neither they nor the contract can change
//! alone, and each has a check.

use bvnk_contract::{Clauses, Contract};
use conformance::specification::CLAUSES_FILE;
use serde_json::{Value, json};

const TEXT: &str = include_str!("../../clauses.toml");

fn clauses(text: &str) -> Clauses {
    Clauses::from_toml(CLAUSES_FILE, text).unwrap()
}

/// What differs between clauses and contract, as text.
fn differences(clauses: &Clauses, document: &Value) -> String {
    match Contract::from_value("openapi/customers.yaml", document.clone()) {
        // What the model does not take is found, too.
        Err(error) => format!("{CLAUSES_FILE} {error}"),
        Ok(contract) => {
            let found = clauses.check(&contract, "openapi/customers.yaml");
            found
                .iter()
                .map(|diagnostic| format!("{diagnostic}\n"))
                .collect()
        }
    }
}

fn document() -> Value {
    bvnk_simulator::contract().unwrap().document.clone()
}

#[test]
fn the_copy_in_the_package_is_the_file() {
    let file = include_str!("../../../../openapi/clauses.toml");
    assert_eq!(file, TEXT, "run `cargo xtask regen`");
}

#[test]
fn clauses_and_contract_agree() {
    let found = differences(&clauses(TEXT), &document());
    assert!(found.is_empty(), "{found}");
}

/// Every value of every expectation is changed, one at a time.
#[test]
fn no_expectation_can_change_alone() {
    let original: toml::Table = toml::from_str(TEXT).unwrap();
    let document = document();
    let mut changed = 0;
    for index in 0..original["clause"].as_array().unwrap().len() {
        let expectation = original["clause"][index]["expect"]
            .as_table()
            .unwrap()
            .clone();
        for (name, value) in expectation.iter().filter(|(name, _)| *name != "kind") {
            for other in others(value) {
                let mut edited = original.clone();
                edited["clause"][index]["expect"][name] = other;
                let text = toml::to_string(&edited).unwrap();
                // Two clauses may not be about one subject.
                let Ok(edited) = Clauses::from_toml(CLAUSES_FILE, &text) else {
                    continue;
                };
                let id = original["clause"][index]["id"].as_str().unwrap();
                let found = differences(&edited, &document);
                assert!(
                    found.contains(CLAUSES_FILE) && found.contains(id),
                    "{id}, {name}: {found}"
                );
                changed += 1;
            }
        }
    }
    assert!(changed > 250, "only {changed} changes were tried");
}

fn others(value: &toml::Value) -> Vec<toml::Value> {
    match value {
        toml::Value::String(text) => vec![format!("{text}x").into()],
        toml::Value::Boolean(is) => vec![(!is).into()],
        toml::Value::Integer(number) => vec![(number + 1).into()],
        toml::Value::Array(items) => {
            let shorter: Vec<_> = items.iter().skip(1).cloned().collect();
            let longer: Vec<_> = items.iter().cloned().chain(["ANOTHER".into()]).collect();
            vec![shorter.into(), longer.into()]
        }
        _ => Vec::new(),
    }
}

/// Every value of the contract that means something is changed, one at a time.
#[test]
fn nothing_in_the_contract_can_change_alone() {
    let (clauses, original) = (clauses(TEXT), document());
    let mut edits = Vec::new();
    find_edits(&original, String::new(), &mut edits);
    assert!(edits.len() > 75, "only {} edits were found", edits.len());
    for (pointer, other) in edits {
        let mut document = original.clone();
        *document.pointer_mut(&pointer).unwrap() = other.clone();
        let found = differences(&clauses, &document);
        assert!(found.contains(CLAUSES_FILE), "{pointer} = {other}: {found}");
    }
}

fn find_edits(value: &Value, pointer: String, edits: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let meaningless = [
                    "example",
                    "description",
                    "discriminator",
                    "summary",
                    "info",
                    "tags",
                    "openapi",
                    "x-public",
                    "securitySchemes",
                    "operationId",
                    "additionalProperties",
                    // Judged by what a wait does.
                    "x-action-required",
                    "x-alike",
                    "x-tracked",
                ];
                if meaningless.contains(&name.as_str()) {
                    continue;
                }
                let place = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
                find_edits(member, place, edits);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                find_edits(item, format!("{pointer}/{index}"), edits);
            }
        }
        Value::Bool(is) => edits.push((pointer, json!(!is))),
        Value::Number(number) => {
            edits.push((pointer, json!(number.as_i64().unwrap_or_default() + 1)));
        }
        Value::String(text) => {
            let other = match text.as_str() {
                "string" => "boolean".to_owned(),
                "object" => "array".to_owned(),
                text => format!("{text}x"),
            };
            // A reference to another schema is another schema.
            if !text.starts_with("#/") {
                edits.push((pointer, json!(other)));
            }
        }
        Value::Null => {}
    }
}
