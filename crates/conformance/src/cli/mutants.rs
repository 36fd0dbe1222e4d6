//! `mutants`: breaks client and server in one place at a time, and verifies that a check
//! fails. A run with all mutants takes tens of seconds; `--mutant` repeats one.

use bpaf::Bpaf;
use conformance::mutants;

use super::Passed;
use super::output::{print, progress};

pub(super) const ABOUT: &str =
    "Break client and server in one place at a time and verify that a check fails";

pub(super) const MORE: &str = "Examples:

    $ cargo conformance mutants
    $ cargo conformance mutants --list
    $ cargo conformance mutants --mutant unsigned

Exit codes: 0 every mutant is detected, 1 one is not, 2 it could not run";

#[derive(Clone, Debug, Bpaf)]
#[bpaf(generate(parser))]
pub(crate) struct Arguments {
    /// Only the mutant with this name
    #[bpaf(argument("NAME"))]
    mutant: Option<String>,
    /// Print the mutants and the clauses that each breaks, instead of running
    list: bool,
}

/// Runs the mutants and prints those that no check detects.
///
/// # Errors
///
/// A name that no mutant has, or a mutant that cannot be run.
pub(crate) async fn mutants(arguments: Arguments) -> Passed {
    let chosen = mutants::select(arguments.mutant.as_deref())?;
    if arguments.list {
        print(&mutants::list(&chosen))?;
        return Ok(true);
    }
    let outcome = mutants::run(chosen, progress("mutants")).await?;
    print(&outcome.to_string())?;
    Ok(outcome.passed())
}
