//! What a check finds while it judges, case by case. Every case names the clause that it is
//! about, so that a report can say what was proven and what does not hold.

use std::collections::BTreeMap;
use std::fmt::Display;

use bvnk_contract::Weight;

use crate::cases::Case;
use crate::context::Context;
use crate::exchange::Exchange;
use crate::report::model::ExchangeLine;

/// Records the findings of one check.
#[derive(Debug, Default)]
pub struct Recorder {
    observed: BTreeMap<String, u64>,
    findings: Vec<Finding>,
    /// What is tried.
    what: String,
    /// The exchange that shows it.
    exchange: Option<ExchangeLine>,
}

/// One case that does not hold.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The clause; the subject of a statement of the contract that no clause covers.
    pub clause: String,
    /// How much it weighs at most, where that is less than the clause's weight.
    pub at_most: Option<Weight>,
    /// What was tried.
    pub what: String,
    /// What was expected.
    pub expected: String,
    /// What happened.
    pub actual: String,
    /// The exchange that shows it.
    pub exchange: Option<ExchangeLine>,
    /// The case that shows it, with its operation.
    pub case: Option<(String, Case)>,
}

impl Recorder {
    /// Says what the cases that follow try.
    pub(crate) fn on(&mut self, what: impl Into<String>) -> &mut Self {
        self.what = what.into();
        self
    }

    /// The cases that follow are about this exchange.
    pub(crate) fn sent(&mut self, exchange: &Exchange) -> &mut Self {
        self.exchange = Some(exchange.line());
        self
    }

    /// Records one case of a clause, which holds or does not.
    pub(crate) fn check(
        &mut self,
        clause: &str,
        holds: bool,
        expected: impl Display,
        actual: impl Display,
    ) {
        self.observe(clause);
        if !holds {
            self.fail(clause, expected, actual);
        }
    }

    /// Records one case whose opposite needs no words.
    pub(crate) fn holds(&mut self, clause: &str, holds: bool, expected: impl Display) {
        self.check(clause, holds, expected, "something else");
    }

    /// Records one case in which two values must be equal.
    pub(crate) fn equal<T: PartialEq + Display>(&mut self, clause: &str, expected: T, actual: T) {
        self.check(clause, expected == actual, expected, actual);
    }

    /// Records that as many resources were created as expected, where that can be seen.
    pub(crate) fn created(
        &mut self,
        context: &Context,
        clause: &str,
        before: Option<usize>,
        expected: usize,
    ) {
        if let (Some(before), Some(after)) = (before, context.connection.created()) {
            let made = |count: usize| format!("{count} resources created");
            self.equal(clause, made(expected), made(after.saturating_sub(before)));
        }
    }

    /// Records one case that could not be tried, which proves nothing.
    pub(crate) fn error(&mut self, clause: &str, reason: impl Display) {
        self.fail(clause, "a result", reason);
    }

    /// Records one case that holds.
    pub(crate) fn observe(&mut self, clause: &str) {
        match self.observed.get_mut(clause) {
            Some(cases) => *cases += 1,
            None => drop(self.observed.insert(clause.to_owned(), 1)),
        }
    }

    /// Records what does not hold, without counting a case: what cannot prove a clause can
    /// still refute it.
    pub(crate) fn fail(&mut self, clause: &str, expected: impl Display, actual: impl Display) {
        self.observed.entry(clause.to_owned()).or_default();
        self.findings.push(Finding {
            clause: clause.to_owned(),
            at_most: None,
            what: self.what.clone(),
            expected: expected.to_string(),
            actual: actual.to_string(),
            exchange: self.exchange.clone(),
            case: None,
        });
    }

    /// The same as a warning at most.
    pub(crate) fn warn(&mut self, clause: &str, expected: impl Display, actual: impl Display) {
        self.fail(clause, expected, actual);
        if let Some(finding) = self.findings.last_mut() {
            finding.at_most = Some(Weight::Should);
        }
    }

    /// How many cases there were.
    pub(crate) fn cases(&self) -> u64 {
        self.observed.values().sum()
    }

    /// What does not hold.
    pub(crate) fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Gives the findings their case and, where they have none, an exchange.
    pub(crate) fn finish(
        &mut self,
        operation: &str,
        case: &Case,
        exchange: impl FnOnce() -> Option<ExchangeLine>,
    ) {
        if self.findings.is_empty() {
            return;
        }
        let line = exchange();
        for finding in &mut self.findings {
            finding.case = Some((operation.to_owned(), case.clone()));
            finding.exchange = finding.exchange.take().or_else(|| line.clone());
        }
    }

    /// Takes how often each clause was judged, and what does not hold.
    pub(crate) fn into_parts(self) -> (BTreeMap<String, u64>, Vec<Finding>) {
        (self.observed, self.findings)
    }
}
