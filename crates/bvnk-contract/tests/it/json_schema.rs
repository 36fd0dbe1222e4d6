//! Values that the contract allows, compared with those that a validator of JSON Schema allows. It
//! reads the document itself.

use std::error::Error;

use boon::{Compiler, Format, Schemas};
use bvnk_contract::{CHECKED_FORMATS, Contract};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Map, Value, json};

const NAMES: [&str; 3] = ["a", "b", "c"];

const PATTERNS: [&str; 6] = [
    "^[A-Z]{2}$",
    "^\\d{3}-\\d+$",
    "^(ab|cd)*x?$",
    "[^a-z]",
    "^\\p{Lu}",
    "^a|b$",
];

/// Texts that some of the rules below allow.
const TEXTS: [&str; 21] = [
    "",
    "a",
    "AB",
    "ÀB",
    "abcd",
    "cdx",
    "123-4",
    "a@b.c",
    "a@",
    "2024-02-29",
    "2023-02-29",
    "2024-2-9",
    "2024-02-29T10:00:00Z",
    "2024-02-29t23:59:59.123456789012+05:30",
    "2024-02-29T24:00:00Z",
    "2024-02-29T10:00:005Z",
    "2024-02-29T10:00:60Z",
    "2024-02-29 10:00:00Z",
    "2024-02-29T10:00:00+0530",
    "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
    "6ba7b8109dad11d180b400c04fd430c8",
];

