//! The contract against the clauses: what a slip in either would change. That a statement
//! of the contract has no clause yet is found by the workspace's tests: it breaks none.

use bvnk_contract::{Difference, Expectation, compare};

use serde_json::Value;

use super::{Check, Judge, Recorder};
use crate::specification::Specification;

/// Judges the contract alone. It is no evidence: that two texts agree says nothing of client
/// and server.
pub(super) const CLAUSES: Check = Check {
    evidence: false,
    ..Check::new(
        "contract-clauses",
        "the contract states what each clause expects",
        Judge::Specification(clauses),
        &[],
    )
};

fn clauses(specification: &Specification, recorder: &mut Recorder) {
    recorder.on("the contract");
    let expected = "what the clause expects";
    let (contract, clauses) = (specification.contract(), specification.clauses());
    let statements = contract.statements();
    let differences = compare(clauses.iter().map(|clause| &clause.expect), &statements);
    // Of these, examples and listed values are needed: the rest is compared above.
    let diagnostics = clauses.check(contract, "the contract");
    for clause in clauses.iter() {
        let differs = differences.iter().find_map(|difference| match difference {
            Difference::Removed(fact) if **fact == clause.expect => {
                Some((expected.to_owned(), "nothing".to_owned()))
            }
            Difference::Changed {
                before, aspects, ..
            } if **before == clause.expect => {
                let expected = aspects.iter().map(|it| side(&it.name, it.before.as_ref()));
                let actual = aspects.iter().map(|it| side(&it.name, it.after.as_ref()));
                Some((join(expected), join(actual)))
            }
            _ => None,
        });
        let place = format!("`{}`", clause.id);
        let wrong = match &clause.expect {
            Expectation::Behaviour {} => continue,
            Expectation::Sample { .. } | Expectation::Value { .. } => {
                let mut own = diagnostics.iter().filter(|it| it.location.contains(&place));
                own.next()
                    .map(|it| (expected.to_owned(), it.message.clone()))
            }
            _ => differs,
        };
        recorder.observe(&clause.id);
        if let Some((expected, actual)) = wrong {
            recorder.fail(&clause.id, expected, actual);
        }
    }
}

/// One aspect of a fact with its value: `max_length 9`, or `no max_length`.
fn side(name: &str, value: Option<&Value>) -> String {
    value.map_or_else(|| format!("no {name}"), |value| format!("{name} {value}"))
}

fn join(aspects: impl Iterator<Item = String>) -> String {
    aspects.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use bvnk_contract::Clauses;

    use super::*;

    #[test]
    fn a_clause_that_the_contract_contradicts_is_shown_with_both_values() {
        let text = crate::specification::CLAUSES.replacen("rank = 1", "rank = 3", 1);
        let clauses = Clauses::from_toml("clauses.toml", &text).unwrap();
        let contract = bvnk_simulator::contract().unwrap();
        let specification = Specification::new(contract.clone(), clauses);
        let specification = specification.unwrap();
        let mut recorder = Recorder::default();
        super::clauses(&specification, &mut recorder);
        let found = recorder.findings().iter();
        let found: Vec<_> = found
            .map(|it| (it.expected.as_str(), it.actual.as_str()))
            .collect();
        assert_eq!(found, [("rank 3", "rank 1")]);
    }
}
