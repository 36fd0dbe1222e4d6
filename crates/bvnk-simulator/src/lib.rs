//! The documented BVNK customers API as a server for tests.
//!
//! A service that calls BVNK starts a [`Server`] in its own tests, points its client at
//! [`Server::url`] with [`Server::id`] and [`Server::key`], and then looks at what was
//! [received](Server::received), scripts [journeys](Journey) and breaks the server on
//! purpose with a [`Fault`].
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> std::io::Result<()> {
//! use bvnk_simulator::{Config, Journey, Server};
//!
//! let bvnk = Server::start(Config::default()).await?;
//! bvnk.with(|simulator| simulator.next_journey(Journey::unsuccessful()));
//! assert!(bvnk.url().starts_with("http://127.0.0.1:"));
//! # Ok(())
//! # }
//! ```
//!
//! Inside, from the pure to the worldly:
//!
//! - [`Contract`]: which operations exist and what a request must look like, read from
//!   the embedded OpenAPI document ([`contract`]). No field of a request is named in Rust.
//! - [`hawk`]: the verifier of the `Authorization` header, written from the Hawk
//!   specification. It shares no code with the signer of the client under test.
//! - [`Simulator`]: the state machine, from a [`Request`] and a time to a [`Response`].
//!   It has no I/O, no clock and no lock.
//! - [`webhook`]: what is sent at each change of status, until it is taken.
//! - [`Server`]: HTTP/1 around it, able to cut connections as well as to answer.

mod answer;
mod check;
mod clock;
mod config;
mod contract;
mod customers;
mod fault;
pub mod hawk;
mod journey;
mod manual_clock;
mod message;
mod server;
mod simulator;
pub mod webhook;

pub use clock::Clock;
pub use config::{Config, Origin, Replay};
pub use contract::{Contract, ContractError, contract};
pub use customers::Customer;
pub use fault::{Fault, Faults, UnknownFault};
pub use journey::{EmptyJourney, Journey};
pub use manual_clock::ManualClock;
pub use message::{Delivery, Request, Response};
pub use server::{Listen, Received, Server};
pub use simulator::Simulator;
