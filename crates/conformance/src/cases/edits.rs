//! Requests that differ from one with everything in one place, valid and invalid ones: what a
//! clause says of an attribute, tried at its edges. The edits follow from the rules alone; no
//! attribute is named here.

use std::collections::BTreeMap;

use bvnk_contract::{Additional, AttributeRules, Contract, Operation, Schema, Shape};
use serde_json::{Value, json};

use crate::flow;
use crate::specification::{AttributeClause, Specification};

/// A request that differs from one with everything in one place.
#[derive(Clone, Debug)]
pub(crate) struct Variation<'a> {
    /// The attribute of the body, or the parameter, that differs.
    pub(crate) attribute: &'a AttributeClause,
    /// How it differs.
    pub(crate) edit: Edit,
    /// The parameters of the request, by name.
    pub(crate) parameters: BTreeMap<String, Value>,
    /// The body of the request.
    pub(crate) body: Option<Value>,
}

/// One change of a valid request in one place.
#[derive(Clone, Debug)]
pub(crate) struct Edit {
    /// What is done, after the attribute's name.
    pub(crate) what: String,
    /// The new value; `None` leaves the place out.
    pub(crate) value: Option<Value>,
    /// Whether the rules allow the result.
    pub(crate) valid: bool,
    /// What it is about.
    pub(crate) about: About,
}

/// What an edit is about, where pages say nothing of an attribute in particular.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum About {
    /// A rule of the attribute.
    Rule,
    /// Null for something that may be left out.
    Null,
    /// A long text where no length is given.
    Length,
}

/// All variations of the request of an operation: of its parameters, then of its bodies with
/// everything, of which there is one for each number of an alternative.
pub(crate) fn variations<'a>(
    specification: &'a Specification,
    operation: &Operation,
    everything: &[Value],
    parameters: &BTreeMap<String, Value>,
) -> Vec<Variation<'a>> {
    let contract = specification.contract();
    let mut found = Vec::new();
    let key = operation.idempotency_key().map(|key| key.name.as_str());
    // What must exist has one right value.
    let names = flow::needed_by(contract, operation).is_some();
    for of in ["path", "query", "header"] {
        for attribute in specification.attributes(&operation.id, of) {
            let path = &attribute.rules.path;
            if key == Some(path) || path.ends_with("[]") || (of == "path" && names) {
                continue;
            }
            for edit in wire_edits(&attribute.rules) {
                let mut parameters = parameters.clone();
                match &edit.value {
                    Some(value) => parameters.insert(path.clone(), value.clone()),
                    None => parameters.remove(path),
                };
                found.push(Variation {
                    attribute,
                    edit,
                    parameters,
                    body: everything.first().cloned(),
                });
            }
        }
    }
    for attribute in specification.attributes(&operation.id, "request") {
        let mut bodies = everything.iter().enumerate();
        let place = bodies.find_map(|(variant, body)| {
            let schema = &operation.body.as_ref()?.schema;
            let pointer = locate(contract, schema, &attribute.rules.path, body, variant)?;
            Some((body, pointer))
        });
        let Some((all, pointer)) = place.filter(|(_, pointer)| !pointer.is_empty()) else {
            continue;
        };
        for edit in edits(&attribute.rules, all.pointer(&pointer)) {
            let mut body = all.clone();
            put(&mut body, &pointer, edit.value.clone());
            found.push(Variation {
                attribute,
                edit,
                parameters: parameters.clone(),
                body: Some(body),
            });
        }
    }
    found
}

