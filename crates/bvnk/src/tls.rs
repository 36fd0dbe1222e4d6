//! TLS for reqwest: rustls on ring with the platform's roots, or the platform's library.
//!
//! ring also computes the Hawk MAC, so that a service has one crypto library. reqwest's
//! own `rustls` feature would bring a second one, and without a provider its builder
//! panics: hence the ready-made configuration.

use crate::BuildError;

#[cfg(feature = "rustls")]
pub(crate) fn configure(
    builder: reqwest::ClientBuilder,
) -> Result<reqwest::ClientBuilder, BuildError> {
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

#[cfg(not(feature = "rustls"))]
pub(crate) fn configure(
    builder: reqwest::ClientBuilder,
) -> Result<reqwest::ClientBuilder, BuildError> {
    // With `native-tls` alone it is reqwest's default; without either, only http works.
    Ok(builder)
}
