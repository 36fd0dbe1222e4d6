//! Compares two lists of facts: of two contracts, or of clauses and a contract.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::{Expectation, Statement};

/// One difference between two lists of facts.
#[derive(Clone, Debug, PartialEq)]
pub enum Difference<'a> {
    /// The second list lacks a fact of the first.
    Removed(&'a Expectation),
    /// The first list lacks a fact of the second.
    Added(&'a Statement),
    /// Both have the fact and state it differently.
    Changed {
        /// The fact in the first list.
        before: &'a Expectation,
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

/// Finds every difference, in the order of the first list and then of the second.
/// Expectations that no contract states (samples, behaviour) are ignored.
pub fn compare<'a>(
    before: impl IntoIterator<Item = &'a Expectation>,
    after: &'a [Statement],
) -> Vec<Difference<'a>> {
    let before: Vec<(String, &Expectation)> = before
        .into_iter()
        .filter_map(|expectation| Some((expectation.subject()?, expectation)))
        .collect();
    let stated: BTreeMap<String, &Statement> = after
        .iter()
        .filter_map(|statement| Some((statement.expectation.subject()?, statement)))
        .collect();
    let mut differences = Vec::new();
    for (subject, expectation) in &before {
        match stated.get(subject) {
            None => differences.push(Difference::Removed(expectation)),
            Some(statement) => {
                let aspects = aspect_changes(expectation, &statement.expectation);
                if !aspects.is_empty() {
                    differences.push(Difference::Changed {
                        before: expectation,
                        after: statement,
                        aspects,
                    });
                }
            }
        }
    }
    let known: BTreeSet<&String> = before.iter().map(|(subject, _)| subject).collect();
    let added = after.iter().filter(|statement| {
        let subject = statement.expectation.subject();
        subject.is_none_or(|subject| !known.contains(&subject))
    });
    differences.extend(added.map(Difference::Added));
    differences
}

/// Finds what two facts about one subject state differently, by name in alphabetical order.
/// An aspect that one of them does not state counts as a difference, with `None` on that side.
pub fn aspect_changes(before: &Expectation, after: &Expectation) -> Vec<AspectChange> {
    let (before, after) = (before.aspects(), after.aspects());
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    names.sort();
    names.dedup();
    names
        .into_iter()
        .filter(|name| before.get(*name) != after.get(*name))
        .map(|name| AspectChange {
            name: name.clone(),
            before: before.get(name).cloned(),
            after: after.get(name).cloned(),
        })
        .collect()
}
