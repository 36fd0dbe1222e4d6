//! `cargo xtask`: derives files from `openapi/`, and compares the contract with others.
//!
//! This file has the command line and the exit codes; the work is in the library.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use bpaf::{Args, Bpaf, ParseFailure};
use bvnk_contract::Diagnostics;
use regex::{Captures, Regex};
use xtask::{Mode, check_docs, diff, regen, upgrade};

/// The exit code of a wrong usage and of a comparison that could not be made.
///
/// It differs from that of a comparison that found something, so that scripts can distinguish
/// them.
const NOT_RUN: u8 = 2;

/// The width of help texts and messages.
const WIDTH: usize = 100;

/// Derive files from the contract under openapi/, and compare it with others
///
///
///
///
/// Exit codes: 0 done, 1 the contract is invalid or a derived file is stale, 2 wrong usage.
///  Those of `diff`, `check-docs` and `upgrade` are in their own help.
// The help is this documentation: what is after the empty lines comes last in it.
#[derive(Clone, Debug, Bpaf)]
#[bpaf(
    options,
    usage("Usage: cargo xtask [--root=DIR] COMMAND [OPTIONS]"),
    max_width(WIDTH)
)]
struct Arguments {
    /// The workspace to work on, instead of the one that this task belongs to
    #[bpaf(argument("DIR"))]
    root: Option<PathBuf>,
    #[bpaf(external)]
    task: Task,
}

#[derive(Clone, Debug, Bpaf)]
enum Task {
    /// Write every derived file: the generated client and the embedded contracts
    ///
    ///
    ///
    ///
    /// Exit codes: 0 done, 1 the contract is invalid, or with --check a file is stale, 2 wrong usage.
    ///
    /// Examples:
    ///    cargo xtask regen
    ///    cargo xtask regen --check
    #[bpaf(command)]
    Regen {
        /// Write nothing; fail and name each derived file that is stale or edited
        check: bool,
    },
    /// List the changes between two contracts, whom each concerns, and the version that follows
    ///
    ///
    ///
    ///
    /// Exit codes: 0 nothing breaks, or the version states it, 1 something breaks and the version
    ///  does not state it, 2 a contract cannot be read, or wrong usage.
    ///
    /// Examples:
    ///    cargo xtask diff git:v0.1.0
    ///    cargo xtask diff old.yaml new.yaml --markdown
    #[bpaf(command, usage("Usage: cargo xtask diff OLD [NEW] [OPTIONS]"))]
    Diff {
        #[bpaf(external, optional)]
        format: Option<Format>,
        /// The old contract: a file, or a revision such as `git:HEAD`
        #[bpaf(positional("OLD"))]
        old: String,
        /// The new one; by default the contract of the workspace
        #[bpaf(positional("NEW"))]
        new: Option<String>,
    },
    /// Compare a saved page of the documentation with the contract and the clauses
    ///
    ///
    ///
    ///
    /// Exit codes: 0 the page states what the contract states, 1 they differ, 2 the page or the contract
    ///  cannot be read, or wrong usage.
    ///
    /// Examples:
    ///    cargo xtask check-docs page.html
    ///    cargo xtask check-docs page.md
    #[bpaf(command)]
    CheckDocs {
        /// The page as text with `a | b | c` tables, as Markdown or as HTML
        #[bpaf(positional("PAGE"))]
        page: PathBuf,
    },
    /// Regenerate, compare with the last release, run the suite, and list what is to decide
    ///
    ///
    ///
    ///
    /// Exit codes: 0 done, 1 a contract or the clauses are invalid, the suite is not green, or something
    ///  breaks and the version does not state it, 2 wrong usage.
    ///
    /// Examples:
    ///    cargo xtask upgrade
    ///    cargo xtask upgrade --since v0.1.0
    #[bpaf(command)]
    Upgrade {
        /// The revision of the last release; by default the last tag, or else HEAD
        #[bpaf(argument("REV"))]
        since: Option<String>,
    },
}

/// How the changes are printed; as text by default
#[derive(Clone, Debug, Bpaf)]
enum Format {
    /// Print JSON
    Json,
    /// Print a Markdown table, as for a pull request
    Markdown,
}

#[allow(clippy::print_stderr)] // a command line tool
fn main() -> ExitCode {
    let own = Args::current_args().set_name("cargo xtask");
    let arguments = match arguments().run_inner(own) {
        Ok(arguments) => arguments,
        Err(ParseFailure::Stdout(help, _)) => {
            print(format_args!("{}\n", help.monochrome(true)));
            return ExitCode::SUCCESS;
        }
        Err(failure) => {
            let error = failure.unwrap_stderr();
            eprintln!("error: {}\nhelp: cargo xtask --help", visible(&error));
            return NOT_RUN.into();
        }
    };
    // The workspace of this package, so that the task works from any folder.
    let home = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let root = arguments.root.unwrap_or_else(|| PathBuf::from(home));
    match run(arguments.task, &root) {
        Ok(is_good) => u8::from(!is_good).into(),
        Err((error, code)) => {
            eprintln!("{}", visible(error.trim_end()));
            code.into()
        }
    }
}

/// Returns whether all is well, or what is wrong and the exit code for it.
fn run(task: Task, root: &Path) -> Result<bool, (String, u8)> {
    let unreadable = |error: Diagnostics| (error.to_string(), NOT_RUN);
    match task {
        Task::Regen { check } => {
            let mode = if check { Mode::Check } else { Mode::Write };
            print(regen(root, mode).map_err(|error| (error.to_string(), 1))?);
            Ok(true)
        }
        Task::Diff { format, old, new } => {
            let diff = diff::diff(root, &old, new.as_deref()).map_err(unreadable)?;
            match format {
                Some(Format::Json) => print(format_args!("{:#}\n", diff.json())),
                Some(Format::Markdown) => print(diff.markdown()),
                None => print(&diff),
            }
            Ok(diff.is_stated())
        }
        Task::CheckDocs { page } => {
            let report = check_docs(root, &page).map_err(unreadable)?;
            print(&report);
            Ok(report.drifts.is_empty())
        }
        Task::Upgrade { since } => {
            upgrade(root, since.as_deref(), |text| print(text)).map_err(|error| (error, 1))
        }
    }
}

/// Prints a result. A closed pipe, as after `head`, is not a failure.
#[allow(clippy::print_stderr)]
fn print(text: impl fmt::Display) {
    let text = text.to_string();
    match io::stdout().write_all(visible(&text).as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            eprintln!("error: standard output: {error}");
        }
        _ => {}
    }
}

/// Escapes what acts on a terminal or in the log of a CI job: control characters, bidirectional
/// marks, `##[`, which GitHub's runner reads as a command anywhere in a line, and `::`, which it
/// reads as one where a line begins, after any space of Unicode. A page is not ours and may have
/// them. The escapes are those of JSON, so that JSON stays what it is.
#[allow(clippy::expect_used)] // the pattern is written here
fn visible(text: &str) -> Cow<'_, str> {
    // Of each match the last character is escaped.
    const ACTS: &str =
        r"(?m)##\[|^\p{Zs}*:|[\p{Cc}\u{61c}\u{200e}\u{200f}\u{2028}-\u{202e}\u{2066}-\u{2069}--\n]";
    let acts = Regex::new(ACTS).expect("a valid pattern");
    acts.replace_all(text, |found: &Captures<'_>| {
        let mut kept = found[0].to_owned();
        let last = kept.pop().map_or(0, u32::from);
        format!("{kept}\\u{last:04x}")
    })
}
