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
use std::process::ExitCode;

/// Says why the suite could not run, and ends with 2.
fn cannot_run(reason: impl fmt::Display) -> ExitCode {
    eprintln!("error: {reason}");
    ExitCode::from(2)
}
