//! The layer that signs: a fresh timestamp and nonce for every attempt, put on last. It makes the
//! attempts too, so that no signature can be above the retries.

mod proof;
mod service;
mod sign;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use tower::Layer;
use url::Url;

use crate::runtime::{Runtime, SystemRuntime};
use crate::{Credentials, RetryPolicy};

pub use service::HawkService;

/// Signs every request with Hawk (source: mozilla/hawk, API document).
///
/// It makes one attempt, or, with a [`RetryPolicy`], as many as that allows, each with its own
/// timestamp and nonce. It belongs above nothing that changes a request: method, URL and, when
/// hashing is on, the body's bytes are signed as they are when the request leaves this layer.
///
/// Each nonce is drawn from the system: a counter would be copied when the process is forked
/// or a snapshot is restored.
///
/// An `Authorization` header that was there before is replaced. URLs with a
/// user name or a password are refused. Configure the client below with
/// [`configure_http`](crate::configure_http): a redirect or a retry inside reqwest would
/// reuse the signature.
///
/// The responses of this layer are complete: their bodies are read here, up to a limit.
///
/// # The clock
///
/// When the server refuses a timestamp (401) and proves its own (`tsm`), later requests to
/// that origin with these credentials are signed with the server's time, and the attempt
/// fails with [`ErrorKind::Clock`](crate::ErrorKind::Clock), after which a [`RetryPolicy`]
/// allows one more attempt at once. This machine's clock is never changed.
///
/// A proof has no nonce, so it can be replayed: an attacker who has recorded a genuine 401
/// and can answer in the server's place makes this client sign with that old time. The server
/// refuses such requests, and its next genuine 401 ends it; no signature for the future can
/// be had that way. [`max_clock_offset`](Self::max_clock_offset) limits how old the time may
/// be.
#[derive(Clone, Debug)]
#[must_use]
pub struct HawkLayer {
    credentials: Credentials,
    retry: Option<RetryPolicy>,
    payload_hash: bool,
    verify_responses: bool,
    max_response_bytes: usize,
    /// How far the server's clock may be ahead of this machine's, and how far behind it.
    max_ahead: Duration,
    max_behind: Duration,
    /// The public URL that is signed, and the prefix of paths that is replaced by its path.
    origin: Option<(Url, String)>,
    runtime: Arc<dyn Runtime>,
}

impl HawkLayer {
    /// Creates a layer that signs with what `credentials` are at each attempt.
    pub fn new(credentials: Credentials) -> Self {
        Self {
            credentials,
            retry: None,
            payload_hash: false,
            verify_responses: false,
            max_response_bytes: 1024 * 1024,
            max_ahead: Duration::from_secs(24 * 60 * 60),
            max_behind: Duration::from_secs(60 * 60),
            origin: None,
            runtime: Arc::new(SystemRuntime),
        }
    }

    /// Repeats calls within the limits of a policy. The default is one attempt, without a limit
    /// of its time.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = Some(policy);
        self
    }

    /// Sets whether the body's hash is signed too. The default is not.
    pub fn payload_hash(mut self, on: bool) -> Self {
        self.payload_hash = on;
        self
    }

    /// Sets whether responses must prove that they are the server's, by a
    /// `Server-Authorization` with the body's hash. The default is not.
    ///
    /// Every success (2xx) must then carry one that is right. Other responses may come from
    /// something that has no key, such as a proxy; they need none, but one that is there must
    /// be right. A response that fails is
    /// [`ErrorKind::Unverified`](crate::ErrorKind::Unverified).
    pub fn verify_responses(mut self, on: bool) -> Self {
        self.verify_responses = on;
        self
    }

    /// Signs for the origin that the server believes it has, when it is not the one connected
    /// to: behind an egress proxy, requests are signed for the public host.
    ///
    /// Scheme, host, port and path of `public` are signed in place of those of the connect URL.
    /// `prefix` is the part of the connect URL's path that the path of `public` replaces.
    /// Requests whose path does not start with it are refused.
    ///
    /// ```
    /// # use bvnk_auth::{Credentials, HawkLayer};
    /// // http://egress.internal/partner/v1/x?y leaves as https://api.example.com/v1/x?y
    /// # let layer = HawkLayer::new(Credentials::new("id", "key")?);
    /// let layer = layer.signing_origin("https://api.example.com".parse()?, "/partner");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn signing_origin(mut self, public: Url, prefix: &str) -> Self {
        self.origin = Some((public, prefix.trim_end_matches('/').to_owned()));
        self
    }

    /// Sets the largest difference between the clocks that is corrected, in both directions.
    /// A larger one is an error that says how large it is.
    ///
    /// The default is 24 hours for a server that is ahead, and 1 hour for one that is behind: a
    /// time in the past may be a replayed one.
    pub fn max_clock_offset(mut self, limit: Duration) -> Self {
        self.max_ahead = limit;
        self.max_behind = limit;
        self
    }

    /// Sets the largest body of a response that is read, in bytes. The default is 1 MiB. A larger
    /// one fails with [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge).
    pub fn max_response_bytes(mut self, limit: usize) -> Self {
        self.max_response_bytes = limit;
        self
    }

    /// Takes time and randomness from `runtime`.
    pub fn runtime(mut self, runtime: Arc<dyn Runtime>) -> Self {
        self.runtime = runtime;
        self
    }
}

impl<S> Layer<S> for HawkLayer {
    type Service = HawkService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        HawkService::new(inner, self.clone())
    }
}
