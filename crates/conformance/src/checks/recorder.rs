//! What a check finds while it judges, case by case. Every case names the clause that it is
//! about, so that a report can say what was proven and what does not hold.

use std::collections::BTreeMap;
use std::fmt::Display;

use bvnk_contract::Weight;

use crate::cases::Case;
use crate::collect::Exchanged;
use crate::report::model::ExchangeLine;

/// Records the findings of one check.
#[derive(Debug, Default)]
pub struct Recorder {
    observed: BTreeMap<String, u64>,
    findings: Vec<Finding>,
    /// What the next findings are about.
    exchange: Option<ExchangeLine>,
    /// How much the next findings weigh at most.
    at_most: Option<Weight>,
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
    /// Records one case of a clause, which holds or does not.
    pub(crate) fn check(
        &mut self,
        clause: &str,
        holds: bool,
        what: impl Display,
        expected: impl Display,
        actual: impl Display,
    ) {
        self.observe(clause);
        if !holds {
            self.fail(clause, what, expected, actual);
        }
    }

    /// Records one case in which two values must be equal.
    pub(crate) fn check_eq<T: PartialEq + Display>(
        &mut self,
        clause: &str,
        what: impl Display,
        expected: T,
        actual: T,
    ) {
        self.check(clause, expected == actual, what, expected, actual);
    }

    /// Records one case that could not be tried, which proves nothing.
    pub(crate) fn error(&mut self, clause: &str, what: impl Display, reason: impl Display) {
        self.fail(clause, what, "a result", reason);
    }

    /// Records one case that holds.
    pub(crate) fn observe(&mut self, clause: &str) {
        match self.observed.get_mut(clause) {
            Some(cases) => *cases += 1,
            None => {
                self.observed.insert(clause.to_owned(), 1);
            }
        }
    }

    /// Records what does not hold, without counting a case: what cannot prove a clause can
    /// still refute it.
    pub(crate) fn fail(
        &mut self,
        clause: &str,
        what: impl Display,
        expected: impl Display,
        actual: impl Display,
    ) {
        self.observed.entry(clause.to_owned()).or_default();
        self.findings.push(Finding {
            clause: clause.to_owned(),
            at_most: self.at_most,
            what: what.to_string(),
            expected: expected.to_string(),
            actual: actual.to_string(),
            exchange: self.exchange.clone(),
            case: None,
        });
    }

    /// The findings that follow are about this exchange.
    pub(crate) fn about(&mut self, exchanged: &Exchanged) {
        self.exchange = Some(exchanged.exchange.line());
    }

    /// Records findings that are warnings at most.
    pub(crate) fn should(&mut self, record: impl FnOnce(&mut Self)) {
        let before = self.at_most.replace(Weight::Should);
        record(self);
        self.at_most = before;
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
            if finding.exchange.is_none() {
                finding.exchange.clone_from(&line);
            }
        }
    }

    /// Takes the parts.
    pub(crate) fn into_parts(self) -> (BTreeMap<String, u64>, Vec<Finding>) {
        (self.observed, self.findings)
    }
}
