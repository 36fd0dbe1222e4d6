//! What a page states, compared with the statements of the contract by the engine of `diff`.
//!
//! What a page does not mention is gone only where the page lists facts of that kind completely.

use std::collections::{BTreeMap, BTreeSet};
use std::mem::discriminant;

use bvnk_contract::{Expectation, Statement};

use super::{Page, is_listed};
use crate::diff;
use crate::similar::split;

/// One fact that the page states, with its line.
///
/// The line is the number in the file, which is what an editor shows.
pub(super) type Stated = (usize, Expectation);

impl Page<'_> {
    /// Compares what the page states with the contract, and reports the differences, each with
    /// a prefix. Without one, `stated` is complete: what it lacks is gone.
    ///
    /// The prefix is part of the message, such as `in the sample, ` or `a guess: `. A page states
    /// something in several places, for example an attribute in two tables: the first one is
    /// compared, and all their lines are reported.
    ///
    /// All changes of one subject become one difference, since one clause resolves them all.
    pub(super) fn compare(&mut self, prefix: &str, stated: &[Stated]) {
        let subject = |fact: &Expectation| fact.subject().unwrap_or_default();
        let mut after: BTreeMap<String, (Statement, BTreeSet<usize>)> = BTreeMap::new();
        for (line, fact) in stated {
            // The first row of an attribute counts.
            let first = || Statement {
                expectation: fact.clone(),
                location: line.to_string(),
            };
            let entry = after.entry(subject(fact));
            let (_, lines) = entry.or_insert_with(|| (first(), BTreeSet::new()));
            lines.insert(*line);
        }
        let mut before = self.statements.clone();
        before.retain(|it| {
            let subject = subject(&it.expectation);
            let is_complete = prefix.is_empty() && !self.reported.contains(&subject);
            after.contains_key(&subject) || is_complete && self.is_listed(&it.expectation, stated)
        });
        let new: Vec<Statement> = after.values().map(|(it, _)| it.clone()).collect();
        let mut changes: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for change in diff::changes(&before, &new) {
            let subjects: Vec<String> = change.facts.iter().map(subject).collect();
            let about = subjects.first().cloned().unwrap_or_default();
            changes.entry(about).or_default().push(change.says);
            self.reported.extend(subjects);
        }
        for (about, says) in changes {
            let mut before = before.iter().map(|it| &it.expectation);
            let old = before.find(|fact| subject(fact) == about);
            let (new, lines) = match (after.remove(&about), old) {
                (Some((new, lines)), _) => (Some(new.expectation), lines),
                (None, old) => (
                    None,
                    old.and_then(|it| near(it, stated)).into_iter().collect(),
                ),
            };
            let lines = lines.into_iter().collect();
            self.report(lines, format!("{prefix}{}", says.join("; ")), old, new);
        }
    }

    /// Whether the page lists facts of this kind completely.
    ///
    /// Only facts of such a kind can be gone from the page. Servers, operations and headers are
    /// among them: a page that no longer names one is worth a report.
    fn is_listed(&self, fact: &Expectation, stated: &[Stated]) -> bool {
        let is_own = fact.operation() == Some(&*self.operation.id);
        match fact {
            Expectation::Operation { .. } | Expectation::Server { .. } => true,
            Expectation::Attribute(rules) if rules.of == "header" => is_own,
            Expectation::Attribute(rules) if !is_listed(&rules.path) => false,
            _ => is_own && stated.iter().any(|other| is_near(fact, other)),
        }
    }
}

/// Whether the page states two facts in one list.
fn is_near(fact: &Expectation, (_, other): &Stated) -> bool {
    let of = |fact: &Expectation| fact.attribute().map(|rules| rules.of.clone());
    let is_listed = matches!(fact, Expectation::Attribute(_) | Expectation::Answer { .. });
    is_listed && discriminant(fact) == discriminant(other) && of(fact) == of(other)
}

/// Where a page would state a fact that it lacks: at what holds an attribute, or where the
/// list begins.
fn near(fact: &Expectation, stated: &[Stated]) -> Option<usize> {
    let parent = fact.attribute().map(|rules| split(&rules.path).0);
    let mut near = stated.iter().filter(|other| is_near(fact, other));
    let is_holder = |(_, other): &&Stated| other.attribute().map(|rules| &*rules.path) == parent;
    let holder = near.clone().find(is_holder).or_else(|| near.next());
    holder.map(|(line, _)| *line)
}
