//! The clauses are a second reading of the page: neither they nor the contract can change
//! alone, wherever the change is.

#![allow(clippy::unwrap_used)]

use conformance::{Clauses, Contract, compare, matrix};
use serde_json::{Value, json};

fn told(clauses: &Clauses, document: &Value) -> String {
    compare(clauses, document)
        .iter()
        .map(|mismatch| format!("{mismatch}\n"))
        .collect()
}

#[test]
fn clauses_and_contract_agree() {
    let clauses = Clauses::embedded().unwrap();
    assert_eq!(told(&clauses, bvnk_simulator::contract()), "");
}

#[test]
fn every_clause_has_a_check_and_every_check_a_clause() {
    let clauses = Clauses::embedded().unwrap();
    assert_eq!(clauses.unproven(), Vec::<String>::new());
    insta::assert_snapshot!(matrix(&clauses));
}

#[test]
fn a_clause_that_nobody_proves_and_a_check_that_proves_nothing_are_told() {
    let text = include_str!("../../../openapi/clauses.toml");
    let more = "[[clause]]\nid = \"fresh\"\nsays = \"…\"\nbasis = \"inferred\"\nexpect = { kind = \"behaviour\" }\n";
    let told = Clauses::parse(&format!("{text}\n{more}"))
        .unwrap()
        .unproven();
    assert_eq!(
        told,
        ["no check proves the clause `fresh` of openapi/clauses.toml"]
    );
    let fewer = text.replace("id = \"answer.accepted\"", "id = \"answer.accepted-now\"");
    let told = Clauses::parse(&fewer).unwrap().unproven().join("\n");
    assert!(
        told.contains("no check proves the clause `answer.accepted-now`"),
        "{told}"
    );
    assert!(
        told.contains("names the clause `answer.accepted`, which"),
        "{told}"
    );
    assert!(
        Clauses::parse(&format!("{more}{more}")).is_err(),
        "one id, two clauses"
    );
}

/// A greatest length is stated like any other rule, and held against the contract.
#[test]
fn a_greatest_length_can_be_expected() {
    let text = include_str!("../../../openapi/clauses.toml");
    let path = "path = \"individual.address.city\"";
    let bounded = |most: u32| {
        let place = format!("{path}, type = \"string\", required = true");
        let clauses = text.replace(&place, &format!("{place}, max_length = {most}"));
        assert_ne!(clauses, text);
        Clauses::parse(&clauses).unwrap()
    };
    let mut document = bvnk_simulator::contract().clone();
    document["components"]["schemas"]["Address"]["properties"]["city"]["maxLength"] = json!(35);
    assert_eq!(told(&bounded(35), &document), "");
    assert!(told(&bounded(36), &document).contains("maxLength"));
}

/// Every value of every expectation is changed, one at a time.
#[test]
fn no_expectation_can_change_alone() {
    let text = include_str!("../../../openapi/clauses.toml");
    let original: toml::Table = toml::from_str(text).unwrap();
    let count = original["clause"].as_array().unwrap().len();
    let mut changed = 0;
    for index in 0..count {
        let expectation = original["clause"][index]["expect"]
            .as_table()
            .unwrap()
            .clone();
        for (name, value) in &expectation {
            if name == "kind" {
                continue;
            }
            for other in others(value) {
                let mut edited = original.clone();
                let id = edited["clause"][index]["id"].as_str().unwrap().to_owned();
                edited["clause"][index]["expect"][name] = other;
                let edited = Clauses::parse(&toml::to_string(&edited).unwrap()).unwrap();
                let told = told(&edited, bvnk_simulator::contract());
                for part in ["openapi/clauses.toml", "openapi/customers.yaml", &id] {
                    assert!(
                        told.contains(part),
                        "{id}, {name}: {part} is not named in: {told}"
                    );
                }
                changed += 1;
            }
        }
    }
    assert!(changed > 200, "only {changed} changes were tried");
}

