//! The comparison of what a page states with the contract's statements.

use std::collections::{BTreeMap, BTreeSet};

use bvnk_contract::{AttributeRules, Expectation, Statement};

use super::{Page, Stated};
use crate::diff::{self, Change, attribute, attribute_fact};
use crate::similar::most_similar;

/// Facts by their subjects.
type Facts = BTreeMap<String, Statement>;

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
        let mut after = Facts::new();
        for (line, fact) in stated {
            let subject = fact.subject().unwrap_or_default();
            lines.entry(subject.clone()).or_default().insert(*line);
            // The first row of an attribute counts.
            after
                .entry(subject)
                .or_insert_with(|| diff::unplaced(fact.clone()));
        }
        let lines_of = |subject: &str| lines.get(subject).into_iter().flatten().copied().collect();
        let statements = self.statements.iter();
        let keyed = statements.filter_map(|fact| Some((fact.expectation.subject()?, fact.clone())));
        let mut before: Facts = keyed
            .filter(|(subject, fact)| lines.contains_key(subject) || listed(&fact.expectation))
            .collect();
        for (old, new) in renames(&before, &after) {
            let (Some(was), Some(is)) = (before.remove(&old), after.remove(&new)) else {
                continue;
            };
            let is = match (attribute(&was.expectation), attribute(&is.expectation)) {
                // The name is all that a page says of a header.
                (Some(was), Some(is)) => {
                    let path = is.path.clone();
                    attribute_fact(AttributeRules {
                        path,
                        ..was.clone()
                    })
                }
                _ => is.expectation,
            };
            self.report_rename(lines_of(&new), &was.expectation, is);
        }
        let [old, new] = [&before, &after].map(|facts| facts.values().cloned().collect::<Vec<_>>());
        let mut changes: BTreeMap<String, Vec<Change>> = BTreeMap::new();
        for change in diff::changes(&old, &new) {
            let mut subjects = change
                .facts
                .iter()
                .filter_map(Expectation::subject)
                .peekable();
            let subject = subjects.peek().cloned().unwrap_or_default();
            self.reported.extend(subjects);
            changes.entry(subject).or_default().push(change);
        }
        for (subject, changes) in changes {
            let [old, new] = [&before, &after]
                .map(|facts| facts.get(&subject).map(|fact| fact.expectation.clone()));
            let lines = match lines.contains_key(&subject) {
                true => lines_of(&subject),
                false => old.iter().filter_map(&near).collect(),
            };
            let says: Vec<&str> = changes.iter().map(|change| change.says.as_str()).collect();
            let says = format!("{prefix}{}", says.join("; "));
            self.report(lines, says, old.as_ref(), new);
        }
    }
}

/// Headers and servers that seem to be renamed: the old subject and the new one. Bodies
/// are guessed before, as renamed objects move what they hold.
fn renames(before: &Facts, after: &Facts) -> Vec<(String, String)> {
    /// The facts of the first that the second does not have, by name.
    fn only<'a>(facts: &'a Facts, others: &Facts) -> BTreeMap<&'a str, &'a String> {
        let only = facts
            .iter()
            .filter(|(subject, _)| !others.contains_key(*subject));
        let named = only.filter_map(|(subject, fact)| match &fact.expectation {
            Expectation::Server { url, .. } => Some((url.as_str(), subject)),
            Expectation::Attribute(rules) if rules.of == "header" => Some((&*rules.path, subject)),
            _ => None,
        });
        named.collect()
    }
    let mut gone = only(before, after);
    let pairs = only(after, before).into_iter().filter_map(|(name, new)| {
        let old = most_similar(name, gone.keys().copied(), false)?;
        Some((gone.remove(old)?.clone(), new.clone()))
    });
    pairs.collect()
}
