//! The layer that signs: a fresh timestamp and nonce for every attempt, put on last.
//!
//! It must not know retries: it asks for another attempt by failing with
//! [`ErrorKind::Clock`], and whoever is above decides.

mod attributes;
mod clock;
mod nonces;
mod origin;
mod proof;
mod sign;
#[cfg(test)]
mod vectors;

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::header::{AUTHORIZATION, HOST};
use tower::{Layer, Service};

use crate::runtime::{Runtime, SystemRuntime};
use crate::{BoxError, BoxFuture, Error, RotatingCredentials};

use nonces::Nonces;
pub use origin::{InvalidOrigin, SigningOrigin};
use sign::Signed;

/// Signs every request with Hawk (source: mozilla/hawk, API document).
///
/// It belongs below [`RetryLayer`](crate::RetryLayer), so that each attempt has its
/// own timestamp and nonce, and above nothing that changes a request: method, URL
/// and, when hashing is on, the body's bytes are signed as they are when the request
/// leaves this layer.
///
/// Nonces are counted up from a random start of each service, which all its clones share.
///
/// There is one `Authorization` header afterwards, whatever was there before. URLs
/// with a user name or a password are refused. Build the client below with
/// [`harden`](crate::harden): a redirect or a retry inside reqwest would reuse the
/// signature.
///
/// # The clock
///
/// When the server refuses a timestamp (401) and proves its own (`tsm`), later
/// requests to that origin with these credentials are signed with the server's time,
/// and the attempt fails with [`ErrorKind::Clock`](crate::ErrorKind::Clock), which
/// [`RetryLayer`](crate::RetryLayer) answers with one more attempt at once. This
/// machine's clock is never touched.
#[derive(Clone, Debug)]
pub struct HawkLayer {
    credentials: RotatingCredentials,
    options: Options,
    runtime: Arc<dyn Runtime>,
}

#[derive(Clone, Debug)]
struct Options {
    payload_hash: bool,
    verify_responses: bool,
    trust_date_header: bool,
    max_clock_offset: Duration,
    origin: Option<SigningOrigin>,
}

impl HawkLayer {
    /// A layer that signs with [`Credentials`](crate::Credentials), or with
    /// [`RotatingCredentials`] that can be exchanged later.
    #[must_use]
    pub fn new(credentials: impl Into<RotatingCredentials>) -> Self {
        Self {
            credentials: credentials.into(),
            options: Options {
                payload_hash: false,
                verify_responses: false,
                trust_date_header: false,
                max_clock_offset: Duration::from_secs(24 * 60 * 60),
                origin: None,
            },
            runtime: SystemRuntime::shared(),
        }
    }

    /// Whether the body's hash is signed too; the default is not. A body that is a
    /// stream cannot be hashed and is refused then.
    #[must_use]
    pub fn payload_hash(mut self, on: bool) -> Self {
        self.options.payload_hash = on;
        self
    }

    /// Whether answers must prove that they are the server's, by a
    /// `Server-Authorization` with the body's hash; the default is not.
    ///
    /// Every success (2xx) must then carry one that is right. Other answers may come
    /// from something that has no key, a proxy for one; they need none, but one that
    /// is there must be right. An answer that fails is
    /// [`ErrorKind::Unverified`](crate::ErrorKind::Unverified).
    #[must_use]
    pub fn verify_responses(mut self, on: bool) -> Self {
        self.options.verify_responses = on;
        self
    }

    /// Signs for another origin than the one connected to: see [`SigningOrigin`].
    #[must_use]
    pub fn signing_origin(mut self, origin: SigningOrigin) -> Self {
        self.options.origin = Some(origin);
        self
    }

    /// Whether the `Date` of a 401 may correct the clock when there is no `tsm`; the
    /// default is not. It is taken over TLS only, and never from an answer with an
    /// `Age`, which comes from a cache. A difference of up to 10 s is not acted on.
    #[must_use]
    pub fn trust_date_header(mut self, on: bool) -> Self {
        self.options.trust_date_header = on;
        self
    }

    /// The largest difference between the clocks that is corrected; the default is
    /// 24 hours. A larger one is an error that says how large it is.
    #[must_use]
    pub fn max_clock_offset(mut self, limit: Duration) -> Self {
        self.options.max_clock_offset = limit;
        self
    }

    /// Takes time and nonces from `runtime`.
    #[must_use]
    pub fn runtime(mut self, runtime: Arc<dyn Runtime>) -> Self {
        self.runtime = runtime;
        self
    }

    /// Signs `request` as it is now.
    fn sign(&self, request: &mut reqwest::Request, nonces: &Nonces) -> Result<Signed, Error> {
        // What leaves would name a host that is not signed.
        if self.options.origin.is_none() && request.headers().contains_key(HOST) {
            return Err(Error::invalid(
                "it has a Host header of its own: remove it, or set the signing origin",
            ));
        }
        let (signed, header) = Signed::new(
            request,
            self.credentials.identity(),
            self.options.origin.as_ref(),
            self.options.payload_hash,
            self.runtime.now(),
            nonces.next(),
        )?;
        request.headers_mut().insert(AUTHORIZATION, header);
        Ok(signed)
    }
}

impl<S> Layer<S> for HawkLayer {
    type Service = HawkService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        HawkService {
            inner,
            nonces: Arc::new(Nonces::new(&*self.runtime)),
            layer: Arc::new(self.clone()),
        }
    }
}

/// The service that [`HawkLayer`] makes.
#[derive(Clone, Debug)]
pub struct HawkService<S> {
    inner: S,
    nonces: Arc<Nonces>,
    layer: Arc<HawkLayer>,
}

impl<S> Service<reqwest::Request> for HawkService<S>
where
    S: Service<reqwest::Request, Response = reqwest::Response> + Clone + Send + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send,
{
    type Response = reqwest::Response;
    type Error = BoxError;
    type Future = BoxFuture;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, mut request: reqwest::Request) -> BoxFuture {
        let method = request.method().clone();
        // Last: everything that had to be waited for has been, and nothing of ours
        // below changes a request.
        let signed = match self.layer.sign(&mut request, &self.nonces) {
            Ok(signed) => signed,
            Err(error) => return Box::pin(async move { Err(error.into()) }),
        };
        let layer = Arc::clone(&self.layer);
        let answer = self.inner.call(request);
        Box::pin(async move {
            let response = answer
                .await
                .map_err(|error| Error::from_below(error, &method))?;
            let (options, runtime) = (&layer.options, &*layer.runtime);
            clock::check(&signed, &response, options, runtime)
                .map_err(|error| error.settle(&method))?;
            if !options.verify_responses {
                return Ok(response);
            }
            // In a box: few ask for it, and every call would carry its room.
            let origin = options.origin.as_ref();
            Box::pin(proof::check(&signed, origin, response, &method))
                .await
                .map_err(|error| error.settle(&method).into())
        })
    }
}
