//! Attributes of bodies and parameters: new ones, those that are gone, and changed rules.

use bvnk_contract::{AspectChange, AttributeRules, Difference, Expectation, Statement, compare};

use super::{Facts, of_rule};
use crate::diff::rules::{self, Effect};
use crate::diff::{Change, Impact, Side};
use crate::similar::renames;

pub(crate) fn side(rules: &AttributeRules) -> Side {
    match rules.of.as_str() {
        "request" | "path" | "query" | "header" => Side::Requests,
        _ => Side::Responses,
    }
}

/// The API's name for an attribute.
fn name(rules: &AttributeRules) -> String {
    match (rules.of.as_str(), rules.path.as_str()) {
        ("request", "") => "the body".to_owned(),
        (status, "") => format!("the body of a {status}"),
        ("header", name) => format!("the header {name}"),
        ("path", name) => format!("{{{name}}} in the path"),
        ("query", name) => format!("the query parameter {name}"),
        (_, path) => path.to_owned(),
    }
}

fn whose(rules: &AttributeRules) -> &'static str {
    match side(rules) {
        Side::Responses => "responses",
        _ => "requests",
    }
}

/// The path of what holds a place, from the nearest to the body itself.
fn parents(path: &str) -> Vec<&str> {
    let mut parents = Vec::new();
    let mut path = path;
    while !path.is_empty() {
        path = match path.strip_suffix("[]").or(path.strip_suffix("{}")) {
            Some(parent) => parent,
            None if path.ends_with('>') => path.rsplit_once('<').map_or("", |(parent, _)| parent),
            None => path.rsplit_once('.').map_or("", |(parent, _)| parent),
        };
        parents.push(path);
    }
    parents
}

