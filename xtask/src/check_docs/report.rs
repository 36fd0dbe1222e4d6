//! What a page states, compared with the statements of the contract by the engine of `diff`; and
//! the differences, with the place in the contract and the clause that would follow.
//!
//! What a page does not mention is gone only where the page lists facts of that kind completely.
//!
//! The report changes nothing. Its `expect` line has the syntax of `clauses.toml`, so that a
//! clause can be written by copying the line and adding an id and a reason.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use bvnk_contract::{Expectation, Statement};
use serde::Serialize;
use serde_json::json;

use super::{Page, is_listed};
use crate::similar::split;
use crate::{CONTRACT, diff, template};

/// One fact that the page states, with its line.
///
/// The line is the number in the file, which is what an editor shows.
pub(super) type Stated = (usize, Expectation);

/// One difference between the page and the contract.
///
/// Differences are ordered by their fields in this order, that is, by lines first.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Drift {
    /// The lines of the page; none if something is missing from it.
    ///
    /// Numbers in the file, from 1. A fact that several lines state has all of them.
    pub lines: Vec<usize>,
    /// The difference.
    ///
    /// In words, such as `firstName is now optional in requests`.
    pub says: String,
    /// The place in the contract.
    ///
    /// A JSON pointer, such as `/paths/~1customers/post`. For something new, the place of what
    /// would hold it.
    pub place: String,
    /// The ids of the clauses that would change.
    ///
    /// Such clauses have resolved an earlier question about the same fact, and their reason may no
    /// longer be true.
    pub clauses: Vec<String>,
    /// What a clause would expect, as `clauses.toml` has it.
    ///
    /// `None` for a remark, such as a table that fits no body, which no clause can express.
    pub expect: Option<String>,
}

/// All differences of a page.
#[derive(Clone, Debug, Serialize)]
pub struct DocsReport {
    /// The name of the page's file.
    ///
    /// As the command was given it; each paragraph begins with it, so that terminals can link it.
    pub(super) page: String,
    /// In the order of the page.
    pub drifts: Vec<Drift>,
}

impl fmt::Display for DocsReport {
    /// Writes a paragraph for each difference, and how many there are; nothing if there is none.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let values = json!({ "report": self, "contract": CONTRACT, "count": self.drifts.len() });
        let template = include_str!("../../templates/drifts.txt");
        f.write_str(&template::render(template, &values))
    }
}

