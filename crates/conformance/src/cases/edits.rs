//! One-edit changes of a valid request, valid and invalid ones: what a clause says of an
//! attribute, tried at its edges. The edits follow from the rules alone; no attribute is
//! named here.

use bvnk_contract::AttributeRules;
use serde_json::{Value, json};

use super::designed::UNLISTED;

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
pub(crate) fn edits(rules: &AttributeRules, current: Option<&Value>) -> Vec<Edit> {
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
        _ => parts(rules, current, &mut |what, value| {
            add(what.to_owned(), Some(value), false, About::Rule);
        }),
    }
    edits
}

/// Lists and objects with a part too many or too few.
fn parts(rules: &AttributeRules, current: Option<&Value>, add: &mut dyn FnMut(&str, Value)) {
    let size = |number: u64| usize::try_from(number).unwrap_or_default();
    match current {
        Some(Value::Array(items)) if !items.is_empty() => {
            if let Some(least) = rules.min_items.filter(|least| *least > 0) {
                let fewer = items.iter().take(size(least) - 1).cloned();
                add("with too few items", fewer.collect());
            }
            if let Some(most) = rules.max_items.filter(|_| !rules.unique_items) {
                let more = std::iter::repeat_n(items[0].clone(), size(most) + 1);
                add("with too many items", more.collect());
            }
            if rules.unique_items && rules.max_items.is_none_or(|most| items.len() < size(most)) {
                let twice = items.iter().chain(items.first()).cloned();
                add("with an item twice", twice.collect());
            }
        }
        Some(Value::Object(members)) if rules.closed => {
            let mut members = members.clone();
            members.insert("anUndocumentedMember".to_owned(), json!(true));
            add("with an undocumented member", Value::Object(members));
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
pub(crate) fn wire_edits(rules: &AttributeRules) -> Vec<Edit> {
    if rules.r#type == "array" {
        // One text is a list of one.
        let mut edits = edits(rules, None);
        edits.retain(|edit| edit.value.is_none());
        return edits;
    }
    let text = rules.r#type == "string";
    let mut edits = edits(rules, None);
    edits.retain(|edit| match &edit.value {
        None => rules.of != "path",
        Some(Value::String(value)) => {
            let visible = value.bytes().all(|byte| byte.is_ascii_graphic());
            let sendable = visible && !value.is_empty() && value.len() < 100;
            (text || !edit.valid) && sendable && (rules.of != "path" || !value.contains('/'))
        }
        Some(Value::Number(_)) => !text,
        Some(Value::Bool(_)) => matches!(rules.r#type.as_str(), "integer" | "number"),
        Some(_) => false,
    });
    edits
}
