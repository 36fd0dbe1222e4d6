//! What a reqwest client must and must not do below a signature.
//!
//! It must not know the layers.

use std::time::Duration;

/// Prepares a client for signed requests:
///
/// - no redirects: reqwest would send the old signature to another URL, and replay
///   the body of a 307 or 308 there;
/// - no retries of reqwest's own: they would send a nonce twice (what hyper repeats on
///   a fresh connection is only a request of which no byte had left);
/// - no `Referer`;
/// - 10 s to connect, less than an attempt has, so that a host that is not there is
///   told from an answer that does not come.
///
/// Everything else (TLS, proxies, user agent) stays as it is.
///
/// With reqwest's feature `rustls-no-provider` (which the `bvnk` crate turns on) reqwest
/// panics in `build` unless TLS was configured or a provider was installed.
///
/// ```no_run
/// let client = bvnk_auth::harden(reqwest::Client::builder()).build()?;
/// # Ok::<(), reqwest::Error>(())
/// ```
pub fn harden(builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
    builder
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .connect_timeout(Duration::from_secs(10))
}