impl<'a> Page<'a> {
    /// Compares what the page states with the contract, and reports the differences, each with
    /// a prefix, such as `in the sample, ` or `a guess: `.
    ///
    /// `list` is the beginning of the subjects that the page lists completely, such as
    /// `create_customer request `: what `stated` lacks of them is gone. A page states something in
    /// several places, for example an attribute in two tables: the first one is compared, and all
    /// their lines are reported.
    ///
    /// All changes of one subject become one difference, since one clause resolves them all.
    pub(super) fn compare(&mut self, prefix: &str, list: Option<&str>, stated: &[Stated]) {
        let subject = |fact: &Expectation| fact.subject().unwrap_or_default();
        let mut after: BTreeMap<String, (&Expectation, BTreeSet<usize>)> = BTreeMap::new();
        for (line, fact) in stated {
            // The first row of an attribute counts.
            let first = || (fact, BTreeSet::new());
            let (_, lines) = after.entry(subject(fact)).or_insert_with(first);
            lines.insert(*line);
        }
        let new = after.values().map(|(fact, _)| Statement {
            expectation: (*fact).clone(),
            location: String::new(),
        });
        let new: Vec<Statement> = new.collect();
        let mut before = self.statements.to_vec();
        before.retain(|it| {
            let subject = subject(&it.expectation);
            let rest = list.and_then(|list| subject.strip_prefix(list));
            let is_gone = rest.is_some_and(is_listed) && !self.reported.contains(&subject);
            is_gone || after.contains_key(&subject)
        });
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
            let (new, lines) = match after.remove(&about) {
                Some((new, lines)) => (Some(new.clone()), lines.into_iter().collect()),
                None => (None, near(old, stated).into_iter().collect()),
            };
            let says = format!("{prefix}{}", says.join("; "));
            self.report(lines, says, old, new);
        }
    }

    /// Reports that an attribute or a server of the contract seems to have another name.
    ///
    /// It is a guess from the similarity of the names. Both names count as reported, so that the
    /// attribute is not reported again as gone or new.
    pub(super) fn report_rename(
        &mut self,
        lines: Vec<usize>,
        [was, is]: [&str; 2],
        facts: [Expectation; 2],
    ) {
        let subjects = facts.iter().filter_map(Expectation::subject);
        self.reported.extend(subjects);
        let says = format!("{was} seems to be called {is} now (a guess)");
        let [old, new] = facts;
        self.report(lines, says, Some(&old), Some(new));
    }

    /// Reports a difference: what the contract has, and what the page has in its place.
    ///
    /// Either `old` or `new` may be missing: something new has no old fact, and an invalid sample
    /// has no new one.
    pub(super) fn report(
        &mut self,
        lines: Vec<usize>,
        says: String,
        old: Option<&Expectation>,
        new: Option<Expectation>,
    ) {
        let Some(fact) = old.or(new.as_ref()) else {
            return;
        };
        let about = self.clauses.all_about(fact).into_iter();
        self.drifts.push(Drift {
            lines,
            says,
            place: self.place(fact),
            clauses: about.map(|clause| clause.id.clone()).collect(),
            expect: new.map(|fact| fact.to_string()),
        });
    }

    /// Reports a difference that is not about one fact of the contract, but about a body, or
    /// about none if `of` is empty.
    pub(super) fn remark(&mut self, line: Option<usize>, says: String, of: &str) {
        self.drifts.push(Drift {
            lines: line.into_iter().collect(),
            says,
            place: self.body_place(of),
            ..Drift::default()
        });
    }

    /// What the contract states about a subject.
    pub(super) fn known(&self, subject: &str) -> Option<&'a Statement> {
        let mut statements = self.statements.iter();
        statements.find(|statement| statement.expectation.subject().as_deref() == Some(subject))
    }

    /// Where the contract has a fact, or would have it.
    ///
    /// Falls back from an unknown attribute to what holds it, then to the body, then to the
    /// operation.
    fn place(&self, fact: &Expectation) -> String {
        let known = fact.subject().and_then(|subject| self.known(&subject));
        match (known, fact) {
            (Some(known), _) => known.location.clone(),
            (None, Expectation::Server { .. }) => "/servers".to_owned(),
            (None, Expectation::Attribute(rules)) if rules.path.is_empty() => {
                self.body_place(&rules.of)
            }
            (None, Expectation::Attribute(rules)) => {
                let holder = split(&rules.path).0;
                self.place(&self.rules(&rules.of, holder).into())
            }
            _ => self.operation.location.clone(),
        }
    }

    /// Where the contract describes a body.
    ///
    /// An unknown or empty `of` is the place of the operation.
    fn body_place(&self, of: &str) -> String {
        let body = self.operation.body_of(of);
        let place = body.map(|body| &self.contract.resolve(&body.schema).location);
        place.unwrap_or(&self.operation.location).clone()
    }
}

/// Where a page would state a fact of a body or a response code that it lacks: at what holds an
/// attribute, or where the list begins.
fn near(fact: Option<&Expectation>, stated: &[Stated]) -> Option<usize> {
    let path = |fact: &Expectation| fact.attribute().map(|rules| rules.path.clone());
    let own = path(fact.filter(|fact| fact.of().is_some())?);
    let holder = own.map(|path| split(&path).0.to_owned());
    let holder = stated.iter().find(|(_, other)| path(other) == holder);
    holder.or(stated.first()).map(|(line, _)| *line)
}
