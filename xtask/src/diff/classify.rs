//! The differences of two lists of statements, each classified by what it does to the set of
//! legal requests or possible responses.
//!
//! A difference is one fact that only one list has, or one that both have with other rules. What
//! is within something new or gone is part of that change and not reported again.

use std::collections::{BTreeMap, BTreeSet};

use bvnk_contract::{
    AttributeRules, Difference, Expectation, Statement, Status, aspect_changes, compare,
};

use super::change::{GONE, noun};
use super::effects::{self, Effect};
use super::{Change, Side, attributes_of};
use crate::similar::{below, renames};

/// Every change from one list of statements to another.
///
/// Facts are matched by their subject, which is the operation, the body and the path of an
/// attribute. The lists may be in any order.
pub(crate) fn changes(before: &[Statement], after: &[Statement]) -> Vec<Change> {
    let differences = compare(before, after);
    let replaced: BTreeSet<String> = differences.iter().flat_map(replaced).collect();
    let is_own = |difference: &&Difference<'_>| {
        let place = place(&difference.statement().expectation);
        let mut rests = replaced.iter().filter_map(|holder| below(&place, holder));
        rests.all(str::is_empty)
    };
    let differences = differences.iter().filter(is_own);
    let changes = differences.flat_map(|it| Facts { before, after }.classify(it));
    changes.collect()
}

/// Where a fact stands. The place of what holds it is the beginning of its own, in the way of
/// paths: an operation holds its responses, a response its body, and a body attributes.
fn place(fact: &Expectation) -> String {
    use Expectation as E;
    let operation = format!("<{}>", fact.operation().unwrap_or_default());
    let of = format!("{operation}<{}>", fact.of().unwrap_or_default());
    let within = |path: &str| match path.chars().next() {
        None => format!("{of}.<>"),
        Some('[' | '{' | '<') => format!("{of}.{path}"),
        Some(_) => format!("{of}..{path}"),
    };
    match fact {
        E::Server { url, .. } => format!("<{url}>"),
        E::Operation { .. } => operation,
        E::Media { .. } => format!("{of}."),
        E::Link { .. } => within(""),
        E::Attribute(rules) => within(&rules.path),
        E::Terminal { path, .. } => format!("{}<>", within(path)),
        _ => of,
    }
}

/// The places of a difference whose parts are new or gone with it: a fact, a value of
/// another type, and the alternatives that only one of the two contracts has.
///
/// Everything below such a place differs too, and says nothing more.
fn replaced(difference: &Difference<'_>) -> Vec<String> {
    let fact = &difference.statement().expectation;
    let place = place(fact);
    let Difference::Changed { aspects, .. } = difference else {
        return vec![place];
    };
    let mut replaced = Vec::new();
    for aspect in aspects {
        match aspect.name.as_str() {
            "type" | "body" => replaced.push(place.clone()),
            "variants" => {
                let holder = place.trim_end_matches("<>");
                let names = effects::sides(aspect).into_iter().flatten();
                replaced.extend(names.map(|name| format!("{holder}<{name}>")));
            }
            _ => {}
        }
    }
    replaced
}

/// What it means that both contracts state a fact, but differently.
///
/// An attribute of another type is one change: its lengths or values have no counterpart.
fn changed(before: &Expectation, after: &Expectation) -> Vec<Change> {
    let mut aspects = aspect_changes(before, after);
    if before.attribute().is_some() && aspects.iter().any(|it| it.name == "type") {
        aspects.retain(|it| ["required", "type"].contains(&&*it.name));
    }
    // Whether it is required comes first.
    aspects.sort_by_key(|it| it.name != "required");
    let verdicts = aspects
        .iter()
        .flat_map(|it| effects::of_aspect(before, after, it));
    verdicts.map(|it| Change::of_rule(before, it)).collect()
}

/// The two lists.
struct Facts<'a> {
    before: &'a [Statement],
    after: &'a [Statement],
}

