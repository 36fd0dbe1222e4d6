//! From findings to verdicts: each failure weighs as much as its clause, and every clause is
//! proven, failed or not observed.
//!
//! Proven means observed: at least one case of a check that is evidence was about the clause, and
//! none failed. A check that was skipped proves nothing, and neither does one to which nothing
//! happened that it could judge.

use bvnk_contract::{Clause, Weight};
use jiff::civil::Date;
use serde_json::Value;

use crate::cases::example;
use crate::checks::{Finding, Recorder};
use crate::context::Context;
use crate::options::Allowance;
use crate::results::{
    AllowanceRow, AllowanceState, CheckRow, ClauseRow, FailingCase, Failure, Verdict,
};

/// How findings are judged.
pub(crate) struct Rules<'a> {
    /// Has the weights of the clauses, and what the run is asked to do.
    pub(crate) context: &'a Context,
    /// The day in the local time zone on which an allowance expires.
    pub(crate) today: Date,
}

impl Rules<'_> {
    /// An allowance goes first: it accepts a failure of any weight. A `should` clause warns only
    /// at a foreign server, and only without `--strict`.
    fn verdict(&self, finding: &Finding) -> Verdict {
        let clause = &finding.failure.clause;
        let allowed = self.context.options.allow.iter().any(|allowance| {
            let lasts = allowance.until.is_none_or(|until| self.today <= until);
            allowance.clause == *clause && lasts
        });
        let clause = self.context.specification.clause(clause);
        // What the contract states without a clause is a fact all the same.
        let weight = clause.map_or(Weight::Must, |clause| clause.weight());
        let should = weight == Weight::Should || finding.at_most == Some(Weight::Should);
        let foreign = self.context.connection.is_foreign();
        match () {
            () if allowed => Verdict::Allowed,
            () if !foreign || self.context.options.strict || !should => Verdict::Failed,
            () => Verdict::Warned,
        }
    }

    /// The failures, those that fail the run first.
    pub(crate) fn failures(&self, results: &[Recorder<'_>]) -> Vec<Failure> {
        let findings = results.iter().flat_map(|result| &result.found.findings);
        let mut failures: Vec<Failure> = findings.map(|finding| self.failure(finding)).collect();
        failures.sort_by_key(|failure| failure.verdict);
        failures
    }

    /// A finding with its verdict. A case of a person that the caller gave is left out, with
    /// its exchange: reports are published, and show no personal data.
    fn failure(&self, finding: &Finding) -> Failure {
        let mut failure = finding.failure.clone();
        failure.verdict = self.verdict(finding);
        if let Some((operation, case)) = &finding.case {
            failure.exchange = failure.exchange.filter(|_| case.shown);
            let base = example(self.context.specification.contract(), operation);
            let body = case.body.clone().filter(|_| case.shown);
            failure.case = body.map(|body| FailingCase {
                label: case.label.clone(),
                body,
                base: base.cloned().unwrap_or(Value::Null),
            });
        }
        failure
    }

    /// The rows of the clauses, in the order of their file. A row has the checks that could have
    /// judged it and those that did, each with its number of cases.
    pub(crate) fn clauses(&self, results: &[Recorder<'_>], failures: &[Failure]) -> Vec<ClauseRow> {
        let row = |clause: &Clause| {
            let (verdict, reason) = verdict_of(clause, results, failures);
            let judged = results.iter().filter(|result| {
                result.check.proves(clause) || result.found.observed.contains_key(&clause.id)
            });
            let checks = judged.map(|own| {
                let cases = own.found.observed.get(&clause.id);
                (own.check.id.to_owned(), cases.copied().unwrap_or(0))
            });
            ClauseRow {
                id: clause.id.clone(),
                says: clause.says.clone(),
                weight: clause.weight(),
                basis: clause.basis,
                place: self.context.specification.place(&clause.id),
                verdict,
                reason: reason.map(str::to_owned),
                checks: checks.collect(),
            }
        };
        self.context
            .specification
            .clauses()
            .iter()
            .map(row)
            .collect()
    }

    /// What became of the known deviations. An expired one counts only while the server deviates;
    /// one of a clause that holds is reported, so that the entry is removed.
    pub(crate) fn allowances(
        &self,
        results: &[Recorder<'_>],
        failures: &[Failure],
    ) -> Vec<AllowanceRow> {
        let row = |Allowance { clause, until }: &Allowance| {
            let deviates = failures.iter().any(|failure| failure.clause == *clause);
            let expired = until.is_some_and(|until| until < self.today);
            let state = match (deviates, expired) {
                (true, true) => AllowanceState::Expired,
                (true, false) => AllowanceState::Deviates,
                (false, _) if is_shown(clause, results) => AllowanceState::Holds,
                (false, _) => AllowanceState::NotObserved,
            };
            AllowanceRow {
                clause: clause.clone(),
                until: until.map(|until| until.to_string()),
                state,
            }
        };
        self.context.options.allow.iter().map(row).collect()
    }
}

/// The row of a check. Its verdict is the worst of its failures; without one, and without a
/// case, nothing was observed.
pub(crate) fn check_row(result: &Recorder<'_>, failures: &[Failure]) -> CheckRow {
    let own = failures.iter().filter(|own| own.check == result.check.id);
    let (verdict, reason) = match (&result.skipped, worst(own)) {
        (Some(reason), _) => (Verdict::Skipped, Some(reason.as_str())),
        (None, Some(worst)) => (worst, None),
        (None, None) if result.found.cases > 0 => (Verdict::Proven, None),
        (None, None) => {
            let reason = "nothing happened that it could judge";
            (Verdict::NotObserved, Some(reason))
        }
    };
    CheckRow {
        id: result.check.id.to_owned(),
        about: result.check.about.to_owned(),
        verdict,
        reason: reason.map(str::to_owned),
        cases: result.found.cases,
        failed: result.found.failed,
        seconds: result.found.seconds,
    }
}

/// The worst verdict of failures: their order is that of [`Verdict`].
///
/// `None` if there are none.
fn worst<'f>(failures: impl Iterator<Item = &'f Failure>) -> Option<Verdict> {
    failures.map(|failure| failure.verdict).min()
}

/// Whether a check saw evidence for a clause: that contract and clauses agree is none.
fn is_shown(clause: &str, results: &[Recorder<'_>]) -> bool {
    let mut evidence = results.iter().filter(|result| result.check.evidence);
    evidence.any(|result| {
        result
            .found
            .observed
            .get(clause)
            .is_some_and(|cases| *cases > 0)
    })
}

/// The verdict of a clause, and why it is not proven where no failure shows it.
fn verdict_of<'r>(
    clause: &Clause,
    results: &'r [Recorder<'_>],
    failures: &[Failure],
) -> (Verdict, Option<&'r str>) {
    let own = failures.iter().filter(|own| own.clause == clause.id);
    if let Some(worst) = worst(own) {
        return (worst, None);
    }
    if is_shown(&clause.id, results) {
        return (Verdict::Proven, None);
    }
    let proving = results.iter();
    let proving = proving.filter(|own| own.check.evidence && own.check.proves(clause));
    let skipped: Vec<Option<&str>> = proving.map(|own| own.skipped.as_deref()).collect();
    match skipped.first() {
        None => (Verdict::NotObserved, Some("no check proves it")),
        Some(reason) if skipped.iter().all(Option::is_some) => (Verdict::Skipped, *reason),
        Some(_) => (Verdict::NotObserved, Some("nothing happened that shows it")),
    }
}
