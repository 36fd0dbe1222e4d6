//! The attempts of a call: each is signed, sent and read; the loop around them counts, waits,
//! cancels and decides.

use std::any::TypeId;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use tokio::time::Instant;
use tower::Service;

use super::sign::Signed;
use super::{HawkLayer, proof};
use crate::outcome::{self, Retry};
use crate::{
    Body, BoxError, BoxFuture, Call, Error, ErrorKind, HttpService, RetryPolicy, body, telemetry,
};

/// The service that [`HawkLayer`] makes.
///
/// It is always ready: each attempt waits for a clone of the service below, so that the
/// time-outs apply to that too.
#[derive(Clone, Debug)]
pub struct HawkService<S> {
    inner: S,
    layer: Arc<HawkLayer>,
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

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<Body>) -> BoxFuture<Body> {
        let (mut inner, layer) = (self.inner.clone(), Arc::clone(&self.layer));
        let (call, _) = Call::of(&mut request);
        Box::pin(async move {
            let result = match &layer.retry {
                Some(policy) => Self::repeat(&mut inner, &layer, policy, &mut request, &call).await,
                None => Self::attempt(&mut inner, &layer, &mut request, false, &call).await,
            };
            result.map_err(|error| error.with_info(call.info()).into())
        })
    }
}

// The request is borrowed and these are no `async fn`: a future of up to 1 KiB is cheaper to
// allocate, and an `async fn` holds its arguments twice.
#[allow(clippy::manual_async_fn)]
impl<S, B> HawkService<S>
where
    S: Service<Request<Body>, Response = Response<B>, Error: Into<BoxError>> + 'static,
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>>,
{
    /// Makes attempts until one is final or a limit is reached.
    fn repeat(
        inner: &mut S,
        layer: &HawkLayer,
        policy: &RetryPolicy,
        request: &mut Request<Body>,
        call: &Call,
    ) -> impl Future<Output = Result<Response<Body>, Error>> {
        async move {
            // A layer in between may have changed it.
            let has_key = call.apply_key(request);
            let repeatable = request.method().is_idempotent() || has_key;
            let options = &call.0.options;
            let max_attempts = options.max_attempts.unwrap_or(policy.max_attempts);
            let total_timeout = options.total_timeout.unwrap_or(policy.total_timeout);
            let start = layer.runtime.instant();
            let mut corrected = false;
            let mut made = 0;
            loop {
                // Before the first nothing has taken time, and the clock costs as much as a small
                // layer.
                let left = match made {
                    0 => total_timeout,
                    _ => layer.left(start, total_timeout),
                };
                let limit = policy.attempt_timeout.min(left);
                if limit.is_zero() {
                    return Err(Error::new(ErrorKind::Timeout));
                }
                made += 1;
                let can_repeat = repeatable && made < max_attempts;
                // Within a block: what an attempt holds (a permit, a connection) is given back
                // before the delay, and so is the response.
                let (delay, token) = {
                    let attempt = pin!(Self::attempt(inner, layer, request, can_repeat, call));
                    let result = layer.runtime.within(limit, attempt).await;
                    let result = result.unwrap_or_else(|| Err(Error::new(ErrorKind::Timeout)));
                    let end = result.as_ref().map(Response::status);
                    let next = match outcome::of(end).0 {
                        Retry::Yes if can_repeat => {
                            let headers = result.as_ref().ok().map(Response::headers);
                            let delay = policy.delay(made, headers, &*layer.runtime);
                            policy.budget.withdraw().map(|token| (delay, Some(token)))
                        }
                        Retry::WithNewSignature if can_repeat && !corrected => {
                            corrected = true;
                            Some((Duration::ZERO, None))
                        }
                        Retry::No if result.is_ok() => {
                            policy.budget.deposit();
                            None
                        }
                        _ => None,
                    };
                    // The token goes back unless the retry starts.
                    let next = next.filter(|(delay, _)| *delay < layer.left(start, total_timeout));
                    telemetry::attempt(made, end, next.as_ref().map(|(delay, _)| *delay));
                    match next {
                        Some(next) => next,
                        None => return result,
                    }
                };
                if !delay.is_zero() {
                    layer.runtime.sleep(delay).await;
                }
                if let Some(token) = token {
                    token.forget(); // spent
                }
            }
        }
    }

    /// Signs and sends once, and records in `call` how that ended. A future that is dropped
    /// leaves the attempt without an end.
    ///
    /// The request is taken; if `keep` is set, a copy stays for the next attempt.
    fn attempt(
        inner: &mut S,
        layer: &HawkLayer,
        request: &mut Request<Body>,
        keep: bool,
        call: &Call,
    ) -> impl Future<Output = Result<Response<Body>, Error>> {
        async move {
            let failed = |error: S::Error| Error::from_below(error.into());
            let ready = poll_fn(|cx| inner.poll_ready(cx)).await;
            ready.map_err(failed)?;
            let (signed, response) = Self::start(inner, layer, request, keep, call)?;
            let result = match response.await.map_err(failed) {
                Ok(response) => {
                    let (parts, body) = response.into_parts();
                    match body::read(body, layer.max_response_bytes).await {
                        Ok(body) => {
                            let response = Response::from_parts(parts, Body::new(body));
                            let checked = layer.check(signed.as_ref(), &response);
                            checked.map(|()| response)
                        }
                        Err(error) => Err(error.with_status(parts.status)),
                    }
                }
                Err(error) => Err(error),
            };
            call.attempt_ended(result.as_ref().map(Response::status));
            result
        }
    }

    /// Signs and sends. Not in the future of an attempt, which would hold the request.
    fn start(
        inner: &mut S,
        layer: &HawkLayer,
        request: &mut Request<Body>,
        keep: bool,
        call: &Call,
    ) -> Result<(Option<Signed>, S::Future), Error> {
        // Last: everything that had to be waited for has been, and no layer below changes
        // a request.
        let copy = match keep {
            true => copy::<S>(request),
            false => Request::default(),
        };
        let mut request = std::mem::replace(request, copy);
        let signed = match call.is_unsigned() {
            true => None,
            false => Some(Signed::new(&mut request, layer)?),
        };
        call.attempt_started();
        Ok((signed, inner.call(request)))
    }
}

