//! Puts a client together: where to, signed by whom, with which layers.
//!
//! The order of the layers is the safety argument, so it is fixed here: one key for a
//! logical call, then repetition, then a fresh signature for each attempt, then the bound
//! on what is read. A user's own layers stand right below the key: they see calls, not
//! attempts; one that sends a call again sends the same call; and when one fails, the key
//! and the doubt are told all the same.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bvnk_auth::{
    BoundLayer, HawkLayer, IdempotencyLayer, RetryLayer, RetryPolicy, RotatingCredentials, Runtime,
    SigningOrigin, SystemRuntime, harden,
};
use bvnk_gen::{BaseUrl, BoxError, Transport};
use reqwest::header::HeaderName;
use reqwest::{Request, Response};
use tower::util::BoxCloneSyncService;
use tower::{Layer, Service, ServiceBuilder, ServiceExt};

use crate::{BuildError, Client, Environment, tls};

const USER_AGENT: &str = concat!("bvnk-rust/", env!("CARGO_PKG_VERSION"));

type Stack = BoxCloneSyncService<Request, Response, BoxError>;
type OwnLayer = Box<dyn FnOnce(Stack) -> Stack + Send>;
type HawkOption = Box<dyn FnOnce(HawkLayer) -> HawkLayer + Send>;

/// Where the contract has the key; the generated setter writes it there.
const KEY_HEADER: HeaderName = HeaderName::from_static("x-idempotency-key");

/// Builds a [`Client`]. Credentials are needed; all else has a default.
#[must_use]
pub struct ClientBuilder {
    target: Target,
    credentials: Option<RotatingCredentials>,
    retry: RetryPolicy,
    bound: BoundLayer,
    hawk: Vec<HawkOption>,
    key_header: HeaderName,
    runtime: Arc<dyn Runtime>,
    allow_http: bool,
    http: Option<reqwest::Client>,
    layers: Vec<OwnLayer>,
}

enum Target {
    Environment(Environment),
    BaseUrl(BaseUrl),
}

impl ClientBuilder {
    pub(crate) fn new() -> Self {
        Self {
            target: Target::Environment(Environment::Sandbox),
            credentials: None,
            retry: RetryPolicy::default(),
            bound: BoundLayer::default(),
            hawk: Vec::new(),
            key_header: KEY_HEADER,
            runtime: Arc::new(SystemRuntime::new()),
            allow_http: false,
            http: None,
            layers: Vec::new(),
        }
    }

    /// The vendor's environment to call; the sandbox unless told otherwise.
    pub fn environment(mut self, environment: Environment) -> Self {
        self.target = Target::Environment(environment);
        self
    }

    /// Another place to call: a proxy, a simulator. It must be https, unless it is on
    /// this machine.
    pub fn base_url(mut self, base_url: BaseUrl) -> Self {
        self.target = Target::BaseUrl(base_url);
        self
    }

    /// Who signs. Give [`RotatingCredentials`] to exchange them in a running client.
    pub fn credentials(mut self, credentials: impl Into<RotatingCredentials>) -> Self {
        self.credentials = Some(credentials.into());
        self
    }

    /// What is repeated, how often and for how long.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// The largest answer that is read, in bytes; 1 MiB unless told otherwise.
    pub fn max_response_bytes(mut self, bytes: usize) -> Self {
        self.bound = BoundLayer::new(bytes);
        self
    }

    /// Calls an `http` base URL that is not on this machine, in the clear. For a
    /// simulator in the next container; never for real people's data.
    pub fn allow_http(mut self) -> Self {
        self.allow_http = true;
        self
    }

    /// Signs the body too (Hawk's payload hash). The vendor has that switched off, and
    /// so has this client unless told otherwise.
    pub fn sign_payload(self) -> Self {
        self.hawk(|hawk| hawk.payload_hash(true))
    }

    /// Refuses successes that do not prove that they come from the API. The vendor has
    /// that switched off, and so has this client unless told otherwise.
    pub fn verify_responses(self) -> Self {
        self.hawk(|hawk| hawk.verify_responses(true))
    }

    /// Signs for the public host when the base URL is that of an egress proxy.
    pub fn signing_origin(self, origin: SigningOrigin) -> Self {
        self.hawk(|hawk| hawk.signing_origin(origin))
    }

    /// Lets the `Date` of a refusal correct the clock where the API does not prove its
    /// own time; over https only.
    pub fn trust_date_header(self) -> Self {
        self.hawk(|hawk| hawk.trust_date_header(true))
    }

    /// The largest difference between the clocks that is corrected; 24 hours unless told
    /// otherwise.
    pub fn max_clock_offset(self, limit: Duration) -> Self {
        self.hawk(move |hawk| hawk.max_clock_offset(limit))
    }

    fn hawk(mut self, option: impl FnOnce(HawkLayer) -> HawkLayer + Send + 'static) -> Self {
        self.hawk.push(Box::new(option));
        self
    }

    /// Sends idempotency keys in another header than `X-Idempotency-Key`.
    pub fn idempotency_header(mut self, name: HeaderName) -> Self {
        self.key_header = name;
        self
    }

    /// Takes time, sleep and randomness from `runtime`, in all layers and while waiting.
    /// For tests: see [`TestRuntime`](crate::TestRuntime).
    pub fn runtime(mut self, runtime: Arc<dyn Runtime>) -> Self {
        self.runtime = runtime;
        self
    }

