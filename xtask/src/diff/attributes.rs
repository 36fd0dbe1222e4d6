//! Attributes of bodies, parameters and headers: new ones, those that are gone, and what
//! changed in those that stay.

use crate::clauses::Subject;
use crate::facts::{Attribute, Facts, Key, kind};

use super::schema::{self, Shift};
use super::{Finding, Side, Verdict};

pub(super) fn compare(before: &Facts, after: &Facts) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (key, old) in &before.attributes {
        match after.attributes.get(key) {
            Some(new) => findings.extend(changed(key, old, new)),
            // What holds it is gone too, and told.
            None if told_above(key, before, after) => {}
            None => findings.push(gone(key, old, before, after)),
        }
    }
    for (key, new) in &after.attributes {
        if !before.attributes.contains_key(key) && !told_above(key, after, before) {
            findings.push(added(key, new, after));
        }
    }
    findings
}

/// Whether a whole operation or answer that has the attribute, or what holds it, is not
/// in the other contract: that is told, and this with it.
fn told_above(key: &Key, has: &Facts, other: &Facts) -> bool {
    let Some(operation) = other.operations.get(&key.operation) else {
        return true;
    };
    let is_answer = !key.is_sent() && !operation.answers.contains(&key.of);
    let parent = key.parent();
    is_answer
        || (parent != *key
            && has.attributes.contains_key(&parent)
            && !other.attributes.contains_key(&parent))
}

pub(super) fn side(key: &Key) -> Side {
    if key.is_sent() {
        Side::Requests
    } else {
        Side::Answers
    }
}

/// What the API calls an attribute.
fn name(key: &Key) -> String {
    match (key.of.as_str(), key.path.as_str()) {
        ("request", "") => "the body".to_owned(),
        (status, "") => format!("the body of a {status}"),
        ("header", name) => format!("the header {name}"),
        ("path", name) => format!("{{{name}}} in the path"),
        ("query" | "cookie", name) => format!("the {} parameter {name}", key.of),
        (_, path) => path.to_owned(),
    }
}

fn whom(key: &Key) -> &'static str {
    match side(key) {
        Side::Answers => "in answers",
        _ => "in requests",
    }
}

fn finding(verdict: Verdict, key: &Key, says: &str, why: &str) -> Finding {
    let says = format!("{} {says} {}", name(key), whom(key));
    Finding::new(verdict, side(key), says, why)
        .seen_in(format!("{} {}", key.operation, key.of))
        .about(Subject::Attribute(key.clone()))
}

/// The places of an attribute: its schema, and the property or parameter that states it.
fn at(finding: Finding, attribute: &Attribute) -> Finding {
    let stated = attribute.stated.as_str();
    let stated = stated.strip_suffix("/schema").unwrap_or(stated);
    finding.at(&attribute.place).at(stated)
}

fn added(key: &Key, new: &Attribute, after: &Facts) -> Finding {
    let within: Vec<&str> = after
        .attributes
        .keys()
        .filter(|inner| key.holds(inner))
        .map(|inner| inner.path[key.path.len()..].trim_start_matches('.'))
        .collect();
    let what = match kind(&new.schema) {
        Some(kind) if within.is_empty() => kind.to_owned(),
        Some(kind) => format!("{kind} with {}", within.join(", ")),
        None => "any type".to_owned(),
    };
    let (verdict, is, why) = match (side(key), new.required) {
        (Side::Answers, true) => (
            Verdict::Compatible,
            "new and always there",
            "who reads answers may ignore it",
        ),
        (Side::Answers, false) => (
            Verdict::Compatible,
            "new",
            "who reads answers may ignore it",
        ),
        (_, true) => (
            Verdict::Breaking,
            "new and required",
            "requests without it, legal so far, are refused",
        ),
        (_, false) => (
            Verdict::Compatible,
            "new and optional",
            "requests without it stay legal",
        ),
    };
    let mut told = finding(verdict, key, &format!("is {is}"), why);
    told.says = format!("{} ({what})", told.says);
    within_too(at(told, new), key, after)
}

