//! Why no client could be built. No variable's value is shown.

use std::fmt;

use bvnk_gen::{BoxError, InvalidBaseUrl};

/// Why no client could be built.
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
    /// The base URL is `http` and not on this machine: see
    /// [`ClientBuilder::allow_http`](crate::ClientBuilder::allow_http).
    InsecureBaseUrl,
    /// TLS could not be set up; the reason is the TLS library's.
    Tls(String),
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingCredentials => f.write_str(
                "no credentials; help: call `ClientBuilder::credentials` or `ClientBuilder::env`",
            ),
            Self::MissingVariable(name) => {
                write!(f, "the environment variable {name} is not set")
            }
            Self::InvalidVariable(name, error) => {
                write!(f, "the environment variable {name} is invalid: {error}")
            }
            Self::InvalidBaseUrl(error) => error.fmt(f),
            Self::InsecureBaseUrl => f.write_str(
                "the base URL is http, which sends personal data unencrypted; help: use https, \
                 or call `ClientBuilder::allow_http` if the network is your own",
            ),
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
