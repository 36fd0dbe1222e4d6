//! The one constructor of reqwest clients, and their TLS.

use std::ffi::OsString;

use bvnk_auth::{configure_http, is_local};
use http::Uri;
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
/// As [`http_client_builder`].
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
/// [`BuildError::Tls`] if TLS cannot be set up, and [`BuildError::InvalidVariable`] if
/// `ALL_PROXY`, or `HTTPS_PROXY` (`HTTP_PROXY` for an http target), is not the URL of a proxy.
pub fn http_client_builder(target: &Url) -> Result<reqwest::ClientBuilder, BuildError> {
    if !is_local(target) {
        check_proxies(target.scheme(), |name| std::env::var_os(name))?;
    }
    with_tls(configure_http(reqwest::Client::builder(), target).user_agent(USER_AGENT))
}

/// Refuses proxy variables for a scheme that reqwest cannot read: it would ignore them, and connect
/// directly.
fn check_proxies(scheme: &str, get: impl Fn(&str) -> Option<OsString>) -> Result<(), BuildError> {
    let own = match scheme {
        "http" => ["HTTP_PROXY", "http_proxy"],
        _ => ["HTTPS_PROXY", "https_proxy"],
    };
    for name in own.into_iter().chain(["ALL_PROXY", "all_proxy"]) {
        let value = get(name).filter(|value| !value.is_empty());
        let is_invalid = |value: OsString| {
            let uri: Option<Uri> = value.to_str().and_then(|text| text.parse().ok());
            // As in reqwest: without a scheme, http is meant.
            !uri.is_some_and(|uri| {
                let scheme = uri.scheme_str().unwrap_or("http");
                uri.authority().is_some() && ["http", "https"].contains(&scheme)
                    || scheme.starts_with("socks")
            })
        };
        if value.is_some_and(is_invalid) {
            let reason = "it is not the URL of a proxy; help: write it as http://host:port";
            return Err(BuildError::InvalidVariable(name, reason.into()));
        }
    }
    Ok(())
}

/// rustls on ring, as a ready-made configuration: reqwest has no feature for it, and its
/// builder panics if it finds no crypto library. The system's roots are read once for all clients;
/// each has its own sessions.
#[cfg(feature = "ring")]
fn with_tls(builder: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder, BuildError> {
    use std::sync::{Arc, OnceLock};

    use rustls::client::{ClientConfig, Resumption};
    use rustls_platform_verifier::BuilderVerifierExt;

    static SHARED: OnceLock<ClientConfig> = OnceLock::new();
    let mut config = match SHARED.get() {
        Some(config) => config.clone(),
        None => {
            let provider = Arc::new(rustls::crypto::ring::default_provider());
            let config = ClientConfig::builder_with_provider(provider)
                .with_safe_default_protocol_versions()
                .and_then(BuilderVerifierExt::with_platform_verifier)
                .map_err(|error| BuildError::Tls(error.to_string()))?
                .with_no_client_auth();
            SHARED.get_or_init(|| config).clone()
        }
    };
    config.resumption = Resumption::default();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_variable_that_cannot_be_read_is_an_error_without_its_value() {
        for (value, valid) in [
            ("", true),
            ("http://proxy:3128", true),
            ("https://user:pass@proxy.example/", true),
            ("proxy.example:3128", true),
            ("http://", false),
            ("ftp://proxy", false),
            ("/proxy", false),
            ("http://s3cret:s3cret@", false),
            ("s3cret s3cret", false),
        ] {
            for (scheme, name) in [
                ("https", "HTTPS_PROXY"),
                ("https", "https_proxy"),
                ("https", "all_proxy"),
                ("http", "HTTP_PROXY"),
                ("http", "http_proxy"),
                ("http", "ALL_PROXY"),
            ] {
                let result = check_proxies(scheme, |asked| (asked == name).then(|| value.into()));
                assert_eq!(result.is_ok(), valid, "{value}");
                if let Err(error) = result {
                    let text = format!("{error} {error:?}");
                    assert!(text.contains(name) && !text.contains("s3cret"), "{text}");
                }
            }
        }
    }
}
