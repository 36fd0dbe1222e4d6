//! The seam between generated operations and whatever sends their requests.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use reqwest::{Request, Response};
use tower::{Service, ServiceExt};

/// The error that a transport may fail with: any error at all.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Carries requests of the generated client to the API.
///
/// It is any clonable tower service from [`reqwest::Request`] to [`reqwest::Response`]:
/// a bare [`reqwest::Client`], a stack of layers over one, or a function in a test.
/// Cloning is cheap, and clones share whatever the service shares.
#[derive(Clone)]
pub struct Transport(Arc<Carry>);

/// Each call has a clone of the service to itself, which it waits for and then uses.
type Carry = dyn Fn(Request) -> Answer + Send + Sync;

/// What comes of it.
type Answer = Pin<Box<dyn Future<Output = Result<Response, BoxError>> + Send>>;

impl Transport {
    /// Makes a transport of a service.
    pub fn new<S>(service: S) -> Self
    where
        S: Service<Request, Response = Response> + Clone + Send + Sync + 'static,
        S::Error: Into<BoxError>,
        S::Future: Send + 'static,
    {
        Self(Arc::new(move |request| {
            let answer = service.clone().oneshot(request);
            Box::pin(async move { answer.await.map_err(Into::into) })
        }))
    }

    /// Sends one request and gives back what the service answered.
    ///
    /// # Errors
    ///
    /// Whatever the service fails with.
    pub async fn send(&self, request: Request) -> Result<Response, BoxError> {
        (self.0)(request).await
    }
}

/// So that layers can be put around it.
impl Service<Request> for Transport {
    type Response = Response;
    type Error = BoxError;
    type Future = Answer;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Answer {
        (self.0)(request)
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Transport")
    }
}
