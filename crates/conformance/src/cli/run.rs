//! `run`, the default: the suite against the simulator or another server.
//!
//! The seed and the target are printed first and the report last, so that a run that is
//! interrupted can be repeated. A file with a person is read before anything is started; its
//! values appear in no error and no report.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bpaf::Bpaf;
use conformance::cases::documented::read_individual;
use conformance::report::Format;
use conformance::run::{self as suite, Allowance, Finished, RunOptions, Stop, Target};
use conformance::specification::Specification;
use serde_json::Value;

use super::output::{note, print, progress};
use super::{KEY_ENV, Passed, fresh_seed, serve, sign};

pub(super) const ABOUT: &str = "Test the client and a server against the contract (the default)";

pub(super) const MORE: &str = "Examples:

    $ cargo conformance
    $ cargo conformance --target http://127.0.0.1:8080 --id ID --key-env BVNK_HAWK_KEY
    $ cargo conformance --target URL --id ID --allow status.verified=2027-01-31 --report report

Ctrl-C or SIGTERM ends a run early, with a report.

Exit codes: 0 the run passed, 1 it failed, 2 it could not run, 130 it was interrupted";

#[derive(Clone, Debug, Bpaf)]
#[bpaf(generate(parser))]
pub(crate) struct Arguments {
    #[bpaf(external)]
    foreign: Foreign,
    /// Fail the run for `should` clauses too
    strict: bool,
    /// Accept that the server deviates from a clause, until a day; repeatable
    #[bpaf(argument("CLAUSE[=YYYY-MM-DD]"))]
    allow: Vec<Allowance>,
    /// Generated bodies for each operation; 200 by default
    #[bpaf(argument("N"), fallback(200))]
    cases: u32,
    /// Generate the same bodies again; a run prints its seed
    #[bpaf(argument("SEED"), fallback_with(fresh_seed))]
    seed: u64,
    /// Create the person in a JSON file instead of generated ones; at the simulator only
    #[bpaf(argument("FILE"))]
    individual: Option<PathBuf>,
    /// Write the report to a folder: HTML, Markdown, JUnit, JSON
    #[bpaf(argument("DIR"))]
    report: Option<PathBuf>,
    /// Print text, github, json, junit, markdown or html; github by default if GITHUB_ACTIONS is
    /// true, else text
    #[bpaf(argument("FORMAT"), fallback_with(default_format))]
    format: Format,
}

// No documentation of the type: the derive would print it as a heading of the options.
#[derive(Clone, Debug, Bpaf)]
struct Foreign {
    /// Test the server at this URL instead of the simulator
    #[bpaf(argument("URL"))]
    target: Option<String>,
    /// The Hawk id; BVNK_HAWK_ID by default
    #[bpaf(argument("ID"))]
    id: Option<String>,
    // An argument with the key itself would be visible to other users of the machine.
    /// The environment variable with the Hawk key; BVNK_HAWK_KEY by default
    #[bpaf(argument("VAR"), fallback(KEY_ENV.to_owned()))]
    key_env: String,
    /// The most requests a second; 5 by default, unlimited on this machine
    #[bpaf(argument("N"), guard(is_positive, "must be at least 1"), optional)]
    rate: Option<u32>,
    /// Allow the vendor's sandbox as a target: customers created there persist
    allow_sandbox: bool,
}

/// Whether a rate lets any request pass.
fn is_positive(rate: &u32) -> bool {
    *rate > 0
}

/// Annotations under GitHub Actions, text everywhere else.
fn default_format() -> Result<Format, String> {
    Ok(match std::env::var("GITHUB_ACTIONS").as_deref() {
        Ok("true") => Format::Github,
        _ => Format::Text,
    })
}

