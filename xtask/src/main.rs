//! `cargo xtask`: the chores that derive files from `openapi/`.
//!
//! This file knows the command line and the exit codes; the work is in the library.

use std::fmt;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xtask::{Mode, compare_page, diff, regen, rehearse, upgrade};

/// The exit code of a comparison that could not be made.
const UNREADABLE: u8 = 2;

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    about = "Derives files from the contract under openapi/",
    after_help = "Exit codes: 0 done, 1 the contract is broken or a derived file is stale, 2 wrong usage; \
                  those of `diff`, `compare-page` and `upgrade` are in their own help"
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
    /// Write every derived file anew: the generated client and the embedded contracts
    Regen {
        /// Write nothing; fail and name each derived file that is stale or edited
        #[arg(long)]
        check: bool,
    },
    /// Tell what changed between two contracts, for whom, and the version that follows
    #[command(
        after_help = "Exit codes: 0 nothing breaks, or the version says so, 1 something breaks and the version does not say so, 2 a contract cannot be read, or wrong usage"
    )]
    Diff {
        /// The old contract: a file, or a revision as in `git:HEAD`
        old: String,
        /// The new one; the workspace's own, if it is not given
        new: Option<String>,
        /// Print JSON
        #[arg(long, conflicts_with = "markdown")]
        json: bool,
        /// Print a Markdown table, as for a pull request
        #[arg(long)]
        markdown: bool,
    },
    /// Hold a saved page of the documentation against contract and clauses
    #[command(
        after_help = "Exit codes: 0 they say the same, 1 they differ, 2 the page or the contract cannot be read, or wrong usage"
    )]
    ComparePage {
        /// The page as text with `a | b | c` tables, as Markdown or as HTML
        page: PathBuf,
    },
    /// Derive, compare with the last release, run the suite, and tell what is still to decide
    #[command(
        after_help = "Exit codes: 0 done, 1 a contract is broken or cannot be read, the suite is not green, or something breaks and the version does not say so, 2 wrong usage"
    )]
    Upgrade {
        /// The revision of the last release; the last tag, or else HEAD, if it is not given
        #[arg(long, value_name = "REV")]
        since: Option<String>,
    },
    /// Add a field to the contract of a copy of the workspace, and see it all the way through
    Rehearse,
}

#[allow(clippy::print_stderr)] // a command line tool talks
fn main() -> ExitCode {
    let cli = Cli::parse();
    // Beside this package, not in the current folder: the task works from anywhere.
    let home = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let root = cli.root.unwrap_or_else(|| PathBuf::from(home));
    let done = match cli.task {
        Task::Regen { check } => {
            let mode = if check { Mode::Check } else { Mode::Write };
            regen(&root, mode)
                .map(say)
                .map(|()| ExitCode::SUCCESS)
                .map_err(|problems| (problems, ExitCode::FAILURE))
        }
        Task::Diff {
            old,
            new,
            json,
            markdown,
        } => diff::contracts(&root, &old, new.as_deref())
            .map(|diff| {
                if json {
                    say(format_args!("{:#}\n", diff.json()));
                } else if markdown {
                    say(diff.markdown());
                } else {
                    say(&diff);
                }
                if diff.is_breaking() && !diff.is_version_raised() {
                    ExitCode::FAILURE
                } else {
                    ExitCode::SUCCESS
                }
            })
            .map_err(|problems| (problems, UNREADABLE.into())),
        Task::ComparePage { page } => compare_page(&root, &page)
            .map(|report| {
                say(&report);
                if report.drifts.is_empty() {
                    ExitCode::SUCCESS
                } else {
                    ExitCode::FAILURE
                }
            })
            .map_err(|problems| (problems, UNREADABLE.into())),
        Task::Upgrade { since } => upgrade(&root, since.as_deref(), |text| {
            say(format_args!("{text}\n"))
        })
        .map(|done| {
            if done {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            }
        })
        .map_err(|problems| (problems, ExitCode::FAILURE)),
        Task::Rehearse => rehearse(&root, |step| say(format_args!("{step}\n")))
            .map(|()| ExitCode::SUCCESS)
            .map_err(|problems| (problems, ExitCode::FAILURE)),
    };
    match done {
        Ok(code) => code,
        Err((problems, code)) => {
            eprint!("{problems}");
            code
        }
    }
}

/// Prints to whoever reads; that nobody does any more, as after `head`, is no failure.
#[allow(clippy::print_stderr)]
fn say(text: impl fmt::Display) {
    match write!(io::stdout().lock(), "{text}") {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            eprintln!("error: standard output: {error}");
        }
        _ => {}
    }
}
