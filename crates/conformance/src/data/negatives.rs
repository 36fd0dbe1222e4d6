//! Bodies that are wrong in one place: a valid body, one labelled edit, and two validators
//! that both call the result invalid.

use serde_json::{Value, json};

use super::designed::{Leaf, leaves, most, places};
use crate::contract::{Contract, Misfit, resolve};

/// A body that is wrong in one place.
#[derive(Clone, Debug)]
pub struct Negative {
    /// The place, as a JSON pointer.
    pub pointer: String,
    /// The rule of the schema that it breaks.
    pub keyword: &'static str,
    /// What a valid body has there.
    pub before: Value,
    /// What this one has there; nothing where the member is missing.
    pub after: Option<Value>,
    /// The body.
    pub body: Value,
}

/// All one-edit negatives of the request that creates a customer.
///
/// # Errors
///
/// When there is no request body; and when a validator takes an edit, for then the edit is
/// no negative. Of forms, only the edits are used that both validators refuse.
pub fn negatives(contract: &Contract) -> Result<Vec<Negative>, String> {
    let body = contract
        .body("create_customer", "request")
        .ok_or("the contract has no request body")?;
    let (root, valid) = (body.schema(), most(contract)?);
    let mut negatives = Vec::new();
    let mut add = |pointer: &str, keyword: &'static str, after: Option<Value>| {
        let Some(before) = valid.pointer(pointer) else {
            return;
        };
        let mut edited = valid.clone();
        match (&after, pointer.rsplit_once('/')) {
            (Some(after), _) => {
                if let Some(place) = edited.pointer_mut(pointer) {
                    *place = after.clone();
                }
            }
            (None, Some((parent, name))) => {
                if let Some(Value::Object(members)) = edited.pointer_mut(parent) {
                    members.remove(name);
                }
            }
            (None, None) => return,
        }
        negatives.push(Negative {
            pointer: pointer.to_owned(),
            keyword,
            before: before.clone(),
            after,
            body: edited,
        });
    };
    for place in places(root, root, "") {
        if place.required {
            add(&place.pointer, "required", None);
        }
        add(&place.pointer, "null", Some(Value::Null));
        let schema = resolve(root, place.schema);
        let kind = schema["type"].as_str().unwrap_or("string");
        for (other, value) in [
            ("string", json!("text")),
            ("boolean", json!(true)),
            ("integer", json!(7)),
            ("array", json!([])),
            ("object", json!({})),
        ] {
            // Every integer is a number.
            if other != kind && (other, kind) != ("integer", "number") {
                add(&place.pointer, "type", Some(value));
            }
        }
        if kind == "integer" {
            add(&place.pointer, "type", Some(json!(7.5)));
        }
    }
    for leaf in leaves(root, root, "") {
        for (keyword, value) in breaches(&leaf) {
            add(&leaf.pointer, keyword, Some(value));
        }
    }
    for value in [json!(null), json!([]), json!("text"), json!({})] {
        add("", "type", Some(value));
    }
    let mut confirmed = Vec::new();
    for negative in negatives {
        match body.judge(&negative.body) {
            Err(wrong) if !disagree(&wrong) => confirmed.push(negative),
            // What a form allows at its edges is a matter of taste.
            Err(_) if negative.keyword == "format" => {}
            _ => {
                return Err(format!(
                    "`{}` with {} broken is taken by a validator",
                    negative.pointer, negative.keyword
                ));
            }
        }
    }
    Ok(confirmed)
}

/// Whether only one of the validators found something.
fn disagree(wrong: &[Misfit]) -> bool {
    wrong
        .iter()
        .any(|misfit| misfit.rule.contains(" accepts it, "))
}

/// Values of the right type that break another rule of a leaf.
fn breaches(leaf: &Leaf<'_>) -> Vec<(&'static str, Value)> {
    let schema = leaf.schema;
    let mut breaches: Vec<(&'static str, Value)> = Vec::new();
    if let Some(values) = schema["enum"].as_array() {
        let other = values[0].as_str().map(str::to_lowercase);
        breaches.extend(other.map(|value| ("enum", value.into())));
        breaches.push(("enum", json!("SOMETHING_ELSE")));
    }
    let forms: &[&str] = match schema["format"].as_str() {
        Some("date") => &["1990-5-12", "12/05/1990", "1990-02-30", "1900-02-29", ""],
        Some("date-time") => &[
            "2025-01-01",
            "2025-01-01 00:00:00",
            "2025-02-30T00:00:00Z",
            "",
        ],
        Some("email") => &["ada", "ada@", "@mail.example", ""],
        Some("uuid") => &["7", "urn:uuid:86b5f133-9ee8-4f67-8747-7c9d0894a68b", ""],
        _ => &[],
    };
    breaches.extend(forms.iter().map(|text| ("format", json!(text))));
    if let Some(pattern) = schema["pattern"].as_str() {
        let matches = regress::Regex::new(pattern).ok();
        let wrong = ["", "gb", "G", "GBR", "G1", "ＧＢ", "GB\n", " GB", "£$%"];
        let wrong = wrong.into_iter().filter(|text| {
            matches
                .as_ref()
                .is_some_and(|regex| regex.find(text).is_none())
        });
        breaches.extend(wrong.map(|text| ("pattern", json!(text))));
    }
    if let Some(least) = schema["minLength"].as_u64().filter(|least| *least > 0) {
        let short = "x".repeat(least as usize - 1);
        breaches.push(("minLength", short.into()));
    }
    if let Some(most) = schema["maxLength"].as_u64() {
        breaches.push(("maxLength", "x".repeat(most as usize + 1).into()));
    }
    breaches
}
