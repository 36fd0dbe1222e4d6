//! The loop around an attempt: it counts, waits, cuts and decides, and it keeps the
//! doubt whether an attempt was carried out.
//!
//! It must not know how a request is signed: every attempt goes down unsigned, so
//! that the layer below gives each its own timestamp and nonce.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tower::{Layer, Service, ServiceExt};

use crate::classify::{self, Again};
use crate::idempotency::{Applied, key_of};
use crate::options::with_extensions;
use crate::policy::Limits;
use crate::runtime::{Runtime, SystemRuntime, within};
use crate::{
    BoxError, BoxFuture, CallInfo, CallOptions, Error, ErrorKind, IdempotencyKey, RetryPolicy,
    events,
};

/// Repeats a call within the limits of a [`RetryPolicy`].
///
/// | an attempt ends with | again? | in doubt? |
/// |---|---|---|
/// | no connection | yes | no |
/// | a time-out, a reset, a truncated body | yes | yes |
/// | 408, 425, 429 | yes | no |
/// | 500, 502, 503, 504 | yes | yes |
/// | any other 5xx, 303 | no | yes |
/// | any other status | no | no |
/// | a refused timestamp that can be corrected | at once, once | no |
/// | an answer that is too large | no | unless it is a 4xx |
/// | an answer that is not verified, a foreign error | no | yes |
///
/// *In doubt* means that the request may have been carried out. Doubt is sticky: only
/// a success (2xx) of a later attempt ends it. Safe methods (`GET`) are never in
/// doubt.
///
/// `GET`, `HEAD`, `OPTIONS`, `TRACE`, `PUT` and `DELETE` are repeated; every other
/// method only with an idempotency key: that of an
/// [`IdempotencyLayer`](crate::IdempotencyLayer) above, or a UUID in the header
/// `X-Idempotency-Key`. A request whose body is a stream cannot be repeated.
#[derive(Clone, Debug)]
pub struct RetryLayer {
    policy: RetryPolicy,
    runtime: Arc<dyn Runtime>,
}

impl RetryLayer {
    /// A layer with a policy, and the system's time and randomness.
    #[must_use]
    pub fn new(policy: RetryPolicy) -> Self {
        Self {
            policy,
            runtime: SystemRuntime::shared(),
        }
    }

    /// Takes time and randomness from `runtime`.
    #[must_use]
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

impl<S> Layer<S> for RetryLayer {
    type Service = RetryService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        RetryService {
            inner,
            layer: Arc::new(self.clone()),
        }
    }
}

/// The service that [`RetryLayer`] makes.
#[derive(Clone, Debug)]
pub struct RetryService<S> {
    inner: S,
    layer: Arc<RetryLayer>,
}

impl<S> Service<reqwest::Request> for RetryService<S>
where
    S: Service<reqwest::Request, Response = reqwest::Response> + Clone + Send + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send,
{
    type Response = reqwest::Response;
    type Error = BoxError;
    type Future = BoxFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        // Each attempt waits for a clone of its own, so that the deadline holds for
        // that wait too.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: reqwest::Request) -> BoxFuture {
        let inner = self.inner.clone();
        let layer = Arc::clone(&self.layer);
        let wished = layer.wishes(request);
        Box::pin(async move { layer.run(inner, wished?).await.map_err(Into::into) })
    }
}

/// A request, what holds for its call, and its key. The request is in a box: it is large,
/// and the future would have room for it more than once.
type Wished = (Box<reqwest::Request>, Limits, Option<IdempotencyKey>);

impl RetryLayer {
    /// What came with a request.
    fn wishes(&self, request: reqwest::Request) -> Result<Wished, Error> {
        let (request, (limits, applied)) = with_extensions(request, |extensions| {
            let limits = match extensions.get::<CallOptions>() {
                Some(options) => self.policy.limits(options),
                None => self.policy.limits(&CallOptions::new()),
            };
            (limits, extensions.get::<Applied>().copied())
        })?;
        let key = key_of(request.headers(), applied);
        Ok((Box::new(request), limits, key))
    }

