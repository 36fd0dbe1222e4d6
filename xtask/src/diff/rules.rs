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

pub(super) fn change(effect: Effect, says: impl Into<String>) -> RuleChange {
    let (says, rust) = (says.into(), None);
    RuleChange { effect, says, rust }
}

impl RuleChange {
    /// Adds what it does to the client's type.
    pub(super) fn rust(mut self, rust: &str) -> Self {
        self.rust = Some(rust.to_owned());
        self
    }
}

const TYPE_CHANGES: &str = "its Rust type changes";
const VARIANT_GONE: &str = "callers that name the variant no longer compile";

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
    let changes = aspects.iter().map(|aspect| match aspect.name.as_str() {
        "required" => Vec::new(),
        "nullable" if after.nullable => vec![change(Effect::Wider, "may now be null")],
        "nullable" => vec![change(Effect::Narrower, "may no longer be null")],
        "closed" => vec![closed(after.closed)],
        "joined" if after.joined => {
            vec![change(Effect::Other, "is now one list joined by commas")]
        }
        "joined" => vec![change(Effect::Other, "is now repeated for each item")],
        "variants" => variants(before, after),
        "known" => values(before, after),
        // Enums that open or close without a change of their values.
        "open" if before.known == after.known => values(before, after),
        "open" => Vec::new(),
        _ => vec![rule(aspect)],
    });
    changes.flatten().collect()
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
    change(effect, says).rust(TYPE_CHANGES)
}

/// Whether an object may have members that are not listed.
fn closed(now: bool) -> RuleChange {
    match now {
        true => members(Effect::Narrower, "no longer allows"),
        false => members(Effect::Tolerated, "now allows"),
    }
}

/// The values of a map, or of the members that an object does not list.
pub(super) fn unlisted(is_new: bool, is_closed: bool) -> RuleChange {
    match (is_new, is_closed) {
        (false, true) => closed(true),
        (true, _) => members(Effect::Narrower, "now has a rule for"),
        (false, false) => members(Effect::Wider, "no longer has a rule for"),
    }
}

fn members(effect: Effect, says: &str) -> RuleChange {
    change(effect, format!("{says} members that are not listed"))
        .rust("whether its Rust type keeps such members changes")
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

fn variants(before: &AttributeRules, after: &AttributeRules) -> Vec<RuleChange> {
    let (added, gone) = sides(&before.variants, &after.variants);
    let mut changes = Vec::new();
    if !added.is_empty() {
        let change = change(Effect::Wider, format!("may now be {}", list(added)));
        changes.push(change.rust("its Rust enum has another variant"));
    }
    if !gone.is_empty() {
        let change = change(Effect::Narrower, format!("may no longer be {}", list(gone)));
        changes.push(change.rust(VARIANT_GONE));
    }
    changes
}

fn values(before: &AttributeRules, after: &AttributeRules) -> Vec<RuleChange> {
    let [was_open, is_open] = [before, after].map(|rules| rules.open == Some(true));
    let tolerated = |is_open, effect| if is_open { Effect::Tolerated } else { effect };
    let mut changes = Vec::new();
    match (&before.known, &after.known) {
        (None, None) => {}
        (None, Some(values)) => {
            let what = if is_open {
                "now lists the values"
            } else {
                "now takes only"
            };
            let says = format!("{what} {}", list(values));
            let change = change(tolerated(is_open, Effect::Narrower), says);
            changes.push(change.rust("its Rust type becomes an enum"));
        }
        (Some(_), None) => {
            let change = change(
                tolerated(was_open, Effect::Wider),
                "no longer lists its values",
            );
            changes.push(change.rust("its Rust type is no longer an enum"));
        }
        (Some(_), Some(values)) if was_open && !is_open => {
            let change = change(Effect::Narrower, format!("now takes only {}", list(values)));
            changes.push(change.rust("its Rust enum no longer keeps other values"));
        }
        (Some(before), Some(after)) => {
            if is_open && !was_open {
                let change = change(Effect::Wider, "may now have values that are not listed");
                changes.push(change.rust("its Rust enum now keeps other values"));
            }
            let (added, gone) = sides(before, after);
            if !added.is_empty() {
                let says = format!("has the new value {}{}", list(added), guess(before, after));
                changes.push(change(tolerated(is_open, Effect::Wider), says));
            }
            if !gone.is_empty() {
                let says = format!("no longer lists {}", list(gone));
                let change = change(tolerated(is_open, Effect::Narrower), says);
                changes.push(change.rust(VARIANT_GONE));
            }
        }
    }
    changes
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
        (Some(before), Some(after)) => match (before.as_str(), after.as_str()) {
            (Some("int32"), Some("int64")) | (Some("float"), Some("double")) => Effect::Wider,
            (Some("int64"), Some("int32")) | (Some("double"), Some("float")) => Effect::Narrower,
            _ if !is_least && !name.starts_with("max") => Effect::Other,
            _ if (after.as_f64() > before.as_f64()) == is_least => Effect::Narrower,
            _ => Effect::Wider,
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
    let change = change(effect, says);
    if is_typed {
        change.rust(TYPE_CHANGES)
    } else {
        change
    }
}
