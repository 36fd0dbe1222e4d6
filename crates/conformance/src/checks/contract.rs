//! The contract against the clauses: what a slip in either would change. That a new statement
//! of the contract has no clause yet is for the workspace's tests to say: it breaks none.

use super::Tally;
use crate::clauses::compare;
use crate::world::World;

pub(super) async fn clauses(world: &World, tally: &mut Tally) {
    let mismatches = compare(&world.clauses, world.contract.document());
    for clause in world
        .clauses
        .iter()
        .filter(|clause| clause.expect.is_stated())
    {
        let mut mine = mismatches
            .iter()
            .filter(|mismatch| mismatch.clause.as_ref() == Some(&clause.id))
            .peekable();
        if mine.peek().is_none() {
            tally.hold(&clause.id, true, "", "", "");
        }
        for mismatch in mine {
            tally.hold(
                &clause.id,
                false,
                "the contract",
                "what the clause expects",
                mismatch,
            );
        }
    }
}
