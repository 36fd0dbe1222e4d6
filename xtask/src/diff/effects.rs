//! What a changed rule does to the set of legal values, as tables. Who sends the value decides
//! what breaks, so nothing here does.
//!
//! Each function returns texts without the name of the attribute, so that the same table serves
//! attributes, bodies and headers.

use bvnk_contract::{AspectChange, AttributeRules, Expectation};
use serde_json::Value;

use super::change::noun;
use super::{Side, without_names};
use crate::similar::most_similar;

/// How the set of legal values changed.
///
/// A set is that of all JSON values that a rule allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// More is legal.
    ///
    /// For example, a maximum length grew or an attribute became optional.
    Wider,
    /// Less is legal.
    ///
    /// For example, a pattern was added or a value of an enum is gone.
    Narrower,
    /// Some more and some less.
    ///
    /// For example, another type or another pattern: neither set contains the other as far as can
    /// be seen.
    Other,
    /// The same, or client and server tolerate the difference.
    ///
    /// For example, a new value of an open enum.
    Tolerated,
}
use Effect::{Narrower, Other, Tolerated, Wider};

/// One rule that changed: its effect, words that follow the name of what has the rule, and what
/// it does to the client's Rust, where callers see that.
///
/// It does not say whether callers break, which depends on who sends the value.
pub(super) type Verdict = (Effect, String, Option<&'static str>);

// What changes in the client's Rust.
/// Callers that name the type have to be edited.
pub(super) const TYPE: Option<&str> = Some("its type changes");
/// Whether the type has a field `extra`.
const MEMBERS: Option<&str> = Some("whether its type keeps such members changes");
const VARIANT_NEW: Option<&str> = Some("its enum has another variant");
const VARIANT_GONE: Option<&str> = Some("callers that name the variant no longer compile");
/// In requests a setter is needed; in responses callers no longer match on an `Option`.
const NEEDED: Option<&str> = Some("`Option<T>` becomes `T`");
const NOT_NEEDED: Option<&str> = Some("`T` becomes `Option<T>`");
/// A wait that ends at such a value ends earlier or later than before.
const FINAL: Option<&str> = Some("`is_terminal` answers differently");
const REQUIRED: &str = "is now required";
const OPTIONAL: &str = "is now optional";

/// What it means that two facts about one subject differ in one aspect.
///
/// An aspect is the name of a rule in a statement, such as `max_length` or `required`. Several
/// verdicts follow where a list changed, one for what is new and one for what is gone. Who sends
/// the value matters only for words: a request says that something is optional, a response that it
/// may be missing.
pub(super) fn of_aspect(
    before: &Expectation,
    after: &Expectation,
    aspect: &AspectChange,
) -> Vec<Verdict> {
    let name = aspect.name.as_str();
    // A body that may be any value has no type.
    let [was, is] = [&aspect.before, &aspect.after]
        .map(|value| value.as_ref().and_then(Value::as_str).unwrap_or("any"));
    let is_set = aspect.after == Some(Value::Bool(true));
    let is_read = noun(before).0 == Side::Responses;
    if let ("known" | "open", Some(before), Some(after)) =
        (name, before.attribute(), after.attribute())
    {
        return values(aspect, before, after);
    }
    let (effect, says, rust) = match (name, is_set) {
        ("variants", _) => {
            let added = (Wider, "may now be", VARIANT_NEW);
            return lists(aspect, added, (Narrower, "may no longer be", VARIANT_GONE));
        }
        // Another value may follow one that does not end a flow.
        ("values", _) => {
            let added = (Narrower, "is now final at", FINAL);
            return lists(aspect, added, (Wider, "is no longer final at", FINAL));
        }
        ("body", _) => return vec![type_change(was, is)],
        ("type", _) if before.attribute().is_some() => return vec![type_change(was, is)],
        ("path", _) if without_names(was) == without_names(is) => {
            let rust = Some("the client's method has another setter");
            return vec![(Tolerated, rule(aspect).1, rust)];
        }
        ("scheme", _) if was.split(", ").all(|it| is.split(", ").any(|is| is == it)) => {
            return vec![(Wider, rule(aspect).1, None)];
        }
        // A body is required unless it is said to be optional.
        ("required", _) if before.attribute().is_none() => match aspect.after {
            None => (Narrower, REQUIRED, None),
            Some(_) => (Wider, OPTIONAL, None),
        },
        ("required", true) if is_read => (Narrower, "is now always there", NEEDED),
        ("required", false) if is_read => (Wider, "may now be missing", NOT_NEEDED),
        ("required", true) => (Narrower, REQUIRED, NEEDED),
        ("required", false) => (Wider, OPTIONAL, NOT_NEEDED),
        ("nullable", true) => (Wider, "may now be null", None),
        ("nullable", false) => (Narrower, "may no longer be null", None),
        ("closed", true) => (
            Narrower,
            "no longer allows members that are not listed",
            MEMBERS,
        ),
        ("closed", false) => (Tolerated, "now allows members that are not listed", MEMBERS),
        ("joined", true) => (Other, "is now one list joined by commas", None),
        ("joined", false) => (Other, "is now repeated for each item", None),
        _ => return vec![rule(aspect)],
    };
    vec![(effect, says.to_owned(), rust)]
}

/// The values of a map, or of the members that an object does not list.
///
/// Without a rule any further member is allowed, so that a rule is narrower.
pub(super) fn unlisted(is_new: bool, is_closed: bool) -> Verdict {
    let (effect, says) = match (is_new, is_closed) {
        (false, true) => (Narrower, "no longer allows"),
        (true, _) => (Narrower, "now has a rule for"),
        (false, false) => (Wider, "no longer has a rule for"),
    };
    let says = format!("{says} members that are not listed");
    (effect, says, MEMBERS)
}

/// What another type means. An integer is a number, and everything is a value of any type.
fn type_change(before: &str, after: &str) -> Verdict {
    let effect = match (before, after) {
        ("integer", "number") | (_, "any") => Wider,
        ("number", "integer") | ("any", _) => Narrower,
        _ => Other,
    };
    let [was, is] = [before, after].map(|name| match name {
        "any" => "a value of any type".to_owned(),
        "one-of" => "one of several objects".to_owned(),
        name if name.starts_with(['a', 'i', 'o']) => format!("an {name}"),
        name => format!("a {name}"),
    });
    (effect, format!("is now {is} (was {was})"), TYPE)
}

/// Of two lists, what only the second has, and what only the first has.
pub(super) fn sides(aspect: &AspectChange) -> [Vec<&str>; 2] {
    let [was, is] = [&aspect.before, &aspect.after].map(|list| {
        let items = list
            .as_ref()
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        items.filter_map(Value::as_str).collect::<Vec<_>>()
    });
    [(&is, &was), (&was, &is)].map(|(these, those)| {
        let only = these.iter().filter(|item| !those.contains(item));
        only.copied().collect()
    })
}

/// An effect, its text and what it does to the client's Rust.
type Row<'a> = (Effect, &'a str, Option<&'static str>);

/// What new items mean, and those that are gone.
///
/// Each side is one verdict with all its items, and an empty side is none.
fn lists(aspect: &AspectChange, added: Row<'_>, gone: Row<'_>) -> Vec<Verdict> {
    let sides = sides(aspect).into_iter().zip([added, gone]);
    let sides = sides.filter(|(items, _)| !items.is_empty());
    let verdicts = sides.map(|(items, (effect, says, rust))| {
        (effect, format!("{says} {}", items.join(", ")), rust)
    });
    verdicts.collect()
}

/// What other listed values mean. An enum that is open takes any value, so that its list is
/// tolerated in both directions; in Rust its variants still count.
///
/// The guess that a new value stands for an old one is part of the text and changes no effect.
fn values(aspect: &AspectChange, before: &AttributeRules, after: &AttributeRules) -> Vec<Verdict> {
    let [was_open, is_open] = [before, after].map(|rules| rules.open == Some(true));
    let tolerated = |is_open, effect| if is_open { Tolerated } else { effect };
    let one = |effect, says: &str, rust| vec![(effect, says.to_owned(), Some(rust))];
    let all = after.listed().join(", ");
    let only = format!("now takes only {all}");
    match (&before.known, &after.known) {
        // Other values say it already.
        (was, is) if aspect.name == "open" && (was != is || is.is_none()) => return Vec::new(),
        (None, _) if is_open => {
            let says = format!("now lists the values {all}");
            return one(Tolerated, &says, "its type becomes an enum");
        }
        (None, _) => return one(Narrower, &only, "its type becomes an enum"),
        (_, None) => {
            let effect = tolerated(was_open, Wider);
            let rust = "its type is no longer an enum";
            return one(effect, "no longer lists its values", rust);
        }
        _ if was_open && !is_open => {
            return one(Narrower, &only, "its enum no longer keeps other values");
        }
        _ => {}
    }
    let mut changes = Vec::new();
    if is_open && !was_open {
        let says = "may now have values that are not listed";
        changes = one(Wider, says, "its enum now keeps other values");
    }
    let added = (tolerated(is_open, Wider), "has the new value", None);
    let effect = tolerated(is_open, Narrower);
    let mut others = lists(aspect, added, (effect, "no longer lists", VARIANT_GONE));
    // Which value the one new value may stand for.
    let [new, old] = sides(aspect);
    if let [new] = new[..]
        && let is_only = old.len() == 1
        && let Some(old) = most_similar(new, old, is_only)
    {
        others[0].1 += &format!(" (perhaps for {old})");
    }
    changes.extend(others);
    changes
}

/// Texts for aspects whose names do not read well.
///
/// Other aspects, such as `pattern`, are their own labels.
const LABELS: [(&str, &str); 9] = [
    ("min_length", "minimum length"),
    ("max_length", "maximum length"),
    ("min_items", "minimum number of items"),
    ("max_items", "maximum number of items"),
    ("unique_items", "rule that items differ"),
    ("exclusive_minimum", "rule that the minimum is excluded"),
    ("exclusive_maximum", "rule that the maximum is excluded"),
    ("multiple_of", "factor"),
    ("from", "source"),
];

/// Bounds, lengths, patterns and formats, and what else is either stated or not.
///
/// A greater maximum is wider and a greater minimum narrower. Of two patterns or two formats
/// neither is known to be wider, except for the sizes of numbers.
fn rule(aspect: &AspectChange) -> Verdict {
    let name = aspect.name.as_str();
    let is_least = name.starts_with("min");
    let label = LABELS.iter().find(|(other, _)| *other == name);
    let label = label.map_or(name, |(_, label)| label);
    let text = |value: &Value| match value {
        Value::String(text) => format!(" {text}"),
        // A flag is either stated or not.
        Value::Bool(_) => String::new(),
        other => format!(" {other}"),
    };
    let (effect, says) = match (&aspect.before, &aspect.after) {
        (Some(before), Some(after)) => {
            let effect = match (before.as_str(), after.as_str()) {
                (Some("int32"), Some("int64")) | (Some("float"), Some("double")) => Wider,
                (Some("int64"), Some("int32")) | (Some("double"), Some("float")) => Narrower,
                _ if !is_least && !name.starts_with("max") => Other,
                _ if (after.as_f64() > before.as_f64()) == is_least => Narrower,
                _ => Wider,
            };
            let (before, after) = (text(before), text(after));
            (effect, format!("now has the {label}{after} (was{before})"))
        }
        (None, after) => {
            let after = after.as_ref().map_or(String::new(), text);
            (Narrower, format!("now has the {label}{after}"))
        }
        (Some(before), None) => (Wider, format!("no longer has the {label}{}", text(before))),
    };
    // A text with a rule is a newtype; without one it is a `String`.
    let is_typed = match name {
        "format" => true,
        "pattern" | "min_length" | "max_length" => {
            aspect.before.is_none() || aspect.after.is_none()
        }
        _ => false,
    };
    (effect, says, TYPE.filter(|_| is_typed))
}
