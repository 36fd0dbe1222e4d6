//! The differences of two lists of statements, each classified by what it does to the set of
//! legal requests or possible responses.
//!
//! A difference is one fact that only one list has, or one that both have with other rules. What
//! is within something new or gone is part of that change and not reported again.

use std::collections::BTreeSet;

use bvnk_contract::{
    AspectChange, AttributeRules, Difference, Expectation, Statement, Status, aspect_changes,
    compare,
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
    let facts = Facts {
        before,
        after,
        replaced: differences.iter().flat_map(replaced).collect(),
    };
    let differences = differences.iter();
    let differences = differences.filter(|it| !facts.is_covered(&it.statement().expectation));
    differences.flat_map(|it| facts.classify(it)).collect()
}

/// The subjects of a difference whose parts are new or gone with it: a fact, a value of
/// another type, and the alternatives that only one of the two contracts has.
///
/// Everything below such a subject differs too, and says nothing more.
fn replaced(difference: &Difference<'_>) -> Vec<String> {
    let fact = &difference.statement().expectation;
    let subject = fact.subject().unwrap_or_default();
    let Difference::Changed { after, aspects, .. } = difference else {
        return vec![subject];
    };
    let is_type = |aspect: &AspectChange| ["type", "body"].contains(&aspect.name.as_str());
    let mut replaced = Vec::new();
    if let (Some(old), Some(new)) = (fact.attribute(), after.expectation.attribute()) {
        let (added, gone) = effects::sides(&old.variants, &new.variants);
        let names = added.into_iter().chain(gone);
        replaced.extend(names.map(|name| format!("{subject}<{name}>")));
    }
    replaced.extend(aspects.iter().any(is_type).then_some(subject));
    replaced
}

/// What it means that both contracts state a fact, but differently.
///
/// An attribute of another type is one change: its lengths or values have no counterpart.
fn changed(before: &Expectation, after: &Expectation, aspects: &[AspectChange]) -> Vec<Change> {
    let is_sent = noun(before).0 != Side::Responses;
    let is_type = |aspect: &&AspectChange| before.attribute().is_some() && aspect.name == "type";
    // The other rules of another type cannot be compared.
    let only = aspects
        .iter()
        .find(is_type)
        .map(|aspect| aspect.name.as_str());
    // Whether it is required comes first.
    let mut aspects: Vec<&AspectChange> = aspects.iter().collect();
    aspects.retain(|aspect| only.is_none_or(|only| ["required", only].contains(&&*aspect.name)));
    aspects.sort_by_key(|aspect| aspect.name != "required");
    let verdicts = aspects.into_iter();
    let verdicts = verdicts.flat_map(|aspect| effects::of_aspect(before, after, aspect, is_sent));
    verdicts.map(|it| Change::of_rule(before, it)).collect()
}

/// The two lists, and what is new or gone with all that it holds.
struct Facts<'a> {
    before: &'a [Statement],
    after: &'a [Statement],
    /// The subjects that are new, gone or of another type: what they hold is not reported again.
    replaced: BTreeSet<String>,
}

