//! The contract against the clauses: what a slip in either would change. That a statement
//! of the contract has no clause yet is found by the workspace's tests: it breaks none.

use bvnk_contract::{Difference, Expectation, compare};

use super::Recorder;
use crate::specification::Specification;

const EXPECTED: &str = "what the clause expects";

pub(super) fn clauses(specification: &Specification, recorder: &mut Recorder) {
    let statements = specification.contract().statements();
    let expectations = specification.clauses().iter().map(|clause| &clause.expect);
    let differences = compare(expectations, &statements);
    for clause in specification.clauses().iter() {
        if clause.expect.subject().is_none() {
            continue;
        }
        let difference = differences.iter().find_map(|difference| match difference {
            Difference::Removed(fact) if **fact == clause.expect => {
                Some("the contract does not state it".to_owned())
            }
            Difference::Changed {
                before, aspects, ..
            } if **before == clause.expect => {
                let names: Vec<&str> = aspects.iter().map(|aspect| aspect.name.as_str()).collect();
                Some(format!("the contract states another {}", names.join(", ")))
            }
            _ => None,
        });
        let actual = difference.unwrap_or_default();
        recorder.check(
            &clause.id,
            actual.is_empty(),
            "the contract",
            EXPECTED,
            actual,
        );
    }
    for diagnostic in specification
        .clauses()
        .check(specification.contract(), "the contract")
    {
        // Of these, examples and listed values are left: the rest is compared above.
        let about = specification.clauses().iter().find(|clause| {
            let named = diagnostic.location.contains(&format!("`{}`", clause.id));
            named
                && matches!(
                    clause.expect,
                    Expectation::Sample { .. } | Expectation::Value { .. }
                )
        });
        if let Some(clause) = about {
            recorder.fail(&clause.id, "the contract", EXPECTED, &diagnostic.message);
        }
    }
    for clause in specification.clauses().iter() {
        if matches!(
            clause.expect,
            Expectation::Sample { .. } | Expectation::Value { .. }
        ) {
            recorder.observe(&clause.id);
        }
    }
}