/// Runs the suite and prints its report. Everything that can be wrong with the arguments is
/// found before the first request.
///
/// # Errors
///
/// Why it could not run, which is exit code 2.
pub(crate) async fn run(arguments: Arguments) -> Passed {
    let target = target(&arguments.foreign)?;
    if arguments.individual.is_some() && arguments.foreign.target.is_some() {
        return Err("--individual is sent to the simulator only\n  help: omit --target".into());
    }
    let body = arguments.individual.as_deref().map(person).transpose()?;
    let unwritten = |error| format!("the report: {error}");
    if let Some(folder) = &arguments.report {
        std::fs::create_dir_all(folder)
            .map_err(|error| format!("the report: {}: {error}", folder.display()))?;
    }
    let stop = Stop::default();
    tokio::spawn(interrupt(stop.clone(), serve::signal()?));
    // On standard error: where the output is a document, nothing else may be in it.
    note(format_args!(
        "{}, seed {}",
        target.address(),
        arguments.seed
    ));
    // A run against another server may take long. In a log, a line a check shows that it goes on.
    let logged = target.is_foreign() && !std::io::stderr().is_terminal();
    let finished: Finished = Arc::new(move |check, cases, failed| {
        if logged {
            note(format_args!("{check}, cases: {cases}, failed: {failed}"));
        }
    });
    let options = RunOptions {
        stop: stop.clone(),
        cases: arguments.cases,
        seed: arguments.seed,
        body,
        strict: arguments.strict,
        allow: arguments.allow,
        progress: progress("cases"),
        finished,
        commit: commit(),
        ..RunOptions::default()
    };
    let report = suite::run(target, options).await?;
    // First, so that a report that cannot be written does not hide the result.
    print(&report.render(arguments.format)?)?;
    if let Some(folder) = &arguments.report {
        for file in report.write_to(folder).map_err(unwritten)? {
            note(format_args!("wrote {}", file.display()));
        }
    }
    if stop.reason().is_some_and(|reason| reason == INTERRUPTED) {
        std::process::exit(INTERRUPTED_CODE);
    }
    Ok(report.passed())
}

/// Why a run ends with Ctrl-C, and the exit code of shells for it.
const INTERRUPTED: &str = "interrupted";
const INTERRUPTED_CODE: i32 = 130;

/// Ends the run with the first signal. With the second one there is no report.
async fn interrupt(stop: Stop, first: impl Future<Output = ()>) {
    first.await;
    stop.stop(INTERRUPTED);
    if let Ok(second) = serve::signal() {
        second.await;
        std::process::exit(INTERRUPTED_CODE);
    }
}

/// The commit that is tested: of the CI job, else of the repository of the current folder.
fn commit() -> Option<String> {
    if let Ok(commit) = std::env::var("GITHUB_SHA") {
        return Some(commit);
    }
    let git = std::process::Command::new("git")
        .args(["rev-parse", "HEAD"])
        .output()
        .ok()?;
    let commit = String::from_utf8(git.stdout).ok()?.trim().to_owned();
    (git.status.success() && !commit.is_empty()).then_some(commit)
}

/// The server to test.
///
/// # Errors
///
/// An option that needs a server, missing credentials, or a server that must not be tested.
fn target(foreign: &Foreign) -> Result<Target, String> {
    let Some(url) = &foreign.target else {
        let unused = foreign.id.is_some() || foreign.rate.is_some() || foreign.allow_sandbox;
        return match unused {
            true => Err(
                "--id, --rate and --allow-sandbox need a server\n  help: pass --target URL"
                    .to_owned(),
            ),
            false => Ok(Target::Simulator),
        };
    };
    let (id, key) = sign::credentials(foreign.id.as_deref(), &foreign.key_env)?;
    let target = Target::foreign(url, &id, &key, foreign.rate)?;
    let target = match foreign.key_env.as_str() {
        KEY_ENV => target,
        other => target.key_env(other),
    };
    if target.is_sandbox() && !foreign.allow_sandbox {
        return Err("customers created in the sandbox persist\n  \
                    help: pass --allow-sandbox to continue"
            .to_owned());
    }
    Ok(target)
}

/// The body of a creation from a file, or why it is none, by its properties and without its
/// values.
fn person(file: &Path) -> Result<Value, String> {
    let text =
        std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let specification = Specification::embedded()?;
    read_individual(&specification, &text).map_err(|error| {
        let error = error.replace('\n', "\n  ");
        format!("{}: not the body of a creation\n  {error}", file.display())
    })
}
