//! The differences of two lists of statements, each classified by what it does to the set of
//! legal requests or possible responses.
//!
//! A difference is one fact that only one list has, or one that both have with other rules. What
//! is within something new or gone is part of that change and not reported again.

use std::collections::{BTreeMap, BTreeSet};

use bvnk_contract::{
    AspectChange, AttributeRules, Difference, Expectation, Statement, Status, aspect_changes,
    compare,
};

use super::change::{all, change, noun};
use super::effects::{self, Effect, verdict};
use super::{Change, Impact, Side, attribute, attribute_fact, attributes_of, of};
use crate::similar::{below, renames};

/// Every change from one list of statements to another.
///
/// Facts are matched by their subject, which is the operation, the body and the path of an
/// attribute. The lists may be in any order.
pub(crate) fn changes(before: &[Statement], after: &[Statement]) -> Vec<Change> {
    let expectations = before.iter().map(|statement| &statement.expectation);
    let differences = compare(expectations, after);
    let mut places: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for statement in before.iter().chain(after) {
        let subject = statement.expectation.subject().unwrap_or_default();
        places.entry(subject).or_default().push(&statement.location);
    }
    let facts = Facts {
        before,
        after,
        places,
        replaced: differences.iter().flat_map(replaced).collect(),
    };
    let differences = differences.iter();
    let differences = differences.filter(|difference| !facts.is_covered(fact(difference)));
    differences
        .flat_map(|difference| facts.classify(difference))
        .collect()
}

/// The fact of a difference; the old one if both contracts have it.
fn fact<'a>(difference: &'a Difference<'_>) -> &'a Expectation {
    match difference {
        Difference::Removed(fact) | Difference::Changed { before: fact, .. } => fact,
        Difference::Added(statement) => &statement.expectation,
    }
}

