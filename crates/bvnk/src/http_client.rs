//! The one constructor of reqwest clients, and their TLS.

use bvnk_auth::configure_http;
use reqwest::Url;

use crate::BuildError;
use crate::printable::root_cause;

const USER_AGENT: &str = concat!("bvnk-rust/", env!("CARGO_PKG_VERSION"));

/// Builds the reqwest client that [`ClientBuilder::build`](crate::ClientBuilder::build) uses
/// for calls to `target`: TLS as chosen by the features, no redirects, no retries, no
/// decompression, and no proxy of the environment if `target` is on this machine.
///
/// # Errors
///
/// [`BuildError::Tls`] if TLS cannot be set up.
pub fn http_client(target: &Url) -> Result<reqwest::Client, BuildError> {
    http_client_builder(target)?
        .build()
        .map_err(|error| BuildError::Tls(root_cause(&error.without_url())))
}

/// Returns the same before it is built, to add proxies, roots or limits.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let base_url: bvnk::BaseUrl = "https://api.sandbox.bvnk.com".parse()?;
/// let http = bvnk::http_client_builder(base_url.as_url())?
///     .proxy(reqwest::Proxy::https("http://egress.internal:3128")?)
///     .build()?;
/// let client = bvnk::Client::builder()
///     .base_url(base_url)
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
pub fn http_client_builder(target: &Url) -> Result<reqwest::ClientBuilder, BuildError> {
    with_tls(configure_http(reqwest::Client::builder(), target).user_agent(USER_AGENT))
}

/// rustls on ring, as a ready-made configuration: reqwest has no feature for it, and its
/// builder panics if it finds no crypto library.
#[cfg(feature = "ring")]
fn with_tls(builder: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder, BuildError> {
    use std::sync::Arc;

    use rustls_platform_verifier::BuilderVerifierExt;

    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(BuilderVerifierExt::with_platform_verifier)
        .map_err(|error| BuildError::Tls(error.to_string()))?
        .with_no_client_auth();
    Ok(builder.tls_backend_preconfigured(config))
}

/// rustls, also where another crate enables reqwest's `native-tls`.
#[cfg(all(feature = "rustls", not(feature = "ring")))]
fn with_tls(builder: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder, BuildError> {
    Ok(builder.tls_backend_rustls())
}

/// With `native-tls` alone, that is reqwest's default; without any of them, only http works.
#[cfg(not(any(feature = "rustls", feature = "ring")))]
fn with_tls(builder: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder, BuildError> {
    Ok(builder)
}
