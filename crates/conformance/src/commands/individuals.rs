//! Synthetic people for other tools: the bodies that the main job would onboard.

use std::process::ExitCode;

use clap::Args;
use conformance::Contract;
use conformance::data::{Generator, Optional};

use super::run::fresh_seed;
use super::{cannot_run, say};

#[derive(Args)]
pub(crate) struct Arguments {
    /// How many
    #[arg(long, default_value_t = 10, value_name = "N")]
    cases: u32,
    /// Print the same ones again
    #[arg(long, value_name = "S")]
    seed: Option<u64>,
}

pub(crate) fn print(arguments: &Arguments) -> ExitCode {
    match generate(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => cannot_run(error),
    }
}

fn generate(arguments: &Arguments) -> Result<(), String> {
    let contract = Contract::embedded()?;
    let body = contract
        .body("create_customer", "request")
        .ok_or("the contract has no request body")?;
    let seed = arguments.seed.unwrap_or_else(fresh_seed);
    let mut generator = Generator::new(body.schema(), Optional::Some, seed)?;
    for _ in 0..arguments.cases {
        if !say(format_args!("{}\n", generator.generate()?))? {
            break;
        }
    }
    Ok(())
}
