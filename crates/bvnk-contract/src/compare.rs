//! Compares two lists of facts: of two contracts, or of clauses and a contract.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;

use crate::{Expectation, Statement};

/// One difference between two lists of facts.
#[derive(Clone, Debug, PartialEq)]
pub enum Difference<'a> {
    /// The second list lacks a fact of the first.
    Removed(&'a Statement),
    /// The first list lacks a fact of the second.
    Added(&'a Statement),
    /// Both have the fact and state it differently.
    Changed {
        /// The fact in the first list.
        before: &'a Statement,
        /// The fact in the second list.
        after: &'a Statement,
        /// What differs, at least one.
        aspects: Vec<AspectChange>,
    },
}

/// One thing that two facts about the same subject state differently.
#[derive(Clone, Debug, PartialEq)]
pub struct AspectChange {
    /// Its name: `type`, `required`, `max_length`, …
    pub name: String,
    /// What the first fact states; `None` if it does not.
    pub before: Option<Value>,
    /// What the second fact states; `None` if it does not.
    pub after: Option<Value>,
}

impl<'a> Difference<'a> {
    /// Returns the fact, as the first list states it if both do.
    pub fn statement(&self) -> &'a Statement {
        match self {
            Self::Removed(it) | Self::Added(it) | Self::Changed { before: it, .. } => it,
        }
    }
}

/// Finds every difference, in the order of the first list and then of the second.
/// Facts that no contract states (samples, behaviour) are ignored.
pub fn compare<'a>(before: &'a [Statement], after: &'a [Statement]) -> Vec<Difference<'a>> {
    let [old, new] = [before, after].map(|list| {
        let keyed = list.iter();
        let keyed = keyed.filter_map(|it| Some((it.expectation.subject()?, it)));
        keyed.collect::<Vec<_>>()
    });
    let [known, stated] = [&old, &new].map(|list| list.iter().cloned().collect::<HashMap<_, _>>());
    let differs = |(subject, before): (String, &'a Statement)| {
        let Some(after) = stated.get(&subject) else {
            return Some(Difference::Removed(before));
        };
        let aspects = aspect_changes(&before.expectation, &after.expectation);
        (!aspects.is_empty()).then_some(Difference::Changed {
            before,
            after,
            aspects,
        })
    };
    let mut differences: Vec<_> = old.into_iter().filter_map(differs).collect();
    let added = new
        .iter()
        .filter(|(subject, _)| !known.contains_key(subject));
    differences.extend(added.map(|(_, statement)| Difference::Added(statement)));
    differences
}

/// Finds what two facts about one subject state differently, by name in alphabetical order.
/// An aspect that one of them does not state counts as a difference, with `None` on that side.
pub fn aspect_changes(before: &Expectation, after: &Expectation) -> Vec<AspectChange> {
    let (mut before, mut after) = (before.aspects(), after.aspects());
    let names: BTreeSet<String> = before.keys().chain(after.keys()).cloned().collect();
    let changes = names.into_iter().map(|name| AspectChange {
        before: before.remove(&name),
        after: after.remove(&name),
        name,
    });
    changes.filter(|it| it.before != it.after).collect()
}
