//! The adapter to reqwest, and what a reqwest client must not do below a signature. Nothing
//! else in this crate knows reqwest, but for the kinds of its errors.

use std::fmt;
use std::task::{Context, Poll};
use std::time::Duration;

use http::{Request, Response};
use tower::Service;
use url::Url;

use crate::body::{self, DEFAULT_LIMIT};
use crate::{Body, BoxError, BoxFuture, Error, is_local, target};

/// Sends requests with a [`reqwest::Client`] and reads each response completely, up to a
/// limit.
///
/// A response that is larger fails with [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge),
/// one that ends early with [`ErrorKind::Interrupted`](crate::ErrorKind::Interrupted). The
/// time is limited by [`RetryPolicy::attempt_timeout`](crate::RetryPolicy::attempt_timeout),
/// or by the client where there is no [`RetryLayer`](crate::RetryLayer).
///
/// A [`Url`] in the request's extensions that is the request's URI saves parsing it again.
#[derive(Clone)]
#[must_use]
pub struct HttpService {
    client: reqwest::Client,
    limit: usize,
}

impl HttpService {
    /// Sends with `client`, which should be built with [`configure_http`].
    pub fn new(client: reqwest::Client) -> Self {
        Self {
            client,
            limit: DEFAULT_LIMIT,
        }
    }

    /// Sets the largest body that is read, in bytes. The default is 1 MiB.
    pub fn max_response_bytes(mut self, limit: usize) -> Self {
        self.limit = limit;
        self
    }
}

impl Service<Request<Body>> for HttpService {
    type Response = Response<Body>;
    type Error = BoxError;
    type Future = BoxFuture<Body>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(())) // as reqwest's
    }

    fn call(&mut self, request: Request<Body>) -> BoxFuture<Body> {
        let sent = into_reqwest(request).map(|request| self.client.call(request));
        let limit = self.limit;
        Box::pin(async move {
            let mut response = sent?.await.map_err(Error::from_reqwest)?;
            let status = response.status();
            let body = body::read(&mut response, Some(limit)).await;
            let mut complete = Response::new(body.map_err(|e| e.with_status(status))?.into());
            *complete.status_mut() = status;
            *complete.version_mut() = response.version();
            *complete.headers_mut() = std::mem::take(response.headers_mut());
            *complete.extensions_mut() = std::mem::take(response.extensions_mut());
            Ok(complete)
        })
    }
}

fn into_reqwest(mut request: Request<Body>) -> Result<reqwest::Request, Error> {
    let url = target::take(&mut request)?;
    let (parts, body) = request.into_parts();
    let mut request = reqwest::Request::new(parts.method, url);
    *request.headers_mut() = parts.headers;
    *request.version_mut() = parts.version;
    *request.body_mut() = body.into_inner().map(Into::into);
    Ok(request)
}

impl fmt::Debug for HttpService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpService")
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}

/// Configures a reqwest client for signed requests to `target`:
///
/// - no redirects: reqwest would send the old signature to another URL, and repeat the body
///   of a 307 or 308 there;
/// - no retries inside reqwest: they would send a nonce twice (what hyper repeats on a fresh
///   connection is only a request of which no byte had left);
/// - no decompression, and so no `Accept-Encoding`, whatever features of reqwest other crates
///   enable;
/// - no `Referer`;
/// - no proxy from the environment for a target on this machine ([`is_local`]): it would
///   receive personal data in clear;
/// - 10 s to connect, less than an attempt has, so that an unreachable host is told apart
///   from a response that does not come.
///
/// Start with it, then set what you need beside (TLS, proxies, user agent).
///
/// ```no_run
/// let target = "https://api.example.com".parse()?;
/// let client = bvnk_auth::configure_http(reqwest::Client::builder(), &target).build()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn configure_http(builder: reqwest::ClientBuilder, target: &Url) -> reqwest::ClientBuilder {
    let builder = builder
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .no_gzip()
        .no_brotli()
        .no_zstd()
        .no_deflate()
        .referer(false)
        .connect_timeout(Duration::from_secs(10));
    if is_local(target) {
        builder.no_proxy()
    } else {
        builder
    }
}