impl<S> HawkService<S> {
    pub(super) fn new(inner: S, layer: HawkLayer) -> Self {
        let layer = Arc::new(layer);
        Self { inner, layer }
    }
}

impl HawkLayer {
    /// What is left of a limit that began at `start`.
    fn left(&self, start: Instant, limit: Duration) -> Duration {
        limit.saturating_sub(self.runtime.instant().saturating_duration_since(start))
    }

    /// Checks a response that was read. Without a signature there is nothing that it could prove.
    fn check(&self, signed: Option<&Signed>, response: &Response<Body>) -> Result<(), Error> {
        let Some(signed) = signed else {
            return Ok(());
        };
        proof::check_clock(signed, self, response)?;
        match self.verify_responses {
            true => proof::check_response(signed, response),
            false => Ok(()),
        }
    }
}

/// Copies a request for the next attempt.
///
/// Nearly every call has one that is never sent, so it is kept cheap: extensions are copied
/// only for layers that may look at them. The adapter does not, but for a URL that it can
/// parse again.
fn copy<S: 'static>(request: &Request<Body>) -> Request<Body> {
    let mut copy = Request::new(request.body().clone());
    *copy.method_mut() = request.method().clone();
    *copy.uri_mut() = request.uri().clone();
    *copy.version_mut() = request.version();
    *copy.headers_mut() = request.headers().clone();
    if TypeId::of::<S>() != TypeId::of::<HttpService>() {
        *copy.extensions_mut() = request.extensions().clone();
    }
    copy
}
