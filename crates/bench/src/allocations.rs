//! Reads what the program `allocations` counted.
//!
//! Counting is in a program of its own, as it costs time. It must not know what is
//! counted.

use std::path::Path;
use std::process::Command;

use crate::process::{self, Server};
use crate::{Failure, Outcome};

/// How many calls are in flight when memory is counted.
pub const IN_FLIGHT: usize = 512;

/// Figures by name.
#[derive(Debug)]
pub struct Counted(Vec<(String, f64)>);

impl Counted {
    /// One of the figures.
    ///
    /// # Errors
    ///
    /// When it was not counted.
    pub fn get(&self, name: &str) -> Outcome<f64> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map_or_else(
            || Err(Failure::from(format!("{name} was not counted"))),
            |(_, figure)| Ok(*figure),
        )
    }
}

/// Builds the counting program as this one is built, and runs it.
///
/// # Errors
///
/// When it cannot be built or fails.
pub fn optimised() -> Outcome<Counted> {
    let mut build = process::cargo();
    build.args(["build", "--quiet", "--profile", "bench"]);
    build.args(["--package", "bench", "--bin", "allocations"]);
    process::output(&mut build)?;
    let this = std::env::current_exe()?;
    let name = format!("allocations{}", std::env::consts::EXE_SUFFIX);
    let [server, holding] = [Server::fixed(1)?, Server::fixed(IN_FLIGHT)?];
    count(&this.with_file_name(name), &server, &holding)
}

/// Runs the counting program against a server that answers at once, and one that answers
/// when all calls are in flight.
///
/// # Errors
///
/// When it fails.
pub fn count(program: &Path, server: &Server, holding: &Server) -> Outcome<Counted> {
    let mut command = Command::new(program);
    let text = process::output(command.args([server.url(), holding.url()]))?;
    let figures = text.lines().map(|line| {
        let (name, figure) = line.split_once(' ').ok_or("a line without a figure")?;
        Ok((name.to_owned(), figure.parse()?))
    });
    figures.collect::<Outcome<_>>().map(Counted)
}
