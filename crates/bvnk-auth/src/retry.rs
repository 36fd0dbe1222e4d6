//! The loop around an attempt: it counts, waits, cancels and decides.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use tokio::time::Instant;
use tower::{Layer, Service};

use crate::outcome::{self, Retry};
use crate::runtime::{Runtime, SystemRuntime};
use crate::{
    Body, BoxError, BoxFuture, Call, Error, ErrorKind, HawkService, RetryPolicy, telemetry,
};

/// Repeats a call within the limits of a [`RetryPolicy`].
///
/// | an attempt ends with | retried? | ambiguous? |
/// |---|---|---|
/// | no connection | yes | no |
/// | a time-out, a reset, a truncated body | yes | yes |
/// | 2xx | no | no, but see below |
/// | 408, 425, 429 | yes | no |
/// | any other 4xx | no | no |
/// | 500, 502, 503, 504 | yes | yes |
/// | any other status: 1xx, 3xx, 5xx, 600 and above | no | yes |
/// | a refused timestamp that was corrected | at once, once | no |
/// | a response that is too large | no | unless it is a 4xx |
/// | a response that is not verified, a foreign error | no | yes |
/// | an error of [`Error::refused`] | no | no, it was not sent |
///
/// *Ambiguous* means that the request may have been carried out. An attempt that was
/// cancelled is ambiguous too, with the future that is dropped. Safe methods (`GET`) never
/// are. Once one attempt is ambiguous, the outcome of the call is unknown: a later rejection
/// does not end that, as "already exists" shows, nor does a 2xx alone, which may be a proxy's
/// maintenance page. [`Call::confirm`] ends it, once the body is what the contract declares.
///
/// `GET`, `HEAD`, `OPTIONS`, `TRACE`, `PUT` and `DELETE` are repeated; every other method only
/// with the idempotency key of an [`IdempotencyLayer`](crate::IdempotencyLayer) above. All
/// attempts have that key, even if a layer in between changed it.
///
/// The layer goes around a [`HawkService`] only, so that every attempt is signed afresh. Hawk
/// above the retries would repeat a nonce, and does not compile:
///
/// ```compile_fail,E0277
/// # use bvnk_auth::{Credentials, HawkLayer, HttpService, RetryLayer};
/// use tower::Layer;
///
/// # let http = HttpService::new(reqwest::Client::new());
/// # let hawk = HawkLayer::new(Credentials::new("id", "key")?);
/// hawk.layer(RetryLayer::default().layer(http));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// The right order does:
///
/// ```no_run
/// # use bvnk_auth::{Credentials, HawkLayer, HttpService, RetryLayer};
/// use tower::Layer;
///
/// # let http = HttpService::new(reqwest::Client::new());
/// # let hawk = HawkLayer::new(Credentials::new("id", "key")?);
/// RetryLayer::default().layer(hawk.layer(http));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct RetryLayer {
    policy: RetryPolicy,
    runtime: Arc<dyn Runtime>,
}

impl RetryLayer {
    /// Creates a layer with a policy, and the system's time and randomness.
    pub fn new(policy: RetryPolicy) -> Self {
        Self {
            policy,
            runtime: Arc::new(SystemRuntime),
        }
    }

    /// Takes time and randomness from `runtime`.
    pub fn runtime(mut self, runtime: Arc<dyn Runtime>) -> Self {
        self.runtime = runtime;
        self
    }
}

impl Default for RetryLayer {
    fn default() -> Self {
        Self::new(RetryPolicy::default())
    }
}

impl<S> Layer<HawkService<S>> for RetryLayer {
    type Service = RetryService<S>;

    fn layer(&self, inner: HawkService<S>) -> Self::Service {
        RetryService {
            inner,
            layer: Arc::new(self.clone()),
        }
    }
}

/// The service that [`RetryLayer`] makes.
#[derive(Clone, Debug)]
pub struct RetryService<S> {
    inner: HawkService<S>,
    layer: Arc<RetryLayer>,
}

impl<S, B> Service<Request<Body>> for RetryService<S>
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
        // Each attempt waits for its clone, so that the time-outs apply to that too.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<Body>) -> BoxFuture<Body> {
        let mut hawk = self.inner.clone();
        let layer = Arc::clone(&self.layer);
        let call = Call::of(&mut request);
        Box::pin(async move {
            let result = layer.run(&mut hawk, &mut request, &call).await;
            result.map_err(|error| error.with_info(call.info()).into())
        })
    }
}

impl RetryLayer {
    /// What is left of a limit that began at `start`.
    fn left(&self, start: Instant, limit: Duration) -> Duration {
        limit.saturating_sub(self.runtime.instant().saturating_duration_since(start))
    }

    // The request is borrowed and this is not an `async fn`: a future of up to 1 KiB is cheaper
    // to allocate, and an `async fn` holds its arguments twice.
    #[allow(clippy::manual_async_fn)]
    fn run<S, B>(
        &self,
        hawk: &mut HawkService<S>,
        request: &mut Request<Body>,
        call: &Call,
    ) -> impl Future<Output = Result<Response<Body>, Error>>
    where
        S: Service<Request<Body>, Response = Response<B>, Error: Into<BoxError>> + Clone + 'static,
        B: http_body::Body<Data = Bytes, Error: Into<BoxError>>,
    {
        async move {
            let key = call.key();
            if let (Some(key), Some(header)) = (key, &call.0.idempotency_header) {
                // A layer in between may have changed it.
                key.apply(request.headers_mut(), header)?;
            }
            let repeatable = request.method().is_idempotent() || key.is_some();
            let (policy, options) = (&self.policy, &call.0.options);
            let max_attempts = options.max_attempts.unwrap_or(policy.max_attempts);
            let attempt_timeout = options.attempt_timeout.unwrap_or(policy.attempt_timeout);
            let total_timeout = options.total_timeout.unwrap_or(policy.total_timeout);
            let start = self.runtime.instant();
            let mut corrected = false;
            let mut made = 0;
            loop {
                let left = match made {
                    // Nothing has taken time yet, and the clock costs as much as a small layer.
                    0 => total_timeout,
                    _ => self.left(start, total_timeout),
                };
                let limit = attempt_timeout.min(left);
                if limit.is_zero() {
                    return Err(Error::new(ErrorKind::Timeout));
                }
                made += 1;
                let can_repeat = repeatable && made < max_attempts;
                // Within a block: what an attempt holds (a permit, a connection) is given back
                // before the delay, and so is the response.
                let (delay, token) = {
                    let attempt = pin!(hawk.clone().attempt(request, can_repeat, call));
                    let result = self.runtime.within(limit, attempt).await;
                    let result = result.unwrap_or_else(|| Err(Error::new(ErrorKind::Timeout)));
                    let end = result.as_ref().map(Response::status);
                    let next = match outcome::of(end).0 {
                        Retry::Yes if can_repeat => {
                            let headers = result.as_ref().ok().map(Response::headers);
                            let delay = policy.delay(made, headers, &*self.runtime);
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
                    let next = next.filter(|(delay, _)| *delay < self.left(start, total_timeout));
                    telemetry::attempt(made, end, next.as_ref().map(|(delay, _)| *delay));
                    match next {
                        Some(next) => next,
                        None => return result,
                    }
                };
                if !delay.is_zero() {
                    self.runtime.sleep(delay).await;
                }
                if let Some(token) = token {
                    token.forget(); // spent
                }
            }
        }
    }
}
