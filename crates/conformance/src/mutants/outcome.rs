//! What became of a mutant, read from the report of its run.

use serde::Serialize;

use super::{Family, Mutant};
use crate::checks::CHECKS;
use crate::report::{Report, Verdict};

/// What became of a mutant.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    /// What was broken.
    pub family: Family,
    /// The mutant's name.
    pub name: String,
    /// Where it breaks.
    pub place: String,
    /// The clauses that it breaks.
    pub clauses: Vec<String>,
    /// What became of it.
    pub fate: Fate,
    /// The checks that failed for a broken clause, in the order of the checks.
    pub kills: Vec<Kill>,
    /// The checks that failed for other clauses only.
    pub others: Vec<&'static str>,
}

impl Outcome {
    /// What a run against a mutant shows.
    pub(super) fn of(mutant: Mutant, report: &Report) -> Self {
        let breaks = |clause: &String| mutant.clauses.contains(clause);
        let failed = report
            .rows
            .iter()
            .filter(|row| row.verdict == Verdict::Failed);
        let (mut kills, mut others) = (Vec::new(), Vec::new());
        for row in failed {
            match row.failures.iter().find(|failure| breaks(&failure.clause)) {
                Some(failure) => kills.push(Kill {
                    check: row.check,
                    clause: failure.clause.clone(),
                    what: failure.what.clone(),
                    expected: failure.expected.clone(),
                    came: failure.came.clone(),
                }),
                None => others.push(row.check),
            }
        }
        let fate = match (kills.is_empty(), mutant.equivalent) {
            (false, None) => Fate::Killed,
            (false, Some(_)) => Fate::Mislabelled,
            (true, None) => Fate::Survived,
            (true, Some(_)) => Fate::Equivalent,
        };
        let Mutant {
            family,
            name,
            place,
            clauses,
            ..
        } = mutant;
        Outcome {
            family,
            name,
            place,
            clauses,
            fate,
            kills,
            others,
        }
    }

    /// The ids of the checks that killed it.
    pub fn killers(&self) -> impl Iterator<Item = &'static str> {
        self.kills.iter().map(|kill| kill.check)
    }
}

/// What a check said of a mutant that it kills.
#[derive(Clone, Debug, Serialize)]
pub struct Kill {
    /// The check.
    pub check: &'static str,
    /// The broken clause that it failed for.
    pub clause: String,
    /// What was tried.
    pub what: String,
    /// What was expected.
    pub expected: String,
    /// What came.
    pub came: String,
}

/// What became of a mutant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Fate {
    /// A check failed for a clause that it breaks.
    Killed,
    /// No check did.
    Survived,
    /// No check did, and none could: it is declared with a reason.
    Equivalent,
    /// Declared as equivalent, and killed all the same: the declaration is wrong.
    Mislabelled,
}

/// The checks that kill none of the mutants.
pub(super) fn idle(outcomes: &[Outcome]) -> Vec<&'static str> {
    CHECKS
        .iter()
        .map(|check| check.id)
        .filter(|id| {
            !outcomes
                .iter()
                .any(|outcome| outcome.killers().any(|killer| killer == *id))
        })
        .collect()
}
