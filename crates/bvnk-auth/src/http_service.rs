//! The adapter to reqwest, and the settings of a reqwest client for signed requests. Only this
//! module and the conversion of errors depend on reqwest.

use std::fmt;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{Either, Map, Ready, ready};
use http::{Request, Response};
use tower::Service;
use url::Url;

use crate::{Body, BoxError, Error, is_local, target};

/// The future of reqwest, with a name, so that a call needs no box around it.
type Sent = <reqwest::Client as Service<reqwest::Request>>::Future;
type SentResult = Result<reqwest::Response, reqwest::Error>;
type Output = Result<Response<reqwest::Body>, BoxError>;

/// Sends requests with a [`reqwest::Client`], which should be built with [`configure_http`].
///
/// The body of a response is not read here: [`HawkLayer`](crate::HawkLayer) does that, up to
/// [a limit](crate::HawkLayer::max_response_bytes).
///
/// A [`Url`] in the request's extensions that is the request's URI saves parsing it again.
#[derive(Clone)]
#[must_use]
pub struct HttpService(reqwest::Client);

impl HttpService {
    /// Sends with `client`.
    pub fn new(client: reqwest::Client) -> Self {
        Self(client)
    }
}

impl Service<Request<Body>> for HttpService {
    type Response = Response<reqwest::Body>;
    type Error = BoxError;
    type Future = Either<Map<Sent, fn(SentResult) -> Output>, Ready<Output>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(())) // as reqwest's
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        match into_reqwest(request) {
            Ok(request) => Either::Left(self.0.call(request).map(from_reqwest)),
            Err(error) => Either::Right(ready(Err(error.into()))),
        }
    }
}

fn from_reqwest(sent: SentResult) -> Output {
    match sent {
        Ok(response) => Ok(response.into()),
        Err(error) => Err(Error::from_reqwest(error).into()),
    }
}

fn into_reqwest(request: Request<Body>) -> Result<reqwest::Request, Error> {
    let url = target::url(&request)?.into_owned();
    let (parts, body) = request.into_parts();
    let mut request = reqwest::Request::new(parts.method, url);
    *request.headers_mut() = parts.headers;
    *request.version_mut() = parts.version;
    *request.body_mut() = body.into_inner().map(Into::into);
    Ok(request)
}

impl fmt::Debug for HttpService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpService").finish_non_exhaustive()
    }
}

/// Configures a reqwest client for signed requests to `target`:
///
/// - no redirects: reqwest would send the old signature to another URL, and repeat the body
///   of a 307 or 308 there;
/// - no retries inside reqwest: they would send a nonce twice (what hyper repeats on a fresh
///   connection is only a request of which no byte had left);
/// - no decompression, and so no `Accept-Encoding`, even if other crates enable those
///   features of reqwest;
/// - no `Referer`;
/// - no proxy from the environment for a target on this machine ([`is_local`]): it would
///   receive personal data in clear;
/// - 10 s to connect, less than an attempt has, so that an unreachable host and a missing
///   response are different errors.
///
/// Start with it, then add your own settings (TLS, proxies, user agent).
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