fn gone(key: &Key, old: &Attribute, before: &Facts, after: &Facts) -> Finding {
    let why = match side(key) {
        Side::Answers => "callers that read it find nothing",
        _ => "callers that send it no longer compile, and the server may refuse it",
    };
    let why = match heir(key, old, before, after) {
        Some(heir) => format!("{why} (perhaps it is called {heir} now)"),
        None => why.to_owned(),
    };
    let mut told = finding(Verdict::Breaking, key, "", &why);
    told.says = format!(
        "{} is gone from {}",
        name(key),
        whom(key).trim_start_matches("in ")
    );
    within_too(at(told, old), key, before)
}

/// The new attribute of the same type in the same place that is spelt most like this one.
fn heir<'a>(key: &Key, old: &Attribute, before: &Facts, after: &'a Facts) -> Option<&'a str> {
    let new = after.attributes.iter().filter(|(other, attribute)| {
        other.parent() == key.parent()
            && !before.attributes.contains_key(other)
            && kind(&attribute.schema) == kind(&old.schema)
    });
    let likeness = |other: &Key| strsim::jaro_winkler(&key.path, &other.path);
    new.max_by(|(a, _), (b, _)| likeness(a).total_cmp(&likeness(b)))
        .map(|(key, _)| key.path.as_str())
}

/// What an added or removed attribute holds is told with it.
fn within_too(mut finding: Finding, key: &Key, facts: &Facts) -> Finding {
    for (inner, attribute) in facts
        .attributes
        .iter()
        .filter(|(inner, _)| key.holds(inner))
    {
        finding.places.insert(attribute.place.clone());
        finding.subjects.insert(Subject::Attribute(inner.clone()));
    }
    finding
}

fn changed(key: &Key, old: &Attribute, new: &Attribute) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut push = |finding: Finding| {
        findings.push(at(at(finding, old), new));
    };
    match (side(key), old.required, new.required) {
        (_, false, false) | (_, true, true) => {}
        (Side::Answers, false, true) => push(
            finding(
                Verdict::Compatible,
                key,
                "is now always there",
                "it was told that it may be missing",
            )
            .in_rust(Some("`Option<T>` becomes `T`".to_owned())),
        ),
        (Side::Answers, true, false) => {
            push(finding(
                Verdict::Breaking,
                key,
                "may now be missing",
                "callers rely on it; `T` becomes `Option<T>`",
            ));
        }
        (_, false, true) => {
            push(finding(
                Verdict::Breaking,
                key,
                "is now required",
                "requests without it, legal so far, are refused",
            ));
        }
        (_, true, false) => push(
            finding(
                Verdict::Compatible,
                key,
                "is now optional",
                "requests with it stay legal",
            )
            .in_rust(Some("`T` becomes `Option<T>`".to_owned())),
        ),
    }
    for change in schema::compare(&old.schema, &new.schema) {
        let (verdict, why) = judge(side(key), change.shift);
        push(finding(verdict, key, &change.says, why).in_rust(change.rust));
    }
    if let (Some(before), Some(after)) = (&old.named, &new.named)
        && before != after
    {
        let word = |target: &str| target.rsplit('/').next().unwrap_or_default().to_owned();
        let says = format!("is now described by {} (was {})", word(after), word(before));
        let why = "the name of a schema is not on the wire";
        push(
            finding(Verdict::Compatible, key, &says, why)
                .in_rust(Some("its Rust type has another name".to_owned())),
        );
    }
    findings
}

/// Requests may become freer, answers may become narrower; anything else breaks someone.
fn judge(side: Side, shift: Shift) -> (Verdict, &'static str) {
    match (side, shift) {
        (_, Shift::Tolerated) => (
            Verdict::Compatible,
            "client and callers take any value there",
        ),
        (Side::Answers, Shift::Narrower) => (Verdict::Compatible, "such answers could come before"),
        (Side::Answers, _) => (
            Verdict::Breaking,
            "answers may come that could not come before",
        ),
        (_, Shift::Wider) => (Verdict::Compatible, "requests that were legal stay legal"),
        (_, _) => (Verdict::Breaking, "requests that were legal are refused"),
    }
}
