//! The comparison of what a page states with the contract's statements.

use std::collections::{BTreeMap, BTreeSet};

use bvnk_contract::{AttributeRules, Expectation, Statement};

use super::{Page, Stated, report};
use crate::diff::{self, Change};
use crate::similar::most_similar;

impl Page<'_> {
    /// Compares what the page states with the contract. What is `listed` and not stated is
    /// missing from the page; `near` is where it would stand.
    pub(super) fn compare(
        &mut self,
        prefix: &str,
        stated: &[Stated],
        listed: impl Fn(&Expectation) -> bool,
        near: impl Fn(&Expectation) -> Option<usize>,
    ) {
        let mut lines: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
        let mut after: BTreeMap<String, Statement> = BTreeMap::new();
        for (line, fact) in stated {
            let subject = fact.subject().unwrap_or_default();
            lines.entry(subject.clone()).or_default().insert(*line);
            // The first row of an attribute counts.
            let (expectation, location) = (fact.clone(), String::new());
            after.entry(subject).or_insert(Statement {
                expectation,
                location,
            });
        }
        let statements = self.statements.iter().map(|statement| {
            let subject = statement.expectation.subject().unwrap_or_default();
            (subject, statement.clone())
        });
        let mut before: BTreeMap<String, Statement> = statements
            .filter(|(subject, statement)| {
                lines.contains_key(subject) || listed(&statement.expectation)
            })
            .collect();
        for (old, new) in renames(&before, &after) {
            let (Some(was), Some(is)) = (before.remove(&old), after.remove(&new)) else {
                continue;
            };
            let lines = lines.get(&new).into_iter().flatten().copied().collect();
            let new = match (&was.expectation, is.expectation) {
                // The name is all that a page says of a header.
                (Expectation::Attribute(was), Expectation::Attribute(is)) => {
                    let path = is.path;
                    Expectation::Attribute(
                        AttributeRules {
                            path,
                            ..(**was).clone()
                        }
                        .into(),
                    )
                }
                (_, new) => new,
            };
            self.report_rename(lines, &was.expectation, new);
        }
        let values =
            |facts: &BTreeMap<String, Statement>| facts.values().cloned().collect::<Vec<_>>();
        let mut changes: BTreeMap<String, Vec<Change>> = BTreeMap::new();
        for change in diff::changes(&values(&before), &values(&after)) {
            self.reported
                .extend(change.facts.iter().filter_map(Expectation::subject));
            let subject = change.facts.first().and_then(Expectation::subject);
            changes
                .entry(subject.unwrap_or_default())
                .or_default()
                .push(change);
        }
        for (subject, changes) in changes {
            let fact = |facts: &BTreeMap<String, Statement>| {
                facts
                    .get(&subject)
                    .map(|statement| statement.expectation.clone())
            };
            let (old, new) = (fact(&before), fact(&after));
            let lines = match lines.get(&subject) {
                Some(lines) => lines.iter().copied().collect(),
                None => old.iter().filter_map(&near).collect(),
            };
            let says: Vec<&str> = changes.iter().map(|change| change.says.as_str()).collect();
            self.report(
                lines,
                format!("{prefix}{}", says.join("; ")),
                old.as_ref(),
                new,
            );
        }
    }
}

/// Headers and servers that seem to be renamed: the old subject and the new one. Bodies
/// are guessed before, as renamed objects move what they hold.
fn renames(
    before: &BTreeMap<String, Statement>,
    after: &BTreeMap<String, Statement>,
) -> Vec<(String, String)> {
    let mut renames = Vec::new();
    let gone = before
        .keys()
        .filter(|subject| !after.contains_key(*subject));
    let mut gone: Vec<&String> = gone.collect();
    for (subject, new) in after
        .iter()
        .filter(|(subject, _)| !before.contains_key(*subject))
    {
        let can_change = match &new.expectation {
            Expectation::Server { .. } => true,
            Expectation::Attribute(rules) => rules.of == "header",
            _ => false,
        };
        let name = |subject: &&String| report::name(&before[*subject].expectation);
        let old = most_similar(report::name(&new.expectation), gone.iter().map(name), false);
        let old = old.filter(|_| can_change);
        let old = old.and_then(|old| gone.iter().position(|subject| name(subject) == old));
        renames.extend(old.map(|index| (gone.remove(index).clone(), subject.clone())));
    }
    renames
}
