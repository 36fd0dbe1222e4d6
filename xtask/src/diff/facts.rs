//! The differences of two lists of statements, classified.

mod attributes;
mod others;

use std::collections::{BTreeMap, BTreeSet};

use bvnk_contract::{AspectChange, Difference, Expectation, Statement, Status, compare};
use serde_json::Value;

use super::rules::Effect;
use super::{Change, Impact, Side, attribute, of};
use others::{changed, noun};

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
        let (Some(id), Some(subject)) = (fact.operation(), fact.subject()) else {
            return false;
        };
        let mut holders = vec![format!("operation {id}")];
        if let Some(of) = of(fact) {
            holders.push(format!("answer {id} {of}"));
            holders.push(format!("media {id} {of}"));
            if let Expectation::Terminal { path, .. } = fact {
                holders.push(format!("{id} {of} {path}"));
            }
        }
        // A response and its body are held by those before them.
        let holders = holders.iter().take_while(|holder| **holder != subject);
        holders
            .into_iter()
            .any(|holder| self.replaced.contains(holder))
            || attribute(fact).is_some_and(|rules| self.has_replaced_parent(rules))
    }

    fn classify(&self, difference: &Difference<'_>) -> Vec<Change> {
        let subject = fact(difference).subject().unwrap_or_default();
        let sides = [self.before.get(&subject), self.after.get(&subject)];
        let [old, new] = sides.map(|statement| statement.map(|statement| &statement.expectation));
        let changes = match difference {
            _ if subject.starts_with("terminal ") => others::terminal(old, new),
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
            if matches!(fact(difference), Expectation::IdempotencyKey { .. })
                && change.impact == Impact::Breaking
            {
                change.why = "a repeated request may be carried out twice".to_owned();
            }
            let statements = sides.iter().flatten();
            statements.fold(change, |change, statement| change.at(&statement.location))
        };
        changes.into_iter().map(with_places).collect()
    }

    /// What it means that only the new contract states a fact, or only the old one.
    fn presence(&self, fact: &Expectation, is_new: bool) -> Vec<Change> {
        let (side, noun) = noun(fact);
        let effect = match fact {
            Expectation::Attribute(rules) => return self.attribute(rules, is_new),
            Expectation::Answer { operation, status } => self.answer(operation, status, is_new),
            Expectation::Media { of, .. } if of != "request" => Effect::Other,
            // Whether less is legal now: authentication or a body that requests need.
            Expectation::Media { required: true, .. } => Effect::Narrower,
            Expectation::Security { .. } if is_new => Effect::Narrower,
            Expectation::Security { .. } => Effect::Wider,
            _ if is_new => Effect::Wider,
            _ => Effect::Narrower,
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
        let is_known = self.before.values().any(|statement| {
            matches!(&statement.expectation, Expectation::Answer { operation: id, status }
                if id == operation
                    && is_success(status)
                    && self::body(&self.before, id, status) == body)
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
