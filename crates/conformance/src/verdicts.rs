//! From findings to verdicts: equal findings become one failure, each failure weighs as much
//! as its clause, and every clause is proven, failed or not observed.

use std::collections::BTreeMap;

use bvnk_contract::{Clause, Weight};
use jiff::civil::Date;
use serde_json::Value;

use crate::cases::example;
use crate::checks::{Check, Finding, Recorder};
use crate::options::Allowance;
use crate::report::model::{
    AllowanceRow, AllowanceState, CheckRow, ClauseRow, FailingCase, Failure, Place, Verdict,
};
use crate::specification::Specification;

/// What one check found, with equal findings grouped.
#[derive(Debug)]
pub(crate) struct CheckResult {
    pub(crate) check: &'static Check,
    /// Why it was not run, if it was not.
    pub(crate) skipped: Option<String>,
    /// How many cases it judged: exercises, or the cases of a probe.
    pub(crate) cases: u64,
    /// How many of the cases failed. A case with several findings counts once.
    pub(crate) failed: u64,
    /// How often each clause was judged, whatever came of it.
    pub(crate) observed: BTreeMap<String, u64>,
    /// What does not hold, in the order in which it was found first.
    pub(crate) findings: Vec<Grouped>,
    /// How long it ran.
    pub(crate) seconds: f64,
}

/// Findings that differ in their case only; the smallest case stands for all.
#[derive(Debug)]
pub(crate) struct Grouped {
    /// The finding with the smallest body.
    pub(crate) finding: Finding,
    /// How many findings it stands for, itself included.
    pub(crate) repeats: u64,
}

impl CheckResult {
    pub(crate) fn new(check: &'static Check) -> Self {
        Self {
            check,
            skipped: None,
            cases: 0,
            failed: 0,
            observed: BTreeMap::new(),
            findings: Vec::new(),
            seconds: 0.0,
        }
    }

    /// Adds what a probe found: each of its cases counts.
    pub(crate) fn add_probe(&mut self, recorder: Recorder) {
        self.cases += recorder.cases();
        self.failed += recorder.findings().len() as u64;
        self.add(recorder);
    }

    /// Adds what one case showed: it is one case, however much is wrong with it.
    pub(crate) fn add_case(&mut self, recorder: Recorder) {
        self.cases += u64::from(recorder.cases() > 0);
        self.failed += u64::from(!recorder.findings().is_empty());
        self.add(recorder);
    }

    fn add(&mut self, recorder: Recorder) {
        let (observed, findings) = recorder.into_parts();
        for (clause, cases) in observed {
            *self.observed.entry(clause).or_default() += cases;
        }
        for finding in findings {
            let mut known = self.findings.iter_mut();
            let same = known.find(|Grouped { finding: own, .. }| {
                (&own.clause, &own.what) == (&finding.clause, &finding.what)
            });
            let Some(known) = same else {
                let repeats = 1;
                self.findings.push(Grouped { finding, repeats });
                continue;
            };
            known.repeats += 1;
            if size(&finding) < size(&known.finding) {
                known.finding = finding;
            }
        }
    }

    /// How often a clause was judged.
    fn cases_of(&self, clause: &str) -> u64 {
        self.observed.get(clause).copied().unwrap_or(0)
    }

    /// Whether it is evidence for a clause.
    fn shows(&self, clause: &str) -> bool {
        self.check.evidence && self.cases_of(clause) > 0
    }
}

/// The length of the body, by which cases are compared.
fn size(finding: &Finding) -> usize {
    let case = finding.case.as_ref();
    let body = case.and_then(|(_, case)| case.body.as_ref());
    body.map_or(0, |body| body.to_string().len())
}

/// How findings are judged.
pub(crate) struct Rules<'a> {
    /// Has the weights of the clauses.
    pub(crate) specification: &'a Specification,
    /// At the simulator every failure counts.
    pub(crate) complete: bool,
    /// Whether `should` clauses fail the run too.
    pub(crate) strict: bool,
    /// The deviations that are known, with their last day.
    pub(crate) allow: &'a [Allowance],
    /// The day in the local time zone on which an allowance expires.
    pub(crate) today: Date,
}

