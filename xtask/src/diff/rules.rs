//! What the rules of one attribute allow, before and after. Who sends the attribute decides
//! what breaks, so nothing here does.

use bvnk_contract::{AspectChange, AttributeRules};
use serde_json::Value;

use crate::similar::most_similar;

/// How the set of legal values changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// More is legal.
    Wider,
    /// Less is legal.
    Narrower,
    /// Some more and some less.
    Other,
    /// The same, or client and server tolerate the difference.
    Tolerated,
}

/// One rule that changed; `says` follows the attribute's name.
pub(super) struct RuleChange {
    pub(super) effect: Effect,
    pub(super) says: String,
    /// What it does to the client's type, where callers see that.
    pub(super) rust: Option<String>,
}

pub(super) fn change(effect: Effect, says: impl Into<String>, rust: Option<&str>) -> RuleChange {
    let (says, rust) = (says.into(), rust.map(str::to_owned));
    RuleChange { effect, says, rust }
}

const TYPE_CHANGES: Option<&str> = Some("its Rust type changes");

/// Every rule in which two attributes differ, except whether they are required. What they
/// hold are attributes of their own.
pub(super) fn compare(
    before: &AttributeRules,
    after: &AttributeRules,
    aspects: &[AspectChange],
) -> Vec<RuleChange> {
    if before.r#type != after.r#type {
        // The other rules of another type cannot be compared.
        return vec![type_change(&before.r#type, &after.r#type)];
    }
    let mut changes = Vec::new();
    for aspect in aspects {
        match aspect.name.as_str() {
            "required" => {}
            "nullable" if after.nullable => {
                changes.push(change(Effect::Wider, "may now be null", None));
            }
            "nullable" => changes.push(change(Effect::Narrower, "may no longer be null", None)),
            "closed" => changes.push(closed(after.closed)),
            "joined" => changes.push(change(
                Effect::Other,
                match after.joined {
                    true => "is now one list joined by commas",
                    false => "is now repeated for each item",
                },
                None,
            )),
            "variants" => variants(before, after, &mut changes),
            "known" => values(before, after, &mut changes),
            // Enums that open or close without a change of their values.
            "open" if before.known == after.known => values(before, after, &mut changes),
            "open" => {}
            _ => changes.push(rule(aspect)),
        }
    }
    changes
}

pub(super) fn type_change(before: &str, after: &str) -> RuleChange {
    let effect = match (before, after) {
        ("integer", "number") | (_, "any") => Effect::Wider,
        ("number", "integer") | ("any", _) => Effect::Narrower,
        _ => Effect::Other,
    };
    let article = |name: &str| match name {
        "any" => "a value of any type".to_owned(),
        "one-of" => "one of several objects".to_owned(),
        name if name.starts_with(['a', 'i', 'o']) => format!("an {name}"),
        name => format!("a {name}"),
    };
    let says = format!("is now {} (was {})", article(after), article(before));
    change(effect, says, TYPE_CHANGES)
}

const MEMBERS: Option<&str> = Some("whether its Rust type keeps such members changes");

/// Whether an object may have members that are not listed.
fn closed(now: bool) -> RuleChange {
    let (effect, says) = match now {
        true => (Effect::Narrower, "no longer allows"),
        false => (Effect::Tolerated, "now allows"),
    };
    change(
        effect,
        format!("{says} members that are not listed"),
        MEMBERS,
    )
}

/// The values of a map, or of the members that an object does not list.
pub(super) fn unlisted(is_new: bool, is_closed: bool) -> RuleChange {
    let (effect, says) = match (is_new, is_closed) {
        (false, true) => return closed(true),
        (true, _) => (Effect::Narrower, "now has a rule for"),
        (false, false) => (Effect::Wider, "no longer has a rule for"),
    };
    change(
        effect,
        format!("{says} members that are not listed"),
        MEMBERS,
    )
}

pub(super) fn list<'a>(items: impl IntoIterator<Item = &'a String>) -> String {
    items
        .into_iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ")
}

/// What only the second list has, and what only the first has.
pub(super) fn sides<'a>(
    before: &'a [String],
    after: &'a [String],
) -> (Vec<&'a String>, Vec<&'a String>) {
    let only = |these: &'a [String], those: &[String]| {
        these.iter().filter(|item| !those.contains(item)).collect()
    };
    (only(after, before), only(before, after))
}

fn variants(before: &AttributeRules, after: &AttributeRules, changes: &mut Vec<RuleChange>) {
    let (added, gone) = sides(&before.variants, &after.variants);
    if !added.is_empty() {
        let says = format!("may now be {}", list(added));
        let rust = Some("its Rust enum has another variant");
        changes.push(change(Effect::Wider, says, rust));
    }
    if !gone.is_empty() {
        let says = format!("may no longer be {}", list(gone));
        let rust = Some("callers that name the variant no longer compile");
        changes.push(change(Effect::Narrower, says, rust));
    }
}