impl Facts<'_> {
    /// The changes that a difference is, with their places.
    ///
    /// A change names both places, since a reader may want to see the old text too.
    fn classify(&self, difference: &Difference<'_>) -> Vec<Change> {
        let (mut changes, location) = match difference {
            Difference::Removed(it) => (self.presence(&it.expectation, false), it.location.clone()),
            Difference::Added(it) => (self.presence(&it.expectation, true), it.location.clone()),
            Difference::Changed { before, after, .. } => (
                changed(&before.expectation, &after.expectation),
                format!("{} -> {}", before.location, after.location),
            ),
        };
        // The client sends the key whether it is required or not, and its setter has one type.
        let subject = difference.statement().expectation.subject();
        let is_key = self.after.iter().any(|it| match &it.expectation {
            Expectation::IdempotencyKey { operation, header } => {
                subject.as_deref() == Some(&format!("{operation} header {header}"))
            }
            _ => false,
        });
        if is_key {
            changes.iter_mut().for_each(|it| it.rust = None);
        }
        changes.into_iter().map(|it| it.at(&location)).collect()
    }

    /// The changes that a fact is which only the new contract states, or only the old one.
    fn presence(&self, fact: &Expectation, is_new: bool) -> Vec<Change> {
        let mut plain = fact.clone();
        match &mut plain {
            Expectation::Attribute(rules) if !rules.path.is_empty() => {
                return vec![self.attribute(rules, is_new)];
            }
            // These have a statement where there is a rule.
            Expectation::Attribute(rules) => **rules = rules.without_rules(),
            Expectation::Terminal { values, .. } => values.clear(),
            _ => {
                let (effect, rust) = self.effect(fact, is_new);
                let says = if is_new { "is new" } else { GONE };
                return vec![Change::of_rule(fact, (effect, says.to_owned(), rust))];
            }
        }
        match is_new {
            true => changed(&plain, fact),
            false => changed(fact, &plain),
        }
    }

    /// What it means that a fact is new, or gone, and what it does to the client's Rust.
    ///
    /// A server, an operation or a link that is new makes more possible. A new requirement to
    /// authenticate makes less possible. Callers handle any error status, so only successes with a
    /// body that the client does not know can break them.
    fn effect(&self, fact: &Expectation, is_new: bool) -> (Effect, Option<&'static str>) {
        use Expectation::{Answer, Media, Security};
        let method = Some("the client's method changes");
        match (fact, is_new) {
            (Answer { status, .. }, true) if !is_success(status) => (Effect::Tolerated, None),
            // The client takes any success with a body that it knows.
            (Answer { operation, status }, true) => {
                let known = bodies(self.before, operation);
                let mut known = known.iter().filter(|(status, _)| is_success(status));
                let body = bodies(self.after, operation).remove(&**status);
                match known.any(|(_, known)| Some(known) == body.as_ref()) {
                    true => (Effect::Tolerated, None),
                    false => (Effect::Wider, None),
                }
            }
            (Answer { status, .. }, false) if is_success(status) => (Effect::Other, None),
            (Media { of, .. }, _) if of != "request" => (Effect::Other, method),
            (Media { required, .. }, true) if !required => (Effect::Wider, method),
            (Media { .. }, _) => (Effect::Narrower, method),
            (Security { .. }, false) => (Effect::Wider, None),
            (Security { .. }, _) | (_, false) => (Effect::Narrower, None),
            _ => (Effect::Wider, None),
        }
    }

    /// What it means that an attribute is new, or gone.
    ///
    /// An object and what it holds become one change, which names the members. A new attribute of
    /// a response is tolerated, because the client keeps unknown members. One that is gone breaks
    /// on both sides: callers sent it, or read it.
    fn attribute(&self, rules: &AttributeRules, is_new: bool) -> Change {
        let of_body = |facts| attributes_of(facts, &rules.operation, &rules.of).collect();
        let [before, after]: [Vec<&AttributeRules>; 2] = [self.before, self.after].map(of_body);
        let fact = Expectation::from(rules.clone());
        if let Some(path) = rules.path.strip_suffix("{}") {
            let is_closed = after.iter().any(|rules| rules.path == path && rules.closed);
            let mut object = rules.clone();
            object.path.truncate(path.len());
            let verdict = effects::unlisted(is_new, is_closed);
            let mut change = Change::of_rule(&object.into(), verdict);
            change.facts = vec![fact];
            return change;
        }
        let (effect, says) = match (is_new, noun(&fact).0, rules.required) {
            (false, ..) => (Effect::Other, GONE),
            (_, Side::Responses, true) => (Effect::Tolerated, "is new and always there"),
            (_, Side::Responses, false) => (Effect::Tolerated, "is new"),
            (_, _, true) => (Effect::Narrower, "is new and required"),
            (_, _, false) => (Effect::Wider, "is new and optional"),
        };
        let mut change = Change::of_rule(&fact, (effect, says.to_owned(), None));
        let mut names = Vec::new();
        for inner in if is_new { &after } else { &before } {
            if let Some(rest) = below(&inner.path, &rules.path).filter(|rest| !rest.is_empty()) {
                names.push(rest.trim_start_matches('.'));
                change = change.about(&(*inner).clone().into());
            }
        }
        if is_new {
            let with = if names.is_empty() { "" } else { " with " };
            change.says += &format!(" ({}{with}{})", rules.r#type, names.join(", "));
        } else if let renames = renames(&before, &after)
            && let Some((_, new)) = renames.iter().find(|(old, _)| *old == rules.path)
        {
            change.why += &format!(" (perhaps it is called {new} now)");
        }
        change
    }
}

fn is_success(status: &str) -> bool {
    Status::parse(status).is_some_and(Status::is_success)
}

/// What is stated of each body of an operation, apart from its status.
///
/// As texts, so that the bodies of two statuses can be compared. A response without a body has no
/// text.
fn bodies<'a>(facts: &'a [Statement], operation: &str) -> BTreeMap<&'a str, BTreeSet<String>> {
    let mut bodies: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let facts = facts.iter().map(|statement| &statement.expectation);
    for fact in facts.filter(|fact| fact.operation() == Some(operation)) {
        let of = fact.of().unwrap_or_default();
        let body = bodies.entry(of).or_default();
        if matches!(fact, Expectation::Media { .. } | Expectation::Attribute(_)) {
            body.insert(fact.to_string().replacen(&format!("of = \"{of}\""), "", 1));
        }
    }
    bodies
}
