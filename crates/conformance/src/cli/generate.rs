//! `generate`: bodies of creations, for other tools. They are printed batch by batch, so that
//! a reader such as `head` ends the command early.

use bpaf::Bpaf;
use conformance::cases::documented::people;
use conformance::specification::Specification;

use super::output::print;
use super::{Passed, fresh_seed};

pub(super) const ABOUT: &str = "Print generated people, one request body a line";

pub(super) const MORE: &str = "Examples:

    $ cargo conformance generate --cases 100 --seed 7
    $ cargo conformance generate --edge-cases

Exit codes: 0 printed, 2 it could not run";

/// How many bodies are generated before they are printed.
const BATCH: usize = 100;

#[derive(Clone, Debug, Bpaf)]
#[bpaf(generate(parser))]
pub(crate) struct Arguments {
    /// How many; 10 by default
    #[bpaf(argument("N"), fallback(10))]
    cases: usize,
    /// Print the same people again
    #[bpaf(argument("SEED"), fallback_with(fresh_seed))]
    seed: u64,
    /// Use all of Unicode and every limit that the contract allows, not plausible values
    edge_cases: bool,
}

/// Prints the bodies, and ends early where nothing reads them any more.
///
/// # Errors
///
/// What in the contract cannot be generated.
pub(crate) fn generate(arguments: &Arguments) -> Passed {
    let specification = Specification::embedded()?;
    let mut printed = 0;
    while printed < arguments.cases {
        let count = BATCH.min(arguments.cases - printed);
        // Each batch has its own seed, made from the first.
        let seed = arguments.seed.wrapping_add(printed as u64);
        let people = people(&specification, count, seed, arguments.edge_cases)?;
        let lines: String = people.iter().map(|body| format!("{body}\n")).collect();
        if !print(&lines)? {
            break;
        }
        printed += count;
    }
    Ok(true)
}
