//! `generate`: bodies of creations, for other tools. They are printed batch by batch, so that
//! a reader such as `head` ends the command early.

use bpaf::{Parser, construct};
use conformance::cases::documented::people;
use conformance::specification::Specification;

use super::output::print;
use super::{Passed, argument, seed, switch};

pub(super) const ABOUT: &str = "Print generated people, one request body a line";

pub(super) const MORE: &str = "Examples:

    $ cargo conformance generate --cases 100 --seed 7
    $ cargo conformance generate --edge-cases

Exit codes: 0 printed, 2 it could not run";

/// How many bodies are generated before they are printed.
const BATCH: usize = 100;

#[derive(Clone, Debug)]
pub(crate) struct Arguments {
    cases: usize,
    seed: u64,
    edge_cases: bool,
}

pub(super) fn parser() -> impl Parser<Arguments> {
    let cases = argument("cases", "N", "How many; 10 by default").fallback(10);
    let seed = seed("Print the same people again");
    let help = "Use all of Unicode and every limit that the contract allows, not plausible values";
    let edge_cases = switch("edge-cases", help);
    construct!(Arguments {
        cases,
        seed,
        edge_cases
    })
}

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