    async fn run<S>(
        &self,
        inner: S,
        (mut request, limits, key): Wished,
    ) -> Result<reqwest::Response, Error>
    where
        S: Service<reqwest::Request, Response = reqwest::Response> + Clone,
        S::Error: Into<BoxError>,
    {
        let method = request.method().clone();
        let repeatable = method.is_idempotent() || key.is_some();
        let mut call = Call {
            layer: self,
            deadline: self.runtime.elapsed().saturating_add(limits.total),
            outcome_unknown: limits.after_doubt && !method.is_safe(),
            limits,
            key,
            attempts: 0,
            corrected: false,
        };
        loop {
            // What is kept here decides whether there may be another attempt at all.
            let spare = if repeatable && call.attempts + 1 < call.limits.attempts {
                request.try_clone().map(Box::new)
            } else {
                None
            };
            let limit = call.limits.attempt.min(call.left());
            if limit.is_zero() {
                return Err(call.fail(Error::new(ErrorKind::Timeout)));
            }
            call.attempts += 1;
            // Within a block: what an attempt holds (a permit, a connection) is given back
            // before the delay.
            let result = {
                let attempt = pin!(inner.clone().oneshot(*request));
                match within(&*self.runtime, limit, attempt).await {
                    Some(Ok(response)) => Ok(response),
                    Some(Err(error)) => Err(Error::from_below(error, &method)),
                    None => Err(Error::new(ErrorKind::Timeout)),
                }
            };
            let delay = call.weigh(&result, !method.is_safe(), spare.is_some());
            events::attempt(call.attempts, &result, delay);
            let (Some(spare), Some(delay)) = (spare, delay) else {
                return call.end(result);
            };
            self.runtime.sleep(delay).await;
            request = spare;
        }
    }
}

/// One logical call, while it lasts.
struct Call<'a> {
    layer: &'a RetryLayer,
    limits: Limits,
    deadline: Duration,
    key: Option<IdempotencyKey>,
    attempts: u32,
    outcome_unknown: bool,
    corrected: bool,
}

impl Call<'_> {
    /// The time that is left.
    fn left(&self) -> Duration {
        self.deadline.saturating_sub(self.layer.runtime.elapsed())
    }

    /// Draws the conclusions from an attempt's end: the doubt, and the delay before
    /// another attempt if there is to be one.
    fn weigh(
        &mut self,
        result: &Result<reqwest::Response, Error>,
        can_change_something: bool,
        can_be_repeated: bool,
    ) -> Option<Duration> {
        let policy = &self.layer.policy;
        let (verdict, success, headers) = match result {
            Ok(answer) => {
                let status = answer.status();
                let verdict = classify::status(status);
                (verdict, status.is_success(), Some(answer.headers()))
            }
            Err(error) => (classify::error(error), false, None),
        };
        // Sticky: a later rejection says nothing about an earlier attempt.
        self.outcome_unknown =
            !success && (self.outcome_unknown || verdict.doubt && can_change_something);
        if verdict.again == Again::No && result.is_ok() {
            policy.shared_budget().pay_in();
        }
        if !can_be_repeated {
            return None;
        }
        match verdict.again {
            Again::No => None,
            Again::Resigned if self.corrected => None,
            Again::Resigned => {
                self.corrected = true;
                (!self.left().is_zero()).then_some(Duration::ZERO)
            }
            Again::Later => {
                let delay = policy.delay(self.attempts, headers, &*self.layer.runtime);
                // The budget last: what it gives must be used.
                (delay < self.left() && policy.shared_budget().take()).then_some(delay)
            }
        }
    }

    /// Hands the last attempt's end to the caller, with all that is known.
    fn end(&self, result: Result<reqwest::Response, Error>) -> Result<reqwest::Response, Error> {
        let mut answer = result.map_err(|error| self.fail(error))?;
        answer.extensions_mut().insert(CallInfo {
            key: self.key,
            attempts: self.attempts,
            outcome_unknown: self.outcome_unknown,
        });
        Ok(answer)
    }

    fn fail(&self, error: Error) -> Error {
        let sent = match error.kind() {
            ErrorKind::InvalidRequest | ErrorKind::Refused => self.attempts.saturating_sub(1),
            _ => self.attempts,
        };
        error
            .with_key(self.key)
            .with_attempts(sent)
            .with_outcome_unknown(self.outcome_unknown)
    }
}
