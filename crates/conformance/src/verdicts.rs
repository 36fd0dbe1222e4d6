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
    pub(crate) skipped: Option<String>,
    pub(crate) cases: u64,
    pub(crate) failed: u64,
    pub(crate) observed: BTreeMap<String, u64>,
    pub(crate) findings: Vec<Grouped>,
    pub(crate) seconds: f64,
}

/// Findings that differ in their case only; the smallest case stands for all.
#[derive(Debug)]
pub(crate) struct Grouped {
    pub(crate) finding: Finding,
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
            let key = |finding: &Finding| (finding.clause.clone(), finding.what.clone());
            let same = self
                .findings
                .iter_mut()
                .find(|known| key(&known.finding) == key(&finding));
            match same {
                Some(known) => {
                    known.repeats += 1;
                    if size(&finding) < size(&known.finding) {
                        known.finding = finding;
                    }
                }
                None => self.findings.push(Grouped {
                    finding,
                    repeats: 1,
                }),
            }
        }
    }
}

fn size(finding: &Finding) -> usize {
    let body = finding
        .case
        .as_ref()
        .and_then(|(_, case)| case.body.as_ref());
    body.map_or(0, |body| body.to_string().len())
}

/// How findings are judged.
pub(crate) struct Rules<'a> {
    pub(crate) specification: &'a Specification,
    /// At the simulator every failure counts.
    pub(crate) complete: bool,
    pub(crate) strict: bool,
    pub(crate) allow: &'a [Allowance],
    pub(crate) today: Date,
}

impl Rules<'_> {
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

    fn place(&self, clause: &str) -> Place {
        let clause = self.specification.clause(clause);
        Place {
            file: self.specification.clauses().file().to_owned(),
            line: clause.map_or(1, |clause| clause.line),
        }
    }

    /// The failures, those that fail the run first.
    pub(crate) fn failures(&self, results: &[CheckResult]) -> Vec<Failure> {
        let mut failures: Vec<Failure> = results
            .iter()
            .flat_map(|result| {
                result
                    .findings
                    .iter()
                    .map(|grouped| (result.check, grouped))
            })
            .map(|(check, grouped)| self.failure(check, grouped))
            .collect();
        failures.sort_by_key(|failure| severity(failure.verdict));
        failures
    }

    fn failure(&self, check: &Check, grouped: &Grouped) -> Failure {
        let Finding {
            clause,
            what,
            expected,
            actual,
            exchange,
            case,
            ..
        } = &grouped.finding;
        let shown = case.as_ref().filter(|(_, case)| case.shown);
        let failing = shown.and_then(|(operation, case)| {
            let base = example(self.specification.contract(), operation).cloned();
            Some(FailingCase {
                label: case.label.clone(),
                body: case.body.clone()?,
                base: base.unwrap_or(Value::Null),
            })
        });
        // Without a case nothing personal was sent.
        let exchange = exchange
            .clone()
            .filter(|_| case.is_none() || shown.is_some());
        Failure {
            check: check.id.to_owned(),
            clause: clause.clone(),
            verdict: self.verdict(&grouped.finding),
            what: what.clone(),
            expected: expected.clone(),
            actual: actual.clone(),
            place: self.place(clause),
            exchange,
            case: failing,
            repeats: grouped.repeats,
        }
    }

    /// The rows of the checks.
    pub(crate) fn checks(&self, results: &[CheckResult]) -> Vec<CheckRow> {
        let rows = results.iter().map(|result| {
            let worst = result
                .findings
                .iter()
                .map(|grouped| self.verdict(&grouped.finding));
            let worst = worst.min_by_key(|verdict| severity(*verdict));
            let (verdict, reason) = match (&result.skipped, worst) {
                (Some(reason), _) => (Verdict::Skipped, Some(reason.clone())),
                (None, Some(worst)) => (worst, None),
                (None, None) if result.cases == 0 => (
                    Verdict::NotObserved,
                    Some("nothing happened that it could judge".to_owned()),
                ),
                (None, None) => (Verdict::Proven, None),
            };
            CheckRow {
                id: result.check.id.to_owned(),
                about: result.check.about.to_owned(),
                verdict,
                reason,
                cases: result.cases,
                failed: result.failed,
                seconds: result.seconds,
            }
        });
        rows.collect()
    }

    /// The rows of the clauses.
    pub(crate) fn clauses(&self, results: &[CheckResult]) -> Vec<ClauseRow> {
        let clauses = self.specification.clauses().iter();
        clauses.map(|clause| self.clause(clause, results)).collect()
    }

    fn clause(&self, clause: &Clause, results: &[CheckResult]) -> ClauseRow {
        let own = results.iter().flat_map(|result| &result.findings);
        let own = own.filter(|grouped| grouped.finding.clause == clause.id);
        let worst = own.map(|grouped| self.verdict(&grouped.finding));
        let worst = worst.min_by_key(|verdict| severity(*verdict));
        let cases = |result: &CheckResult| result.observed.get(&clause.id).copied().unwrap_or(0);
        let evidence = results.iter().filter(|result| result.check.evidence);
        let observed = evidence.map(cases).any(|cases| cases > 0);
        let proving = || {
            results
                .iter()
                .filter(|result| result.check.evidence && result.check.proves(clause))
        };
        let skipped: Option<&String> = proving().find_map(|result| result.skipped.as_ref());
        let all_skipped = proving().all(|result| result.skipped.is_some());
        let (verdict, reason) = match (worst, observed) {
            (Some(worst), _) => (worst, None),
            (None, true) => (Verdict::Proven, None),
            (None, false) if proving().next().is_none() => {
                (Verdict::NotObserved, Some("no check proves it".to_owned()))
            }
            (None, false) if all_skipped => (Verdict::Skipped, skipped.cloned()),
            (None, false) => (
                Verdict::NotObserved,
                Some("nothing happened that shows it".to_owned()),
            ),
        };
        let checks = results
            .iter()
            .filter(|result| {
                result.check.proves(clause) || result.observed.contains_key(&clause.id)
            })
            .map(|result| (result.check.id.to_owned(), cases(result)));
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
    }

    /// What became of the known deviations.
    pub(crate) fn allowances(&self, results: &[CheckResult]) -> Vec<AllowanceRow> {
        let rows = self.allow.iter().map(|allowance| {
            let clause = &allowance.clause;
            let mut findings = results.iter().flat_map(|result| &result.findings);
            let deviates = findings.any(|grouped| grouped.finding.clause == *clause);
            let mut observed = results.iter().filter(|result| result.check.evidence);
            let observed =
                observed.any(|result| result.observed.get(clause).is_some_and(|n| *n > 0));
            let expired = allowance.until.is_some_and(|until| until < self.today);
            let state = match (deviates, expired, observed) {
                _ if self.specification.clause(clause).is_none() => AllowanceState::UnknownClause,
                (true, true, _) => AllowanceState::Expired,
                (true, false, _) => AllowanceState::Deviates,
                (false, _, true) => AllowanceState::Holds,
                (false, _, false) => AllowanceState::NotObserved,
            };
            AllowanceRow {
                clause: clause.clone(),
                until: allowance.until.map(|until| until.to_string()),
                state,
            }
        });
        rows.collect()
    }
}

/// The order of verdicts, the worst first.
fn severity(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Failed => 0,
        Verdict::Warned => 1,
        Verdict::Allowed => 2,
        _ => 3,
    }
}
