//! The layer that signs: a fresh timestamp and nonce for every attempt, put on last.
//!
//! It does not repeat anything: it asks for another attempt by failing with
//! [`ErrorKind::Clock`](crate::ErrorKind::Clock), and the layer above decides.

mod attributes;
mod clock;
mod proof;
mod sign;
#[cfg(test)]
mod tests;

use std::any::TypeId;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::header::{AUTHORIZATION, HOST};
use http::{Request, Response};
use tower::{Layer, Service};
use url::Url;

use crate::runtime::{Runtime, SystemRuntime};
use crate::{Body, BoxError, BoxFuture, Call, Error, HttpService, RotatingCredentials, body};

use sign::{Sent, Signed};

/// Signs every request with Hawk (source: mozilla/hawk, API document).
///
/// It belongs below [`RetryLayer`](crate::RetryLayer), so that each attempt has its own
/// timestamp and nonce, and above nothing that changes a request: method, URL and, when
/// hashing is on, the body's bytes are signed as they are when the request leaves this layer.
/// The URI of the request is then in the form in which it is sent.
///
/// Each nonce is drawn from the system: a counter would be copied when the process is forked
/// or a snapshot is restored.
///
/// An `Authorization` header that was there before is replaced. URLs with a
/// user name or a password are refused. Configure the client below with
/// [`configure_http`](crate::configure_http): a redirect or a retry inside reqwest would
/// reuse the signature.
///
/// The responses of this layer are complete: their bodies are read here, up to a limit.
///
/// # The clock
///
/// When the server refuses a timestamp (401) and proves its own (`tsm`), later requests to
/// that origin with these credentials are signed with the server's time, and the attempt
/// fails with [`ErrorKind::Clock`](crate::ErrorKind::Clock), after which
/// [`RetryLayer`](crate::RetryLayer) makes one more attempt at once. This machine's clock is
/// never changed.
///
/// A proof has no nonce, so it can be replayed: an attacker who has recorded a genuine 401
/// and can answer in the server's place makes this client sign with that old time. The server
/// refuses such requests, and its next genuine 401 ends it; no signature for the future can
/// be had that way. [`max_clock_offset`](Self::max_clock_offset) limits how old the time may
/// be.
#[derive(Clone, Debug)]
#[must_use]
pub struct HawkLayer {
    credentials: RotatingCredentials,
    payload_hash: bool,
    verify_responses: bool,
    max_response_bytes: usize,
    /// How far the server's clock may be ahead of this machine's, and how far behind it.
    max_ahead: Duration,
    max_behind: Duration,
    /// The public URL that is signed, and the prefix of paths that is replaced by its path.
    origin: Option<(Url, String)>,
    runtime: Arc<dyn Runtime>,
}

impl HawkLayer {
    /// Creates a layer that signs with [`Credentials`](crate::Credentials), or with
    /// [`RotatingCredentials`] that can be replaced later.
    pub fn new(credentials: impl Into<RotatingCredentials>) -> Self {
        Self {
            credentials: credentials.into(),
            payload_hash: false,
            verify_responses: false,
            max_response_bytes: 1024 * 1024,
            max_ahead: Duration::from_secs(24 * 60 * 60),
            max_behind: Duration::from_secs(60 * 60),
            origin: None,
            runtime: Arc::new(SystemRuntime),
        }
    }

    /// Sets whether the body's hash is signed too. The default is not.
    pub fn payload_hash(mut self, on: bool) -> Self {
        self.payload_hash = on;
        self
    }

    /// Sets whether responses must prove that they are the server's, by a
    /// `Server-Authorization` with the body's hash. The default is not.
    ///
    /// Every success (2xx) must then carry one that is right. Other responses may come from
    /// something that has no key, such as a proxy; they need none, but one that is there must
    /// be right. A response that fails is
    /// [`ErrorKind::Unverified`](crate::ErrorKind::Unverified).
    pub fn verify_responses(mut self, on: bool) -> Self {
        self.verify_responses = on;
        self
    }

