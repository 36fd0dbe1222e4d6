//! `cargo xtask`: the tasks that derive files from `openapi/`.
//!
//! This file knows the command line and the exit codes; the work is in the library.

use std::fmt;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xtask::{Mode, regen};

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    about = "Derive files from the contract under openapi/",
    after_help = "Exit codes: 0 done, 1 the contract is broken or a derived file is stale, 2 wrong usage"
)]
struct Cli {
    /// The workspace to work on, instead of the one that this task belongs to
    #[arg(long, global = true, value_name = "DIR")]
    root: Option<PathBuf>,
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Write every derived file: the generated client, the suite's table and the embedded contract
    Regen {
        /// Write nothing; fail and name each derived file that is stale or edited
        #[arg(long)]
        check: bool,
    },
}

#[allow(clippy::print_stderr)] // a command line tool
fn main() -> ExitCode {
    let cli = Cli::parse();
    // Beside this package, not in the current folder: the task works from anywhere.
    let home = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let root = cli.root.unwrap_or_else(|| PathBuf::from(home));
    let done = match cli.task {
        Task::Regen { check } => {
            let mode = if check { Mode::Check } else { Mode::Write };
            regen(&root, mode)
        }
    };
    match done {
        Ok(report) => {
            print(report);
            ExitCode::SUCCESS
        }
        Err(errors) => {
            eprintln!("{errors}");
            ExitCode::FAILURE
        }
    }
}

/// Prints to standard output; a reader that is gone, as after `head`, is not a failure.
#[allow(clippy::print_stderr)]
fn print(text: impl fmt::Display) {
    match write!(io::stdout().lock(), "{text}") {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            eprintln!("error: standard output: {error}");
        }
        _ => {}
    }
}