/// An object with the members that are there.
fn object(members: Vec<(&'static str, Option<Value>)>) -> Value {
    let members = members.into_iter();
    let members = members.filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(members.collect::<Map<_, _>>())
}

fn texts() -> impl Strategy<Value = Value> {
    let rules = (
        option::of(select(&CHECKED_FORMATS[..])),
        option::of(select(&PATTERNS[..])),
        option::of(0..4_u64),
        option::of(4..9_u64),
        option::of(Just(json!(["a", "AB", null]))),
    );
    rules.prop_map(|(format, pattern, min, max, listed)| {
        object(vec![
            ("type", Some("string".into())),
            ("format", format.map(Value::from)),
            ("pattern", pattern.map(Value::from)),
            ("minLength", min.map(Value::from)),
            ("maxLength", max.map(Value::from)),
            ("enum", listed),
        ])
    })
}

fn numbers() -> impl Strategy<Value = Value> {
    let bound = |bounds: [f64; 3]| option::of(select(bounds.to_vec()));
    let rules = (
        select(vec!["integer", "number"]),
        bound([-1.0, 0.0, 2.0]),
        bound([2.0, 3.0, 10.0]),
        option::of(any::<bool>()),
        option::of(any::<bool>()),
        option::of(select(vec![json!(2), json!(3), json!(0.25)])),
    );
    rules.prop_map(|(kind, min, max, above, below, step)| {
        let number = |bound: f64| match kind {
            "integer" => json!(bound as i64),
            _ => json!(bound),
        };
        object(vec![
            ("type", Some(kind.into())),
            ("minimum", min.map(number)),
            ("maximum", max.map(number)),
            (
                "exclusiveMinimum",
                above.filter(|_| min.is_some()).map(Value::from),
            ),
            (
                "exclusiveMaximum",
                below.filter(|_| max.is_some()).map(Value::from),
            ),
            (
                "multipleOf",
                step.filter(|step| kind == "number" || step.is_u64()),
            ),
        ])
    })
}

fn with_nullable((mut schema, is_nullable): (Value, bool)) -> Value {
    schema["nullable"] = is_nullable.into();
    schema
}

fn schemas() -> impl Strategy<Value = Value> {
    let open = json!({
        "anyOf": [{ "type": "string", "enum": ["A"], "maxLength": 3 }, { "type": "string" }]
    });
    let leaf = prop_oneof![
        texts(),
        numbers(),
        select(vec![json!({}), json!({ "type": "boolean" }), open]),
    ];
    let leaf = (leaf, any::<bool>()).prop_map(with_nullable);
    leaf.prop_recursive(3, 12, 3, |inner| {
        let lists = (
            inner.clone(),
            option::of(0..2_u64),
            option::of(2..4_u64),
            any::<bool>(),
        );
        let lists = lists.prop_map(|(items, min, max, unique)| {
            object(vec![
                ("type", Some("array".into())),
                ("items", Some(items)),
                ("minItems", min.map(Value::from)),
                ("maxItems", max.map(Value::from)),
                ("uniqueItems", Some(unique.into())),
            ])
        });
        let others = prop_oneof![
            Just(None),
            any::<bool>().prop_map(|other| Some(other.into())),
            inner.clone().prop_map(Some),
        ];
        let members = btree_map(select(&NAMES[..]), (inner.clone(), any::<bool>()), 0..3);
        let bounds = (option::of(0..2_u64), option::of(1..3_u64));
        let objects = (members, others, bounds).prop_map(|(members, others, (min, max))| {
            let required = members.iter().filter(|(_, (_, required))| *required);
            let required: Vec<&str> = required.map(|(name, _)| *name).collect();
            let required = (!required.is_empty()).then(|| json!(required));
            let properties: Map<_, _> = members
                .iter()
                .map(|(name, (schema, _))| ((*name).to_owned(), schema.clone()))
                .collect();
            object(vec![
                ("type", Some("object".into())),
                ("properties", Some(properties.into())),
                ("required", required),
                ("additionalProperties", others),
                ("minProperties", min.map(Value::from)),
                ("maxProperties", max.map(Value::from)),
            ])
        });
        let variants = vec((inner.clone(), select(&NAMES[..])), 1..3).prop_map(|variants| {
            let variants = variants.into_iter().map(|(schema, name)| {
                json!({ "type": "object", "required": [name], "properties": { name: schema } })
            });
            json!({ "oneOf": variants.collect::<Value>() })
        });
        let merged = (inner.clone(), inner.clone(), any::<bool>());
        let merged = merged.prop_map(|(one, both, required)| {
            let mut all = json!({ "type": "object", "properties": { "a": one, "b": both } });
            let more = json!({ "type": "object", "properties": { "b": both }, "required": ["b"] });
            if required {
                all["required"] = json!(["a"]);
            }
            json!({ "allOf": [all, more] })
        });
        let nullable = (prop_oneof![lists, objects, variants, merged], any::<bool>());
        let nullable = nullable.prop_map(with_nullable);
        prop_oneof![
            nullable,
            Just(json!({ "$ref": "#/components/schemas/Other" }))
        ]
    })
}

fn values() -> impl Strategy<Value = Value> {
    let numbers = [-1.0, 0.0, 0.5, 1.0, 2.0, 2.5, 3.0, 6.0, 9.5, 12.0];
    let leaf = prop_oneof![
        select(&TEXTS[..]).prop_map(Value::from),
        select(numbers.to_vec()).prop_map(Value::from),
        (-2..14_i64).prop_map(Value::from),
        select(vec![
            Value::Null,
            true.into(),
            (1_i64 << 52).into(),
            (-1_i64 << 52).into()
        ]),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let names = select(vec!["a", "b", "c", "d/e"]).prop_map(str::to_owned);
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            btree_map(names, inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// A value that most rules allow: with it, deeper ones are reached.
fn fitting(root: &Value, schema: &Value, indices: &mut impl Iterator<Item = Index>) -> Value {
    let mut next = |count: usize| indices.next().map_or(0, |index| index.index(count));
    if let Some(name) = schema["$ref"].as_str() {
        return match next(2) {
            0 => Value::Null,
            _ => fitting(root, &root[name.rsplit('/').next().unwrap()], indices),
        };
    }
    if let Some(members) = schema["allOf"].as_array() {
        let members = members.iter().map(|member| fitting(root, member, indices));
        let members: Vec<Value> = members.collect();
        let members = members.iter().filter_map(Value::as_object).flatten();
        return Value::Object(
            members
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
        );
    }
    if let Some(variants) = schema["oneOf"].as_array() {
        return fitting(root, &variants[next(variants.len())], indices);
    }
    match schema["type"].as_str() {
        Some("boolean") => true.into(),
        Some("integer") => json!(next(8)),
        Some("number") => json!(next(16) as f64 / 2.0),
        Some("array") => {
            let count = next(4);
            (0..count)
                .map(|_| fitting(root, &schema["items"], indices))
                .collect()
        }
        Some("object") => {
            let properties = schema["properties"].as_object().into_iter().flatten();
            let members =
                properties.map(|(name, schema)| (name.clone(), fitting(root, schema, indices)));
            Value::Object(members.collect())
        }
        _ => TEXTS[next(TEXTS.len())].into(),
    }
}

/// JSON Schema (2020-12) of OpenAPI 3.0, which differs in `nullable` and in exclusive bounds.
fn json_schema(schema: &Value) -> Value {
    let members = match schema {
        Value::Object(members) => members,
        Value::Array(items) => return items.iter().map(json_schema).collect(),
        other => return other.clone(),
    };
    let member = |(name, value): (&String, &Value)| {
        let value = match (name.as_str(), value) {
            ("exclusiveMinimum", Value::Bool(on)) => on.then(|| members["minimum"].clone())?,
            ("exclusiveMaximum", Value::Bool(on)) => on.then(|| members["maximum"].clone())?,
            (_, value) => json_schema(value),
        };
        Some((name.clone(), value))
    };
    let converted = Value::Object(members.iter().filter_map(member).collect());
    match members.get("nullable") {
        Some(Value::Bool(true)) => json!({ "anyOf": [converted, { "type": "null" }] }),
        _ => converted,
    }
}

/// boon takes signs before the numbers of a date, and an address without a local part.
fn stricter(compiler: &mut Compiler) {
    fn date(value: &Value) -> Result<(), Box<dyn Error>> {
        match value.as_str() {
            Some(text) if text.len() != 10 => Err("not YYYY-MM-DD".into()),
            Some(text) => Ok(text.parse::<jiff::civil::Date>().map(drop)?),
            None => Ok(()),
        }
    }
    fn email(value: &Value) -> Result<(), Box<dyn Error>> {
        let parts = value.as_str().unwrap_or("a@b").rsplit_once('@');
        let is_one = parts.is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty());
        is_one
            .then_some(())
            .ok_or_else(|| "not an e-mail address".into())
    }
    compiler.register_format(Format {
        name: "date",
        func: date,
    });
    compiler.register_format(Format {
        name: "email",
        func: email,
    });
}

/// A contract with two components; `None` if it is refused, as where bounds exclude each other.
fn contract(root: &Value, other: &Value) -> Option<Contract> {
    let document = json!({
        "openapi": "3.0.3",
        "info": { "title": "Any", "version": "1" },
        "paths": { "/": { "get": { "operationId": "get", "responses": { "204": { "description": "" } } } } },
        "components": { "schemas": { "Root": root, "Other": other } },
    });
    Contract::from_value("any", document).ok()
}

/// Whether the contract and boon allow a value of the schema `Root`.
fn verdicts(root: &Value, other: &Value, value: &Value) -> Option<(bool, bool)> {
    let contract = contract(root, other)?;
    let own = contract.allows(&contract.schemas["Root"], value);
    let (mut compiler, mut compiled) = (Compiler::new(), Schemas::new());
    compiler.enable_format_assertions();
    stricter(&mut compiler);
    let schema = json!({
        "$ref": "#/components/schemas/Root",
        "components": json_schema(&contract.document["components"]),
    });
    compiler.add_resource("mem:///schema", schema).unwrap();
    let index = compiler.compile("mem:///schema", &mut compiled).unwrap();
    Some((own, compiled.validate(value, index).is_ok()))
}

#[test]
fn another_validator_allows_the_same_values() {
    let (mut allowed, mut refused) = (0, 0);
    let mut runner = TestRunner::deterministic();
    let cases = (
        schemas(),
        texts(),
        values(),
        vec(any::<Index>(), 12),
        any::<bool>(),
    );
    for _ in 0..1_000 {
        let case = cases.new_tree(&mut runner).unwrap().current();
        let (root, other, drawn, indices, fits) = case;
        let components = json!({ "Root": root, "Other": other });
        let value = match fits {
            true => fitting(&components, &root, &mut indices.into_iter()),
            false => drawn,
        };
        if let Some((own, other_verdict)) = verdicts(&root, &other, &value) {
            assert_eq!(
                own, other_verdict,
                "{value} of {root}, where Other is {other}"
            );
            *if own { &mut allowed } else { &mut refused } += 1;
        }
    }
    assert!(allowed > 80 && refused > 80, "{allowed} {refused}");
}

/// boon compares them as binary fractions.
#[test]
fn large_integers_are_exact() {
    let document = |minimum: i64, step: i64| json!({ "type": "integer", "minimum": minimum, "multipleOf": step });
    for (schema, value, allowed) in [
        (document(i64::MAX, 1), i64::MAX, true),
        (document(i64::MAX, 1), i64::MAX - 1, false),
        (document(0, 3), i64::MAX - 1, true),
        (document(0, 3), i64::MAX, false),
    ] {
        let contract = contract(&schema, &json!({})).unwrap();
        let own = contract.allows(&contract.schemas["Root"], &json!(value));
        assert_eq!(own, allowed, "{value} of {schema}");
    }
}
