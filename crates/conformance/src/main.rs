//! `cargo conformance`: the command line of the suite. Each command has a file in `cli/`; what
//! it does is in the library.

mod cli;

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    cli::exit_code(match cli::parse() {
        Ok(command) => command.run().await,
        Err(passed) => passed,
    })
}
