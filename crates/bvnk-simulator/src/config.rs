//! How the simulated service behaves where its documentation leaves room.
//!
//! Where the server listens is configured by [`Listen`](crate::Listen).

use bvnk_contract::Contract;

use crate::hawk::Credentials;
use crate::hidden::Hidden;
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

/// What makes references.
pub(crate) type References = Hidden<Box<dyn FnMut() -> String + Send>>;

/// The behaviour of a [`Simulator`](crate::Simulator).
///
/// ```
/// use bvnk_simulator::{Config, Replay, StatusSequence};
///
/// let config = Config::default()
///     .credentials("an-id", "a-key")
///     .sequences([StatusSequence::starting("PENDING").then("VERIFIED")])
///     .replay(Replay::Ok200);
/// # let _ = config;
/// ```
#[derive(Debug)]
#[must_use]
pub struct Config {
    /// The embedded one if there is none.
    pub(crate) contract: Option<Contract>,
    /// Empty for the default ones.
    pub(crate) credentials: Vec<Credentials>,
    pub(crate) sequences: Vec<StatusSequence>,
    pub(crate) replay: Replay,
    pub(crate) clock_tolerance: u64,
    /// Host and port that callers sign for, where those are not the `Host` header's.
    pub(crate) public_origin: Option<(String, u16)>,
    pub(crate) server_authorization: bool,
    pub(crate) webhook: Option<Webhook>,
    pub(crate) explain: bool,
    pub(crate) capacity: usize,
    pub(crate) references: Option<References>,
}

impl Config {
    /// Sets another contract to serve than the embedded one.
    pub fn contract(mut self, contract: Contract) -> Self {
        self.contract = Some(contract);
        self
    }

    /// Sets Hawk credentials in place of the default ones; a further call adds more.
    pub fn credentials(mut self, id: impl Into<String>, key: impl Into<String>) -> Self {
        self.credentials.push(Credentials::new(id, key));
        self
    }

    /// Sets the status sequences of new customers, which take turns.
    ///
    /// The default ones are derived from the contract's statuses: the first begins with the
    /// status of the contract's example, the others with the first status of the contract.
    /// Each ends with one of the terminal statuses that the contract lists.
    pub fn sequences(mut self, sequences: impl IntoIterator<Item = StatusSequence>) -> Self {
        self.sequences = sequences.into_iter().collect();
        self
    }

    /// Sets how a repeated idempotency key is answered.
    pub fn replay(mut self, replay: Replay) -> Self {
        self.replay = replay;
        self
    }

    /// Sets how many seconds a caller's clock may differ; 60 by default, which is Hawk's
    /// default. The vendor documents none.
    pub fn clock_tolerance(mut self, seconds: u64) -> Self {
        self.clock_tolerance = seconds;
        self
    }

    /// Sets the origin that callers sign for, in place of the `Host` header.
    pub fn public_origin(mut self, host: impl Into<String>, port: u16) -> Self {
        self.public_origin = Some((host.into(), port));
        self
    }

    /// Sets whether responses to signed requests carry `Server-Authorization`; off by
    /// default, since the vendor documents that it is not activated.
    pub fn server_authorization(mut self, sign: bool) -> Self {
        self.server_authorization = sign;
        self
    }

    /// Sends a webhook at each change of a customer's status; none by default.
    pub fn webhook(mut self, webhook: Webhook) -> Self {
        self.webhook = Some(webhook);
        self
    }

    /// Sets whether a rejected signature is answered with its cause: which usual mistake
    /// leads to the caller's MAC, and the text that was to be signed. Off by default, since
    /// it would help an attacker who guesses. A key is never part of it.
    pub fn explain(mut self, explain: bool) -> Self {
        self.explain = explain;
        self
    }

    /// Sets how many customers, idempotency keys and nonces are remembered; beyond that the
    /// oldest are forgotten. By default all are remembered, as a test needs it.
    pub fn capacity(mut self, count: usize) -> Self {
        self.capacity = count;
        self
    }

    /// Sets what makes the references of new customers; random UUIDs by default. Each call
    /// must return another one. Not used where the contract requires another form.
    pub fn references(mut self, next: impl FnMut() -> String + Send + 'static) -> Self {
        self.references = Some(Hidden(Box::new(next)));
        self
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            contract: None,
            credentials: Vec::new(),
            sequences: Vec::new(),
            replay: Replay::default(),
            clock_tolerance: 60,
            public_origin: None,
            server_authorization: false,
            webhook: None,
            explain: false,
            capacity: usize::MAX,
            references: None,
        }
    }
}