/// Where an attribute stands in a body, as a JSON pointer; of lists and maps it is the first
/// entry. `None` if the body does not have it, such as when it has another alternative:
/// `variant` is the number with which alternatives were chosen.
pub(crate) fn locate<'a>(
    contract: &'a Contract,
    mut schema: &'a Schema,
    path: &str,
    body: &Value,
    variant: usize,
) -> Option<String> {
    let (mut rest, mut pointer) = (path, String::new());
    while !rest.is_empty() {
        let name = match &contract.resolve(schema).shape {
            Shape::OneOf(variants) => {
                let (name, after) = rest.strip_prefix('<')?.split_once('>')?;
                let number = variant % variants.len().max(1);
                let number_name = (number + 1).to_string();
                if name != variants[number].reference().unwrap_or(&number_name) {
                    return None;
                }
                (schema, rest) = (&variants[number], after);
                continue;
            }
            Shape::Array(rules) => {
                (schema, rest) = (&rules.items, rest.strip_prefix("[]")?);
                "0".to_owned()
            }
            Shape::Object(rules) => match (rest.strip_prefix("{}"), &rules.additional) {
                (Some(after), Additional::Of(values)) => {
                    let mut names = body.pointer(&pointer)?.as_object()?.keys();
                    (schema, rest) = (values, after);
                    let own = names.find(|name| !rules.properties.contains_key(*name))?;
                    own.clone()
                }
                _ => {
                    let path = rest.strip_prefix('.').unwrap_or(rest);
                    let end = path.find(['.', '[', '{', '<']).unwrap_or(path.len());
                    let (name, after) = path.split_at(end);
                    (schema, rest) = (&rules.properties.get(name)?.schema, after);
                    name.to_owned()
                }
            },
            _ => return None,
        };
        pointer.push('/');
        pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
        body.pointer(&pointer)?;
    }
    Some(pointer)
}

/// Sets or removes (`None`) the value at a place; false if there is no such place.
pub(crate) fn put(body: &mut Value, pointer: &str, value: Option<Value>) -> bool {
    let Some((parent, name)) = pointer.rsplit_once('/') else {
        return value.map(|value| *body = value).is_some();
    };
    match (body.pointer_mut(parent), value) {
        (Some(Value::Object(members)), value) => {
            let name = name.replace("~1", "/").replace("~0", "~");
            match value {
                Some(value) => drop(members.insert(name, value)),
                None => return members.remove(&name).is_some(),
            }
            true
        }
        (Some(Value::Array(items)), Some(value)) => {
            let index = name.parse().ok();
            let item = index.and_then(|index: usize| items.get_mut(index));
            item.map(|item| *item = value).is_some()
        }
        _ => false,
    }
}

/// A value that no list has.
const UNLISTED: &str = "SOMETHING_ELSE";

/// What has been trouble elsewhere: marks, joiners, right to left, quotes, an emoji of several
/// code points.
const TEXT: &str =
    "Łukasz Ame\u{301}lie 李小龙 محمد क्षितिज 👩\u{200d}🚀 O'Neil \"x\" <b>\\ & a+b?c=d#e%20";

/// Values of other types.
fn other_types() -> [(&'static str, Value); 5] {
    [
        ("string", json!("text")),
        ("boolean", json!(true)),
        ("integer", json!(7)),
        ("object", json!({})),
        ("array", json!([])),
    ]
}

/// Texts around a format, and whether they have it.
fn forms(format: &str) -> &'static [(&'static str, bool)] {
    match format {
        "date" => &[
            ("2000-02-29", true),
            ("1999-12-31", true),
            ("1969-12-31", true),
            ("12/05/1990", false),
            ("1990-5-12", false),
            ("1990-02-30", false),
            ("1900-02-29", false),
            ("1990-13-01", false),
            ("1990-05-12T00:00:00Z", false),
            ("", false),
        ],
        "date-time" => &[
            ("2024-02-29T23:59:59Z", true),
            ("2025-01-01T00:00:00Z", true),
            ("2025-06-30T12:00:00.001Z", true),
            ("2025-01-01", false),
            ("2025-01-01 00:00:00", false),
            ("2025-02-30T00:00:00Z", false),
            ("2025-01-01T25:00:00Z", false),
            ("yesterday", false),
            ("", false),
        ],
        "email" => &[
            ("ada+kyc@mail.example", true),
            ("ada", false),
            ("ada@", false),
            ("@mail.example", false),
            ("", false),
        ],
        "uuid" => &[
            ("86b5f133-9ee8-4f67-8747-7c9d0894a68b", true),
            ("7", false),
            ("urn:uuid:86b5f133-9ee8-4f67-8747-7c9d0894a68b", false),
            ("", false),
        ],
        "ipv4" => &[("192.0.2.7", true), ("192.0.2", false), ("", false)],
        "ipv6" => &[("2001:db8::7", true), ("2001:db8", false), ("", false)],
        _ => &[],
    }
}

