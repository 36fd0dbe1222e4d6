//! `run`, the default: the suite against the simulator or another server.
//!
//! The seed and the target are printed first and the report last, so that a run that is
//! interrupted can be repeated. A file with a person is read before anything is started; its
//! values appear in no error and no report.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bpaf::{Parser, construct};
use conformance::cases::documented::read_individual;
use conformance::report::Format;
use conformance::run::{self as suite, Allowance, Finished, RunOptions, Target};
use conformance::specification::Specification;
use serde_json::Value;

use super::output::{note, print, progress};
use super::{Passed, argument, id, key_env, seed, sign, switch, text};

pub(super) const ABOUT: &str = "Test the client and a server against the contract (the default)";

pub(super) const MORE: &str = "Examples:

    $ cargo conformance
    $ cargo conformance --target http://127.0.0.1:8080 --id ID --key-env BVNK_HAWK_KEY
    $ cargo conformance --target URL --id ID --allow status.verified=2027-01-31 --report report

Exit codes: 0 the run passed, 1 it failed, 2 it could not run";

#[derive(Clone, Debug)]
pub(crate) struct Arguments {
    /// The server, and how it may be used.
    foreign: Foreign,
    /// Whether `should` clauses fail the run too.
    strict: bool,
    /// The deviations that are accepted.
    allow: Vec<Allowance>,
    /// How many bodies are generated for each operation.
    cases: u32,
    /// What they are generated from; random unless it is given.
    seed: u64,
    /// The file with the person to create in place of generated ones.
    individual: Option<PathBuf>,
    /// The folder of the report.
    report: Option<PathBuf>,
    /// What is printed on the standard output.
    format: Format,
}

/// The server to test: the simulator without a URL.
#[derive(Clone, Debug)]
struct Foreign {
    /// Its base URL.
    target: Option<String>,
    id: Option<String>,
    /// The environment variable with the key, which must not be an argument: other users of the
    /// machine can read those.
    key_env: String,
    /// The most requests a second.
    rate: Option<u32>,
    /// Whether the vendor's sandbox may be the target.
    allow_sandbox: bool,
}

pub(super) fn parser() -> impl Parser<Arguments> {
    let foreign = foreign();
    let strict = switch("strict", "Fail the run for `should` clauses too");
    let help = "Accept that the server deviates from a clause, until a day; repeatable";
    let allow = argument("allow", "CLAUSE[=YYYY-MM-DD]", help).many();
    let help = "Generated bodies for each operation; 200 by default";
    let cases = argument("cases", "N", help).fallback(200);
    let seed = seed("Generate the same bodies again; a run prints its seed");
    let help = "Create the person in a JSON file instead of generated ones; at the simulator only";
    let individual = argument("individual", "FILE", help).optional();
    let help = "Write the report to a folder: HTML, Markdown, JUnit, JSON";
    let report = argument("report", "DIR", help).optional();
    let help = "Print text, github, json, junit, markdown or html; \
                github by default if GITHUB_ACTIONS is true, else text";
    let format =
        argument("format", "FORMAT", help).fallback_with(|| Ok::<Format, String>(default_format()));
    construct!(Arguments {
        foreign,
        strict,
        allow,
        cases,
        seed,
        individual,
        report,
        format
    })
}

/// The arguments about a server that is not the simulator.
fn foreign() -> impl Parser<Foreign> {
    let help = "Test the server at this URL instead of the simulator";
    let target = argument("target", "URL", help).optional();
    let (id, key_env) = (id(), key_env());
    let help = "The most requests a second; 5 by default, unlimited on this machine";
    let rate = argument("rate", "N", help)
        .guard(|rate| *rate > 0, "must be at least 1")
        .optional();
    let help = "Allow the vendor's sandbox as a target: customers created there persist";
    let allow_sandbox = switch("allow-sandbox", help);
    construct!(Foreign {
        target,
        id,
        key_env,
        rate,
        allow_sandbox
    })
}

/// Annotations under GitHub Actions, text everywhere else.
fn default_format() -> Format {
    match std::env::var("GITHUB_ACTIONS").as_deref() {
        Ok("true") => Format::Github,
        _ => Format::Text,
    }
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
        return Err("--individual is sent to the simulator only\n  help: omit --target".to_owned());
    }
    let body = arguments.individual.as_deref().map(person).transpose()?;
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
        cases: arguments.cases,
        seed: arguments.seed,
        body,
        strict: arguments.strict,
        allow: arguments.allow,
        progress: progress("bodies"),
        finished,
        commit: commit(),
        ..RunOptions::default()
    };
    let report = suite::run(target, options).await.map_err(text)?;
    if let Some(folder) = &arguments.report {
        for file in report.write_to(folder).map_err(text)? {
            note(format_args!("wrote {}", file.display()));
        }
    }
    print(&report.render(arguments.format)?)?;
    Ok(report.passed())
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
    let target = Target::foreign(url, &id, &key, foreign.rate).map_err(text)?;
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
        let error = error.to_string().replace('\n', "\n  ");
        format!("{}: not the body of a creation\n  {error}", file.display())
    })
}
