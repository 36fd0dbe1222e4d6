//! How the simulated service behaves where its documentation leaves room.
//!
//! Where the server listens is configured by [`Listen`](crate::Listen).

use bvnk_contract::Contract;

use crate::hawk::Credentials;
use crate::sequence::StatusSequence;
use crate::webhook::Webhook;

/// How a repeated idempotency key with the same body is answered.
///
/// The documentation states only that the request is carried out once; the vendor's pages
/// have shown each of these at some time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Replay {
    /// The first response again, byte for byte.
    #[default]
    Stored,
    /// 200 with the same reference and the current status.
    Ok200,
    /// 400 with the reason that the request was carried out already.
    AlreadyExists400,
}

/// The behaviour of a [`Simulator`](crate::Simulator).
///
/// Set what differs from the default, since a later version may have more fields:
///
/// ```
/// use bvnk_simulator::{Config, Replay, StatusSequence};
///
/// let config = Config {
///     sequences: vec![StatusSequence::starting("PENDING").then("VERIFIED")],
///     replay: Replay::Ok200,
///     ..Config::default()
/// };
/// # let _ = config;
/// ```
#[derive(Clone, Debug)]
pub struct Config {
    /// The contract that is served; the embedded one if there is none.
    pub contract: Option<Contract>,
    /// The Hawk credentials that are accepted. The default ones open nothing else.
    pub credentials: Vec<Credentials>,
    /// The status sequences of new customers, which take turns. If there are none, they are
    /// derived from the contract's statuses: the first begins with the status of the contract's
    /// example, the others with the first status of the contract. Each ends with one of the
    /// terminal statuses that the contract lists.
    pub sequences: Vec<StatusSequence>,
    /// How a repeated idempotency key is answered.
    pub replay: Replay,
    /// How many seconds a caller's clock may differ; 60 by default, which is Hawk's default.
    /// The vendor documents none.
    pub clock_tolerance: u64,
    /// Host and port that callers sign for, in place of the `Host` header.
    pub public_origin: Option<(String, u16)>,
    /// Where a webhook is sent at each change of a customer's status; none by default.
    pub webhook: Option<Webhook>,
    /// Whether a rejected signature is answered with its cause: which usual mistake leads to
    /// the caller's MAC, and the text that was to be signed. Off by default, since it would
    /// help an attacker who guesses. A key is never part of it.
    pub explain: bool,
    /// How many customers, idempotency keys and nonces are remembered; beyond that the oldest
    /// are forgotten. By default all are remembered, as a test needs it.
    pub capacity: usize,
    /// Makes the reference of the customer with this number, another one for each; random
    /// UUIDs by default. Not used where the contract requires another form.
    pub references: Option<fn(u64) -> String>,
}

impl Default for Config {
    fn default() -> Self {
        let credentials =
            Credentials::new("simulated-partner", "simulated-key-that-opens-nothing-else");
        Self {
            contract: None,
            credentials: vec![credentials],
            sequences: Vec::new(),
            replay: Replay::default(),
            clock_tolerance: 60,
            public_origin: None,
            webhook: None,
            explain: false,
            capacity: usize::MAX,
            references: None,
        }
    }
}