fn others(value: &toml::Value) -> Vec<toml::Value> {
    match value {
        toml::Value::String(text) => vec![format!("{text}x").into()],
        toml::Value::Boolean(is) => vec![(!is).into()],
        toml::Value::Integer(number) => vec![(number + 1).into()],
        toml::Value::Array(items) => {
            let mut shorter = items.clone();
            shorter.pop();
            let mut longer = items.clone();
            longer.push("ANOTHER".into());
            vec![shorter.into(), longer.into()]
        }
        _ => Vec::new(),
    }
}

/// Every type, requiredness, enum value, format, pattern and length of the contract is
/// changed, one at a time.
#[test]
fn nothing_in_the_contract_can_change_alone() {
    let clauses = Clauses::embedded().unwrap();
    let mut edits = Vec::new();
    find_edits(bvnk_simulator::contract(), String::new(), &mut edits);
    assert!(edits.len() > 75, "only {} edits were found", edits.len());
    for (pointer, other) in edits {
        let mut document = bvnk_simulator::contract().clone();
        *document.pointer_mut(&pointer).unwrap() = other.clone();
        let told = told(&clauses, &document);
        for part in ["openapi/clauses.toml", "openapi/customers.yaml"] {
            assert!(
                told.contains(part),
                "{pointer} = {other}: {part} is not named in: {told}"
            );
        }
    }
}

fn find_edits(value: &Value, pointer: String, edits: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if name == "example" || name == "securitySchemes" {
                    continue;
                }
                let place = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
                match (name.as_str(), member) {
                    ("type", Value::String(kind)) => {
                        let other = if kind == "string" {
                            "integer"
                        } else {
                            "string"
                        };
                        edits.push((place.clone(), json!(other)));
                    }
                    ("format" | "pattern" | "url", Value::String(text)) => {
                        edits.push((place.clone(), json!(format!("{text}x"))));
                    }
                    ("minLength", _) => edits.push((place.clone(), json!(2))),
                    ("required", Value::Bool(is)) if pointer.contains("/parameters/") => {
                        edits.push((place.clone(), json!(!is)));
                    }
                    ("required" | "enum", Value::Array(items)) => {
                        for index in 0..items.len() {
                            let mut shorter = items.clone();
                            shorter.remove(index);
                            edits.push((place.clone(), json!(shorter)));
                        }
                        let properties = value.get("properties").and_then(Value::as_object);
                        let more: Vec<Value> = match name.as_str() {
                            "enum" => vec![json!("ANOTHER")],
                            _ => properties.unwrap().keys().map(|name| json!(name)).collect(),
                        };
                        for more in more.into_iter().filter(|more| !items.contains(more)) {
                            let longer = items.iter().cloned().chain([more]);
                            edits.push((place.clone(), longer.collect()));
                        }
                    }
                    _ => {}
                }
                find_edits(member, place, edits);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                find_edits(item, format!("{pointer}/{index}"), edits);
            }
        }
        _ => {}
    }
}

/// A property that the contract gains, in any object, needs a clause.
#[test]
fn no_property_can_be_added_or_removed_alone() {
    let clauses = Clauses::embedded().unwrap();
    let original = bvnk_simulator::contract();
    for (schema, definition) in original["components"]["schemas"].as_object().unwrap() {
        let Some(properties) = definition.get("properties").and_then(Value::as_object) else {
            continue;
        };
        let mut longer = original.clone();
        longer["components"]["schemas"][schema]["properties"]["fresh"] = json!({"type": "string"});
        let mismatches = told(&clauses, &longer);
        assert!(
            mismatches.contains(&format!("/{schema}/properties/fresh")),
            "{mismatches}"
        );
        for name in properties.keys() {
            let mut shorter = original.clone();
            shorter["components"]["schemas"][schema]["properties"]
                .as_object_mut()
                .unwrap()
                .remove(name);
            assert!(told(&clauses, &shorter).contains(name), "{schema}.{name}");
        }
    }
}

#[test]
fn the_embedded_contract_compiles() {
    let contract = Contract::embedded().unwrap();
    assert_eq!(
        contract.route("create_customer"),
        Some(("POST".to_owned(), "/platform/v1/customers".to_owned()))
    );
}
