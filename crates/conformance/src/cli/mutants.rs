//! `mutants`: breaks client and server in one place at a time, and sees a check fail.

use std::path::PathBuf;
use std::process::ExitCode;

use bpaf::{Parser, construct, long};
use conformance::mutants::{self, Family};

use super::output::{cannot_run, exit, note, print, progress, verdict};

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
    let family = long("family")
        .help("Only the mutants of one family: server or client")
        .argument::<Family>("FAMILY")
        .optional();
    let mutant = long("mutant")
        .help("Only the mutant with this name")
        .argument::<String>("NAME")
        .optional();
    let list = long("list")
        .help("Print the mutants and the clauses that each breaks, instead of running")
        .switch();
    let json = long("json").help("Print the results as JSON").switch();
    let report = long("report")
        .help("Write mutants.json and mutants.md to a folder")
        .argument::<PathBuf>("DIR")
        .optional();
    construct!(Arguments {
        family,
        mutant,
        list,
        json,
        report
    })
}

pub(crate) async fn mutants(arguments: Arguments) -> ExitCode {
    let chosen = match mutants::select(arguments.family, arguments.mutant.as_deref()) {
        Ok(chosen) => chosen,
        Err(error) => return cannot_run(error),
    };
    if arguments.list {
        return exit(&mutants::list(&chosen));
    }
    let outcome = match mutants::run(chosen, progress("mutants")).await {
        Ok(outcome) => outcome,
        Err(error) => return cannot_run(error),
    };
    if let Some(folder) = &arguments.report {
        match outcome.write_to(folder) {
            Ok(files) => files
                .iter()
                .for_each(|file| note(format_args!("wrote {}", file.display()))),
            Err(error) => return cannot_run(error),
        }
    }
    let text = if arguments.json {
        outcome.to_json()
    } else {
        Ok(outcome.to_string())
    };
    match text.and_then(|text| print(&text)) {
        Ok(_) => verdict(outcome.passed()),
        Err(error) => cannot_run(error),
    }
}
