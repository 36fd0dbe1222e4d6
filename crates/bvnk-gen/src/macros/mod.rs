//! The macros that `generated.rs` is written in: each takes one schema or operation of the
//! contract, as a Rust item with attributes, and expands to the types for it.
//!
//! They are exported for the tests of the generator, and are not a public interface.

mod enums;
mod object;
mod operation;
mod scalar;
mod union;
