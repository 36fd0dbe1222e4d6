//! Builds a client: its target, its credentials and its layers.
//!
//! The order of the layers is fixed here: one key for a logical call, the user's own layers,
//! the attempts, each with a fresh signature. When a layer of the user fails, the key and the
//! ambiguity of the call are known all the same.

use std::fmt;
use std::sync::Arc;

use bvnk_auth::{
    Body, BoxError, Credentials, HawkLayer, HttpService, IdempotencyLayer, RetryPolicy, Runtime,
    SystemRuntime, is_local,
};
use bvnk_gen::{BaseUrl, InvalidBaseUrl};
use bytes::Bytes;
use http::{Request, Response};
use tower::{Layer, Service};

use crate::transport::{Stack, collected};
use crate::{
    ApiService, BuildError, Client, Environment, LayeredTransport, PollSettings, http_client,
};

type OwnLayer = Box<dyn FnOnce(ApiService, usize) -> ApiService + Send>;
type HawkOption = Box<dyn FnOnce(HawkLayer) -> HawkLayer + Send>;

const MAX_RESPONSE_BYTES: usize = 1024 * 1024;

/// Builds a [`Client`]. Credentials are required; everything else has a default.
#[must_use]
pub struct ClientBuilder {
    base_url: Result<BaseUrl, InvalidBaseUrl>,
    credentials: Option<Credentials>,
    retry: RetryPolicy,
    max_response_bytes: usize,
    hawk: Vec<HawkOption>,
    signing_origin: Option<BaseUrl>,
    runtime: Arc<dyn Runtime>,
    poll_settings: PollSettings,
    allow_http: bool,
    sender: Option<Sender>,
    layers: Vec<OwnLayer>,
}

/// What sends the signed requests.
enum Sender {
    Http(reqwest::Client),
    /// Another service, which takes the layer around it.
    Service(Box<dyn FnOnce(HawkLayer) -> ApiService + Send>),
}

impl ClientBuilder {
    pub(crate) fn new() -> Self {
        Self {
            base_url: Environment::Sandbox.url().parse(),
            credentials: None,
            retry: RetryPolicy::default(),
            max_response_bytes: MAX_RESPONSE_BYTES,
            hawk: Vec::new(),
            signing_origin: None,
            runtime: Arc::new(SystemRuntime),
            poll_settings: PollSettings::new(),
            allow_http: false,
            sender: None,
            layers: Vec::new(),
        }
    }

    /// Sets the vendor's environment to call. The default is the sandbox.
    pub fn environment(mut self, environment: Environment) -> Self {
        self.base_url = environment.url().parse();
        self
    }

    /// Sets another address to call, such as a proxy or a simulator. It must be https, unless
    /// it is on this machine.
    pub fn base_url(mut self, base_url: BaseUrl) -> Self {
        self.base_url = Ok(base_url);
        self
    }

    /// Sets the Hawk credentials. Keep a clone to replace them at run time.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// Sets what is repeated, how often and for how long.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Sets how waits poll: see [`Client::wait_for_verification`].
    pub fn poll_settings(mut self, settings: PollSettings) -> Self {
        self.poll_settings = settings;
        self
    }

    /// Sets the largest response that is read, in bytes. The default is 1 MiB.
    pub fn max_response_bytes(mut self, bytes: usize) -> Self {
        self.max_response_bytes = bytes;
        self
    }

    /// Allows an `http` base URL that is not on this machine: requests are not encrypted. For
    /// a simulator in another container; never for real people's data.
    pub fn allow_http(mut self) -> Self {
        self.allow_http = true;
        self
    }

    /// Signs for the public URL of the API when the base URL is that of an egress proxy. The
    /// base URL's path, if it has one, is replaced by that of `public`.
    pub fn signing_origin(mut self, public: BaseUrl) -> Self {
        self.signing_origin = Some(public);
        self
    }

    /// Changes how requests are signed, with the options of [`HawkLayer`]. By default the body is
    /// not signed and responses need no proof, as the vendor has activated neither:
    ///
    /// ```
    /// # let builder = bvnk::Client::builder();
    /// builder.hawk(|hawk| hawk.payload_hash(true).verify_responses(true));
    /// ```
    pub fn hawk(mut self, change: impl FnOnce(HawkLayer) -> HawkLayer + Send + 'static) -> Self {
        self.hawk.push(Box::new(change));
        self
    }

    /// Takes time, sleep and randomness from `runtime`, in all layers and in waits. For
    /// tests: see [`TestRuntime`](crate::TestRuntime).
    pub fn runtime(mut self, runtime: Arc<dyn Runtime>) -> Self {
        self.runtime = runtime;
        self
    }

