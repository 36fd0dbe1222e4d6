//! The differences of two lists of statements, classified.

mod attributes;
mod others;

use std::collections::{BTreeMap, BTreeSet};

use bvnk_contract::{AspectChange, Difference, Expectation, Statement, Status, compare};
use serde_json::Value;

use super::rules::Effect;
use super::{Change, Impact, Side};
use others::{changed, noun, terminal};

/// Every change from one list of statements to another.
pub(crate) fn changes(before: &[Statement], after: &[Statement]) -> Vec<Change> {
    let expectations = before.iter().map(|statement| &statement.expectation);
    let differences = compare(expectations, after);
    let facts = Facts {
        before: by_subject(before),
        after: by_subject(after),
        replaced: differences.iter().filter_map(replaced).collect(),
    };
    let differences = differences.iter();
    let differences = differences.filter(|difference| !facts.is_covered(fact(difference)));
    differences
        .flat_map(|difference| facts.classify(difference))
        .collect()
}

fn by_subject(statements: &[Statement]) -> BTreeMap<String, &Statement> {
    let statements = statements.iter();
    let keyed =
        statements.filter_map(|statement| Some((statement.expectation.subject()?, statement)));
    keyed.collect()
}

fn fact<'a>(difference: &'a Difference<'_>) -> &'a Expectation {
    match difference {
        Difference::Removed(fact) | Difference::Changed { before: fact, .. } => fact,
        Difference::Added(statement) => &statement.expectation,
    }
}

/// The subject of a difference whose parts are new or gone with it.
fn replaced(difference: &Difference<'_>) -> Option<String> {
    let is_type = |aspect: &AspectChange| ["type", "body"].contains(&aspect.name.as_str());
    match difference {
        Difference::Changed { aspects, .. } if !aspects.iter().any(is_type) => None,
        difference => fact(difference).subject(),
    }
}

struct Facts<'a> {
    before: BTreeMap<String, &'a Statement>,
    after: BTreeMap<String, &'a Statement>,
    replaced: BTreeSet<String>,
}

impl Facts<'_> {
    /// Whether a fact is new or gone with what holds it, whose change says it.
    fn is_covered(&self, fact: &Expectation) -> bool {
        let Some(id) = fact.operation() else {
            return false;
        };
        let has = |subject: String| self.replaced.contains(&subject);
        let by_body =
            |of: &str| has(format!("answer {id} {of}")) || has(format!("media {id} {of}"));
        let by_parent = match fact {
            Expectation::Operation { .. } => return false,
            Expectation::Media { of, .. } => has(format!("answer {id} {of}")),
            Expectation::Link { of, .. } => by_body(of),
            Expectation::Terminal { of, path, .. } => {
                by_body(of) || has(format!("{id} {of} {path}"))
            }
            Expectation::Attribute(rules) => by_body(&rules.of) || self.has_replaced_parent(rules),
            _ => false,
        };
        by_parent || has(format!("operation {id}"))
    }

    fn classify(&self, difference: &Difference<'_>) -> Vec<Change> {
        let subject = fact(difference).subject().unwrap_or_default();
        let statements = self
            .before
            .get(&subject)
            .into_iter()
            .chain(self.after.get(&subject));
        let statements: Vec<_> = statements.collect();
        let changes = match difference {
            Difference::Removed(fact) => self.presence(fact, false),
            Difference::Added(statement) => self.presence(&statement.expectation, true),
            Difference::Changed {
                before,
                after,
                aspects,
            } => changed(before, &after.expectation, aspects),
        };
        let with_places = |change: Change| {
            let mut change = change.about(fact(difference));
            // First, before the facts that it holds.
            change.facts.rotate_right(1);
            if let (Expectation::IdempotencyKey { .. }, Impact::Breaking) =
                (fact(difference), change.impact)
            {
                change.why = "a repeated request may be carried out twice".to_owned();
            }
            statements
                .iter()
                .fold(change, |change, statement| change.at(&statement.location))
        };
        changes.into_iter().map(with_places).collect()
    }

    /// What it means that only the new contract states a fact, or only the old one.
    fn presence(&self, fact: &Expectation, is_new: bool) -> Vec<Change> {
        let (side, noun) = noun(fact);
        let gained = if is_new {
            Effect::Wider
        } else {
            Effect::Narrower
        };
        let effect = match fact {
            Expectation::Attribute(rules) => return self.attribute(rules, is_new),
            Expectation::Terminal { path, values, .. } if is_new => {
                return terminal(path, &[], values);
            }
            Expectation::Terminal { path, values, .. } => return terminal(path, values, &[]),
            Expectation::Security { .. } if is_new => Effect::Narrower,
            Expectation::Security { .. } => Effect::Wider,
            Expectation::Answer { operation, status } => self.answer(operation, status, is_new),
            Expectation::Media { of, required, .. } if of == "request" => match is_new && !required
            {
                true => Effect::Wider,
                false => Effect::Narrower,
            },
            Expectation::Media { .. } => Effect::Other,
            _ => gained,
        };
        let says = format!("{noun} is {}", if is_new { "new" } else { "gone" });
        let rust =
            matches!(fact, Expectation::Media { .. }).then_some("the client's method changes");
        vec![of_effect(effect, side, says).rust(rust.map(str::to_owned))]
    }

    fn answer(&self, operation: &str, status: &str, is_new: bool) -> Effect {
        let is_success = |status: &str| Status::parse(status).is_some_and(Status::is_success);
        match (is_success(status), is_new) {
            (false, true) => return Effect::Tolerated,
            (false, false) => return Effect::Narrower,
            (true, false) => return Effect::Other,
            (true, true) => {}
        }
        // The client takes any success with a body that it knows.
        let body = body(&self.after, operation, status);
        let is_known = self
            .before
            .values()
            .any(|statement| match &statement.expectation {
                Expectation::Answer {
                    operation: id,
                    status,
                } => {
                    id == operation
                        && is_success(status)
                        && self::body(&self.before, id, status) == body
                }
                _ => false,
            });
        if is_known {
            Effect::Tolerated
        } else {
            Effect::Wider
        }
    }
}

/// What is stated of a body, whatever the status is.
fn body(
    facts: &BTreeMap<String, &Statement>,
    operation: &str,
    status: &str,
) -> BTreeMap<String, BTreeMap<String, Value>> {
    let of = format!("{operation} {status}");
    let media = format!("media {of}");
    let of_body = |(subject, statement): (&String, &&Statement)| {
        let rest = match *subject == media {
            true => "media",
            false => subject.strip_prefix(&of)?.strip_prefix(' ')?,
        };
        Some((rest.to_owned(), statement.expectation.aspects()))
    };
    facts.iter().filter_map(of_body).collect()
}

/// Requests may become freer and responses narrower; anything else breaks a caller.
fn of_effect(effect: Effect, side: Side, says: String) -> Change {
    let (impact, why) = match (side, effect) {
        (_, Effect::Tolerated) => (Impact::Compatible, "clients tolerate both"),
        (Side::Responses, Effect::Narrower) => (
            Impact::Compatible,
            "no response comes that could not come before",
        ),
        (Side::Responses, _) => (
            Impact::Breaking,
            "responses may come that could not come before",
        ),
        (_, Effect::Wider) => (Impact::Compatible, "requests that were legal stay legal"),
        _ => (Impact::Breaking, "requests that were legal are rejected"),
    };
    Change::new(impact, side, says, why)
}