/// The subjects of a difference whose parts are new or gone with it: a fact, a value of
/// another type, and the alternatives that only one of the two contracts has.
///
/// Everything below such a subject differs too, and says nothing more.
fn replaced(difference: &Difference<'_>) -> Vec<String> {
    let subject = fact(difference).subject().unwrap_or_default();
    let Difference::Changed {
        before,
        after,
        aspects,
    } = difference
    else {
        return vec![subject];
    };
    let is_type = |aspect: &AspectChange| ["type", "body"].contains(&aspect.name.as_str());
    let mut replaced = Vec::new();
    if let (Some(old), Some(new)) = (attribute(before), attribute(&after.expectation)) {
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
    let is_type = |aspect: &&AspectChange| attribute(before).is_some() && aspect.name == "type";
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
    all(before, verdicts.collect())
}

/// The two lists, and what is new or gone with all that it holds.
struct Facts<'a> {
    before: &'a [Statement],
    after: &'a [Statement],
    /// The places in both contracts, by subject.
    ///
    /// A change names both places, since a reader may want to see the old text too.
    places: BTreeMap<String, Vec<&'a str>>,
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
        let mut holders = vec![format!("operation {id}")];
        if let Some(of) = of(fact) {
            holders.extend([format!("answer {id} {of}"), format!("media {id} {of}")]);
            let parents = match fact {
                Expectation::Attribute(rules) => parents(&rules.path),
                Expectation::Terminal { path, .. } => vec![path.as_str()],
                _ => Vec::new(),
            };
            holders.extend(parents.iter().map(|parent| format!("{id} {of} {parent}")));
        }
        // A response and its body are held by those before them.
        let mut holders = holders.iter().take_while(|holder| **holder != subject);
        holders.any(|holder| self.replaced.contains(holder))
    }

    /// The changes that a difference is, with their places and facts.
    ///
    /// The fact of the difference is the first of each change's facts, because the clause to draft
    /// is about it.
    fn classify(&self, difference: &Difference<'_>) -> Vec<Change> {
        let about = fact(difference);
        let changes = match difference {
            Difference::Removed(fact) => self.presence(fact, false),
            Difference::Added(statement) => self.presence(&statement.expectation, true),
            Difference::Changed {
                before,
                after,
                aspects,
            } => changed(before, &after.expectation, aspects),
        };
        let places = self.places.get(&about.subject().unwrap_or_default());
        let with_places = |change: Change| {
            let places = places.into_iter().flatten();
            let mut change = places.fold(change.about(about), |change, place| change.at(place));
            // First, before the facts that it holds.
            change.facts.rotate_right(1);
            let is_key = matches!(about, Expectation::IdempotencyKey { .. });
            if is_key && change.impact == Impact::Breaking {
                change.why = "a repeated request may be carried out twice".to_owned();
            }
            change
        };
        changes.into_iter().map(with_places).collect()
    }

    /// What it means that only the new contract states a fact, or only the old one.
    ///
    /// A server, an operation or a link that is new makes more possible. A new requirement to
    /// authenticate makes less possible.
    fn presence(&self, fact: &Expectation, is_new: bool) -> Vec<Change> {
        let rust = "the client's method changes";
        let (effect, rust) = match fact {
            Expectation::Attribute(rules) => return self.attribute(rules, is_new),
            Expectation::Terminal { values, .. } => {
                let [old, new] = if is_new {
                    [&[], &values[..]]
                } else {
                    [&values[..], &[]]
                };
                return all(fact, effects::terminal(old, new));
            }
            Expectation::Answer { operation, status } => {
                (self.answer(operation, status, is_new), None)
            }
            Expectation::Media { of, .. } if of != "request" => (Effect::Other, Some(rust)),
            // Whether less is legal now: authentication or a body that requests need.
            Expectation::Media { required: true, .. } => (Effect::Narrower, Some(rust)),
            Expectation::Media { .. } if is_new => (Effect::Wider, Some(rust)),
            Expectation::Media { .. } => (Effect::Narrower, Some(rust)),
            fact => match matches!(fact, Expectation::Security { .. }) == is_new {
                true => (Effect::Narrower, None),
                false => (Effect::Wider, None),
            },
        };
        let says = if is_new { "is new" } else { "is gone" };
        all(fact, vec![verdict(effect, says, rust)])
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
    fn attribute(&self, rules: &AttributeRules, is_new: bool) -> Vec<Change> {
        let of_body = |facts| attributes_of(facts, &rules.operation, &rules.of).collect();
        let [before, after]: [Vec<&AttributeRules>; 2] = [self.before, self.after].map(of_body);
        if rules.path.is_empty() {
            // A body without rules has no separate statement.
            let [plain, own] = [rules.without_rules(), rules.clone()].map(attribute_fact);
            let [old, new] = if is_new { [plain, own] } else { [own, plain] };
            return changed(&old, &new, &aspect_changes(&old, &new));
        }
        if let Some(path) = rules.path.strip_suffix("{}") {
            let object = AttributeRules {
                path: path.to_owned(),
                ..rules.clone()
            };
            let is_closed = after.iter().any(|rules| rules.path == path && rules.closed);
            return all(
                &attribute_fact(object),
                vec![effects::unlisted(is_new, is_closed)],
            );
        }
        let (side, noun, end) = noun(&attribute_fact(rules.clone()));
        let here = if is_new { &after } else { &before };
        let inside = here.iter().filter_map(|inner| {
            let rest = below(&inner.path, &rules.path)?;
            (!rest.is_empty()).then_some((*inner, rest.trim_start_matches('.')))
        });
        let (inside, names): (Vec<&AttributeRules>, Vec<&str>) = inside.unzip();
        let change = if is_new {
            let with = if names.is_empty() { "" } else { " with " };
            let (effect, is) = match (side, rules.required) {
                (Side::Responses, true) => (Effect::Tolerated, "new and always there"),
                (Side::Responses, false) => (Effect::Tolerated, "new"),
                (_, true) => (Effect::Narrower, "new and required"),
                (_, false) => (Effect::Wider, "new and optional"),
            };
            let what = format!("{}{with}{}", rules.r#type, names.join(", "));
            change(effect, side, format!("{noun} is {is}{end} ({what})"))
        } else {
            let says = format!("{noun} is gone{}", end.replace(" in ", " from "));
            let mut change = change(Effect::Other, side, says);
            let renames = renames(&before, &after);
            if let Some((_, new)) = renames.iter().find(|(old, _)| *old == rules.path) {
                change.why += &format!(" (perhaps it is called {new} now)");
            }
            change
        };
        let facts = inside.into_iter().cloned().map(attribute_fact);
        vec![facts.fold(change, |change, fact| change.about(&fact))]
    }
}

/// The paths of what holds a place, from the nearest on, without the body itself.
///
/// For `addresses[].city` they are `addresses[]` and `addresses`.
fn parents(path: &str) -> Vec<&str> {
    let ends = path.char_indices().rev();
    let ends = ends.filter(|(at, c)| *at > 0 && matches!(c, '.' | '[' | '{' | '<'));
    ends.map(|(at, _)| &path[..at]).collect()
}

/// What is stated of a response's body, whatever its status is.
///
/// As texts without the status, so that the bodies of two statuses can be compared.
fn body(facts: &[Statement], operation: &str, status: &str) -> BTreeSet<String> {
    let facts = facts.iter().map(|statement| &statement.expectation);
    let facts = facts.filter(|fact| {
        let is_body = matches!(fact, Expectation::Media { .. } | Expectation::Attribute(_));
        is_body && fact.operation() == Some(operation) && of(fact) == Some(status)
    });
    let text = |fact: &Expectation| {
        fact.to_string()
            .replacen(&format!("of = \"{status}\""), "", 1)
    };
    facts.map(text).collect()
}
