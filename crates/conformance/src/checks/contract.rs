//! The contract against the clauses: what a slip in either would change. Both restate the same
//! page, and each was written by hand. That a statement
//! of the contract has no clause yet is found by the workspace's tests: it breaks none.

use bvnk_contract::Expectation;

use super::{Check, Judge, Recorder};

/// Judges the contract alone. It is no evidence: that two texts agree says nothing of client
/// and server.
pub(super) const CLAUSES: Check = Check {
    evidence: false,
    ..Check::new(
        "contract-clauses",
        "the contract states what each clause expects",
        Judge::Static(clauses),
        &[],
    )
};

/// Each difference names its clause. What a clause of a behaviour expects is not in the contract.
///
/// A difference names both values, such as `rank: the clause expects 3, the contract states 1`.
fn clauses(recorder: &mut Recorder<'_>) {
    recorder.on("the contract");
    let specification = &recorder.context.specification;
    let clauses = specification.clauses();
    let differences = clauses.check(specification.contract(), "the contract");
    for clause in clauses.iter() {
        if matches!(clause.expect, Expectation::Behaviour {}) {
            continue;
        }
        recorder.observe(&clause.id);
        let place = format!("`{}`", clause.id);
        let mut own = differences.iter().filter(|it| it.location.contains(&place));
        if let Some(difference) = own.next() {
            let actual = difference.message.replace('\n', " ");
            recorder.fail(&clause.id, "what the clause expects", actual);
        }
    }
}
