//! `clauses`: the documentation's facts and the checks that prove each.
//!
//! A clause takes three lines: its id with weight, basis and place, then the fact, then the checks.
//! The ids are what `run --allow` takes.

use std::fmt::Write as _;

use conformance::checks::CHECKS;
use conformance::report::{visible, weight};
use conformance::specification::Specification;

use super::Passed;
use super::output::print;

pub(super) const ABOUT: &str = "Print the documentation's facts and the checks that prove each";

pub(super) const MORE: &str = "Example:

    $ cargo conformance clauses | grep must

Exit codes: 0 printed, 2 it could not run";

/// Prints all clauses of the workspace's contract.
///
/// # Errors
///
/// A contract that cannot be read, which is a defect of this build.
pub(crate) fn clauses() -> Passed {
    print(&table(&Specification::embedded()?))?;
    Ok(true)
}

/// Each clause with its weight, its basis, its place and its checks.
fn table(specification: &Specification) -> String {
    let clauses = specification.clauses();
    let mut text = String::new();
    for clause in clauses.iter() {
        let checks = CHECKS.iter().filter(|check| check.proves(clause));
        let checks: Vec<&str> = checks.map(|check| check.id).collect();
        let weight = weight(clause.weight());
        let basis = format!("{:?}", clause.basis).to_lowercase();
        let _ = writeln!(
            text,
            "{:32} {weight:6} {basis:10} {}:{}\n    {}\n    checks: {}",
            clause.id,
            clauses.file(),
            clause.line,
            visible(&clause.says),
            checks.join(", ")
        );
    }
    text
}
