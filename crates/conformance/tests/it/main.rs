//! The suite from outside: its commands, its reports, and what it finds in servers and clients.
//!
//! One program, as each would be linked with all that the suite depends on.

#![allow(
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::unwrap_used
)]

mod cases;
mod chaos;
mod checks;
mod clauses;
mod cli;
mod exchange;
mod fault_plan;
mod foreign;
mod mutants;
mod pace;
mod package;
mod readme;
mod report;
mod server;
mod statuses;
mod suite;
mod wiremock;
mod workspace;
