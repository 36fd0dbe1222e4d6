//! The main job: onboard individuals, judge every exchange, print the table.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use bvnk_simulator::{Config, Listen, Server};
use clap::Args;
use conformance::{Contract, Source, Suite, Verdict, individual};
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
    #[arg(long, value_name = "FILE", conflicts_with_all = ["cases", "seed"])]
    individual: Option<PathBuf>,
}

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
    let listen = Listen::default().keep(usize::MAX);
    let server = match Server::start_on(listen, Config::default()).await {
        Ok(server) => server,
        Err(error) => return cannot_run(format!("the simulator does not start: {error}")),
    };
    let repeat = match &source {
        Source::Generated { cases, seed } => {
            println!(
                "onboarding {cases} generated individuals and the documentation's own, seed {seed}"
            );
            format!("seed {seed}; to repeat: cargo conformance --cases {cases} --seed {seed}\n")
        }
        Source::Given(_) => {
            println!("onboarding one given individual");
            String::new()
        }
    };
    println!("simulator at {}", server.url());
    let started = Instant::now();
    let bar = progress_bar(source.len(), "individuals");
    let suite = match Suite::new(contract, server) {
        Ok(suite) => suite,
        Err(error) => return cannot_run(error),
    };
    let report = suite.run(source, || bar.inc(1)).await;
    bar.finish_and_clear();
    println!("\n{report}");
    println!(
        "{} requests in {:.1} s\n{repeat}",
        report.requests,
        started.elapsed().as_secs_f64()
    );
    let [passed, failed, skipped] =
        [Verdict::Passed, Verdict::Failed, Verdict::Skipped].map(|verdict| report.count(verdict));
    let skipped = if skipped == 0 {
        String::new()
    } else {
        format!(", {skipped} skipped")
    };
    println!("{passed} passed, {failed} failed{skipped}");
    if report.proven() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
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
