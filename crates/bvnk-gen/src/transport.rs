//! The interface between generated operations and what sends their requests.

use bytes::Bytes;
use http::{Extensions, HeaderName, Request, Response};
use http_body_util::Full;

use crate::Error;

/// The body of a request: bytes that are cheap to clone.
pub type Body = Full<Bytes>;

/// Any error.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Sends the requests of generated calls.
///
/// A request carries its parsed [`Url`](url::Url) in its extensions.
///
/// ```
/// use bvnk_gen::{Body, Client, Error, Operation, Transport};
/// use http::{Request, Response};
///
/// /// A transport for tests: every response is the same.
/// #[derive(Clone)]
/// struct Fake(&'static str);
///
/// impl Transport for Fake {
///     type Error = Error;
///     type Options = ();
///
///     async fn send(
///         &self,
///         _: &'static Operation,
///         _: Request<Body>,
///         (): (),
///     ) -> Result<Response<bytes::Bytes>, Error> {
///         Ok(Response::new(self.0.into()))
///     }
/// }
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let fake = Fake(r#"{"reference": "c-1", "status": "VERIFIED"}"#);
/// let client = Client::new("http://localhost".parse()?, fake);
/// let customer = client.get_customer().reference("c-1").send().await?;
/// assert_eq!(customer.status.as_str(), "VERIFIED");
/// # Ok(())
/// # }
/// # // Nothing in it waits.
/// # let mut example = std::pin::pin!(example());
/// # let mut context = std::task::Context::from_waker(std::task::Waker::noop());
/// # assert!(matches!(example.as_mut().poll(&mut context), std::task::Poll::Ready(Ok(()))));
/// ```
pub trait Transport: Clone + Send + Sync + 'static {
    /// What calls fail with.
    type Error: From<Error> + Send + 'static;

    /// What can be set for one call, with `.options(…)`.
    type Options: Default + Send + 'static;

    /// Sends a request of an operation and reads the response, up to a limit.
    ///
    /// A response of any status is `Ok`. The call turns one that is not a success into
    /// [`Error::ErrorResponse`], and a success that does not decode into
    /// [`Error::InvalidResponse`]. Set a limit on the body's size: it is kept whole.
    fn send(
        &self,
        operation: &'static Operation,
        request: Request<Body>,
        options: Self::Options,
    ) -> impl Future<Output = Result<Response<Bytes>, Self::Error>> + Send;

    /// Converts the error of a request that the contract does not allow, which is not sent.
    fn refused(
        &self,
        operation: &'static Operation,
        error: Error,
        options: &Self::Options,
    ) -> Self::Error {
        let _ = (operation, options);
        error.into()
    }

    /// Called when a response with these extensions had the status and the body that the
    /// contract declares as success. A status of 2xx alone does not prove that the API
    /// carried the call out: a proxy may have answered.
    fn succeeded(&self, extensions: &Extensions) {
        let _ = extensions;
    }
}

/// What the contract says of an operation.
#[derive(Debug)]
#[non_exhaustive]
pub struct Operation {
    /// The operation's id.
    pub id: &'static str,
    /// The method, in capitals.
    pub method: &'static str,
    /// The path, with its parameters in braces.
    pub path: &'static str,
    /// The header that carries the idempotency key, if the contract declares one.
    pub idempotency_header: Option<HeaderName>,
    /// Whether the contract declares a signature. It declares none for what anyone may call.
    pub is_signed: bool,
}

impl Operation {
    /// Used by generated code.
    #[doc(hidden)]
    pub const fn new(
        id: &'static str,
        method: &'static str,
        path: &'static str,
        idempotency_header: Option<&'static str>,
        is_signed: bool,
    ) -> Self {
        Self {
            id,
            method,
            path,
            idempotency_header: match idempotency_header {
                Some(name) => Some(HeaderName::from_static(name)),
                None => None,
            },
            is_signed,
        }
    }
}
