//! The documented BVNK customers API as a server for tests.
//!
//! A service that calls BVNK starts a [`Server`] in its tests, points its client to
//! [`Server::url`] with [`Server::id`] and [`Server::key`], and then checks what was
//! [received](Server::received), scripts [statuses](StatusSequence) and injects
//! [faults](Fault).
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> std::io::Result<()> {
//! use bvnk_simulator::{Config, Fault, Server};
//!
//! let server = Server::start(Config::default()).await?;
//! // The next creation is carried out, and its response does not arrive.
//! server.with(|simulator| simulator.push_fault(Fault::CommitThenReset));
//! assert!(server.url().starts_with("http://127.0.0.1:"));
//! # Ok(())
//! # }
//! ```
//!
//! - [`Simulator`]: the state machine, from a [`Request`] and a time to a [`Response`], without
//!   I/O, clock or lock. It serves any [`Contract`]: each operation is answered with a valid
//!   body, and what one operation creates is found by the operation of its link.
//! - [`hawk`]: the verifier of the `Authorization` header, written from the Hawk
//!   specification. It shares no code with the client's signer.
//! - [`webhook`]: what is sent at each change of a status, until it is answered.
//! - [`Server`]: HTTP/1 around the simulator, which also resets, stalls and truncates.
//! - [`Hook`]: changes what is enforced and what is answered, for tests of tests.

mod answer;
mod api;
mod check;
mod clock;
mod config;
mod fault;
pub mod hawk;
mod hidden;
mod hook;
mod memory;
mod message;
mod sequence;
mod server;
mod simulator;
mod state;
pub mod webhook;

use std::sync::{Arc, LazyLock};

pub use bvnk_contract::{Contract, Diagnostics, Violation};
pub use check::ValidationError;
pub use clock::{Clock, ManualClock};
pub use config::{Config, Replay};
pub use fault::{Fault, UnknownFault};
pub use hook::{Hook, HookContext, Rules};
pub use message::{Request, Response};
pub use sequence::StatusSequence;
pub use server::{Listen, Received, Server};
pub use simulator::Simulator;
pub use state::{Customer, State};

/// The embedded contract, prepared once in a process.
static EMBEDDED: LazyLock<Result<Arc<api::Api>, Diagnostics>> = LazyLock::new(|| {
    let contract = Contract::from_json("contract.json", include_str!("../contract.json"))?;
    Ok(Arc::new(api::Api::new(contract)?))
});

/// Prepares a contract. The embedded one, which most callers have, is prepared already.
fn prepare(contract: Option<Contract>) -> Result<Arc<api::Api>, Diagnostics> {
    let own = EMBEDDED.clone()?;
    match contract.filter(|contract| own.contract.document != contract.document) {
        None => Ok(own),
        Some(other) => Ok(Arc::new(api::Api::new(other)?)),
    }
}

/// Returns the embedded contract, a copy of the repository's OpenAPI document.
///
/// # Errors
///
/// When it cannot be used, which only a build with a changed contract can show.
pub fn contract() -> Result<&'static Contract, Diagnostics> {
    let embedded = EMBEDDED.as_ref();
    embedded.map(|api| &api.contract).map_err(Clone::clone)
}

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
