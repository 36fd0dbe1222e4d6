//! How fast and how light the client is: every figure stands beside a bare floor that was
//! measured in the same run.
//!
//! The floors do what cannot be left out and nothing else: ring's HMAC over the string
//! that is signed, and reqwest sending the bytes that the client sends. This crate knows
//! the client from outside only, as a service does.

pub mod allocations;
pub mod by_hand;
pub mod call;
pub mod callgrind;
pub mod floor_server;
pub mod generate;
pub mod load;
pub mod process;
pub mod sign;
pub mod stats;
pub mod suite;
pub mod table;
pub mod watch;
pub mod weight;
pub mod work;

/// Why a figure could not be taken.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// What benches give back.
pub type Outcome<T> = Result<T, Failure>;
