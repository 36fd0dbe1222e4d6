//! What a changed rule does to the set of legal values, as tables. Who sends the value decides
//! what breaks, so nothing here does.
//!
//! Each function returns texts without the name of the attribute, so that the same table serves
//! attributes, bodies and headers.

use bvnk_contract::{AspectChange, AttributeRules, Expectation};
use serde_json::Value;

use super::without_names;
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
const TYPE: Option<&str> = Some("its Rust type changes");
/// Whether the type has a field `extra`.
const MEMBERS: Option<&str> = Some("whether its Rust type keeps such members changes");
const VARIANT_NEW: Option<&str> = Some("its Rust enum has another variant");
const VARIANT_GONE: Option<&str> = Some("callers that name the variant no longer compile");
/// In requests a setter is needed; in responses callers no longer match on an `Option`.
const NEEDED: Option<&str> = Some("`Option<T>` becomes `T`");
const NOT_NEEDED: Option<&str> = Some("`T` becomes `Option<T>`");
/// A wait that ends at such a value ends earlier or later than before.
const FINAL: Option<&str> = Some("`is_terminal` answers differently");
const REQUIRED: &str = "is now required";
const OPTIONAL: &str = "is now optional";

/// What a rule means that is either set or not.
///
/// `None` if the name is not that of a flag. `is_sent` matters only for the words: a request says
/// that something is optional, a response that it may be missing.
fn flag(name: &str, is_set: bool, is_sent: bool) -> Option<Verdict> {
    let (effect, says, rust) = match (name, is_set, is_sent) {
        ("required", true, true) => (Narrower, REQUIRED, NEEDED),
        ("required", false, true) => (Wider, OPTIONAL, NOT_NEEDED),
        ("required", true, false) => (Narrower, "is now always there", NEEDED),
        ("required", false, false) => (Wider, "may now be missing", NOT_NEEDED),
        ("nullable", true, _) => (Wider, "may now be null", None),
        ("nullable", false, _) => (Narrower, "may no longer be null", None),
        ("closed", true, _) => (
            Narrower,
            "no longer allows members that are not listed",
            MEMBERS,
        ),
        ("closed", false, _) => (Tolerated, "now allows members that are not listed", MEMBERS),
        ("joined", true, _) => (Other, "is now one list joined by commas", None),
        ("joined", false, _) => (Other, "is now repeated for each item", None),
        _ => return None,
    };
    Some((effect, says.to_owned(), rust))
}

