//! The contract against the clauses: what a slip in either would change.

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
    for mismatch in mismatches
        .iter()
        .filter(|mismatch| mismatch.clause.is_none())
    {
        tally.hold(
            "settled.beta",
            false,
            "the contract",
            "nothing that no clause covers",
            mismatch,
        );
    }
}
