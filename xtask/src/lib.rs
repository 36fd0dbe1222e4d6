//! From the contract to everything that is derived from it.
//!
//! ```text
//! read -> validate -> lower -> progenitor -> polish -> prettyplease -> write
//!   contract  contract   lower    generate     polish     generate      derived
//! ```
//!
//! All derived files are made in memory first and written only when all of them could
//! be made, so that a broken contract leaves every file as it was. Nothing in here
//! writes under `openapi/`.

mod cargo;
mod check_docs;
mod contract;
mod derived;
pub mod diff;
mod generate;
mod lower;
mod polish;
mod problem;
mod similar;
mod upgrade;

use std::path::Path;

pub use check_docs::{DocsReport, Drift, check_docs, check_page};
pub use derived::{Mode, Report};
pub use problem::{Problem, Problems};
pub use upgrade::upgrade;

/// Where the contract lies, seen from the workspace's root.
pub const CONTRACT: &str = "openapi/customers.yaml";

/// Where the clauses lie, seen from the workspace's root.
pub const CLAUSES: &str = "openapi/clauses.toml";

/// Makes every derived file of the workspace at `root` anew, or checks that each is
/// as it would be made.
///
/// # Errors
///
/// All problems of the contract that could be found, or the derived files that are
/// stale, with no file changed in either case; or the file that could not be written.
pub fn regen(root: &Path, mode: Mode) -> Result<Report, Problems> {
    let contract = contract::read(root)?;
    contract::validate(&contract)?;
    let files = derived::make(&contract)?;
    match mode {
        Mode::Write => derived::write(root, &files),
        Mode::Check => derived::check(root, &files),
    }
}
