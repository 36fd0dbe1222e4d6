//! The proof that client, contract and server agree.
//!
//! - [`Contract`]: the embedded contract, with two independent validators.
//! - [`data`]: individuals generated from the schema; no field is named in Rust.
//! - [`Clauses`]: the documentation's facts, each with an expectation of its own, held
//!   against the contract.
//! - [`checks`]: what is judged; each check names the clauses that it proves.
//! - [`chaos`]: many creations in a storm of faults, and what was committed held against
//!   what was told.
//! - [`mutants`]: who checks the checks.
//! - [`Target`]: the server that is judged, the simulator or any other.
//! - [`Suite`]: onboards individuals through the real client and lets the checks judge.
//!
//! Nothing here is for services; it may use any tool, and no service depends on it.

pub mod chaos;
pub mod checks;
mod clauses;
mod contract;
pub mod data;
mod findings;
mod hurry;
pub mod individual;
mod listener;
pub mod mutants;
mod onboarding;
mod raw;
mod report;
mod shrink;
mod suite;
mod target;
mod world;

pub use clauses::{Basis, Clause, Clauses, Expect, Mismatch, compare, matrix};
pub use contract::{Body, Contract, Misfit};
pub use onboarding::{Misread, Onboarding, Tap, Tapped};
pub use report::{ClauseLine, Example, Failure, Generated, Report, Row, Run, Verdict};
pub use suite::{Source, Suite};
pub use target::Target;
pub use world::MakeClient;

/// The README's snippets are compiled and run with the documentation's.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
pub struct Readme;
