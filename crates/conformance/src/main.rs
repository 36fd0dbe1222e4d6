//! `cargo conformance`: the command line of the suite.
//!
//! This file knows arguments, exit codes and what is printed; the proof is in the
//! library.

mod commands;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(
    name = "cargo conformance",
    about = "Proves that client, contract and server agree",
    args_conflicts_with_subcommands = true,
    after_help = "Exit codes: 0 all checks passed, 1 a check failed or an individual is not valid, 2 it could not run"
)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    run: commands::run::Arguments,
}

#[derive(Subcommand)]
enum Command {
    /// Onboard individuals at a simulator and check every request and answer (the default)
    Run(commands::run::Arguments),
    /// Create customers in a storm of faults, and hold what was committed against what was told
    Chaos(commands::chaos::Arguments),
    /// Break server, client and contract in one place at a time, and see a check fail for each
    Mutants(commands::mutants::Arguments),
    /// Print generated individuals, one request body a line
    Individuals(commands::individuals::Arguments),
    /// Serve the documented API for any client, until it is interrupted
    Serve(commands::serve::Arguments),
    /// Tell whether network, clock and the credentials in BVNK_HAWK_ID and BVNK_HAWK_KEY are right
    Doctor,
    /// Print the documentation's facts and the checks that prove each
    Clauses,
}

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    match cli.command.unwrap_or(Command::Run(cli.run)) {
        Command::Run(arguments) => commands::run::run(arguments).await,
        Command::Chaos(arguments) => commands::chaos::chaos(arguments).await,
        Command::Mutants(arguments) => commands::mutants::mutants(arguments).await,
        Command::Individuals(arguments) => commands::individuals::print(&arguments),
        Command::Serve(arguments) => commands::serve::serve(arguments).await,
        Command::Doctor => commands::doctor::doctor().await,
        Command::Clauses => commands::clauses::print(),
    }
}
