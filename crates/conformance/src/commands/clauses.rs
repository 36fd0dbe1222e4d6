//! The matrix of clauses and checks.

use std::process::ExitCode;

use conformance::{Clauses, matrix};

use super::cannot_run;

pub(crate) fn print() -> ExitCode {
    match Clauses::embedded() {
        Ok(clauses) => {
            print!("{}", matrix(&clauses));
            ExitCode::SUCCESS
        }
        Err(error) => cannot_run(error),
    }
}
