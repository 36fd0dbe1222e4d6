//! `regen`: from the contract to everything that is derived from it.
//!
//! ```text
//! read -> validate -> lower -> progenitor -> transform to macro calls -> write
//!           validate   lower    progenitor    transform                  files
//! ```
//!
//! All derived files are made in memory first and written only when all of them could be
//! made, so that a broken contract leaves every file as it was. Nothing in here writes under
//! `openapi/`.
//!
//! A new limit of the generator is handled in `lower`, and a new form of the client in
//! `transform`; the contract's model and progenitor stay as they are.

mod dispatch;
mod files;
mod lower;
mod progenitor;
mod transform;
mod validate;

use std::path::Path;

use bvnk_contract::{Contract, Diagnostics};

pub use files::{Mode, Report};

use crate::diff::read_contract;

/// The contract, relative to the workspace's root.
pub const CONTRACT: &str = "openapi/customers.yaml";

/// What is derived from a contract.
pub struct Generated {
    /// The client's source.
    pub client: String,
    /// The source of the table through which the suite calls the client.
    pub dispatch: String,
}

/// Makes the sources that are derived from a contract.
///
/// Nothing is read or written, so that tests can generate from any contract.
///
/// # Errors
///
/// What the generator cannot express.
pub fn generate(contract: &Contract) -> Result<Generated, Diagnostics> {
    let mut lowered = lower::lower(contract);
    progenitor::choose_types(&mut lowered)?;
    Ok(Generated {
        client: transform::client(&lowered, contract),
        dispatch: dispatch::source(&lowered),
    })
}

/// Derives every file of the workspace at `root`, or checks that each is up to date.
///
/// # Errors
///
/// All problems of the contract or of the clauses, or the derived files that are stale, with no file changed
/// in either case; or the file that could not be written.
pub fn regen(root: &Path, mode: Mode) -> Result<Report, Diagnostics> {
    let contract = read_contract(root)?;
    validate::examples(&contract)?;
    let generated = generate(&contract)?;
    files::bring_up_to_date(root, mode, &contract, generated)
}