/// What it means that two facts about one subject differ in one aspect. `is_sent` says that
/// it is about requests.
///
/// An aspect is the name of a rule in a statement, such as `max_length` or `required`. Several
/// verdicts follow where a list changed, one for what is new and one for what is gone.
pub(super) fn of_aspect(
    before: &Expectation,
    after: &Expectation,
    aspect: &AspectChange,
    is_sent: bool,
) -> Vec<Verdict> {
    use Expectation as E;
    let name = aspect.name.as_str();
    let is_set = aspect.after == Some(Value::Bool(true));
    vec![match (before, after, name) {
        // Other values say it already.
        (E::Attribute(was), E::Attribute(is), "open") if was.known != is.known => {
            return Vec::new();
        }
        (E::Attribute(was), E::Attribute(is), "known" | "open") => return values(was, is),
        (E::Attribute(before), E::Attribute(after), "variants") => {
            let added = (Wider, "may now be", VARIANT_NEW);
            let gone = (Narrower, "may no longer be", VARIANT_GONE);
            return lists([&before.variants, &after.variants], added, gone);
        }
        // Another value may follow one that does not end a flow.
        (E::Terminal { values: was, .. }, E::Terminal { values: is, .. }, _) => {
            let added = (Narrower, "is now final at", FINAL);
            return lists([was, is], added, (Wider, "is no longer final at", FINAL));
        }
        (E::Attribute(_), _, "type") | (E::Media { .. }, _, "body") => type_change(aspect),
        (_, E::Media { required: true, .. }, "required") => (Narrower, REQUIRED.to_owned(), None),
        (_, E::Media { .. }, "required") => (Wider, OPTIONAL.to_owned(), None),
        (E::Operation { path: was, .. }, E::Operation { path: is, .. }, "path")
            if without_names(was) == without_names(is) =>
        {
            let rust = Some("the client's method has another setter");
            (Tolerated, rule(aspect).1, rust)
        }
        (E::Security { scheme: was, .. }, E::Security { scheme: is, .. }, _)
            if was.split(", ").all(|it| is.split(", ").any(|is| is == it)) =>
        {
            (Wider, rule(aspect).1, None)
        }
        _ => flag(name, is_set, is_sent).unwrap_or_else(|| rule(aspect)),
    }]
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
fn type_change(aspect: &AspectChange) -> Verdict {
    // A body that may be any value has no type.
    let name = |value: &Option<Value>| match value {
        Some(Value::String(name)) => name.clone(),
        _ => "any".to_owned(),
    };
    let (before, after) = (name(&aspect.before), name(&aspect.after));
    let effect = match (before.as_str(), after.as_str()) {
        ("integer", "number") | (_, "any") => Wider,
        ("number", "integer") | ("any", _) => Narrower,
        _ => Other,
    };
    let [was, is] = [&before, &after].map(|name| match name.as_str() {
        "any" => "a value of any type".to_owned(),
        "one-of" => "one of several objects".to_owned(),
        name if name.starts_with(['a', 'i', 'o']) => format!("an {name}"),
        name => format!("a {name}"),
    });
    (effect, format!("is now {is} (was {was})"), TYPE)
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

/// An effect, its text and what it does to the client's Rust.
type Row<'a> = (Effect, &'a str, Option<&'static str>);

/// What new items mean, and those that are gone.
///
/// Each side is one verdict with all its items, and an empty side is none.
fn lists([before, after]: [&[String]; 2], added: Row<'_>, gone: Row<'_>) -> Vec<Verdict> {
    let (new, old) = sides(before, after);
    let sides = [(new, added), (old, gone)].into_iter();
    let sides = sides.filter(|(items, _)| !items.is_empty());
    let verdicts = sides.map(|(items, (effect, says, rust))| {
        let items: Vec<&str> = items.into_iter().map(String::as_str).collect();
        (effect, format!("{says} {}", items.join(", ")), rust)
    });
    verdicts.collect()
}

/// What other listed values mean. An enum that is open takes any value, so that its list is
/// tolerated in both directions; in Rust its variants still count.
///
/// The guess that a new value stands for an old one is part of the text and changes no effect.
fn values(before: &AttributeRules, after: &AttributeRules) -> Vec<Verdict> {
    let [was_open, is_open] = [before, after].map(|rules| rules.open == Some(true));
    let tolerated = |is_open, effect| if is_open { Tolerated } else { effect };
    let all = after.known.iter().flatten().map(String::as_str);
    let all = all.collect::<Vec<_>>().join(", ");
    let (was, is) = match (&before.known, &after.known) {
        (None, None) => return Vec::new(),
        (Some(_), None) => {
            let (effect, says) = (tolerated(was_open, Wider), "no longer lists its values");
            let rust = "its Rust type is no longer an enum";
            return vec![(effect, says.to_owned(), Some(rust))];
        }
        (None, Some(_)) => {
            let rust = Some("its Rust type becomes an enum");
            return vec![match is_open {
                true => (Tolerated, format!("now lists the values {all}"), rust),
                false => (Narrower, format!("now takes only {all}"), rust),
            }];
        }
        (Some(_), Some(_)) if was_open && !is_open => {
            let rust = Some("its Rust enum no longer keeps other values");
            return vec![(Narrower, format!("now takes only {all}"), rust)];
        }
        (Some(was), Some(is)) => (was, is),
    };
    let opens = (is_open && !was_open).then(|| {
        let says = "may now have values that are not listed".to_owned();
        (Wider, says, Some("its Rust enum now keeps other values"))
    });
    let added = (tolerated(is_open, Wider), "has the new value", None);
    let narrower = tolerated(is_open, Narrower);
    let gone = (narrower, "no longer lists", VARIANT_GONE);
    let mut changes = lists([was, is], added, gone);
    // Which value the one new value may stand for.
    let (new, gone) = sides(was, is);
    if let [new] = new[..]
        && let names = gone.iter().map(|name| name.as_str())
        && let Some(old) = most_similar(new, names, gone.len() == 1)
    {
        changes[0].1 += &format!(" (perhaps for {old})");
    }
    opens.into_iter().chain(changes).collect()
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
