//! Every edit of the contract that changes what a clause states, or that adds an operation
//! or an input, is found: the contract can no longer be read, or the clauses differ from it.
//! Texts and examples are exempt.

use std::sync::LazyLock;

use bvnk_contract::{Clauses, Contract};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

static CONTRACT: LazyLock<Value> = LazyLock::new(|| {
    let text = include_str!("../../../../openapi/customers.yaml");
    let contract = Contract::from_yaml("customers.yaml", text);
    contract
        .unwrap_or_else(|error| panic!("{error}"))
        .document
        .clone()
});

static CLAUSES: LazyLock<Clauses> = LazyLock::new(|| {
    let text = include_str!("../../../../openapi/clauses.toml");
    Clauses::from_toml("clauses.toml", text).unwrap_or_else(|error| panic!("{error}"))
});

/// Members that state nothing: texts, examples, and settings of tools.
const EXEMPT: &[&str] = &[
    "description",
    "summary",
    "example",
    "info",
    "tags",
    "x-public",
    "x-action-required",
    "x-alike",
    "x-tracked",
    "title",
    "openapi",
];

/// The pointers of every member and item that states something.
static SITES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut sites = Vec::new();
    collect(&CONTRACT, "", &mut sites);
    sites
});

/// The pointers of every text.
static TEXTS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut all = Vec::new();
    everything(&CONTRACT, "", &mut all);
    let is_text = |pointer: &String| {
        let name = pointer.rsplit('/').next().unwrap();
        ["description", "summary"].contains(&name) && CONTRACT.pointer(pointer).unwrap().is_string()
    };
    all.retain(is_text);
    all
});

fn child(pointer: &str, name: &str) -> String {
    format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"))
}

fn members(value: &Value) -> Vec<(String, &Value)> {
    match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (name.clone(), value))
            .collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(index, item)| (index.to_string(), item))
            .collect(),
        _ => Vec::new(),
    }
}

fn everything(value: &Value, pointer: &str, found: &mut Vec<String>) {
    for (name, member) in members(value) {
        let pointer = child(pointer, &name);
        found.push(pointer.clone());
        everything(member, &pointer, found);
    }
}

fn collect(value: &Value, pointer: &str, found: &mut Vec<String>) {
    for (name, member) in members(value) {
        // An attribute may have the name of a text.
        let is_attribute = pointer.ends_with("/properties");
        if is_attribute || !EXEMPT.contains(&name.as_str()) {
            let pointer = child(pointer, &name);
            found.push(pointer.clone());
            collect(member, &pointer, found);
        }
    }
}

/// The parent of a pointer and the last name, unescaped.
fn split(pointer: &str) -> (&str, String) {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    (parent, name.replace("~1", "/").replace("~0", "~"))
}

