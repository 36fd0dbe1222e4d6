//! The main job: onboard individuals, judge every exchange, print the table.

use std::path::PathBuf;
use std::process::ExitCode;

use bvnk_simulator::{Config, Listen, Server};
use clap::Args;
use conformance::{Contract, Generated, Source, Suite, Target, Verdict, individual};
use indicatif::{ProgressBar, ProgressStyle};

use super::cannot_run;

#[derive(Args)]
pub(crate) struct Arguments {
    /// How many generated individuals are onboarded
    #[arg(long, default_value_t = 200, value_name = "N")]
    cases: u32,
    /// Generate the same individuals again; a run prints its seed
    #[arg(long, value_name = "S")]
    seed: Option<u64>,
    /// Onboard the person in a JSON file (a request body, or its `individual`) instead
    #[arg(long, value_name = "FILE", conflicts_with_all = ["cases", "seed", "target"])]
    individual: Option<PathBuf>,
    /// Judge the server at URL instead of a simulator; only generated people are sent there
    #[arg(long, value_name = "URL", requires_all = ["id", "key_env"])]
    target: Option<String>,
    /// The Hawk id to use at the target
    #[arg(long, value_name = "ID", requires = "target")]
    id: Option<String>,
    /// The environment variable that holds the Hawk key to use at the target
    #[arg(long, value_name = "VAR", requires = "target")]
    key_env: Option<String>,
    /// Let failures of inferred clauses fail the run at the target; they warn otherwise
    #[arg(long, requires = "target")]
    strict: bool,
    /// How many requests a second the target gets at most; 5 unless it is on this machine
    #[arg(long, value_name = "N", requires = "target", value_parser = clap::value_parser!(u32).range(1..))]
    rate: Option<u32>,
    /// Say yes to making customers in the vendor's sandbox, where others may see them
    #[arg(long, requires = "target")]
    allow_sandbox: bool,
    /// Write the report as JUnit, JSON, Markdown and HTML to a folder
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
}

/// How many requests a second a server on another machine gets, unless told otherwise.
const POLITE: u32 = 5;

pub(crate) async fn run(arguments: Arguments) -> ExitCode {
    let contract = match Contract::embedded() {
        Ok(contract) => contract,
        Err(error) => return cannot_run(error),
    };
    let source = match &arguments.individual {
        None => Source::Generated {
            cases: arguments.cases,
            seed: arguments.seed.unwrap_or_else(fresh_seed),
        },
        Some(file) => {
            let text = match std::fs::read_to_string(file) {
                Ok(text) => text,
                Err(error) => return cannot_run(format!("{}: {error}", file.display())),
            };
            match individual::read(&contract, &text) {
                Ok(body) => Source::Given(body),
                Err(refusal) => {
                    eprint!("{}: {refusal}", file.display());
                    return ExitCode::FAILURE;
                }
            }
        }
    };
    let target = match target(&arguments).await {
        Ok(target) => target,
        Err(error) => return cannot_run(error),
    };
    let address = target.address();
    let suite = match Suite::new(contract, target) {
        Ok(suite) => suite.strict(arguments.strict),
        Err(error) => return cannot_run(error),
    };
    let individuals = suite.individuals(&source);
    match &source {
        Source::Generated { cases, seed } => println!(
            "onboarding {} designed individuals, the documentation's own among them, and {cases} generated ones, seed {seed}",
            individuals - u64::from(*cases)
        ),
        Source::Given(_) => println!("onboarding one given individual"),
    }
    println!("{address}");
    let bar = progress_bar(individuals, "individuals");
    let report = suite.run(source, || bar.inc(1)).await;
    bar.finish_and_clear();
    println!("\n{report}");
    if let (Some(generated), None) = (report.run.generated, &arguments.target) {
        let Generated { cases, seed } = generated;
        println!("to repeat: cargo conformance --cases {cases} --seed {seed}\n");
    }
    if let Some(directory) = &arguments.report {
        match report.write_to(directory) {
            Ok(files) => {
                for file in files {
                    println!("wrote {}", file.display());
                }
            }
            Err(error) => return cannot_run(format!("{}: {error}", directory.display())),
        }
    }
    let [passed, failed, warned, skipped] = [
        Verdict::Passed,
        Verdict::Failed,
        Verdict::Warned,
        Verdict::Skipped,
    ]
    .map(|verdict| report.count(verdict));
    let mut line = format!("{passed} passed, {failed} failed");
    for (count, name) in [(warned, "warned"), (skipped, "skipped")] {
        if count > 0 {
            line = format!("{line}, {count} {name}");
        }
    }
    println!("{line}");
    if report.proven() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// The server to judge: a simulator of its own, unless there is a target.
async fn target(arguments: &Arguments) -> Result<Target, String> {
    let (Some(url), Some(id), Some(variable)) =
        (&arguments.target, &arguments.id, &arguments.key_env)
    else {
        let listen = Listen::default().keep(usize::MAX);
        let server = Server::start_on(listen, Config::default())
            .await
            .map_err(|error| format!("the simulator does not start: {error}"))?;
        return Target::simulator(server);
    };
    if Target::is_sandbox(url) && !arguments.allow_sandbox {
        return Err(format!(
            "{url} is the vendor's sandbox: the customers that this makes there stay. Say --allow-sandbox if that is agreed"
        ));
    }
    let key = std::env::var(variable)
        .ok()
        .filter(|key| !key.is_empty())
        .ok_or_else(|| format!("the environment variable {variable} holds no Hawk key"))?;
    let rate = arguments
        .rate
        .or_else(|| (!Target::is_local(url)).then_some(POLITE));
    Target::foreign(url, id.clone(), key, rate).await
}

/// Shown on a terminal only; a log gets the lines around it.
pub(super) fn progress_bar(length: u64, of: &str) -> ProgressBar {
    let bar = ProgressBar::new(length);
    let template = format!("{{bar:40}} {{pos}}/{{len}} {of}, {{eta}} left");
    if let Ok(style) = ProgressStyle::with_template(&template) {
        bar.set_style(style);
    }
    bar
}

pub(super) fn fresh_seed() -> u64 {
    uuid::Uuid::new_v4().as_u64_pair().0 >> 32
}