fn values(before: &AttributeRules, after: &AttributeRules, changes: &mut Vec<RuleChange>) {
    let (was_open, is_open) = (
        before.open.unwrap_or_default(),
        after.open.unwrap_or_default(),
    );
    let tolerated = |effect| if is_open { Effect::Tolerated } else { effect };
    match (&before.known, &after.known) {
        (None, None) => {}
        (None, Some(values)) => {
            let what = match is_open {
                true => "now lists the values",
                false => "now takes only",
            };
            changes.push(change(
                tolerated(Effect::Narrower),
                format!("{what} {}", list(values)),
                Some("its Rust type becomes an enum"),
            ));
        }
        (Some(_), None) => changes.push(change(
            if was_open {
                Effect::Tolerated
            } else {
                Effect::Wider
            },
            "no longer lists its values",
            Some("its Rust type is no longer an enum"),
        )),
        (Some(_), Some(values)) if was_open && !is_open => changes.push(change(
            Effect::Narrower,
            format!("now takes only {}", list(values)),
            Some("its Rust enum no longer keeps other values"),
        )),
        (Some(before), Some(after)) => {
            if is_open && !was_open {
                changes.push(change(
                    Effect::Wider,
                    "may now have values that are not listed",
                    Some("its Rust enum now keeps other values"),
                ));
            }
            let (added, gone) = sides(before, after);
            if !added.is_empty() {
                let says = format!("has the new value {}{}", list(added), guess(before, after));
                changes.push(change(tolerated(Effect::Wider), says, None));
            }
            if !gone.is_empty() {
                changes.push(change(
                    tolerated(Effect::Narrower),
                    format!("no longer lists {}", list(gone)),
                    Some("callers that name the variant no longer compile"),
                ));
            }
        }
    }
}

/// Which value the one new value may stand for.
fn guess(before: &[String], after: &[String]) -> String {
    let (added, gone) = sides(before, after);
    let [added] = added[..] else {
        return String::new();
    };
    let only = gone.len() == 1;
    let old = most_similar(added, gone.into_iter().map(String::as_str), only);
    old.map_or(String::new(), |old| format!(" (perhaps for {old})"))
}

/// Bounds, lengths, patterns and formats.
fn rule(aspect: &AspectChange) -> RuleChange {
    let name = aspect.name.as_str();
    let is_least = name.starts_with("min");
    let effect = match (&aspect.before, &aspect.after) {
        (None, _) => Effect::Narrower,
        (_, None) => Effect::Wider,
        (Some(before), Some(after)) => match (before.as_f64(), after.as_f64()) {
            (Some(before), Some(after)) if is_least || name.starts_with("max") => {
                match (after > before) == is_least {
                    true => Effect::Narrower,
                    false => Effect::Wider,
                }
            }
            _ => match (before.as_str(), after.as_str()) {
                (Some("int32"), Some("int64")) | (Some("float"), Some("double")) => Effect::Wider,
                (Some("int64"), Some("int32")) | (Some("double"), Some("float")) => {
                    Effect::Narrower
                }
                _ => Effect::Other,
            },
        },
    };
    let label = match name {
        "min_length" => "minimum length",
        "max_length" => "maximum length",
        "min_items" => "minimum number of items",
        "max_items" => "maximum number of items",
        "unique_items" => "rule that items differ",
        "exclusive_minimum" => "rule that the minimum is excluded",
        "exclusive_maximum" => "rule that the maximum is excluded",
        "multiple_of" => "factor",
        other => other,
    };
    let text = |value: &Option<Value>| match value {
        Some(Value::String(text)) => format!(" {text}"),
        // A flag is either stated or not.
        Some(Value::Bool(_)) | None => String::new(),
        Some(other) => format!(" {other}"),
    };
    let (before, after) = (text(&aspect.before), text(&aspect.after));
    let says = match (&aspect.before, &aspect.after) {
        (None, _) => format!("now has the {label}{after}"),
        (_, None) => format!("no longer has the {label}{before}"),
        _ => format!("now has the {label}{after} (was{before})"),
    };
    // A text with a rule is a newtype; without one it is a `String`.
    let presence = aspect.before.is_none() || aspect.after.is_none();
    let is_typed = match name {
        "format" => true,
        "pattern" | "min_length" | "max_length" => presence,
        _ => false,
    };
    change(effect, says, TYPE_CHANGES.filter(|_| is_typed))
}