impl Facts<'_> {
    fn rules<'a>(
        facts: impl IntoIterator<Item = &'a &'a Statement>,
        body: &AttributeRules,
    ) -> Vec<&'a AttributeRules> {
        let of_body = facts
            .into_iter()
            .filter_map(|statement| match &statement.expectation {
                Expectation::Attribute(rules)
                    if rules.operation == body.operation && rules.of == body.of =>
                {
                    Some(&**rules)
                }
                _ => None,
            });
        of_body.collect()
    }

    /// Whether what holds an attribute is new, gone, or of another type.
    pub(super) fn has_replaced_parent(&self, rules: &AttributeRules) -> bool {
        let subject = |path: &str| format!("{} {} {path}", rules.operation, rules.of);
        parents(&rules.path).into_iter().any(|parent| {
            let Some((holder, variant)) = parent
                .strip_suffix('>')
                .and_then(|parent| parent.rsplit_once('<'))
            else {
                // A body with new or other rules is the same body.
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

    pub(super) fn attribute(&self, rules: &AttributeRules, is_new: bool) -> Vec<Change> {
        if rules.path.is_empty() {
            // A body without rules has no statement of its own.
            let plain = rules.without_rules();
            return match is_new {
                true => compared(&plain, rules),
                false => compared(rules, &plain),
            };
        }
        if let Some(object) = rules.path.strip_suffix("{}") {
            let object = AttributeRules {
                path: object.to_owned(),
                ..rules.without_rules()
            };
            let subject = Expectation::Attribute(Box::new(object.clone())).subject();
            let after = subject.and_then(|subject| self.after.get(&subject));
            let is_closed = matches!(after.map(|after| &after.expectation),
                Some(Expectation::Attribute(after)) if after.closed);
            let change = rules::unlisted(is_new, is_closed);
            return vec![of_attribute(&object, change)];
        }
        let (here, there) = match is_new {
            true => (&self.after, &self.before),
            false => (&self.before, &self.after),
        };
        let inside: Vec<&AttributeRules> = Self::rules(here.values(), rules)
            .into_iter()
            .filter(|inner| parents(&inner.path).contains(&rules.path.as_str()))
            .collect();
        let change = match is_new {
            true => added(rules, &inside),
            false => {
                let (before, after) = (
                    Self::rules(here.values(), rules),
                    Self::rules(there.values(), rules),
                );
                let renames = renames(&before, &after);
                let new = renames.iter().find(|(old, _)| *old == rules.path);
                gone(rules, new.map(|(_, new)| new.as_str()))
            }
        };
        let facts = inside
            .into_iter()
            .cloned()
            .map(|inner| Expectation::Attribute(inner.into()));
        vec![facts.fold(change, |change, fact| change.about(&fact))]
    }
}

fn added(rules: &AttributeRules, inside: &[&AttributeRules]) -> Change {
    let names: Vec<&str> = inside
        .iter()
        .filter_map(|inner| inner.path.strip_prefix(&rules.path))
        .map(|path| path.trim_start_matches('.'))
        .collect();
    let what = match names.as_slice() {
        [] => rules.r#type.clone(),
        names => format!("{} with {}", rules.r#type, names.join(", ")),
    };
    let (impact, is, why) = match (side(rules), rules.required) {
        (Side::Responses, true) => (Impact::Compatible, "new and always there", IGNORED),
        (Side::Responses, false) => (Impact::Compatible, "new", IGNORED),
        (_, true) => {
            let why = "requests without it, legal before, are rejected";
            (Impact::Breaking, "new and required", why)
        }
        (_, false) => (
            Impact::Compatible,
            "new and optional",
            "requests without it stay legal",
        ),
    };
    let says = format!("{} is {is} in {} ({what})", name(rules), whose(rules));
    Change::new(impact, side(rules), says, why)
}

const IGNORED: &str = "readers of responses ignore unknown members";

fn gone(rules: &AttributeRules, new_name: Option<&str>) -> Change {
    let why = match side(rules) {
        Side::Responses => "callers that read it find nothing",
        _ => "callers that send it no longer compile, and the server may reject it",
    };
    let guess = new_name.map_or(String::new(), |new| {
        format!(" (perhaps it is called {new} now)")
    });
    let says = format!("{} is gone from {}", name(rules), whose(rules));
    Change::new(
        Impact::Breaking,
        side(rules),
        says,
        &format!("{why}{guess}"),
    )
}

fn of_attribute(rules: &AttributeRules, change: rules::RuleChange) -> Change {
    let says = format!("{} {} in {}", name(rules), change.says, whose(rules));
    of_rule(change.effect, side(rules), says).rust(change.rust)
}

fn compared(before: &AttributeRules, after: &AttributeRules) -> Vec<Change> {
    let [before, after] = [before, after].map(|rules| Expectation::Attribute(rules.clone().into()));
    let after = [Statement {
        expectation: after,
        location: String::new(),
    }];
    let differences = compare([&before], &after);
    differences
        .iter()
        .flat_map(|difference| match difference {
            Difference::Changed {
                before,
                after,
                aspects,
            } => super::changed(before, &after.expectation, aspects),
            _ => Vec::new(),
        })
        .collect()
}

pub(super) fn changed(
    before: &AttributeRules,
    after: &AttributeRules,
    aspects: &[AspectChange],
) -> Vec<Change> {
    let mut changes = Vec::new();
    if before.required != after.required {
        let (effect, says, rust) = match (side(after), after.required) {
            (Side::Responses, true) => (
                Effect::Narrower,
                "is now always there",
                "`Option<T>` becomes `T`",
            ),
            (Side::Responses, false) => (
                Effect::Wider,
                "may now be missing",
                "`T` becomes `Option<T>`",
            ),
            (_, true) => (
                Effect::Narrower,
                "is now required",
                "`Option<T>` becomes `T`",
            ),
            (_, false) => (Effect::Wider, "is now optional", "`T` becomes `Option<T>`"),
        };
        let (says, rust) = (says.to_owned(), Some(rust.to_owned()));
        changes.push(of_attribute(
            after,
            rules::RuleChange { effect, says, rust },
        ));
    }
    let rules = rules::compare(before, after, aspects);
    changes.extend(rules.into_iter().map(|change| of_attribute(after, change)));
    changes
}