impl Facts<'_> {
    /// Whether a fact is new or gone with what holds it, whose change says it.
    ///
    /// An operation holds its responses, a response holds its body, and a body holds attributes.
    fn is_covered(&self, fact: &Expectation) -> bool {
        let (Some(id), Some(subject)) = (fact.operation(), fact.subject()) else {
            return false;
        };
        let of = fact.of().unwrap_or_default();
        let holders = [
            format!("operation {id}"),
            format!("answer {id} {of}"),
            format!("media {id} {of}"),
        ];
        // A response and its body are held by those before them.
        let mut holders = holders.iter().take_while(|holder| **holder != subject);
        let path = match fact {
            Expectation::Attribute(_) => Some(&*subject),
            _ => subject.strip_prefix("terminal "),
        };
        let is_within = |other: &String| {
            path.is_some_and(|path| *other != subject && below(path, other).is_some())
        };
        holders.any(|it| self.replaced.contains(it)) || self.replaced.iter().any(is_within)
    }

    /// The changes that a difference is, with their places.
    ///
    /// A change names both places, since a reader may want to see the old text too.
    fn classify(&self, difference: &Difference<'_>) -> Vec<Change> {
        let (mut changes, other) = match difference {
            Difference::Removed(it) => (self.presence(&it.expectation, false), None),
            Difference::Added(it) => (self.presence(&it.expectation, true), None),
            Difference::Changed {
                before,
                after,
                aspects,
            } => {
                let changes = changed(&before.expectation, &after.expectation, aspects);
                (changes, Some(&after.location))
            }
        };
        for change in &mut changes {
            change.at(&difference.statement().location);
            if let Some(place) = other {
                change.at(place);
            }
        }
        changes
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
        let [old, new] = if is_new {
            [&plain, fact]
        } else {
            [fact, &plain]
        };
        changed(old, new, &aspect_changes(old, new))
    }

    /// What it means that a fact is new, or gone, and what it does to the client's Rust.
    ///
    /// A server, an operation or a link that is new makes more possible. A new requirement to
    /// authenticate makes less possible.
    fn effect(&self, fact: &Expectation, is_new: bool) -> (Effect, Option<&'static str>) {
        let method = Some("the client's method changes");
        match (fact, is_new) {
            (Expectation::Answer { operation, status }, _) => {
                (self.answer(operation, status, is_new), None)
            }
            (Expectation::Media { of, .. }, _) if of != "request" => (Effect::Other, method),
            (Expectation::Media { required, .. }, true) if !required => (Effect::Wider, method),
            (Expectation::Media { .. }, _) => (Effect::Narrower, method),
            (Expectation::Security { .. }, false) => (Effect::Wider, None),
            (Expectation::Security { .. }, _) | (_, false) => (Effect::Narrower, None),
            _ => (Effect::Wider, None),
        }
    }

    /// What it means that a response is new or gone. Callers handle any error status, so only
    /// successes with a body that the client does not know can break them.
    ///
    /// A success with a new body is wider: a client that was built before cannot decode it.
    fn answer(&self, operation: &str, status: &str, is_new: bool) -> Effect {
        let is_success = |status: &str| Status::parse(status).is_some_and(Status::is_success);
        match (is_success(status), is_new) {
            (false, true) => return Effect::Tolerated,
            (false, false) => return Effect::Narrower,
            (true, false) => return Effect::Other,
            (true, true) => {}
        }
        // The client takes any success with a body that it knows.
        let body = body(self.after, operation, status);
        let is_known = |statement: &Statement| {
            matches!(&statement.expectation, Expectation::Answer { operation: id, status }
                if id == operation
                    && is_success(status)
                    && self::body(self.before, id, status) == body)
        };
        match self.before.iter().any(is_known) {
            true => Effect::Tolerated,
            false => Effect::Wider,
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
            let path = path.to_owned();
            let object = AttributeRules {
                path,
                ..rules.clone()
            }
            .into();
            let change = Change::of_rule(&object, effects::unlisted(is_new, is_closed));
            let facts = vec![fact];
            return Change { facts, ..change };
        }
        let inside = if is_new { &after } else { &before }.iter();
        let inside = inside.filter_map(|inner| {
            let rest = below(&inner.path, &rules.path)?;
            (!rest.is_empty()).then_some((*inner, rest.trim_start_matches('.')))
        });
        let (inside, names): (Vec<&AttributeRules>, Vec<&str>) = inside.unzip();
        let (effect, says) = match (is_new, noun(&fact).0, rules.required) {
            (false, ..) => (Effect::Other, GONE),
            (_, Side::Responses, true) => (Effect::Tolerated, "is new and always there"),
            (_, Side::Responses, false) => (Effect::Tolerated, "is new"),
            (_, _, true) => (Effect::Narrower, "is new and required"),
            (_, _, false) => (Effect::Wider, "is new and optional"),
        };
        let mut change = Change::of_rule(&fact, (effect, says.to_owned(), None));
        if is_new {
            let with = if names.is_empty() { "" } else { " with " };
            change.says += &format!(" ({}{with}{})", rules.r#type, names.join(", "));
        } else if let renames = renames(&before, &after)
            && let Some((_, new)) = renames.iter().find(|(old, _)| *old == rules.path)
        {
            change.why += &format!(" (perhaps it is called {new} now)");
        }
        let inside = inside.into_iter().cloned().map(Expectation::from);
        inside.fold(change, |change, fact| change.about(&fact))
    }
}

/// What is stated of a response's body, whatever its status is.
///
/// As texts without the status, so that the bodies of two statuses can be compared.
fn body(facts: &[Statement], operation: &str, status: &str) -> BTreeSet<String> {
    let facts = facts.iter().map(|statement| &statement.expectation);
    let facts = facts.filter(|fact| {
        let is_body = matches!(fact, Expectation::Media { .. } | Expectation::Attribute(_));
        is_body && fact.operation() == Some(operation) && fact.of() == Some(status)
    });
    let text = |fact: &Expectation| {
        fact.to_string()
            .replacen(&format!("of = \"{status}\""), "", 1)
    };
    facts.map(text).collect()
}
