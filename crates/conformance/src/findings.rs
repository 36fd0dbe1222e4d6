//! From what a check found to its row: failures are grouped, each group shows its smallest
//! individual, and the verdict follows.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::checks::{CHECKS, Check, Tally, Wrong};
use crate::clauses::{Basis, Clauses};
use crate::data::Case;
use crate::report::{ClauseLine, Example, Failure, Row, Verdict};

/// How many failures of one check are made smaller.
const WORTH_SHRINKING: usize = 3;

/// What one check found.
#[derive(Default)]
pub(crate) struct Findings {
    cases: u64,
    failed: u64,
    judged: BTreeMap<String, u64>,
    found: Vec<Finding>,
}

/// One failure, with the individual that shows it.
pub(crate) struct Finding {
    pub(crate) wrong: Wrong,
    pub(crate) case: Option<Case>,
}

impl Findings {
    /// What a probe found: each of its cases counts.
    pub(crate) fn probe(&mut self, tally: Tally) {
        self.cases += tally.cases();
        self.failed += tally.wrong.len() as u64;
        self.take(tally, None);
    }

    /// What one individual showed: it is one case, however much is wrong with it.
    pub(crate) fn individual(&mut self, tally: Tally, case: &Case) {
        self.cases += u64::from(tally.cases() > 0);
        self.failed += u64::from(!tally.wrong.is_empty());
        self.take(tally, Some(case));
    }

    fn take(&mut self, tally: Tally, case: Option<&Case>) {
        for (clause, cases) in tally.judged {
            *self.judged.entry(clause).or_default() += cases;
        }
        for wrong in tally.wrong {
            let same = self.found.iter_mut().find(|finding| {
                (&finding.wrong.clause, &finding.wrong.what) == (&wrong.clause, &wrong.what)
            });
            let new = Finding {
                wrong,
                case: case.filter(|case| case.shown).cloned(),
            };
            match same {
                // The smallest individual makes the most readable example.
                Some(finding) if size(&new) < size(finding) => *finding = new,
                Some(_) => {}
                None => self.found.push(new),
            }
        }
    }

    /// The first failures that have an individual.
    pub(crate) fn worth_shrinking(&mut self) -> impl Iterator<Item = &mut Finding> {
        self.found
            .iter_mut()
            .filter(|finding| finding.case.is_some())
            .take(WORTH_SHRINKING)
    }

    /// The row of the check. Where the run is lenient, inferred clauses only warn. `near` is
    /// the individual beside which failing ones are shown: the documentation's own.
    pub(crate) fn row(
        self,
        check: &'static Check,
        clauses: &Clauses,
        near: Option<&Value>,
        lenient: bool,
        repeat: &str,
    ) -> Row {
        if self.cases == 0 {
            return self.skipped(check, "nothing came that it could judge");
        }
        let inferred = |id: &str| {
            let clause = clauses.iter().find(|clause| clause.id == id);
            clause.is_some_and(|clause| clause.basis == Basis::Inferred)
        };
        let failures: Vec<Failure> = self
            .found
            .iter()
            .map(|finding| failure(finding, near, repeat))
            .collect();
        let verdict = if failures.is_empty() {
            Verdict::Passed
        } else if lenient && failures.iter().all(|failure| inferred(&failure.clause)) {
            Verdict::Warned
        } else {
            Verdict::Failed
        };
        Row {
            verdict,
            cases: self.cases,
            failed: self.failed,
            judged: self.judged,
            failures,
            ..empty(check)
        }
    }

    /// The row of a check that judged nothing.
    pub(crate) fn skipped(self, check: &'static Check, reason: &str) -> Row {
        Row {
            skipped: Some(reason.to_owned()),
            ..empty(check)
        }
    }

    /// The row of a check where there is nobody to onboard.
    pub(crate) fn stuck(check: &'static Check, reason: &str, repeat: &str) -> Row {
        Row {
            verdict: Verdict::Failed,
            cases: 1,
            failed: 1,
            failures: vec![Failure {
                clause: check
                    .clauses
                    .first()
                    .copied()
                    .unwrap_or_default()
                    .to_owned(),
                what: "individuals from the contract".to_owned(),
                expected: "data for every schema".to_owned(),
                came: reason.to_owned(),
                example: None,
                repeat: repeat.to_owned(),
            }],
            ..empty(check)
        }
    }
}

fn size(finding: &Finding) -> usize {
    finding
        .case
        .as_ref()
        .map_or(0, |case| case.body.to_string().len())
}

fn failure(finding: &Finding, near: Option<&Value>, repeat: &str) -> Failure {
    let Wrong {
        clause,
        what,
        expected,
        came,
    } = finding.wrong.clone();
    let example = finding.case.as_ref().map(|case| Example {
        label: case.label.clone(),
        body: case.body.clone(),
        near: near.cloned().unwrap_or_default(),
    });
    Failure {
        clause,
        what,
        expected,
        came,
        example,
        repeat: repeat.to_owned(),
    }
}

fn empty(check: &'static Check) -> Row {
    Row {
        check: check.id,
        about: check.about,
        verdict: Verdict::Skipped,
        skipped: None,
        cases: 0,
        failed: 0,
        judged: BTreeMap::new(),
        seconds: 0.0,
        failures: Vec::new(),
    }
}

/// What the rows say of each clause.
pub(crate) fn lines(clauses: &Clauses, rows: &[Row]) -> Vec<ClauseLine> {
    let lines = clauses.iter().map(|clause| ClauseLine {
        id: clause.id.clone(),
        says: clause.says.clone(),
        basis: clause.basis,
        judged: CHECKS
            .iter()
            .filter(|check| check.proves(clause))
            .map(|check| {
                let row = rows.iter().find(|row| row.check == check.id);
                let cases = row.and_then(|row| row.judged.get(&clause.id));
                (check.id, cases.copied().unwrap_or(0))
            })
            .collect(),
        broken: rows
            .iter()
            .filter(|row| {
                row.failures
                    .iter()
                    .any(|failure| failure.clause == clause.id)
            })
            .map(|row| row.check)
            .collect(),
    });
    lines.collect()
}
