//! How the values that one schema allows differ from those that another allows, rule by
//! rule. It knows neither requests nor answers: who sends decides what breaks.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::facts::{kind, known};

/// How a set of legal values changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shift {
    /// More is legal.
    Wider,
    /// Less is legal.
    Narrower,
    /// Some more and some less.
    Other,
    /// The same, or tolerated by client and server alike.
    Tolerated,
}

/// One rule that changed: `says` follows the attribute's name.
#[derive(Clone, Debug)]
pub(super) struct Change {
    pub(super) shift: Shift,
    pub(super) says: String,
    /// What it does to the client's type, where callers see that.
    pub(super) rust: Option<String>,
}

fn change(shift: Shift, says: String) -> Change {
    Change {
        shift,
        says,
        rust: None,
    }
}

/// Rules that say nothing about values, or that are compared elsewhere.
const ELSEWHERE: [&str; 13] = [
    "title",
    "description",
    "example",
    "examples",
    "externalDocs",
    "default",
    "deprecated",
    "properties",
    "required",
    "items",
    "enum",
    "type",
    "nullable",
];

/// Every rule in which two schemas differ; what they hold is compared on its own.
pub(super) fn compare(old: &Value, new: &Value) -> Vec<Change> {
    let mut changes = Vec::new();
    let (before, after) = (kind(old), kind(new));
    if before != after {
        let shift = match (before, after) {
            (Some("integer"), Some("number")) | (Some(_), None) => Shift::Wider,
            (Some("number"), Some("integer")) | (None, Some(_)) => Shift::Narrower,
            _ => Shift::Other,
        };
        let told = |kind: Option<&str>| kind.unwrap_or("value of any type").to_owned();
        let says = format!(
            "is now {} (was {})",
            article(&told(after)),
            article(&told(before))
        );
        let rust = Some("its Rust type changes".to_owned());
        // No other rule of another type can be compared.
        return vec![Change { shift, says, rust }];
    }
    if is_nullable(old) != is_nullable(new) {
        changes.push(if is_nullable(new) {
            change(Shift::Wider, "may now be null".to_owned())
        } else {
            change(Shift::Narrower, "may no longer be null".to_owned())
        });
    }
    values(old, new, &mut changes);
    let (old, new) = (rules(old), rules(new));
    let names = old
        .keys()
        .chain(new.keys().filter(|name| !old.contains_key(*name)));
    for name in names {
        let (before, after) = (old.get(name), new.get(name));
        if before != after {
            changes.push(rule(name, before.copied(), after.copied()));
        }
    }
    changes
}

fn is_nullable(schema: &Value) -> bool {
    schema.get("nullable") == Some(&Value::Bool(true))
}

fn article(kind: &str) -> String {
    let an = kind.starts_with(['a', 'e', 'i', 'o', 'u']);
    format!("{} {kind}", if an { "an" } else { "a" })
}

fn values(old: &Value, new: &Value, changes: &mut Vec<Change>) {
    let rust = |what: &str| Some(what.to_owned());
    match (known(old), known(new)) {
        (None, None) => {}
        (None, Some((values, open))) => changes.push(Change {
            shift: if open {
                Shift::Tolerated
            } else {
                Shift::Narrower
            },
            says: format!(
                "{} {}",
                if open {
                    "now lists known values:"
                } else {
                    "now takes only"
                },
                list(&values)
            ),
            rust: rust("its Rust type becomes an enum"),
        }),
        (Some((_, open)), None) => changes.push(Change {
            shift: if open { Shift::Tolerated } else { Shift::Wider },
            says: "no longer lists its values".to_owned(),
            rust: rust("its Rust type is no longer an enum"),
        }),
        (Some((before, was_open)), Some((after, is_open))) => {
            let added: Vec<&Value> = after
                .iter()
                .filter(|v| !before.contains(v))
                .copied()
                .collect();
            let gone: Vec<&Value> = before
                .iter()
                .filter(|v| !after.contains(v))
                .copied()
                .collect();
            if was_open && !is_open {
                changes.push(Change {
                    shift: Shift::Narrower,
                    says: format!("now takes only {}", list(&after)),
                    rust: rust("its Rust enum no longer keeps other values"),
                });
                return;
            }
            if is_open && !was_open {
                changes.push(Change {
                    shift: Shift::Wider,
                    says: "may now have values that are not listed".to_owned(),
                    rust: rust("its Rust enum now keeps other values"),
                });
            }
            if !added.is_empty() {
                let shift = if is_open {
                    Shift::Tolerated
                } else {
                    Shift::Wider
                };
                changes.push(change(shift, format!("has the new value {}", list(&added))));
            }
            if !gone.is_empty() {
                let shift = if is_open {
                    Shift::Tolerated
                } else {
                    Shift::Narrower
                };
                changes.push(Change {
                    shift,
                    says: format!("no longer lists {}", list(&gone)),
                    rust: rust("callers that name the variant no longer compile"),
                });
            }
        }
    }
}

