//! The commands as their users call them, and the documents that describe them.
//!
//! One program, as each would be linked with the generator.

#![allow(clippy::panic, clippy::unwrap_used)]

mod check_docs;
mod diff;
mod gate;
mod links;
mod readme;
mod rehearsal;
mod rename;
mod upgrade;
mod weight;
mod words;
mod workflows;
mod workspace_copy;
