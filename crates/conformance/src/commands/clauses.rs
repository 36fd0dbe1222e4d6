//! The matrix of clauses and checks.

use std::process::ExitCode;

use conformance::{Clauses, matrix};

use super::{cannot_run, listed};

pub(crate) fn print() -> ExitCode {
    match Clauses::embedded() {
        Ok(clauses) => listed(matrix(&clauses)),
        Err(error) => cannot_run(error),
    }
}
