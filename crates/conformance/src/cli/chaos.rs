//! `chaos`: creations under fault injection. The seed is printed before the run and with the
//! command that repeats it.

use bpaf::Bpaf;
use conformance::chaos::Chaos;

use super::output::{note, print, progress};
use super::{Passed, fresh_seed};

pub(super) const ABOUT: &str =
    "Create customers under fault injection and verify that none is lost or duplicated";

pub(super) const MORE: &str = "Example:

    $ cargo conformance chaos --requests 10000 --seed 7

Exit codes: 0 every invariant holds, 1 one does not, 2 it could not run";

#[derive(Clone, Debug, Bpaf)]
#[bpaf(generate(parser))]
pub(crate) struct Arguments {
    /// How many customers to create; at least 500, 1000 by default
    #[bpaf(
        argument("N"),
        guard(is_enough, "must be at least 500: shares of fewer calls say little"),
        fallback(1_000)
    )]
    requests: usize,
    /// Plan the same faults again; a run prints its seed
    #[bpaf(argument("SEED"), fallback_with(fresh_seed))]
    seed: u64,
}

/// Whether 1 % of the calls is a number of calls that can be judged.
fn is_enough(requests: &usize) -> bool {
    *requests >= 500
}

/// Creates the customers and prints what was injected, what became of the calls, and which
/// invariants hold.
///
/// # Errors
///
/// Why the run was not possible; an invariant that does not hold is no error.
pub(crate) async fn chaos(arguments: Arguments) -> Passed {
    let Arguments { requests, seed } = arguments;
    note(format_args!(
        "{requests} creations under fault injection, seed {seed}"
    ));
    let mut chaos = Chaos::new(requests, seed);
    chaos.progress = progress("creations");
    let report = chaos.run().await?;
    let program = conformance::report::program();
    let repeat = format!("repeat: {program} chaos --requests {requests} --seed {seed}");
    print(&format!("{report}\n{repeat}\n"))?;
    Ok(report.violated().is_empty())
}
