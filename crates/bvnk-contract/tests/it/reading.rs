//! Any document can be given to the reader, and what it reads has statements that can be
//! distinguished.

use std::collections::BTreeSet;

use bvnk_contract::Contract;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

fn document() -> Value {
    let text = include_str!("../../../../openapi/customers.yaml");
    let contract = Contract::from_yaml("customers.yaml", text);
    let contract = contract.unwrap_or_else(|error| panic!("{error}"));
    contract.document.clone()
}

/// Names that OpenAPI gives a meaning, names of this contract, and others.
const NAMES: &[&str] = &[
    "$ref",
    "additionalProperties",
    "allOf",
    "anyOf",
    "content",
    "default",
    "enum",
    "in",
    "items",
    "links",
    "name",
    "nullable",
    "oneOf",
    "operationId",
    "parameters",
    "post",
    "properties",
    "required",
    "responses",
    "schema",
    "type",
    "x-terminal",
    "Address",
    "Customer",
    "individual",
    "individual.address",
    "reference",
    "tags[]",
    "",
    "~/",
];

fn values() -> impl Strategy<Value = Value> {
    let leaf = select(vec![
        json!(null),
        json!(true),
        json!(-1),
        json!(1.5),
        json!("string"),
        json!("object"),
        json!("array"),
        json!("path"),
        json!("create_customer"),
        json!("#/components/schemas/Address"),
        json!({ "$ref": "#/components/schemas/Address" }),
        json!({ "$ref": "#/components/schemas/Customer" }),
        json!({ "$ref": "#/components/schemas/Nothing" }),
        // Merged into itself, if it lands in the component.
        json!({ "allOf": [{ "$ref": "#/components/schemas/Address" }, {}], "properties": {} }),
        json!({ "allOf": [{ "$ref": "#/components/schemas/Customer" }, {}], "properties": {} }),
        json!({ "type": "string" }),
        json!({ "type": "string", "enum": ["ONE", null] }),
        json!({ "name": "id", "in": "query", "schema": {} }),
    ]);
    leaf.prop_recursive(4, 24, 4, |inner| {
        let name = select(NAMES).prop_map(str::to_owned);
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            btree_map(name, inner, 0..4).prop_map(|members| json!(members)),
        ]
    })
}

/// Adds members to an object that the steps lead to, or replaces what is there.
fn edit(value: &mut Value, steps: &[Index], new: Value) {
    let mut children: Vec<&mut Value> = match value {
        Value::Object(members) => members.values_mut().collect(),
        Value::Array(items) => items.iter_mut().collect(),
        _ => Vec::new(),
    };
    if let ([step, rest @ ..], false) = (steps, children.is_empty()) {
        let index = step.index(children.len());
        return edit(children.swap_remove(index), rest, new);
    }
    match (value, new) {
        (Value::Object(members), Value::Object(new)) => members.extend(new),
        (value, new) => *value = new,
    }
}

/// Calls everything that a contract has, and checks its statements.
fn examine(contract: &Contract) {
    let mut subjects = BTreeSet::new();
    for statement in contract.statements() {
        let subject = statement.expectation.subject().unwrap();
        assert!(
            subjects.insert(subject),
            "{statement:?} has a subject twice"
        );
    }
    for schema in contract.schemas.values() {
        for attribute in contract.attributes(schema) {
            assert_eq!(attribute.schema.reference(), None, "{}", attribute.path);
        }
    }
    for operation in &contract.operations {
        let (found, _) = contract.route(&operation.method, &operation.path).unwrap();
        assert_eq!(found.method, operation.method);
    }
    contract.flows();
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_value_is_read_or_reported(value in values()) {
        if let Ok(contract) = Contract::from_value("api.json", value) {
            examine(&contract);
        }
    }

    #[test]
    fn any_component_is_read_or_reported(
        name in select(vec!["Address", "Customer"]),
        property in proptest::option::of(select(NAMES)),
        value in values(),
    ) {
        let mut document = document();
        let component = &mut document["components"]["schemas"][name];
        match property {
            Some(property) => component["properties"][property] = value,
            None => *component = value,
        }
        if let Ok(contract) = Contract::from_value("api.json", document) {
            examine(&contract);
        }
    }

    #[test]
    fn any_edit_is_read_or_reported(edits in vec((vec(any::<Index>(), 0..12), values()), 1..4)) {
        let mut document = document();
        for (steps, value) in edits {
            edit(&mut document, &steps, value);
        }
        match Contract::from_value("api.json", document) {
            Ok(contract) => examine(&contract),
            Err(errors) => prop_assert!(errors.iter().count() > 0),
        }
    }
}
