//! What became of a mutant, read from the report of its run.

use serde::Serialize;

use super::{Family, Mutant};
use crate::checks::CHECKS;
use crate::report::{Report, Verdict};

/// What became of one mutant.
#[derive(Clone, Debug, Serialize)]
pub struct MutantOutcome {
    /// What was broken.
    pub family: Family,
    /// What it does wrong.
    pub name: String,
    /// The clauses that it breaks.
    pub clauses: Vec<String>,
    /// Whether a check failed for one of them.
    pub killed: bool,
    /// The checks that did, in the order of the checks.
    pub kills: Vec<Kill>,
}

/// What a check found in a mutant that it kills.
#[derive(Clone, Debug, Serialize)]
pub struct Kill {
    /// The check.
    pub check: String,
    /// The broken clause that it failed for.
    pub clause: String,
    /// What was tried.
    pub what: String,
    /// What was expected.
    pub expected: String,
    /// What happened.
    pub actual: String,
}

impl MutantOutcome {
    pub(super) fn new(mutant: Mutant, report: &Report) -> Self {
        let kills = report.checks.iter().filter_map(|row| {
            let mut failures = report.failures_of(&row.id);
            let failure = failures.find(|failure| {
                failure.verdict == Verdict::Failed && mutant.clauses.contains(&failure.clause)
            })?;
            Some(Kill {
                check: row.id.clone(),
                clause: failure.clause.clone(),
                what: failure.what.clone(),
                expected: failure.expected.clone(),
                actual: failure.actual.clone(),
            })
        });
        let kills: Vec<Kill> = kills.collect();
        Self {
            family: mutant.family,
            killed: !kills.is_empty(),
            name: mutant.name,
            clauses: mutant.clauses,
            kills,
        }
    }
}

/// The checks that kill none of the mutants. What needs no server compares two texts, and is
/// tried with edits of the contract.
pub(super) fn idle(outcomes: &[MutantOutcome]) -> Vec<&'static str> {
    let watching = CHECKS.iter().filter(|check| !check.is_static());
    let idle = watching.filter(|check| {
        let mut kills = outcomes.iter().flat_map(|outcome| &outcome.kills);
        !kills.any(|kill| kill.check == check.id)
    });
    idle.map(|check| check.id).collect()
}
