//! The subcommands: each prints, and ends with an exit code.
#![allow(clippy::print_stdout, clippy::print_stderr)] // a command line tool talks

pub(crate) mod chaos;
pub(crate) mod clauses;
pub(crate) mod doctor;
pub(crate) mod individuals;
pub(crate) mod mutants;
pub(crate) mod run;
pub(crate) mod serve;

use std::fmt;
use std::io::{self, Write};
use std::process::ExitCode;

/// Says why the suite could not run, and ends with 2.
fn cannot_run(reason: impl fmt::Display) -> ExitCode {
    eprintln!("error: {reason}");
    ExitCode::from(2)
}

/// Prints to whoever reads, and tells whether anybody still does: one who has seen enough,
/// as `head` has, is no failure.
fn say(text: impl fmt::Display) -> Result<bool, String> {
    match write!(io::stdout().lock(), "{text}") {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(format!("standard output: {error}")),
    }
}

/// Prints all that a command has to say.
fn listed(text: impl fmt::Display) -> ExitCode {
    match say(text) {
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => cannot_run(error),
    }
}
