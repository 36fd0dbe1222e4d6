//! How the simulated service behaves where its documentation leaves room.
//!
//! It must not know sockets: where to listen is [`Listen`](crate::Listen)'s business.

use std::fmt;

use crate::hawk::Credentials;
use crate::journey::Journey;
use crate::webhook::Webhook;

/// How a repeated idempotency key with the same body is answered.
///
/// The documentation says only that the request is carried out once; the vendor's pages
/// have shown each of these at some time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Replay {
    /// The first answer again, word for word.
    #[default]
    Stored,
    /// 200 with the same reference and the current status.
    Ok200,
    /// 400 that says the request was made already.
    AlreadyExists400,
}

/// The host and port that callers sign for, where those are not the `Host` header's:
/// behind a proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The host, without port.
    pub host: String,
    /// The port.
    pub port: u16,
}

/// The behaviour of a [`Simulator`](crate::Simulator).
///
/// ```
/// use bvnk_simulator::{Config, Journey, Replay};
///
/// let config = Config::default()
///     .credentials("an-id", "a-key")
///     .journeys([Journey::verified()])
///     .replay(Replay::Ok200);
/// # let _ = config;
/// ```
#[must_use]
pub struct Config {
    /// Empty for the default ones.
    pub(crate) credentials: Vec<Credentials>,
    pub(crate) journeys: Vec<Journey>,
    pub(crate) replay: Replay,
    pub(crate) clock_tolerance: u64,
    pub(crate) nonce_lifetime: u64,
    pub(crate) public_origin: Option<Origin>,
    pub(crate) server_authorization: bool,
    pub(crate) webhook: Option<Webhook>,
    pub(crate) explain: bool,
    pub(crate) capacity: usize,
    pub(crate) references: Box<dyn FnMut() -> String + Send>,
}

impl Config {
    /// Hawk credentials in place of the default ones; called again, further ones.
    pub fn credentials(mut self, id: impl Into<String>, key: impl Into<String>) -> Self {
        self.credentials.push(Credentials::new(id, key));
        self
    }

    /// The journeys of new customers, one after the other and then from the start again.
    /// With none, every customer's verification is never-ending.
    ///
    /// The default is [sample](Journey::sample), [verified](Journey::verified),
    /// [unsuccessful](Journey::unsuccessful).
    pub fn journeys(mut self, journeys: impl IntoIterator<Item = Journey>) -> Self {
        self.journeys = journeys.into_iter().collect();
        self
    }

    /// How a repeated idempotency key is answered.
    pub fn replay(mut self, replay: Replay) -> Self {
        self.replay = replay;
        self
    }

    /// How many seconds a caller's clock may be off; 60 by default, which is Hawk's
    /// default. The vendor documents none.
    pub fn clock_tolerance(mut self, seconds: u64) -> Self {
        self.clock_tolerance = seconds;
        self
    }

    /// How many seconds a nonce is remembered; 900 by default, which the vendor documents.
    pub fn nonce_lifetime(mut self, seconds: u64) -> Self {
        self.nonce_lifetime = seconds;
        self
    }

    /// The origin that callers sign for, in place of the `Host` header.
    pub fn public_origin(mut self, host: impl Into<String>, port: u16) -> Self {
        let host = host.into();
        self.public_origin = Some(Origin { host, port });
        self
    }

    /// Whether answers to signed requests carry `Server-Authorization`; not by default,
    /// for the vendor documents that it is not activated.
    pub fn server_authorization(mut self, sign: bool) -> Self {
        self.server_authorization = sign;
        self
    }

    /// Sends a webhook at each change of a customer's status; none by default.
    pub fn webhook(mut self, webhook: Webhook) -> Self {
        self.webhook = Some(webhook);
        self
    }

    /// Whether a refused signature is answered with what is wrong with it: which usual
    /// mistake leads to the caller's MAC, and the text that was to be signed. Not by
    /// default, for a service that tells so helps those who guess. No key is ever told.
    pub fn explain(mut self, explain: bool) -> Self {
        self.explain = explain;
        self
    }

    /// How many customers and how many nonces are remembered at most; where there are more,
    /// the oldest are forgotten, customers half of them at once and with their idempotency
    /// keys. All are remembered by default, as a test wants it.
    pub fn capacity(mut self, count: usize) -> Self {
        self.capacity = count;
        self
    }

    /// Makes the references of new customers; fresh UUIDs (version 4) by default. Each
    /// call must give another one.
    pub fn references(mut self, next: impl FnMut() -> String + Send + 'static) -> Self {
        self.references = Box::new(next);
        self
    }
}

/// The credentials of a simulator that is given none.
pub(crate) fn default_credentials() -> Credentials {
    Credentials::new("simulated-partner", "simulated-key-that-opens-nothing-else")
}

impl Default for Config {
    fn default() -> Self {
        Self {
            credentials: Vec::new(),
            journeys: vec![
                Journey::sample(),
                Journey::verified(),
                Journey::unsuccessful(),
            ],
            replay: Replay::default(),
            clock_tolerance: 60,
            nonce_lifetime: 15 * 60,
            public_origin: None,
            server_authorization: false,
            webhook: None,
            explain: false,
            capacity: usize::MAX,
            references: Box::new(|| uuid::Uuid::new_v4().to_string()),
        }
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("credentials", &self.credentials)
            .field("journeys", &self.journeys)
            .field("replay", &self.replay)
            .field("clock_tolerance", &self.clock_tolerance)
            .field("nonce_lifetime", &self.nonce_lifetime)
            .field("public_origin", &self.public_origin)
            .field("server_authorization", &self.server_authorization)
            .field("webhook", &self.webhook)
            .field("explain", &self.explain)
            .field("capacity", &self.capacity)
            .finish_non_exhaustive()
    }
}
