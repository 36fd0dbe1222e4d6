//! The seam between generated operations and whatever sends their requests.

use std::fmt;
use std::task::{Context, Poll};

use reqwest::{Request, Response};
use tower::util::BoxCloneSyncService;
use tower::{Service, ServiceExt};

/// The error that a transport may fail with: any error at all.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Carries requests of the generated client to the API.
///
/// It is any clonable tower service from [`reqwest::Request`] to [`reqwest::Response`]:
/// a bare [`reqwest::Client`], a stack of layers over one, or a function in a test.
/// Cloning is cheap, and clones share whatever the service shares.
#[derive(Clone)]
pub struct Transport(BoxCloneSyncService<Request, Response, BoxError>);

impl Transport {
    /// Makes a transport of a service.
    pub fn new<S>(service: S) -> Self
    where
        S: Service<Request, Response = Response> + Clone + Send + Sync + 'static,
        S::Error: Into<BoxError>,
        S::Future: Send + 'static,
    {
        Self(BoxCloneSyncService::new(service.map_err(Into::into)))
    }

    /// Sends one request and gives back what the service answered.
    ///
    /// # Errors
    ///
    /// Whatever the service fails with.
    pub async fn send(&self, request: Request) -> Result<Response, BoxError> {
        self.0.clone().oneshot(request).await
    }
}

/// So that layers can be put around it.
impl Service<Request> for Transport {
    type Response = Response;
    type Error = BoxError;
    type Future = <BoxCloneSyncService<Request, Response, BoxError> as Service<Request>>::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        self.0.call(request)
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Transport")
    }
}
