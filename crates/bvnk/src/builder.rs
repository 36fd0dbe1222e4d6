//! Puts a client together: where to, signed by whom, with which layers.
//!
//! The order of the layers is the safety argument, so it is fixed here: one key for a
//! logical call, then repetition, then a fresh signature for each attempt, then the bound
//! on what is read. A user's own layers stand outside of all of them and see calls, not
//! attempts.

use std::fmt;

use bvnk_auth::{
    BoundLayer, Credentials, HawkLayer, IdempotencyLayer, RetryLayer, RetryPolicy,
    RotatingCredentials, harden,
};
use bvnk_gen::{BaseUrl, BoxError, InvalidBaseUrl, Transport};
use reqwest::{Request, Response};
use tower::util::BoxCloneSyncService;
use tower::{Layer, Service, ServiceBuilder, ServiceExt};

use crate::{Client, Environment, tls};

const USER_AGENT: &str = concat!("bvnk-rust/", env!("CARGO_PKG_VERSION"));

type Stack = BoxCloneSyncService<Request, Response, BoxError>;
type OwnLayer = Box<dyn FnOnce(Stack) -> Stack + Send>;

/// Builds a [`Client`]. Credentials are needed; all else has a default.
#[must_use]
pub struct ClientBuilder {
    target: Target,
    credentials: Option<RotatingCredentials>,
    retry: RetryPolicy,
    bound: BoundLayer,
    hawk: Vec<fn(HawkLayer) -> HawkLayer>,
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
            http: None,
            layers: Vec::new(),
        }
    }

    /// The vendor's environment to call; the sandbox unless told otherwise.
    pub fn environment(mut self, environment: Environment) -> Self {
        self.target = Target::Environment(environment);
        self
    }

    /// Another place to call: a proxy, a simulator.
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

    /// Signs the body too (Hawk's payload hash). The vendor has that switched off, and
    /// so has this client unless told otherwise.
    pub fn sign_payload(mut self) -> Self {
        self.hawk.push(|hawk| hawk.payload_hash(true));
        self
    }

    /// Sends with a reqwest client of your own, for proxies, roots or pools.
    ///
    /// Make it with [`bvnk_auth::harden`]: a client that follows redirects or repeats
    /// requests by itself breaks the signature.
    pub fn http_client(mut self, http: reqwest::Client) -> Self {
        self.http = Some(http);
        self
    }

    /// Adds a layer of your own around the whole client. It sees logical calls, before
    /// they have a key; the layer that is added last is the outermost.
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

    /// Takes credentials, and the base URL if set, from the environment variables
    /// `BVNK_HAWK_ID`, `BVNK_HAWK_KEY` and `BVNK_BASE_URL`.
    ///
    /// # Errors
    ///
    /// [`BuildError`] names the variable that is missing or wrong, never its value.
    pub fn env(self) -> Result<Self, BuildError> {
        self.variables(|name| std::env::var(name).ok())
    }

    fn variables(self, get: impl Fn(&str) -> Option<String>) -> Result<Self, BuildError> {
        let needed = |name: &'static str| get(name).ok_or(BuildError::MissingVariable(name));
        let credentials = Credentials::new(needed(ID)?, needed(KEY)?).map_err(|error| {
            BuildError::InvalidVariable("BVNK_HAWK_ID or BVNK_HAWK_KEY", error.into())
        })?;
        let this = self.credentials(credentials);
        match get(BASE_URL) {
            Some(url) => match url.parse() {
                Ok(url) => Ok(this.base_url(url)),
                Err(error) => Err(BuildError::InvalidVariable(BASE_URL, Box::new(error))),
            },
            None => Ok(this),
        }
    }

    /// Makes the client. Nothing is sent.
    ///
    /// # Errors
    ///
    /// [`BuildError`] if there are no credentials or if TLS cannot be set up.
    pub fn build(self) -> Result<Client, BuildError> {
        let credentials = self.credentials.ok_or(BuildError::MissingCredentials)?;
        let base_url = match self.target {
            Target::Environment(environment) => environment.base_url()?,
            Target::BaseUrl(base_url) => base_url,
        };
        let http = match self.http {
            Some(http) => http,
            None => http_client()?,
        };
        let hawk = self
            .hawk
            .into_iter()
            .fold(HawkLayer::new(credentials), |hawk, option| option(hawk));
        let stack = ServiceBuilder::new()
            .layer(IdempotencyLayer::new())
            .layer(RetryLayer::new(self.retry))
            .layer(hawk)
            .layer(self.bound)
            .service(http.clone());
        let stack = self
            .layers
            .into_iter()
            .fold(BoxCloneSyncService::new(stack), |stack, layer| layer(stack));
        Ok(Client::new(bvnk_gen::Client::new(
            &base_url,
            http,
            Transport::new(stack),
        )))
    }
}

