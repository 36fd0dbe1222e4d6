//! `mutants`: breaks client and server in one place at a time, and verifies that a check
//! fails. A run with all mutants takes tens of seconds; `--mutant` repeats one.

use std::path::PathBuf;

use bpaf::{Parser, construct};
use conformance::mutants::{self, Family};

use super::output::{note, print, progress};
use super::{Passed, argument, switch, text};

pub(super) const ABOUT: &str =
    "Break client and server in one place at a time and verify that a check fails";

pub(super) const MORE: &str = "Examples:

    $ cargo conformance mutants
    $ cargo conformance mutants --list
    $ cargo conformance mutants --mutant unsigned

Exit codes: 0 every mutant is detected, 1 one is not, 2 it could not run";

#[derive(Clone, Debug)]
pub(crate) struct Arguments {
    family: Option<Family>,
    mutant: Option<String>,
    list: bool,
    json: bool,
    report: Option<PathBuf>,
}

pub(super) fn parser() -> impl Parser<Arguments> {
    let help = "Only the mutants of one family: server or client";
    let family = argument("family", "FAMILY", help).optional();
    let mutant = argument("mutant", "NAME", "Only the mutant with this name").optional();
    let help = "Print the mutants and the clauses that each breaks, instead of running";
    let list = switch("list", help);
    let json = switch("json", "Print the results as JSON");
    let help = "Write mutants.json and mutants.md to a folder";
    let report = argument("report", "DIR", help).optional();
    construct!(Arguments {
        family,
        mutant,
        list,
        json,
        report
    })
}

pub(crate) async fn mutants(arguments: Arguments) -> Passed {
    let chosen = mutants::select(arguments.family, arguments.mutant.as_deref())?;
    if arguments.list {
        print(&mutants::list(&chosen))?;
        return Ok(true);
    }
    let outcome = mutants::run(chosen, progress("mutants")).await?;
    if let Some(folder) = &arguments.report {
        for file in outcome.write_to(folder).map_err(text)? {
            note(format_args!("wrote {}", file.display()));
        }
    }
    print(&if arguments.json {
        outcome.to_json()?
    } else {
        outcome.to_string()
    })?;
    Ok(outcome.passed())
}