    /// Signs for the origin that the server believes it has, when it is not the one connected
    /// to: behind an egress proxy, requests are signed for the public host.
    ///
    /// Scheme, host, port and path of `public` are signed in place of those of the connect URL.
    /// `prefix` is the part of the connect URL's path that the path of `public` replaces.
    /// Requests whose path does not start with it are refused.
    ///
    /// ```
    /// # use bvnk_auth::{Credentials, HawkLayer};
    /// // http://egress.internal/partner/v1/x?y leaves as https://api.example.com/v1/x?y
    /// # let layer = HawkLayer::new(Credentials::new("id", "key")?);
    /// let layer = layer.signing_origin("https://api.example.com".parse()?, "/partner");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn signing_origin(mut self, public: Url, prefix: &str) -> Self {
        self.origin = Some((public, prefix.trim_end_matches('/').to_owned()));
        self
    }

    /// Sets the largest difference between the clocks that is corrected, in both directions.
    /// A larger one is an error that says how large it is.
    ///
    /// The default is 24 hours for a server that is ahead, and 1 hour for one that is behind: a
    /// time in the past may be a replayed one.
    pub fn max_clock_offset(mut self, limit: Duration) -> Self {
        self.max_ahead = limit;
        self.max_behind = limit;
        self
    }

    /// Sets the largest body of a response that is read, in bytes. The default is 1 MiB. A larger
    /// one fails with [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge).
    pub fn max_response_bytes(mut self, limit: usize) -> Self {
        self.max_response_bytes = limit;
        self
    }

    /// Takes time and nonces from `runtime`.
    pub fn runtime(mut self, runtime: Arc<dyn Runtime>) -> Self {
        self.runtime = runtime;
        self
    }

    /// Checks a response that was read.
    fn check(
        &self,
        sent: Sent<'_>,
        parts: http::response::Parts,
        body: Result<Bytes, Error>,
    ) -> Result<Response<Body>, Error> {
        let body = body.map_err(|error| error.with_status(parts.status))?;
        let response = Response::from_parts(parts, Body::new(body));
        clock::check(sent, &response)?;
        if self.verify_responses {
            proof::check(sent, &response)?;
        }
        Ok(response)
    }

    /// Signs `request` as it is now.
    fn sign(&self, request: &mut Request<Body>) -> Result<Signed, Error> {
        // What leaves would name a host that is not signed.
        if self.origin.is_none() && request.headers().contains_key(HOST) {
            return Err(Error::invalid(
                "the request has a Host header; help: remove it, or set the signing origin",
            ));
        }
        let (signed, header) = Signed::new(request, self)?;
        request.headers_mut().insert(AUTHORIZATION, header);
        Ok(signed)
    }
}

impl<S> Layer<S> for HawkLayer {
    type Service = HawkService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        HawkService {
            inner,
            layer: Arc::new(self.clone()),
        }
    }
}

/// The service that [`HawkLayer`] makes.
#[derive(Clone, Debug)]
pub struct HawkService<S> {
    inner: S,
    layer: Arc<HawkLayer>,
}

impl<S, B> HawkService<S>
where
    S: Service<Request<Body>, Response = Response<B>, Error: Into<BoxError>> + 'static,
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>>,
{
    /// Signs and sends once, and records in `call` how that ended. A future that is dropped
    /// leaves the attempt without an end.
    ///
    /// The request is taken; if `keep` is set, a copy stays for the next attempt.
    // Not an `async fn`: those hold their arguments twice.
    #[allow(clippy::manual_async_fn)]
    pub(crate) fn attempt(
        mut self,
        request: &mut Request<Body>,
        keep: bool,
        call: &Call,
    ) -> impl Future<Output = Result<Response<Body>, Error>> {
        async move {
            let failed = |error: S::Error| Error::from_below(error.into());
            let ready = poll_fn(|cx| self.inner.poll_ready(cx)).await;
            ready.map_err(failed)?;
            let (signed, response) = self.start(request, keep, call)?;
            let response = response.await.map_err(failed);
            let result = match response {
                Ok(response) => {
                    let (parts, body) = response.into_parts();
                    let body = body::read(body, self.layer.max_response_bytes).await;
                    let sent = Sent {
                        signed: &signed,
                        request,
                        layer: &self.layer,
                    };
                    self.layer.check(sent, parts, body)
                }
                Err(error) => Err(error),
            };
            call.attempt_ended(request.method(), result.as_ref().map(Response::status));
            result
        }
    }

    /// Signs and sends. Not in the future of an attempt, which would hold the request.
    fn start(
        &mut self,
        request: &mut Request<Body>,
        keep: bool,
        call: &Call,
    ) -> Result<(Signed, S::Future), Error> {
        // Last: everything that had to be waited for has been, and no layer below changes
        // a request.
        let mut copy = Request::default();
        *copy.method_mut() = request.method().clone();
        *copy.uri_mut() = request.uri().clone();
        if keep {
            complete::<S>(&mut copy, request);
        }
        let mut request = std::mem::replace(request, copy);
        let signed = self.layer.sign(&mut request)?;
        call.attempt_started(request.method());
        Ok((signed, self.inner.call(request)))
    }
}

impl<S, B> Service<Request<Body>> for HawkService<S>
where
    S: Service<Request<Body>, Response = Response<B>> + Clone + Send + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send,
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send,
{
    type Response = Response<Body>;
    type Error = BoxError;
    type Future = BoxFuture<Body>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, mut request: Request<Body>) -> BoxFuture<Body> {
        // The service that is ready is the one that is called.
        let clone = self.clone();
        let ready = std::mem::replace(self, clone);
        let call = Call::of(&mut request);
        Box::pin(async move {
            let result = ready.attempt(&mut request, false, &call).await;
            result.map_err(|error| error.with_info(call.info()).into())
        })
    }
}

/// Completes a copy of a request, which has its method and URI, for the next attempt.
///
/// Nearly every call has one that is never sent, so it is kept cheap: extensions are copied
/// only for layers that may look at them. The adapter does not, but for a URL that it can
/// parse again.
fn complete<S: 'static>(copy: &mut Request<Body>, request: &Request<Body>) {
    *copy.body_mut() = request.body().clone();
    *copy.version_mut() = request.version();
    *copy.headers_mut() = request.headers().clone();
    if TypeId::of::<S>() != TypeId::of::<HttpService>() {
        *copy.extensions_mut() = request.extensions().clone();
    }
}
