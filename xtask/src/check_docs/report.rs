//! The differences of a page, with the place in the contract and the clause that would follow.
//!
//! The report changes nothing. Its `expect` line has the syntax of `clauses.toml`, so that a
//! clause can be written by copying the line and adding an id and a reason.

use std::fmt;

use bvnk_contract::Expectation;

use super::Page;
use crate::CONTRACT;
use crate::similar::split;

/// One difference between the page and the contract.
///
/// Differences are ordered by their fields in this order, that is, by lines first.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
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
#[derive(Clone, Debug)]
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
        for drift in &self.drifts {
            let numbers: Vec<String> = drift.lines.iter().map(usize::to_string).collect();
            let lines = match numbers.as_slice() {
                [] => "the page".to_owned(),
                [number] => format!("line {number}"),
                numbers => format!("lines {}", numbers.join(", ")),
            };
            writeln!(f, "{}, {lines}: {}", self.page, drift.says)?;
            writeln!(f, "  contract: {CONTRACT}, at {}", drift.place)?;
            if !drift.clauses.is_empty() {
                writeln!(f, "  clauses:  {}", drift.clauses.join(", "))?;
            }
            if let Some(expect) = &drift.expect {
                writeln!(f, "  expect:   {expect}")?;
            }
            writeln!(f)?;
        }
        match self.drifts.len() {
            0 => Ok(()),
            1 => writeln!(f, "1 difference"),
            count => writeln!(f, "{count} differences"),
        }
    }
}

impl Page<'_> {
    /// Reports that an attribute or a server of the contract seems to have another name.
    ///
    /// It is a guess from the similarity of the names. Both names count as reported, so that the
    /// attribute is not reported again as gone or new.
    pub(super) fn report_rename(
        &mut self,
        lines: Vec<usize>,
        [was, is]: [&str; 2],
        fact: impl Fn(&str) -> Expectation,
    ) {
        let (old, new) = (fact(was), fact(is));
        self.reported.extend(
            [&old, &new]
                .map(|fact| fact.subject())
                .into_iter()
                .flatten(),
        );
        let says = format!("{was} seems to be called {is} now (a guess)");
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
        let fact = old.or(new.as_ref());
        let about = fact
            .into_iter()
            .flat_map(|fact| self.clauses.all_about(fact));
        self.drifts.push(Drift {
            lines,
            says,
            place: fact.map_or_else(String::new, |fact| self.place(fact)),
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

    /// Where the contract has a fact, or would have it.
    ///
    /// Falls back from an unknown attribute to what holds it, then to the body, then to the
    /// operation.
    fn place(&self, fact: &Expectation) -> String {
        let subject = fact.subject();
        let mut statements = self.statements.iter();
        let known = statements.find(|statement| statement.expectation.subject() == subject);
        match (known, fact) {
            (Some(known), _) => known.location.clone(),
            (None, Expectation::Server { .. }) => "/servers".to_owned(),
            (None, Expectation::Attribute(rules)) => match split(&rules.path).0 {
                "" => self.body_place(&rules.of),
                parent => self.place(&self.rules(&rules.of, parent).into()),
            },
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
