//! The layer that gives one logical call one idempotency key. It stands above the retries, so
//! that all attempts of a call have the same key.

use std::sync::Arc;
use std::task::{Context, Poll};

use http::{Request, Response};
use tower::{Layer, Service};

use crate::runtime::{Runtime, SystemRuntime};
use crate::{Body, BoxError, BoxFuture, Call, Error};

/// Gives a logical call its idempotency key.
///
/// A request with a [`Call`] has a key if the call names a header for it
/// ([`Call::new`]): the one that stands in that header already, or a fresh one.
///
/// A request without a `Call` gets one, for the header `X-Idempotency-Key`: a `POST`
/// without a key gets a fresh one, any other method does not. `GET`, `PUT`
/// and `DELETE` need none, and on `PATCH` a key would claim a protection that the server may
/// not give. The `Call` is in the extensions of the response.
///
/// A key that is no UUID, two that differ, or none on a
/// [retry](crate::CallOptions::retry_of_ambiguous) are refused before anything is sent. An error
/// of this layer or of one below it is an [`Error`], with what is known about the call.
#[derive(Clone, Debug)]
#[must_use]
pub struct IdempotencyLayer {
    runtime: Arc<dyn Runtime>,
}

impl IdempotencyLayer {
    /// Creates a layer with the system's randomness.
    pub fn new() -> Self {
        Self {
            runtime: Arc::new(SystemRuntime),
        }
    }

    /// Takes randomness from `runtime`.
    pub fn runtime(mut self, runtime: Arc<dyn Runtime>) -> Self {
        self.runtime = runtime;
        self
    }

    /// Gives a request of this call its key, if the call names a header for it.
    fn apply(&self, request: &mut Request<Body>, call: &Call) -> Result<(), Error> {
        let Some(header) = &call.0.idempotency_header else {
            return Ok(());
        };
        let mut known = call.key();
        for value in request.headers().get_all(header) {
            let text = value.to_str().unwrap_or_default();
            let key = text.trim().parse().map_err(|_| {
                Error::invalid("the idempotency key must be a UUID of 36 characters, with hyphens")
            })?;
            if known.replace(key).is_some_and(|other| other != key) {
                return Err(Error::invalid(
                    "the request has two different idempotency keys",
                ));
            }
        }
        let key = match known {
            Some(key) => key,
            // With a fresh key it would be another call, and be carried out again.
            None if call.0.options.retry_of_ambiguous && !call.is_safe() => {
                return Err(Error::invalid(
                    "a retry of an ambiguous call has no idempotency key; help: set the key of \
                     the call that it repeats",
                ));
            }
            None => self.runtime.uuid().into(),
        };
        let value = key.value()?;
        request.headers_mut().insert(header, value.clone());
        call.set_key(key, value);
        Ok(())
    }
}

impl Default for IdempotencyLayer {
    fn default() -> Self {
        Self::new()
    }
}

impl<S> Layer<S> for IdempotencyLayer {
    type Service = IdempotencyService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        IdempotencyService {
            inner,
            layer: self.clone(),
        }
    }
}

/// The service that [`IdempotencyLayer`] makes.
#[derive(Clone, Debug)]
pub struct IdempotencyService<S> {
    inner: S,
    layer: IdempotencyLayer,
}

impl<S, B> Service<Request<Body>> for IdempotencyService<S>
where
    S: Service<Request<Body>, Response = Response<B>, Error: Into<BoxError>>,
    S::Future: Send + 'static,
{
    type Response = Response<B>;
    type Error = BoxError;
    type Future = BoxFuture<B>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, mut request: Request<Body>) -> BoxFuture<B> {
        let (call, is_own) = Call::of(&mut request);
        if let Err(error) = self.layer.apply(&mut request, &call) {
            return Box::pin(async move { Err(error.with_info(call.info()).into()) });
        }
        let response = call.instrument(self.inner.call(request));
        Box::pin(async move {
            let result = response.await;
            let result = result.map_err(|error| Error::from_below(error.into()));
            call.ended_above(result.as_ref().map(Response::status));
            let mut response = result.map_err(|error| error.with_info(call.info()))?;
            if is_own {
                response.extensions_mut().insert(call);
            }
            Ok(response)
        })
    }
}
