//! Counts instructions with valgrind's callgrind.
//!
//! A worker runs with N and with 2 N rounds; the difference is what the rounds cost,
//! without start-up and warm-up. It is the same on a busy and on an idle machine.

use std::process::{Command, Stdio};

use crate::{Outcome, process};

/// Whether valgrind is installed.
pub fn available() -> bool {
    let mut version = Command::new("valgrind");
    version.arg("--version").stdout(Stdio::null());
    version.status().is_ok_and(|status| status.success())
}

/// The instructions of one round of a worker.
///
/// # Errors
///
/// When valgrind is missing, or the worker fails.
pub fn instructions(worker: &[&str], rounds: u64) -> Outcome<f64> {
    let once = total(worker, rounds, 2 * rounds)?;
    let twice = total(worker, 2 * rounds, 2 * rounds)?;
    Ok((twice - once) / rounds as f64)
}

/// All instructions of a worker that prepares and then makes some rounds.
fn total(worker: &[&str], rounds: u64, prepared: u64) -> Outcome<f64> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("callgrind.out");
    let mut command = Command::new("valgrind");
    command
        .args(["--tool=callgrind", "--quiet"])
        .arg(format!("--callgrind-out-file={}", file.display()))
        .arg(std::env::current_exe()?)
        .arg("worker")
        .args(worker)
        .args(["--rounds", &rounds.to_string()])
        .args(["--prepared", &prepared.to_string()]);
    process::output(&mut command)?;
    std::fs::read_to_string(&file)?
        .lines()
        .find_map(|line| line.strip_prefix("totals:")?.trim().parse().ok())
        .ok_or_else(|| "callgrind wrote no total".into())
}