/// Texts around two capital letters, with and without what a loose pattern lets through.
const AROUND_PATTERNS: [&str; 12] = [
    "GB", "", "gb", "G", "GBR", "G1", "ＧＢ", "GB\n", " GB", "£$%", "12345", "a-b",
];

/// The edits that the rules of an attribute suggest. `current` is what a valid body has
/// there, for edits that add or take away a part of it.
fn edits(rules: &AttributeRules, current: Option<&Value>) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut add = |what: String, value: Option<Value>, valid: bool, about: About| {
        edits.push(Edit {
            what,
            value,
            valid,
            about,
        });
    };
    let entry = rules.path.ends_with("[]") || rules.path.ends_with("{}");
    if !entry {
        add("left out".to_owned(), None, !rules.required, About::Rule);
    }
    for (kind, value) in other_types() {
        // An empty object or list may lack what it requires: only other types are tried.
        // Every integer is a number.
        let own = rules.r#type.as_str();
        let same = kind == own
            || matches!(
                (kind, own),
                ("integer", "number") | (_, "any") | ("object", "one-of")
            );
        if !same {
            add(format!("as {kind}"), Some(value), false, About::Rule);
        }
    }
    let about = match rules.required || entry {
        true => About::Rule,
        false => About::Null,
    };
    if rules.r#type != "any" {
        add(
            "as null".to_owned(),
            Some(Value::Null),
            rules.nullable,
            about,
        );
    }
    match rules.r#type.as_str() {
        "string" => texts(rules, &mut |text, valid, about| {
            let what = match text.chars().count() {
                0..=40 => format!("as {text:?}"),
                length => format!("as a text of {length} characters"),
            };
            add(what, Some(text.into()), valid, about);
        }),
        "integer" | "number" => numbers(rules, &mut |value, valid| {
            add(format!("as {value}"), Some(value), valid, About::Rule);
        }),
        "boolean" => [true, false].into_iter().for_each(|value| {
            add(format!("as {value}"), Some(json!(value)), true, About::Rule);
        }),
        _ => parts(rules, current, &mut |what, value, valid| {
            add(what.to_owned(), Some(value), valid, About::Rule);
        }),
    }
    edits
}

/// Lists and objects with a part too many or too few.
fn parts(rules: &AttributeRules, current: Option<&Value>, add: &mut dyn FnMut(&str, Value, bool)) {
    let size = |number: u64| usize::try_from(number).unwrap_or_default();
    match current {
        Some(Value::Array(items)) if !items.is_empty() => {
            match rules.min_items.unwrap_or(0) {
                0 => add("without items", json!([]), true),
                least => {
                    let fewer = items.iter().take(size(least) - 1).cloned();
                    add("with too few items", fewer.collect(), false);
                }
            }
            if let Some(most) = rules.max_items.filter(|_| !rules.unique_items) {
                let more = std::iter::repeat_n(items[0].clone(), size(most) + 1);
                add("with too many items", more.collect(), false);
            }
            if rules.unique_items && rules.max_items.is_none_or(|most| items.len() < size(most)) {
                let twice = items.iter().chain(items.first()).cloned();
                add("with an item twice", twice.collect(), false);
            }
        }
        Some(Value::Object(members)) if rules.closed => {
            let mut members = members.clone();
            members.insert("anUndocumentedMember".to_owned(), json!(true));
            add("with an undocumented member", members.into(), false);
        }
        _ => {}
    }
}