fn list(values: &[&Value]) -> String {
    let told = values.iter().map(|value| plain(value));
    told.collect::<Vec<_>>().join(", ")
}

fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// The rules of a schema by name. `additionalProperties: true` is what holds without it.
fn rules(schema: &Value) -> BTreeMap<&str, &Value> {
    let members = schema.as_object().into_iter().flatten();
    let open = crate::contract::is_open_enum(schema);
    members
        .map(|(name, value)| (name.as_str(), value))
        .filter(|(name, _)| !ELSEWHERE.contains(name) && !name.starts_with("x-"))
        .filter(|(name, _)| !(open && *name == "anyOf"))
        .collect()
}

fn rule(name: &str, before: Option<&Value>, after: Option<&Value>) -> Change {
    let least = matches!(name, "minLength" | "minItems" | "minProperties" | "minimum");
    let most = matches!(name, "maxLength" | "maxItems" | "maxProperties" | "maximum");
    let shift = match (before, after) {
        _ if name == "additionalProperties" => return extras(before, after),
        (None, Some(Value::Bool(false))) | (Some(Value::Bool(false)), None) => Shift::Tolerated,
        (None, _) | (Some(Value::Bool(false)), Some(Value::Bool(true))) => Shift::Narrower,
        (_, None) | (Some(Value::Bool(true)), Some(Value::Bool(false))) => Shift::Wider,
        (Some(before), Some(after)) => match (before.as_f64(), after.as_f64()) {
            (Some(before), Some(after)) if least || most => {
                if (after > before) == least {
                    Shift::Narrower
                } else {
                    Shift::Wider
                }
            }
            _ => Shift::Other,
        },
    };
    let told = |value: Option<&Value>| value.map_or("none".to_owned(), plain);
    let what = match name {
        "minLength" => "least length",
        "maxLength" => "greatest length",
        "minimum" => "least value",
        "maximum" => "greatest value",
        "minItems" => "least number of items",
        "maxItems" => "greatest number of items",
        other => other,
    };
    let says = match (before, after) {
        (None, _) => format!("now has the {what} {}", told(after)),
        (_, None) => format!("no longer has the {what} {}", told(before)),
        _ => format!("now has the {what} {} (was {})", told(after), told(before)),
    };
    // A text with a rule is a type of its own; without one it is a `String`.
    let typed = matches!(name, "format" | "pattern" | "minLength" | "maxLength");
    let rust = (typed && (before.is_none() || after.is_none() || name == "format"))
        .then(|| "its Rust type changes".to_owned());
    Change { shift, says, rust }
}

/// Members that are not listed: the client never sends any and survives all of them.
fn extras(before: Option<&Value>, after: Option<&Value>) -> Change {
    let any = |value: Option<&Value>| {
        matches!(value, None | Some(Value::Bool(true)))
            || value
                .and_then(Value::as_object)
                .is_some_and(serde_json::Map::is_empty)
    };
    let none = |value: Option<&Value>| value == Some(&Value::Bool(false));
    let (shift, says) = match (any(before), any(after)) {
        (true, true) => (
            Shift::Tolerated,
            "says the same of members that are not listed in another way",
        ),
        (true, false) if none(after) => (
            Shift::Narrower,
            "no longer allows members that are not listed",
        ),
        (true, false) => (
            Shift::Narrower,
            "now has a rule for members that are not listed",
        ),
        (false, true) if none(before) => {
            (Shift::Tolerated, "now allows members that are not listed")
        }
        (false, true) => (
            Shift::Wider,
            "no longer has a rule for members that are not listed",
        ),
        (false, false) => (
            Shift::Other,
            "has another rule for members that are not listed",
        ),
    };
    Change {
        shift,
        says: says.to_owned(),
        rust: Some("whether its Rust type keeps such members changes".to_owned()),
    }
}