    /// Sends with a reqwest client of your own, for proxies, roots or pools. Unless it is
    /// told `no_proxy`, it also takes calls to this machine to the proxy that the
    /// environment names.
    ///
    /// Make it with [`http_client_builder`]: a client that follows redirects or repeats
    /// requests by itself breaks the signature. Several clients, one for each tenant,
    /// may share it, and with it the connections.
    pub fn http_client(mut self, http: reqwest::Client) -> Self {
        self.http = Some(http);
        self
    }

    /// Adds a layer of your own. It sees logical calls with all their attempts, each with
    /// its idempotency key; the layer that is added last is the outermost.
    ///
    /// A layer that fails leaves the call in doubt, unless the failure is a
    /// [`LayerError::refused`](crate::LayerError::refused): it says that nothing was sent.
    /// Leave repeating to [`retry`](Self::retry): a layer that repeats makes no second
    /// customer, but forgets the doubt of its earlier tries.
    pub fn layer<L>(mut self, layer: L) -> Self
    where
        L: Layer<Stack> + Send + 'static,
        L::Service: Service<Request, Response = Response> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Error: Into<BoxError>,
        <L::Service as Service<Request>>::Future: Send + 'static,
    {
        self.layers.push(Box::new(move |stack| {
            BoxCloneSyncService::new(layer.layer(stack).map_err(Into::into))
        }));
        self
    }

    /// Makes the client. Nothing is sent.
    ///
    /// # Errors
    ///
    /// [`BuildError`] if there are no credentials, if the base URL is `http` and not on
    /// this machine, or if TLS cannot be set up.
    pub fn build(self) -> Result<Client, BuildError> {
        let credentials = self.credentials.ok_or(BuildError::MissingCredentials)?;
        let base_url = match self.target {
            Target::Environment(environment) => environment.base_url()?,
            Target::BaseUrl(base_url) => base_url,
        };
        if !self.allow_http && !base_url.is_private() {
            return Err(BuildError::InsecureBaseUrl);
        }
        let http = match self.http {
            Some(http) => http,
            // A proxy from the environment would take what is meant for this machine, in
            // the clear, elsewhere.
            None if base_url.is_local() => made(http_client_builder()?.no_proxy())?,
            None => http_client()?,
        };
        let hawk = self.hawk.into_iter().fold(
            HawkLayer::new(credentials).runtime(Arc::clone(&self.runtime)),
            |hawk, option| option(hawk),
        );
        let keys = IdempotencyLayer::new()
            .header(self.key_header)
            .runtime(Arc::clone(&self.runtime));
        let stack = ServiceBuilder::new()
            .layer(RetryLayer::new(self.retry).runtime(Arc::clone(&self.runtime)))
            .layer(hawk)
            .layer(self.bound)
            .service(http.clone());
        // The keys outside of the user's layers: whatever those do with a call, it stays one.
        let transport = if self.layers.is_empty() {
            Transport::new(keys.layer(stack))
        } else {
            let stack = BoxCloneSyncService::new(stack);
            let layers = self.layers.into_iter();
            Transport::new(keys.layer(layers.fold(stack, |stack, layer| layer(stack))))
        };
        let api = bvnk_gen::Client::new(&base_url, http, transport);
        Ok(Client::new(api, self.runtime))
    }
}

/// The reqwest client that [`ClientBuilder::build`] makes, for those who put layers
/// together themselves: TLS as the features say, no redirects, no repetition.
///
/// # Errors
///
/// [`BuildError::Tls`] if TLS cannot be set up.
pub fn http_client() -> Result<reqwest::Client, BuildError> {
    made(http_client_builder()?)
}

fn made(http: reqwest::ClientBuilder) -> Result<reqwest::Client, BuildError> {
    http.build()
        .map_err(|error| BuildError::Tls(error.without_url().to_string()))
}

/// The same before it is built, to add proxies, roots or limits of your own. Start here
/// and not from `reqwest::Client::builder()`: that one follows redirects, and with the
/// feature `rustls` it panics, for it lacks a crypto library.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let http = bvnk::http_client_builder()?
///     .proxy(reqwest::Proxy::https("http://egress.internal:3128")?)
///     .build()?;
/// let client = bvnk::Client::builder()
///     .http_client(http)
///     .credentials(bvnk::Credentials::new("id", "key")?)
///     .build()?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// [`BuildError::Tls`] if TLS cannot be set up.
pub fn http_client_builder() -> Result<reqwest::ClientBuilder, BuildError> {
    tls::configure(harden(reqwest::Client::builder()).user_agent(USER_AGENT))
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::Credentials;

    #[test]
    fn http_leaves_this_machine_only_when_told_to() {
        for (url, private) in [
            ("https://proxy.example", true),
            ("http://localhost:1", true),
            ("http://127.0.0.9", true),
            ("http://[::1]:1", true),
            ("http://127.0.0.1.example", false),
            ("http://proxy.example", false),
            ("http://10.0.0.1", false),
        ] {
            let builder = || {
                Client::builder()
                    .credentials(Credentials::new("id", "key").unwrap())
                    .base_url(url.parse().unwrap())
            };
            assert_eq!(builder().build().is_ok(), private, "{url}");
            assert!(builder().allow_http().build().is_ok(), "{url}");
        }
    }
}