fn texts(rules: &AttributeRules, add: &mut dyn FnMut(String, bool, About)) {
    if let Some(known) = &rules.known {
        for value in known {
            add(value.clone(), true, About::Rule);
        }
        let open = rules.open.unwrap_or(false);
        add(UNLISTED.to_owned(), open, About::Rule);
        let lower = known.first().map(|value| value.to_lowercase());
        if let Some(lower) = lower.filter(|lower| !known.contains(lower)) {
            add(lower, open, About::Rule);
        }
        return;
    }
    let format = rules.format.as_deref().unwrap_or_default();
    for (text, valid) in forms(format) {
        add((*text).to_owned(), *valid, About::Rule);
    }
    let pattern = rules.pattern.as_deref();
    if let Some(pattern) = pattern.and_then(|pattern| regress::Regex::new(pattern).ok()) {
        for text in AROUND_PATTERNS {
            let length = text.chars().count() as u64;
            let long = rules.min_length.is_none_or(|least| length >= least);
            let short = rules.max_length.is_none_or(|most| length <= most);
            let valid = pattern.find(text).is_some() && long && short;
            add(text.to_owned(), valid, About::Rule);
        }
        return;
    }
    if !format.is_empty() {
        return;
    }
    let least = rules.min_length.unwrap_or(0);
    let most = rules.max_length.unwrap_or(u64::MAX);
    for text in [TEXT, "x"] {
        let fits = (least..=most).contains(&(text.chars().count() as u64));
        add(text.to_owned(), fits, About::Rule);
    }
    let of = |length: u64| "x".repeat(usize::try_from(length).unwrap_or_default());
    if let Some(least) = rules.min_length.filter(|least| *least > 0) {
        add(of(least), true, About::Rule);
        add(of(least - 1), false, About::Rule);
    }
    match rules.max_length {
        Some(most) => {
            add(of(most), true, About::Rule);
            add(of(most + 1), false, About::Rule);
        }
        // Neither length nor alphabet is given: nothing of the kind is refused.
        None => add("é".repeat(5000), true, About::Length),
    }
}

fn numbers(rules: &AttributeRules, add: &mut dyn FnMut(Value, bool)) {
    if rules.r#type == "integer" {
        add(json!(7.5), false);
    }
    let plain = rules.multiple_of.is_none();
    let bounds = [
        (&rules.minimum, rules.exclusive_minimum, -1),
        (&rules.maximum, rules.exclusive_maximum, 1),
    ];
    for (bound, exclusive, beyond) in bounds {
        let Some(bound) = bound else { continue };
        if plain {
            add(Value::Number(bound.clone()), !exclusive);
        }
        match bound.as_i64() {
            Some(bound) => add(json!(bound + beyond), false),
            None => add(
                json!(bound.as_f64().unwrap_or_default() + beyond as f64),
                false,
            ),
        }
    }
}

/// The edits of a parameter. On the wire everything is a text, so only those are kept whose
/// text tells them apart.
fn wire_edits(rules: &AttributeRules) -> Vec<Edit> {
    let text = rules.r#type == "string";
    let mut edits = edits(rules, None);
    edits.retain(|edit| match &edit.value {
        None => rules.of != "path",
        // One text is a list of one.
        Some(_) if rules.r#type == "array" => false,
        Some(Value::String(value)) => {
            let visible = value.bytes().all(|byte| byte.is_ascii_graphic());
            let sendable = match rules.of.as_str() {
                "query" => true,
                "header" => visible,
                _ => visible && !value.contains('/'),
            };
            let short = (1..100).contains(&value.len());
            (text || !edit.valid) && sendable && short
        }
        Some(Value::Number(_)) => !text,
        Some(Value::Bool(_)) => matches!(rules.r#type.as_str(), "integer" | "number" | "boolean"),
        Some(_) => false,
    });
    edits
}
