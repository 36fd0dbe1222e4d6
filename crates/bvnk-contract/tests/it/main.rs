//! The reader of contracts and clauses: what it refuses, what it keeps, and whether this workspace's
//! agree.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod diagnostics;
#[cfg(all(feature = "yaml", feature = "clauses"))]
mod edits;
mod json_schema;
#[cfg(feature = "yaml")]
mod reading;
#[cfg(all(feature = "yaml", feature = "clauses"))]
mod workspace;