impl Rules<'_> {
    /// An allowance goes first: it accepts a failure of any weight. A `should` clause warns only
    /// at a foreign server, and only without `--strict`.
    fn verdict(&self, finding: &Finding) -> Verdict {
        let allowed = self.allow.iter().any(|allowance| {
            let lasts = allowance.until.is_none_or(|until| self.today <= until);
            allowance.clause == finding.clause && lasts
        });
        let clause = self.specification.clause(&finding.clause);
        // What the contract states without a clause is a fact all the same.
        let weight = clause.map_or(Weight::Must, |clause| clause.weight);
        let should = weight == Weight::Should || finding.at_most == Some(Weight::Should);
        match () {
            () if allowed => Verdict::Allowed,
            () if self.complete || self.strict || !should => Verdict::Failed,
            () => Verdict::Warned,
        }
    }

    /// The place of a clause in its file; the first line for what no clause covers.
    fn place(&self, clause: &str) -> Place {
        let clause = self.specification.clause(clause);
        Place {
            file: self.specification.clauses().file().to_owned(),
            line: clause.map_or(1, |clause| clause.line),
        }
    }

    /// The failures, those that fail the run first.
    pub(crate) fn failures(&self, results: &[CheckResult]) -> Vec<Failure> {
        let found = |result: &CheckResult| {
            let found = result.findings.iter();
            let failures = found.map(|grouped| self.failure(result.check, grouped));
            failures.collect::<Vec<_>>()
        };
        let mut failures: Vec<Failure> = results.iter().flat_map(found).collect();
        failures.sort_by_key(|failure| failure.verdict);
        failures
    }

    /// A finding as a report shows it. A case of a person that the caller gave is left out, with
    /// its exchange.
    fn failure(&self, check: &Check, Grouped { finding, repeats }: &Grouped) -> Failure {
        let shown = finding.case.as_ref().filter(|(_, case)| case.shown);
        let failing = shown.and_then(|(operation, case)| {
            let base = example(self.specification.contract(), operation).cloned();
            Some(FailingCase {
                label: case.label.clone(),
                body: case.body.clone()?,
                base: base.unwrap_or(Value::Null),
            })
        });
        // Without a case nothing personal was sent.
        let may_be_shown = finding.case.is_none() || shown.is_some();
        Failure {
            check: check.id.to_owned(),
            clause: finding.clause.clone(),
            verdict: self.verdict(finding),
            what: finding.what.clone(),
            expected: finding.expected.clone(),
            actual: finding.actual.clone(),
            place: self.place(&finding.clause),
            exchange: finding.exchange.clone().filter(|_| may_be_shown),
            case: failing,
            repeats: *repeats,
        }
    }

    /// The rows of the clauses.
    pub(crate) fn clauses(&self, results: &[CheckResult], failures: &[Failure]) -> Vec<ClauseRow> {
        let row = |clause: &Clause| {
            let (verdict, reason) = verdict_of(clause, results, failures);
            let judged = results.iter().filter(|result| {
                result.check.proves(clause) || result.observed.contains_key(&clause.id)
            });
            let checks = judged.map(|own| (own.check.id.to_owned(), own.cases_of(&clause.id)));
            ClauseRow {
                id: clause.id.clone(),
                says: clause.says.clone(),
                weight: clause.weight,
                basis: clause.basis,
                place: self.place(&clause.id),
                verdict,
                reason,
                checks: checks.collect(),
            }
        };
        self.specification.clauses().iter().map(row).collect()
    }

    /// What became of the known deviations.
    pub(crate) fn allowances(
        &self,
        results: &[CheckResult],
        failures: &[Failure],
    ) -> Vec<AllowanceRow> {
        let row = |Allowance { clause, until }: &Allowance| {
            let deviates = failures.iter().any(|failure| failure.clause == *clause);
            let observed = results.iter().any(|result| result.shows(clause));
            let expired = until.is_some_and(|until| until < self.today);
            let state = match (deviates, expired, observed) {
                _ if self.specification.clause(clause).is_none() => AllowanceState::UnknownClause,
                (true, true, _) => AllowanceState::Expired,
                (true, false, _) => AllowanceState::Deviates,
                (false, _, true) => AllowanceState::Holds,
                (false, _, false) => AllowanceState::NotObserved,
            };
            AllowanceRow {
                clause: clause.clone(),
                until: until.map(|until| until.to_string()),
                state,
            }
        };
        self.allow.iter().map(row).collect()
    }
}

/// The rows of the checks.
pub(crate) fn checks(results: &[CheckResult], failures: &[Failure]) -> Vec<CheckRow> {
    let row = |result: &CheckResult| {
        let own = failures.iter().filter(|own| own.check == result.check.id);
        let (verdict, reason) = match (&result.skipped, worst(own)) {
            (Some(reason), _) => (Verdict::Skipped, Some(reason.as_str())),
            (None, Some(worst)) => (worst, None),
            (None, None) if result.cases > 0 => (Verdict::Proven, None),
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
            cases: result.cases,
            failed: result.failed,
            seconds: result.seconds,
        }
    };
    results.iter().map(row).collect()
}

/// The worst verdict of failures: their order is that of [`Verdict`].
fn worst<'f>(failures: impl Iterator<Item = &'f Failure>) -> Option<Verdict> {
    failures.map(|failure| failure.verdict).min()
}

/// The verdict of a clause, and why it is not proven where no failure shows it.
fn verdict_of(
    clause: &Clause,
    results: &[CheckResult],
    failures: &[Failure],
) -> (Verdict, Option<String>) {
    let own = failures.iter().filter(|own| own.clause == clause.id);
    if let Some(worst) = worst(own) {
        return (worst, None);
    }
    if results.iter().any(|result| result.shows(&clause.id)) {
        return (Verdict::Proven, None);
    }
    let proving = results.iter();
    let proving = proving.filter(|own| own.check.evidence && own.check.proves(clause));
    let skipped: Vec<Option<&String>> = proving.map(|own| own.skipped.as_ref()).collect();
    match skipped.as_slice() {
        [] => (Verdict::NotObserved, Some("no check proves it".to_owned())),
        [Some(reason), ..] if skipped.iter().all(Option::is_some) => {
            (Verdict::Skipped, Some((*reason).clone()))
        }
        _ => {
            let reason = "nothing happened that shows it";
            (Verdict::NotObserved, Some(reason.to_owned()))
        }
    }
}
