//! Why no client could be built. No variable's value is shown.

use bvnk_gen::{BoxError, InvalidBaseUrl};

/// Why no client could be built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// No credentials were given.
    #[error("no credentials; help: call `ClientBuilder::credentials` or `ClientBuilder::env`")]
    MissingCredentials,
    /// An environment variable is not set.
    #[error("the environment variable {0} is not set")]
    MissingVariable(&'static str),
    /// An environment variable has a value that cannot be used.
    #[error("the environment variable {0} is invalid: {1}")]
    InvalidVariable(&'static str, BoxError),
    /// The base URL cannot be used.
    #[error("{0}")]
    InvalidBaseUrl(#[from] InvalidBaseUrl),
    /// The base URL is `http` and not on this machine: see
    /// [`ClientBuilder::allow_http`](crate::ClientBuilder::allow_http).
    #[error(
        "the base URL is http, which sends personal data unencrypted; help: use https, or call \
         `ClientBuilder::allow_http` if the network is your own"
    )]
    InsecureBaseUrl,
    /// TLS could not be set up; the reason is the TLS library's.
    #[error(
        "TLS cannot be set up: {0}; help: a container needs root certificates, such as the package ca-certificates"
    )]
    Tls(String),
}
