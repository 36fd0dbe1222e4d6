//! Changes of one value, valid and invalid ones, that follow from the rules of an attribute
//! alone; no attribute is named here.
//!
//! An edit is valid or not by the rules of the clause, never by the contract's schema: that the
//! two agree is what the checks prove. The kinds of edits are:
//!
//! - the value left out, null, or of another type;
//! - a text at the edges of its lengths, in another format, or not of the list;
//! - a number at and beyond its bounds;
//! - a list or an object with a part too many or too few.
//!
//! Everything else about a request stays as it is, so that a refusal can have one reason only.

use bvnk_contract::AttributeRules;
use serde_json::{Number, Value, json};

/// The clause about null where an attribute may be left out.
pub(crate) const NULL: &str = "request.null";
/// The clause about the length of free texts.
pub(crate) const LENGTH: &str = "request.length";

/// One change of a valid request in one place.
#[derive(Clone, Debug)]
pub struct Edit {
    /// The new value; `None` leaves the place out.
    pub value: Option<Value>,
    /// Whether the rules allow the result.
    pub valid: bool,
    /// The clause that it is about, where it is not one about the attribute in particular.
    pub clause: Option<&'static str>,
}

impl Edit {
    /// What is done, after the attribute's name.
    ///
    /// For example `as a text of 5000 characters`: long values are described and not repeated.
    pub fn what(&self) -> String {
        match &self.value {
            None => "left out".to_owned(),
            Some(Value::String(text)) => match text.chars().count() {
                0..=40 => format!("as {text:?}"),
                length => format!("as a text of {length} characters"),
            },
            Some(Value::Array(items)) => format!("as a list of {} items", items.len()),
            Some(Value::Object(members)) => format!("as an object of {} members", members.len()),
            Some(other) => format!("as {other}"),
        }
    }
}

/// A value that no list has.
///
/// An open list must take it, a closed one must refuse it.
const UNLISTED: &str = "SOMETHING_ELSE";

/// What has been trouble elsewhere: marks, joiners, right to left, quotes, an emoji of several
/// code points.
pub(super) const TEXT: &str =
    "Łukasz Ame\u{301}lie 李小龙 محمد क्षितिज 👩\u{200d}🚀 O'Neil \"x\" <b>\\ & a+b?c=d#e%20";

/// Texts that have a format, and texts that do not. No format allows an empty text.
///
/// The first list is valid and the second is not. An attribute with a format that is missing here
/// gets no texts.
const FORMS: [(&str, &[&str], &[&str]); 4] = [
    (
        "date",
        &["2000-02-29", "1999-12-31", "1969-12-31"],
        &[
            "12/05/1990",
            "1990-5-12",
            "1990-02-30",
            "1900-02-29",
            "1990-13-01",
            "1990-05-12T00:00:00Z",
        ],
    ),
    (
        "date-time",
        &[
            "2024-02-29T23:59:59Z",
            "2025-01-01T00:00:00Z",
            "2025-06-30T12:00:00.001Z",
        ],
        &[
            "2025-01-01",
            "2025-01-01 00:00:00",
            "2025-02-30T00:00:00Z",
            "2025-01-01T25:00:00Z",
            "yesterday",
        ],
    ),
    (
        "email",
        &["ada+kyc@mail.example"],
        &["ada", "ada@", "@mail.example"],
    ),
    (
        "uuid",
        &["86b5f133-9ee8-4f67-8747-7c9d0894a68b"],
        &["7", "urn:uuid:86b5f133-9ee8-4f67-8747-7c9d0894a68b"],
    ),
];

/// Texts around two capital letters, with and without what a loose pattern lets through.
const AROUND_PATTERNS: [&str; 12] = [
    "GB", "", "gb", "G", "GBR", "G1", "ＧＢ", "GB\n", " GB", "£$%", "12345", "a-b",
];

/// The edits that the rules of an attribute suggest. `current` is what a valid body has
/// there, for edits that add or take away a part of it.
/// `[]` and `{}` at the end of a path stand for an entry of a list or of a map: an entry cannot
/// be left out, because a list with one entry less is another valid list.
pub(super) fn edits(rules: &AttributeRules, current: Option<&Value>) -> Vec<Edit> {
    let entry = rules.path.ends_with("[]") || rules.path.ends_with("{}");
    let kind = rules.r#type.as_str();
    let mut values: Vec<(Option<Value>, bool)> = Vec::new();
    if !entry {
        values.push((None, !rules.required));
    }
    // Each type of JSON Schema, with a value that is as empty as it can be.
    let types = [
        ("string", json!("text")),
        ("boolean", json!(true)),
        ("integer", json!(7)),
        ("object", json!({})),
        ("array", json!([])),
    ];
    for (other, value) in types {
        // An empty object or list may lack what it requires: only other types are tried.
        // Every integer is a number.
        let same = other == kind
            || matches!(
                (other, kind),
                ("integer", "number") | (_, "any") | ("object", "one-of")
            );
        if !same {
            values.push((Some(value), false));
        }
    }
    // What a lenient reader takes for a value of the type.
    match kind {
        "boolean" => values.push((Some(json!("true")), false)),
        "integer" | "number" => values.push((Some(json!("7")), false)),
        _ => {}
    }
    if kind != "any" {
        values.push((Some(Value::Null), rules.nullable));
    }
    let own = match kind {
        "string" => texts(rules),
        "integer" | "number" => numbers(rules),
        "boolean" => vec![(json!(true), true), (json!(false), true)],
        _ => parts(rules, current),
    };
    let own = own.into_iter().map(|(value, valid)| (Some(value), valid));
    let edits = values.into_iter().chain(own).map(|(value, valid)| Edit {
        clause: match &value {
            Some(Value::Null) if !rules.required && !entry => Some(NULL),
            Some(Value::String(text)) if text.chars().count() == LONG => Some(LENGTH),
            _ => None,
        },
        value,
        valid,
    });
    edits.collect()
}

