//! What is derived from the contract, and the tools around it.

mod regen;

pub use regen::{CONTRACT, Generated, Mode, Report, generate, read, regen};
