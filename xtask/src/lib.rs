//! What is derived from the contract, and the tools that compare it.
//!
//! - [`regen`]: from the contract to every derived file.
//! - [`diff`]: what changed between two contracts, and whom it breaks.
//! - [`mod@check_docs`]: a saved page of the documentation against contract and clauses.
//! - [`upgrade`]: from an edited contract to a green suite.
//!
//! Nothing in here writes under `openapi/`.

mod cargo;
pub mod check_docs;
pub mod diff;
mod regen;
pub mod similar;
mod template;
mod upgrade;

pub use cargo::cargo;
pub use check_docs::{DocsReport, Drift, check_docs, check_page};
pub use regen::{CONTRACT, Generated, Mode, Report, generate, regen};
pub use upgrade::upgrade;

/// The clauses, relative to the workspace's root.
pub const CLAUSES: &str = "openapi/clauses.toml";