/// Lists and objects with a part too many or too few.
///
/// `current` is the value to start from. A list with a part too many repeats its first item, so
/// that the item is valid and only their number is wrong.
fn parts(rules: &AttributeRules, current: Option<&Value>) -> Vec<(Value, bool)> {
    let size = |number: u64| usize::try_from(number).unwrap_or_default();
    let mut values = Vec::new();
    match current {
        Some(Value::Array(items)) if !items.is_empty() => {
            let least = size(rules.min_items.unwrap_or(0));
            values.push((items[..least.saturating_sub(1)].into(), least == 0));
            if let Some(most @ ..=1_000) = rules.max_items.filter(|_| !rules.unique_items) {
                let more = std::iter::repeat_n(items[0].clone(), size(most) + 1);
                values.push((more.collect(), false));
            }
            if rules.unique_items && rules.max_items.is_none_or(|most| items.len() < size(most)) {
                let twice = items.iter().chain(items.first()).cloned();
                values.push((twice.collect(), false));
            }
        }
        Some(Value::Object(members)) if rules.closed => {
            let mut members = members.clone();
            members.insert("anUndocumentedMember".to_owned(), json!(true));
            values.push((members.into(), false));
        }
        _ => {}
    }
    values
}

/// How many characters a text has that is long where no length is given.
///
/// It is more than columns of a database usually hold, and less than usual limits of a request.
const LONG: usize = 5000;

/// Returns texts, each with whether the rules allow it. A listed value, a pattern and a format
/// each decide alone which texts are of interest; lengths only matter without them.
fn texts(rules: &AttributeRules) -> Vec<(Value, bool)> {
    let length = |text: &str| text.chars().count() as u64;
    let (least, most) = (rules.min_length.unwrap_or(0), rules.max_length);
    let fits = |text: &str| length(text) >= least && most.is_none_or(|most| length(text) <= most);
    let format = rules.format.as_deref().unwrap_or_default();
    let mut texts: Vec<(String, bool)> = Vec::new();
    if let Some(known) = &rules.known {
        let open = rules.open.unwrap_or(false);
        texts.extend(known.iter().map(|value| (value.clone(), true)));
        texts.push((UNLISTED.to_owned(), open));
        let lower = known.first().map(|value| value.to_lowercase());
        texts.extend(lower.filter(|it| !known.contains(it)).map(|it| (it, open)));
    } else if let Some(pattern) = &rules.pattern {
        let around = AROUND_PATTERNS.iter();
        texts.extend(around.map(|text| {
            let valid = pattern.matches(text) && fits(text);
            ((*text).to_owned(), valid)
        }));
    } else if !format.is_empty() {
        let known = FORMS.iter().filter(|(name, ..)| *name == format);
        for (_, valid, invalid) in known {
            let valid = valid.iter().map(|text| ((*text).to_owned(), true));
            let invalid = invalid.iter().chain(&[""]);
            texts.extend(valid.chain(invalid.map(|text| ((*text).to_owned(), false))));
        }
    } else {
        let of = |length: u64| "x".repeat(usize::try_from(length).unwrap_or_default());
        let edges = [least, least.saturating_sub(1), 1].into_iter().chain(most);
        let edges = edges.chain(most.map(|most| most.saturating_add(1)));
        let mut all: Vec<String> = edges
            .filter(|edge| (*edge > 0 || least > 0) && *edge <= 1 << 16)
            .map(of)
            .collect();
        // Neither length nor alphabet is given: nothing of the kind is refused.
        all.extend(
            [TEXT.to_owned()]
                .into_iter()
                .chain(most.is_none().then(|| "é".repeat(LONG))),
        );
        all.sort();
        all.dedup();
        texts.extend(all.into_iter().map(|text| (text.clone(), fits(&text))));
    }
    let values = texts.into_iter();
    values.map(|(text, valid)| (text.into(), valid)).collect()
}

/// Returns each bound, if it is included, and the number that is one beyond it. A multiple of
/// something may not meet its own bound, so that bound is not sent.
fn numbers(rules: &AttributeRules) -> Vec<(Value, bool)> {
    let mut values = Vec::new();
    if rules.r#type == "integer" {
        values.push((json!(7.5), false));
    }
    let bounds = [
        (&rules.minimum, rules.exclusive_minimum, -1),
        (&rules.maximum, rules.exclusive_maximum, 1),
    ];
    for (bound, exclusive, beyond) in bounds {
        let Some(bound) = bound else { continue };
        if rules.multiple_of.is_none() {
            values.push((bound.clone().into(), !exclusive));
        }
        let float = || Number::from_f64(bound.as_f64()? + f64::from(beyond));
        let outside = match bound.as_i64() {
            Some(bound) => bound.checked_add(beyond.into()).map(Number::from),
            None => float(),
        };
        values.extend(outside.map(|number| (number.into(), false)));
    }
    values
}
