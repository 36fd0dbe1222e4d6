//! The interface between generated operations and what sends their requests.

use bytes::Bytes;
use http::{Extensions, Request, Response};
use http_body_util::{BodyExt, Full, Limited};
use tower::{Service, ServiceExt};

use crate::Error;

/// The body of a request: bytes that are cheap to clone.
pub type Body = Full<Bytes>;

/// Any error.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Sends the requests of generated calls.
///
/// A request carries its parsed [`Url`](url::Url) and its
/// `&'static` [`Operation`](crate::Operation) in its extensions.
///
/// [`ServiceTransport`] makes one of any tower service.
pub trait Transport: Clone + Send + Sync + 'static {
    /// What calls fail with.
    type Error: From<Error> + Send + 'static;

    /// What can be set for one call, with `.options(…)`.
    type Options: Default + Send + 'static;

    /// Sends a request and reads the response, up to a limit.
    fn send(
        &self,
        request: Request<Body>,
        options: Self::Options,
    ) -> impl Future<Output = Result<Response<Bytes>, Self::Error>> + Send;

    /// Learns that a response with these extensions had the status and the body that the
    /// contract declares as success. A status of 2xx alone does not prove that the API
    /// carried the call out: a proxy may have answered.
    fn succeeded(&self, extensions: &Extensions) {
        let _ = extensions;
    }
}

/// A transport made of any tower service from `http` requests to `http` responses.
///
/// ```
/// use bvnk_gen::{Client, ServiceTransport};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let service = tower::service_fn(|_request: http::Request<bvnk_gen::Body>| async {
///     let body = r#"{"reference": "c-1", "status": "VERIFIED"}"#;
///     Ok::<_, std::io::Error>(http::Response::new(body.to_owned()))
/// });
/// let client = Client::new("http://localhost".parse()?, ServiceTransport::new(service));
/// let customer = client.get_customer().reference("c-1").send().await?;
/// assert_eq!(customer.status.as_str(), "VERIFIED");
/// # Ok(())
/// # }
/// # // Nothing in it waits.
/// # let mut example = std::pin::pin!(example());
/// # let mut context = std::task::Context::from_waker(std::task::Waker::noop());
/// # assert!(matches!(example.as_mut().poll(&mut context), std::task::Poll::Ready(Ok(()))));
/// ```
#[derive(Clone, Debug)]
pub struct ServiceTransport<S> {
    service: S,
    limit: usize,
}

impl<S> ServiceTransport<S> {
    /// Makes a transport of a service. Responses of more than 1 MiB fail.
    pub fn new(service: S) -> Self {
        let limit = 1 << 20;
        Self { service, limit }
    }

    /// Sets the number of bytes that a response's body may have.
    #[must_use]
    pub fn body_limit(self, limit: usize) -> Self {
        Self { limit, ..self }
    }
}

impl<S, B> Transport for ServiceTransport<S>
where
    S: Service<Request<Body>, Response = Response<B>, Error: Into<BoxError>>,
    S: Clone + Send + Sync + 'static,
    S::Future: Send,
    B: http_body::Body<Error: Into<BoxError>> + Send,
    B::Data: Send,
{
    type Error = Error;
    type Options = ();

    async fn send(&self, request: Request<Body>, (): ()) -> Result<Response<Bytes>, Error> {
        let transport = |error: BoxError| Error::Transport(error);
        let service = self.service.clone();
        let response = service.oneshot(request).await;
        let (head, body) = response
            .map_err(|error| transport(error.into()))?
            .into_parts();
        let body = Limited::new(body, self.limit).collect().await;
        let body = body.map_err(transport)?.to_bytes();
        Ok(Response::from_parts(head, body))
    }
}
