//! `chaos`: creations under fault injection. The seed is printed before the run and with the
//! command that repeats it.

use bpaf::{Parser, construct};
use conformance::chaos::Chaos;

use super::output::{note, print, progress};
use super::{Passed, argument, seed};

pub(super) const ABOUT: &str =
    "Create customers under fault injection and verify that none is lost or duplicated";

pub(super) const MORE: &str = "Example:

    $ cargo conformance chaos --requests 10000 --seed 7

Exit codes: 0 every invariant holds, 1 one does not, 2 it could not run";

#[derive(Clone, Debug)]
pub(crate) struct Arguments {
    requests: usize,
    seed: u64,
}

pub(super) fn parser() -> impl Parser<Arguments> {
    let help = "How many customers to create; at least 500, 1000 by default";
    let few = "must be at least 500: shares of fewer calls say little";
    let requests = argument("requests", "N", help)
        .guard(|requests| *requests >= 500, few)
        .fallback(1_000);
    let seed = seed("Plan the same faults again; a run prints its seed");
    construct!(Arguments { requests, seed })
}

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
