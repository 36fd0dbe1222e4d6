//! What a description says of an attribute's values: which there are, and their form.

use serde_json::Value;

use super::Reading;
use super::renames::ALIKE;
use super::rows::Said;
use super::words::{self, Form};
use crate::facts::{Key, kind, known};

pub(super) fn form(path: &str, said: &Said, schema: &Value) -> Vec<(String, String)> {
    let mut told = Vec::new();
    if kind(schema) == Some("string") {
        let rule = |name: &str| schema.get(name).and_then(Value::as_str);
        let (form, edit) = match words::form(&said.description) {
            Some(Form::Format(format)) if rule("format") != Some(format) => {
                (format.to_owned(), format!("set its `format` to `{format}`"))
            }
            Some(Form::Pattern(pattern)) if rule("pattern") != Some(pattern) => (
                format!("text like {pattern}"),
                format!("set its `pattern` to `{pattern}`"),
            ),
            Some(Form::Date(order)) => (
                format!("date as {order}"),
                "say it as a `pattern`".to_owned(),
            ),
            _ => (String::new(), String::new()),
        };
        if !form.is_empty() {
            let stated = rule("format").or(rule("pattern")).unwrap_or("any text");
            told.push((
                format!("{path} is a {form}, the contract says {stated}"),
                edit,
            ));
        }
    }
    if let Some((rule, length)) = words::length(&said.description)
        && schema.get(rule).and_then(Value::as_u64) != Some(length)
    {
        told.push((
            format!("{path} has the {rule} {length}, which the contract does not say"),
            format!("set its `{rule}` to {length}"),
        ));
    }
    told
}

/// The values that a row lists, both ways.
pub(super) fn values(
    path: &str,
    said: &Said,
    key: &Key,
    schema: &Value,
    reading: &Reading<'_>,
) -> Vec<(String, String)> {
    let (known, open) = known(schema).unwrap_or_default();
    let known: Vec<&str> = known.iter().filter_map(|value| value.as_str()).collect();
    let listed = words::values(&said.description, &known);
    if listed.is_empty() {
        // A sentence that lists nothing says nothing.
        return Vec::new();
    }
    let settled: Vec<&str> = reading
        .clauses
        .settled(key)
        .map(|(value, _)| value)
        .collect();
    let new: Vec<&str> = listed
        .iter()
        .filter(|value| !known.contains(value))
        .copied()
        .collect();
    let gone: Vec<&str> = known
        .iter()
        .filter(|value| !listed.contains(value) && !settled.contains(value))
        .copied()
        .collect();
    told_values(path, &new, &gone, &known, open)
}

/// New values and missing ones, as sentences with the edit that follows; a pair that is
/// alike is a renaming.
pub(super) fn told_values(
    path: &str,
    new: &[&str],
    gone: &[&str],
    known: &[&str],
    open: bool,
) -> Vec<(String, String)> {
    let mut told = Vec::new();
    // One that came where one went is taken for the same, alike or not.
    let least = if new.len() == 1 && gone.len() == 1 {
        0.0
    } else {
        ALIKE
    };
    let mut gone = gone.to_vec();
    for value in new {
        let likely = gone
            .iter()
            .copied()
            .map(|old| (words::likeness(old, value), old));
        let likely = likely
            .max_by(|(a, _), (b, _)| a.total_cmp(b))
            .filter(|(likeness, _)| *likeness >= least);
        match likely {
            Some((_, old)) => {
                gone.retain(|other| *other != old);
                told.push((
                    format!("{path} has the value {value}, perhaps for {old} (a guess)"),
                    format!("replace `{old}` by `{value}` in its `enum`, or keep both"),
                ));
            }
            None if known.is_empty() => told.push((
                format!("{path} lists the value {value}, the contract lists none"),
                "make it an `enum`, or an open one".to_owned(),
            )),
            None => told.push((
                format!("{path} has the new value {value}"),
                format!("add `{value}` to its `enum`"),
            )),
        }
    }
    for value in gone {
        let kind = if open { "open " } else { "" };
        told.push((
            format!("{path} no longer lists {value}"),
            format!("remove `{value}` from its {kind}`enum`, unless it still comes"),
        ));
    }
    told
}
