//! The contract against the clauses: what a slip in either would change. That a statement
//! of the contract has no clause yet is found by the workspace's tests: it breaks none.

use bvnk_contract::{Difference, Expectation, compare};

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
            Difference::Removed(fact) if **fact == clause.expect => Some("nothing".to_owned()),
            Difference::Changed {
                before, aspects, ..
            } if **before == clause.expect => {
                let names: Vec<&str> = aspects.iter().map(|it| it.name.as_str()).collect();
                Some(format!("another {}", names.join(", ")))
            }
            _ => None,
        });
        let place = format!("`{}`", clause.id);
        let wrong = match &clause.expect {
            Expectation::Behaviour {} => continue,
            Expectation::Sample { .. } | Expectation::Value { .. } => {
                let mut own = diagnostics.iter().filter(|it| it.location.contains(&place));
                own.next().map(|diagnostic| diagnostic.message.clone())
            }
            _ => differs,
        };
        recorder.check(
            &clause.id,
            wrong.is_none(),
            expected,
            wrong.unwrap_or_default(),
        );
    }
}
