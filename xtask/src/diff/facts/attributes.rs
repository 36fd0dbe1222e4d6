//! Attributes of bodies and parameters: new ones, those that are gone, and changed rules.

use bvnk_contract::{AspectChange, AttributeRules, Expectation, Statement};

use super::{Facts, of_effect};
use crate::diff::rules::{self, Effect, RuleChange};
use crate::diff::{Change, Side, aspects, attribute, attribute_fact};
use crate::similar::renames;

/// Whom an attribute concerns, and what the API calls it.
fn noun(rules: &AttributeRules) -> (Side, String) {
    match (rules.of.as_str(), rules.path.as_str()) {
        ("request", "") => (Side::Requests, "the body".to_owned()),
        ("request", path) => (Side::Requests, path.to_owned()),
        ("header", name) => (Side::Requests, format!("the header {name}")),
        ("path", name) => (Side::Requests, format!("{{{name}}} in the path")),
        ("query", name) => (Side::Requests, format!("the query parameter {name}")),
        (status, "") => (Side::Responses, format!("the body of a {status}")),
        (_, path) => (Side::Responses, path.to_owned()),
    }
}

/// The paths of what holds a place, from the nearest to the body itself.
fn parents(path: &str) -> Vec<&str> {
    let mut parents = vec![path];
    while let Some(path) = parents.last().filter(|path| !path.is_empty()) {
        let separator = match path.ends_with('>') {
            true => path.rfind('<'),
            false => path.rfind(['.', '[', '{']),
        };
        parents.push(&path[..separator.unwrap_or(0)]);
    }
    parents.split_off(1)
}

/// The attributes of one body.
fn of_body<'a>(
    statements: impl IntoIterator<Item = &'a &'a Statement>,
    body: &AttributeRules,
) -> Vec<&'a AttributeRules> {
    let statements = statements.into_iter();
    let rules = statements.filter_map(|statement| attribute(&statement.expectation));
    let is_same =
        |rules: &&AttributeRules| (&rules.operation, &rules.of) == (&body.operation, &body.of);
    rules.filter(is_same).collect()
}

impl Facts<'_> {
    /// Whether what holds an attribute is new, gone, or of another type.
    pub(super) fn has_replaced_parent(&self, rules: &AttributeRules) -> bool {
        let subject = |path: &str| format!("{} {} {path}", rules.operation, rules.of);
        parents(&rules.path).into_iter().any(|parent| {
            let variant = parent
                .strip_suffix('>')
                .and_then(|parent| parent.rsplit_once('<'));
            let Some((holder, variant)) = variant else {
                // A body with other rules is the same body.
                return !parent.is_empty() && self.replaced.contains(&subject(parent));
            };
            // An alternative that only one of the two has.
            [&self.before, &self.after].into_iter().any(|facts| {
                let holder = facts
                    .get(&subject(holder))
                    .map(|statement| &statement.expectation);
                matches!(holder, Some(Expectation::Attribute(holder))
                    if !holder.variants.iter().any(|name| name == variant))
            })
        })
    }

    /// What it means that an attribute is new, or gone.
    pub(super) fn attribute(&self, rules: &AttributeRules, is_new: bool) -> Vec<Change> {
        let (before, after) = (
            of_body(self.before.values(), rules),
            of_body(self.after.values(), rules),
        );
        if rules.path.is_empty() {
            // A body without rules has no statement of its own.
            let plain = rules.without_rules();
            return if is_new {
                compared(&plain, rules)
            } else {
                compared(rules, &plain)
            };
        }
        if let Some(path) = rules.path.strip_suffix("{}") {
            let object = AttributeRules {
                path: path.to_owned(),
                ..rules.clone()
            };
            let is_closed = after.iter().any(|rules| rules.path == path && rules.closed);
            return vec![rule(&object, rules::unlisted(is_new, is_closed))];
        }
        let (side, noun) = noun(rules);
        let whose = whose(side);
        let here = if is_new { &after } else { &before };
        let is_inside =
            |inner: &&&AttributeRules| parents(&inner.path).contains(&rules.path.as_str());
        let inside: Vec<&AttributeRules> = here.iter().filter(is_inside).copied().collect();
        let change = if is_new {
            let names = inside.iter().map(|inner| &inner.path[rules.path.len()..]);
            let names: Vec<&str> = names.map(|name| name.trim_start_matches('.')).collect();
            let with = if names.is_empty() { "" } else { " with " };
            let (effect, is) = match (side, rules.required) {
                (Side::Responses, true) => (Effect::Tolerated, "new and always there"),
                (Side::Responses, false) => (Effect::Tolerated, "new"),
                (_, true) => (Effect::Narrower, "new and required"),
                (_, false) => (Effect::Wider, "new and optional"),
            };
            let what = format!("{}{with}{}", rules.r#type, names.join(", "));
            of_effect(effect, side, format!("{noun} is {is} in {whose} ({what})"))
        } else {
            let mut change = of_effect(Effect::Other, side, format!("{noun} is gone from {whose}"));
            let renames = renames(&before, &after);
            if let Some((_, new)) = renames.iter().find(|(old, _)| *old == rules.path) {
                change
                    .why
                    .push_str(&format!(" (perhaps it is called {new} now)"));
            }
            change
        };
        let facts = inside
            .into_iter()
            .map(|inner| attribute_fact(inner.clone()));
        vec![facts.fold(change, |change, fact| change.about(&fact))]
    }
}

fn whose(side: Side) -> &'static str {
    if side == Side::Responses {
        "responses"
    } else {
        "requests"
    }
}

fn rule(rules: &AttributeRules, change: RuleChange) -> Change {
    let (side, noun) = noun(rules);
    let says = format!("{noun} {} in {}", change.says, whose(side));
    of_effect(change.effect, side, says).rust(change.rust)
}

fn compared(before: &AttributeRules, after: &AttributeRules) -> Vec<Change> {
    let [old, new] = [before, after].map(|rules| attribute_fact(rules.clone()));
    changed(before, after, &aspects(&old, &new))
}

pub(super) fn changed(
    before: &AttributeRules,
    after: &AttributeRules,
    aspects: &[AspectChange],
) -> Vec<Change> {
    let is_sent = noun(after).0 != Side::Responses;
    let (effect, says, rust) = match (is_sent, after.required) {
        (true, true) => (
            Effect::Narrower,
            "is now required",
            "`Option<T>` becomes `T`",
        ),
        (true, false) => (Effect::Wider, "is now optional", "`T` becomes `Option<T>`"),
        (false, true) => (
            Effect::Narrower,
            "is now always there",
            "`Option<T>` becomes `T`",
        ),
        (false, false) => (
            Effect::Wider,
            "may now be missing",
            "`T` becomes `Option<T>`",
        ),
    };
    let required =
        (before.required != after.required).then(|| rules::change(effect, says).rust(rust));
    let rules = rules::compare(before, after, aspects).into_iter();
    required
        .into_iter()
        .chain(rules)
        .map(|change| rule(after, change))
        .collect()
}
