//! `cargo bench-bvnk`: one command for each bench, a short table as its output.
//!
//! This file knows the command line; the work is in the library.

use std::process::ExitCode;

use bench::{Outcome, call, floor_server, generate, load, sign, suite, watch, weight, work};
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(
    name = "cargo bench-bvnk",
    about = "Measures the client beside bare floors of the same run",
    after_help = "Exit codes: 0 measured, 1 a watched figure is over its margin, 2 it could not run"
)]
struct Cli {
    #[command(subcommand)]
    bench: Bench,
}

#[derive(Subcommand)]
enum Bench {
    /// One attempt's signature, beside ring's MAC of the same string
    Sign,
    /// A call through all layers, beside reqwest with the same bytes
    Call,
    /// 1, 8, 64 and 512 calls at once, beside reqwest with the same bytes
    Load,
    /// Checked requests and mutants per second, and the simulator beside Prism
    Suite {
        /// Where `prism mock openapi/customers.yaml` listens, as http://127.0.0.1:4010
        #[arg(long, value_name = "URL")]
        prism: Option<String>,
    },
    /// `cargo xtask regen` on contracts of 2, 10, 100 and 1,000 operations
    Generate,
    /// Crates, cold build and size of a minimal program, for each TLS feature
    Weight,
    /// Compares instructions and allocations with the committed figures
    Watch,
    /// The server that answers all requests alike, in a process of its own
    #[command(hide = true)]
    FixedServer {
        #[arg(long, default_value_t = 1)]
        hold: usize,
    },
    /// The simulator, in a process of its own
    #[command(hide = true)]
    Simulator,
    /// One kind of work, for counting its instructions
    #[command(hide = true)]
    Worker {
        what: String,
        #[arg(long)]
        rounds: u64,
        #[arg(long)]
        prepared: u64,
        #[arg(long, default_value = "")]
        server: String,
    },
}

#[allow(clippy::print_stdout, clippy::print_stderr)] // a command line tool talks
fn main() -> ExitCode {
    match run(Cli::parse().bench) {
        Ok((table, good)) => {
            print!("{table}");
            if good {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            }
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

fn run(bench: Bench) -> Outcome<(String, bool)> {
    let table = match bench {
        Bench::Sign => sign::run()?,
        Bench::Call => call::run()?,
        Bench::Load => load::run()?,
        Bench::Suite { prism } => suite::run(prism.as_deref())?,
        Bench::Generate => generate::run()?,
        Bench::Weight => weight::run()?,
        Bench::Watch => return watch::run(),
        Bench::FixedServer { hold } => {
            floor_server::run(hold)?;
            String::new()
        }
        Bench::Simulator => {
            suite::serve()?;
            String::new()
        }
        Bench::Worker {
            what,
            rounds,
            prepared,
            server,
        } => {
            work::run(&what, rounds, prepared, &server)?;
            String::new()
        }
    };
    Ok((table, true))
}
