//! The proof that client, contract and server agree: collect, check, report.
//!
//! - [`run`] composes the stages: `collect` calls through the real client and
//!   records what was sent, the [`checks`] judge it, and a [`report`] renders what they found.
//! - [`chaos`] creates customers under fault injection and checks that none is lost or duplicated.
//! - [`cases`] makes the requests: generated, designed, and wrong in one place.
//! - [`specification`] has the contract with the clauses: the documentation's facts, each with
//!   its own expectation.
//! - [`run::Target`] is the server under test: the simulator or any other.
//!
//! The stages know the values that pass between them ([`exchange`], `context`, `results`), and not
//! each other. Operations, fields and statuses are named in `dispatch` (generated) and in the files
//! called `documented` only. No service depends on this crate.

pub mod call;
pub mod cases;
pub mod chaos;
pub mod checks;
mod collect;
pub mod connection;
mod context;
#[rustfmt::skip] // as `cargo xtask regen` prints it
pub mod dispatch;
pub mod exchange;
mod flow;
mod lanes;
pub mod mutants;
mod options;
mod receiver;
pub mod report;
mod results;
pub mod run;
mod shrink;
pub mod specification;
mod target;
mod text;
mod verdicts;

pub use context::Context;
pub use options::Mutation;
pub use receiver::WebhookReceiver;

/// The README's snippets are compiled and run with the documentation's.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
pub struct Readme;

/// The snippets of the page on testing a service.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/testing-your-service.md")]
pub struct TestingYourService;