    /// Sends with a reqwest client of your own, for proxies, roots or pools.
    ///
    /// Build it with [`http_client_builder`](crate::http_client_builder): a client that
    /// follows redirects or repeats requests breaks the signature, and one that uses the
    /// environment's proxy for a local address sends personal data there. Several clients,
    /// one for each tenant, may share it, and with it the connections.
    pub fn http_client(mut self, http: reqwest::Client) -> Self {
        self.sender = Some(Sender::Http(http));
        self
    }

    /// Sends with another service instead of reqwest. The requests are signed, repeated and
    /// decoded as always, so that tests need no server:
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let fake = tower::service_fn(|request: http::Request<bvnk::Body>| async move {
    ///     assert_eq!(request.uri().path(), "/platform/v1/customers/c-1");
    ///     let body = r#"{"reference": "c-1", "status": "VERIFIED"}"#;
    ///     Ok::<_, bvnk::BoxError>(http::Response::new(bvnk::Body::from(body)))
    /// });
    /// let client = bvnk::Client::builder()
    ///     .credentials(bvnk::Credentials::new("id", "key")?)
    ///     .service(fake)
    ///     .build()?;
    /// let customer = client.get_customer().reference("c-1").send().await?;
    /// assert!(customer.status.is_terminal());
    /// # Ok(())
    /// # }
    /// ```
    pub fn service<S, B>(mut self, service: S) -> Self
    where
        S: Service<Request<Body>, Response = Response<B>> + Clone + Send + Sync + 'static,
        S::Error: Into<BoxError>,
        S::Future: Send + 'static,
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let signed = |hawk: HawkLayer| ApiService::new(hawk.layer(service));
        self.sender = Some(Sender::Service(Box::new(signed)));
        self
    }

    /// Adds a tower layer. It sees logical calls with all their attempts, each with its
    /// idempotency key; the layer that is added last is the outermost. Layers of tower and
    /// tower-http fit as they are.
    ///
    /// The failure of a layer leaves the outcome of a call unknown, unless it is a
    /// [`LayerError::refused`](crate::LayerError::refused), which says that nothing was sent.
    /// Leave repeating to [`retry`](Self::retry): a layer that repeats creates no second
    /// customer, but hides the failures of its earlier attempts.
    pub fn layer<L, B>(mut self, layer: L) -> Self
    where
        L: Layer<ApiService> + Send + 'static,
        L::Service: Service<Request<Body>, Response = Response<B>> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request<Body>>>::Error: Into<BoxError>,
        <L::Service as Service<Request<Body>>>::Future: Send + 'static,
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        self.layers.push(Box::new(move |service, limit| {
            collected(layer.layer(service), limit)
        }));
        self
    }

    /// Builds the client. Nothing is sent.
    ///
    /// # Errors
    ///
    /// [`BuildError`] if there are no credentials, if the base URL is `http` and not on this
    /// machine, or if TLS cannot be set up.
    pub fn build(self) -> Result<Client, BuildError> {
        let credentials = self.credentials.ok_or(BuildError::MissingCredentials)?;
        let base_url = self.base_url?;
        let is_private = base_url.as_url().scheme() == "https" || is_local(base_url.as_url());
        if !self.allow_http && !is_private {
            return Err(BuildError::InsecureBaseUrl);
        }
        let limit = self.max_response_bytes;
        let hawk = HawkLayer::new(credentials)
            .retry(self.retry)
            .runtime(Arc::clone(&self.runtime))
            .max_response_bytes(limit);
        let hawk = self
            .hawk
            .into_iter()
            .fold(hawk, |hawk, option| option(hawk));
        let hawk = match self.signing_origin {
            Some(public) => hawk.signing_origin(public.as_url().clone(), base_url.as_url().path()),
            None => hawk,
        };
        let keys = IdempotencyLayer::new().runtime(Arc::clone(&self.runtime));
        let sender = match self.sender {
            Some(sender) => sender,
            None => Sender::Http(http_client(base_url.as_url())?),
        };
        let stack: Arc<dyn Stack> = match sender {
            // Without a box, which would cost each call an allocation.
            Sender::Http(client) if self.layers.is_empty() => {
                Arc::new(keys.layer(hawk.layer(HttpService::new(client))))
            }
            sender => {
                let service = match sender {
                    Sender::Http(client) => ApiService::new(hawk.layer(HttpService::new(client))),
                    Sender::Service(signed) => signed(hawk),
                };
                let layers = self.layers.into_iter();
                let service = layers.fold(service, |service, layer| layer(service, limit));
                // Outside of the user's layers: a call that they send again stays one call.
                Arc::new(keys.layer(service))
            }
        };
        let api = bvnk_gen::Client::new(base_url, LayeredTransport::new(stack));
        Ok(Client {
            api,
            runtime: self.runtime,
            poll_settings: self.poll_settings,
        })
    }
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

    #[test]
    fn http_is_refused_unless_local_or_allowed() {
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