/// The reqwest client that [`ClientBuilder::build`] makes, for those who put layers
/// together themselves: TLS as the features say, no redirects, no repetition.
///
/// # Errors
///
/// [`BuildError::Tls`] if TLS cannot be set up.
pub fn http_client() -> Result<reqwest::Client, BuildError> {
    tls::configure(harden(reqwest::Client::builder()).user_agent(USER_AGENT))?
        .build()
        .map_err(|error| BuildError::Tls(error.without_url().to_string()))
}

const ID: &str = "BVNK_HAWK_ID";
const KEY: &str = "BVNK_HAWK_KEY";
const BASE_URL: &str = "BVNK_BASE_URL";

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder").finish_non_exhaustive()
    }
}

/// Why no client could be made.
#[derive(Debug)]
#[non_exhaustive]
pub enum BuildError {
    /// No credentials were given.
    MissingCredentials,
    /// An environment variable is not set.
    MissingVariable(&'static str),
    /// An environment variable has a value that cannot be used.
    InvalidVariable(&'static str, BoxError),
    /// The base URL cannot be used.
    InvalidBaseUrl(InvalidBaseUrl),
    /// TLS could not be set up; the reason is the TLS library's.
    Tls(String),
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingCredentials => f.write_str(
                "no credentials: call `ClientBuilder::credentials` or `ClientBuilder::env`",
            ),
            Self::MissingVariable(name) => {
                write!(
                    f,
                    "the environment variable {name} is not set, or is not UTF-8"
                )
            }
            Self::InvalidVariable(name, error) => {
                write!(f, "the environment variable {name} cannot be used: {error}")
            }
            Self::InvalidBaseUrl(error) => error.fmt(f),
            Self::Tls(reason) => write!(f, "TLS cannot be set up: {reason}"),
        }
    }
}

impl std::error::Error for BuildError {}

impl From<InvalidBaseUrl> for BuildError {
    fn from(error: InvalidBaseUrl) -> Self {
        Self::InvalidBaseUrl(error)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn from(variables: &[(&str, &str)]) -> Result<Client, BuildError> {
        Client::builder()
            .variables(|name| {
                variables
                    .iter()
                    .find(|(given, _)| *given == name)
                    .map(|(_, value)| (*value).to_owned())
            })?
            .build()
    }

    #[test]
    fn variables_make_a_client_of_the_sandbox_unless_they_name_another_place() {
        let client = from(&[(ID, "id"), (KEY, "key")]).unwrap();
        assert_eq!(client.base_url(), Environment::Sandbox.url());
        let client = from(&[
            (ID, "id"),
            (KEY, "key"),
            (BASE_URL, "http://localhost:1/p/"),
        ])
        .unwrap();
        assert_eq!(client.base_url(), "http://localhost:1/p");
    }

    #[test]
    fn what_is_missing_or_wrong_is_named_and_not_shown() {
        for (variables, told) in [
            (&[(KEY, "s3cret")][..], ID),
            (&[(ID, "id")][..], KEY),
            (&[(ID, "id"), (KEY, "")][..], KEY),
            (&[(ID, "s3cret\"quoted"), (KEY, "key")][..], ID),
            (
                &[(ID, "id"), (KEY, "key"), (BASE_URL, "https://u:s3cret@h")][..],
                BASE_URL,
            ),
        ] {
            let error = from(variables).unwrap_err();
            let text = format!("{error} {error:?}");
            assert!(text.contains(told), "{text}");
            assert!(!text.contains("s3cret"), "{text}");
        }
        assert!(matches!(
            Client::builder().build(),
            Err(BuildError::MissingCredentials)
        ));
    }
}
