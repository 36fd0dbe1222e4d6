//! The storm: many creations at once, every kind of fault, one judgment.

use std::process::ExitCode;

use clap::Args;
use conformance::chaos::Chaos;

use super::cannot_run;
use super::run::{fresh_seed, progress_bar};

#[derive(Args)]
pub(crate) struct Arguments {
    /// How many customers are to be created; at least 500, for shares of fewer say little
    #[arg(long, default_value_t = 1000, value_name = "N", value_parser = clap::value_parser!(u32).range(500..))]
    requests: u32,
    /// Plan the same faults again; a run prints its seed
    #[arg(long, value_name = "S")]
    seed: Option<u64>,
}

pub(crate) async fn chaos(arguments: Arguments) -> ExitCode {
    let Arguments { requests, seed } = arguments;
    let seed = seed.unwrap_or_else(fresh_seed);
    println!("{requests} creations through a storm of faults, seed {seed}");
    let bar = progress_bar(requests.into(), "creations");
    let ticked = bar.clone();
    let chaos = Chaos::new(requests as usize, seed);
    let outcome = chaos.run(move || ticked.inc(1)).await;
    bar.finish_and_clear();
    let outcome = match outcome {
        Ok(outcome) => outcome,
        Err(error) => return cannot_run(error),
    };
    println!("\n{outcome}");
    println!(
        "seed {seed}; to repeat: cargo conformance chaos --requests {requests} --seed {seed}\n"
    );
    println!("{} passed, {} failed", outcome.passed(), outcome.failed());
    if outcome.failed() == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