/// An edit that may be made at many places.
#[derive(Clone, Debug)]
enum Edit {
    Remove,
    Rename(String),
    Replace,
    AddProperty {
        name: String,
        schema: Value,
        is_required: bool,
    },
    AddRule(&'static str, Value),
    AddOperation(&'static str),
    AddParameter {
        location: &'static str,
        name: String,
        is_required: bool,
    },
    AddResponse(String),
    AddValue(String),
}

fn edits() -> impl Strategy<Value = Edit> {
    let name = "[a-z]{3,8}[A-Z][a-z]{2,6}";
    let rule = select(vec![
        ("nullable", json!(true)),
        ("minLength", json!(3)),
        ("maxLength", json!(30)),
        ("pattern", json!("^[a-z]+$")),
        ("format", json!("email")),
        ("enum", json!(["ONE", "OTHER"])),
        ("type", json!("integer")),
        ("minProperties", json!(1)),
        ("additionalProperties", json!(false)),
        ("additionalProperties", json!({"type": "string"})),
        ("x-terminal", json!(["ONE"])),
    ]);
    let schema = select(vec![
        json!({"type": "string"}),
        json!({"type": "integer", "minimum": 1}),
        json!({"type": "array", "items": {"type": "string"}}),
        json!({"type": "object", "additionalProperties": {"type": "number"}}),
        json!({"$ref": "#/components/schemas/Address"}),
        json!({}),
    ]);
    prop_oneof![
        3 => Just(Edit::Remove),
        3 => name.prop_map(Edit::Rename),
        3 => Just(Edit::Replace),
        2 => (name, schema, any::<bool>())
            .prop_map(|(name, schema, is_required)| Edit::AddProperty { name, schema, is_required }),
        3 => rule.prop_map(|(name, value)| Edit::AddRule(name, value)),
        1 => select(vec!["put", "patch", "delete"]).prop_map(Edit::AddOperation),
        1 => (select(vec!["query", "header"]), name, any::<bool>())
            .prop_map(|(location, name, is_required)| Edit::AddParameter { location, name, is_required }),
        1 => select(vec!["201", "204", "404", "5XX", "default"])
            .prop_map(|status| Edit::AddResponse(status.to_owned())),
        1 => "[A-Z]{4,9}".prop_map(Edit::AddValue),
    ]
}

/// The contract with an edit at a site. `None` if the edit does not fit the site or changes
/// nothing that is stated.
fn edited(site: &str, edit: &Edit) -> Option<Value> {
    let mut document = CONTRACT.clone();
    let (parent, name) = split(site);
    let value = document.pointer(site)?.clone();
    match edit {
        Edit::Remove => {
            // The absence of these states the same: a default, a type that the other members
            // imply, and a reference to a schema of any value.
            let has = |sibling: &str| document.pointer(&child(parent, sibling)).is_some();
            let is_implied = value == json!(false)
                || (name == "additionalProperties" && value == json!(true))
                || (name == "type" && (has("properties") || has("items") || has("enum")))
                || value == json!("#/components/schemas/ErrorBody");
            if is_implied {
                return None;
            }
            match document.pointer_mut(parent)? {
                Value::Object(members) => drop(members.remove(&name)),
                Value::Array(items) => drop(items.remove(name.parse().ok()?)),
                _ => return None,
            }
        }
        Edit::Rename(new) => {
            // The names of links are not on the wire.
            if parent.ends_with("/links") || name == "additionalProperties" || value == json!(false)
            {
                return None;
            }
            let members = document.pointer_mut(parent)?.as_object_mut()?;
            let member = members.remove(&name)?;
            members.insert(new.clone(), member);
        }
        Edit::Replace => {
            let other = match &value {
                Value::Bool(flag) => json!(!flag),
                Value::Number(number) => json!(number.as_u64()? + 1),
                Value::String(text) => json!(format!("{text}x")),
                _ => return None,
            };
            *document.pointer_mut(site)? = other;
        }
        Edit::AddProperty {
            name,
            schema,
            is_required,
        } => {
            let object = document.pointer_mut(site)?.as_object_mut()?;
            if !site.starts_with("/components/schemas/") || !object.get("properties")?.is_object() {
                return None;
            }
            object.get_mut("properties")?[name] = schema.clone();
            if *is_required {
                let required = object.entry("required").or_insert_with(|| json!([]));
                required.as_array_mut()?.push(json!(name));
            }
        }
        Edit::AddRule(rule, rule_value) => {
            let object = document.pointer_mut(site)?.as_object_mut()?;
            let is_schema = object.contains_key("type") || object.contains_key("anyOf");
            let is_attribute = parent.ends_with("/properties")
                || parent == "/components/schemas"
                || name == "schema";
            // What a request has cannot end a flow.
            let is_inert = *rule == "x-terminal" && name != "CustomerStatus";
            if !is_schema || !is_attribute || is_inert || object.get(*rule) == Some(rule_value) {
                return None;
            }
            object.insert((*rule).to_owned(), rule_value.clone());
        }
        Edit::AddOperation(method) => {
            let item = document.pointer_mut(site)?.as_object_mut()?;
            if parent != "/paths" {
                return None;
            }
            let mut operation = item.values().next()?.clone();
            operation["operationId"] = json!("another");
            item.insert((*method).to_owned(), operation);
        }
        Edit::AddParameter {
            location,
            name,
            is_required,
        } => {
            let operation = document.pointer_mut(site)?.as_object_mut()?;
            let parameters = operation.get_mut("parameters")?.as_array_mut()?;
            parameters.push(json!({
                "name": name, "in": location, "required": is_required, "schema": {"type": "string"}
            }));
        }
        Edit::AddResponse(status) => {
            let operation = document.pointer_mut(site)?.as_object_mut()?;
            operation.get_mut("responses")?[status] = json!({"description": ""});
            operation.get("operationId")?;
        }
        Edit::AddValue(value) => {
            if !["enum", "x-terminal", "servers"].contains(&name.as_str()) {
                return None;
            }
            let value = match name.as_str() {
                "servers" => json!({"url": format!("https://{value}.example")}),
                _ => json!(value),
            };
            document.pointer_mut(site)?.as_array_mut()?.push(value);
        }
    }
    Some(document)
}

fn differs(document: Value) -> bool {
    match Contract::from_value("customers.yaml", document) {
        Err(_) => true,
        Ok(contract) => !CLAUSES.check(&contract, "customers.yaml").is_empty(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        max_local_rejects: 1_000_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn every_edit_of_a_stated_fact_is_found(
        (site, edit) in (any::<Index>(), edits()).prop_filter_map("the edit does not fit", |(site, edit)| {
            let site = &SITES[site.index(SITES.len())];
            edited(site, &edit).map(|_| (site, edit))
        })
    ) {
        let document = edited(site, &edit).unwrap();
        prop_assert!(differs(document), "{edit:?} at {site} is not found");
    }

    #[test]
    fn texts_are_exempt(site in any::<Index>(), text in ".{0,40}") {
        let site = &TEXTS[site.index(TEXTS.len())];
        let mut document = CONTRACT.clone();
        *document.pointer_mut(site).unwrap() = json!(text);
        prop_assert!(!differs(document), "a text at {site}");
    }
}
