//! Values of a contract's schemas: valid ones, and valid ones with one edit.

use std::collections::BTreeSet;

use bvnk_contract::{Additional, Contract, Schema, Shape};
use serde_json::{Map, Value, json};

/// A value of a component.
pub(crate) struct Input {
    pub(crate) ty: String,
    pub(crate) json: Value,
    pub(crate) valid: bool,
}

/// A small generator of random numbers.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0xd1b5_4a32_d192_ed03)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % bound
    }

    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        let index = self.below(items.len());
        &items[index]
    }
}

/// Values of these components.
pub(crate) fn of(contract: &Contract, types: &[String], seed: u64) -> Vec<Input> {
    let sent = sent(contract);
    let mut random = Random::new(seed);
    let mut inputs = Vec::new();
    for (name, schema) in &contract.schemas {
        if !types.contains(name) {
            continue;
        }
        for _ in 0..6 {
            let value = sample(&mut random, contract, schema, 0);
            // Null is a value of the fields that have a nullable component, not of its type.
            if value.is_null() || !contract.allows(schema, &value) {
                continue;
            }
            if sent.contains(name) {
                for edited in edits(&value) {
                    if !contract.allows(schema, &edited) {
                        inputs.push(Input {
                            ty: name.clone(),
                            json: edited,
                            valid: false,
                        });
                    }
                }
            }
            inputs.push(Input {
                ty: name.clone(),
                json: value,
                valid: true,
            });
        }
    }
    inputs
}

/// The components that requests have: only their types are as strict as their schemas.
fn sent(contract: &Contract) -> BTreeSet<String> {
    let mut sent = BTreeSet::new();
    let mut open: Vec<&Schema> = Vec::new();
    for operation in &contract.operations {
        open.extend(operation.body.iter().map(|body| &body.schema));
        open.extend(
            operation
                .parameters
                .iter()
                .map(|parameter| &parameter.schema),
        );
    }
    while let Some(schema) = open.pop() {
        match &schema.shape {
            Shape::Reference(name) if sent.insert(name.clone()) => {
                open.push(&contract.schemas[name]);
            }
            Shape::Array(items) => open.push(items),
            Shape::OneOf(variants) => open.extend(variants),
            Shape::Object(rules) => {
                open.extend(rules.properties.values().map(|property| &property.schema));
                if let Additional::Of(values) = &rules.additional {
                    open.push(values);
                }
            }
            _ => {}
        }
    }
    sent
}

fn sample(random: &mut Random, contract: &Contract, schema: &Schema, depth: usize) -> Value {
    let schema_of = contract.resolve(schema);
    if contract.is_nullable(schema) && random.below(3) == 0 {
        return Value::Null;
    }
    match &schema_of.shape {
        Shape::Any => random
            .pick(&[json!(1), json!("any"), json!({"a": [true]})])
            .clone(),
        Shape::Boolean => json!(random.below(2) == 0),
        Shape::Integer | Shape::Number => {
            let rules = &schema_of.rules;
            let number = |number: &Option<serde_json::Number>, or: f64| {
                number
                    .as_ref()
                    .and_then(serde_json::Number::as_f64)
                    .unwrap_or(or)
            };
            let min = number(&rules.minimum, -3.0) + f64::from(u8::from(rules.exclusive_minimum));
            let max = number(&rules.maximum, min + 6.0);
            let steps = (max - min).clamp(1.0, 9.0) as usize;
            let step = number(&rules.multiple_of, 1.0);
            let value = ((min / step).ceil() + random.below(steps) as f64) * step;
            match &schema_of.shape {
                Shape::Integer => json!(value as i64),
                _ if random.below(2) == 0 && rules.multiple_of.is_none() => json!(value + 0.25),
                _ => json!(value),
            }
        }
        Shape::String => {
            let (rules, listed) = (&schema_of.rules, schema_of.rules.listed());
            if !listed.is_empty() && (rules.open == Some(false) || random.below(3) > 0) {
                return json!(random.pick(listed));
            }
            let text = match (rules.format.as_deref(), rules.pattern.as_deref()) {
                (Some("date"), _) => "2024-02-29",
                (Some("date-time"), _) => "2024-02-29T10:00:00Z",
                (Some("email"), _) => "a.b@example.com",
                (Some("uuid"), _) => "86b5f133-9ee8-4f67-8747-7c9d0894a68b",
                (_, Some("^[A-Z]{2}$")) => "GB",
                (_, Some("^[a-z]+-[0-9]+$")) => "abc-123",
                _ => random.pick(&["é", "some text", "x\"y\\z\n", "aaaa", ""]),
            };
            json!(text)
        }
        Shape::Array(items) => {
            let least = schema_of.rules.min_items.unwrap_or(0) as usize;
            let length = if depth > 4 {
                least
            } else {
                least + random.below(3)
            };
            (0..length)
                .map(|_| sample(random, contract, items, depth + 1))
                .collect()
        }
        Shape::OneOf(variants) => {
            let variant = random.below(variants.len());
            sample(random, contract, &variants[variant], depth + 1)
        }
        Shape::Object(rules) => {
            let mut members = Map::new();
            for (name, property) in &rules.properties {
                if property.required || depth < 4 && random.below(3) > 0 {
                    let value = sample(random, contract, &property.schema, depth + 1);
                    members.insert(name.clone(), value);
                }
            }
            match &rules.additional {
                Additional::Of(values) => {
                    for name in ["first key", "second"] {
                        let value = sample(random, contract, values, depth + 1);
                        members.insert(name.to_owned(), value);
                    }
                }
                Additional::Any => drop(members.insert("further".to_owned(), json!([1, "a"]))),
                _ => {}
            }
            Value::Object(members)
        }
        Shape::Reference(_) => Value::Null,
    }
}

/// The value with one edit, at each of its places.
fn edits(value: &Value) -> Vec<Value> {
    let mut edited = vec![
        Value::Null,
        json!(7.5),
        json!("s3cret"),
        json!([]),
        json!({}),
    ];
    match value {
        Value::String(text) => {
            edited.extend([
                json!(""),
                json!(format!("{text}{text}!")),
                json!(text.to_lowercase()),
            ]);
            edited.extend([
                json!("1990-5-12"),
                json!("2024-02-30"),
                json!("2024-02-29 10:00:00Z"),
            ]);
        }
        Value::Number(_) => edited.extend([json!(-1e9), json!(1e9), json!("1"), json!(0.1)]),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                for edit in edits(item) {
                    let mut items = items.clone();
                    items[index] = edit;
                    edited.push(Value::Array(items));
                }
                let mut twice = items.clone();
                twice.push(item.clone());
                edited.push(Value::Array(twice));
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                let mut without = members.clone();
                without.remove(name);
                edited.push(Value::Object(without));
                for edit in edits(member) {
                    let mut members = members.clone();
                    members.insert(name.clone(), edit);
                    edited.push(Value::Object(members));
                }
            }
            let mut more = members.clone();
            more.insert("unknown".to_owned(), json!(1));
            edited.push(Value::Object(more));
        }
        _ => {}
    }
    edited
}
