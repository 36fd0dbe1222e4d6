//! Joins the generated calls with the layers that sign and repeat them.

use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use bvnk_auth::{Body, BoxError, BoxFuture, Call, CallOptions};
use bvnk_gen::{Operation, Transport};
use bytes::Bytes;
use http::{Extensions, Method, Request, Response};
use http_body_util::{BodyExt, Limited};
use tower::util::BoxCloneSyncService;
use tower::{Service, ServiceExt};

use crate::call_context::{CallContext, Sent};
use crate::{Error, Outcome};

/// The service that sends calls, as the layers of [`ClientBuilder::layer`] see it.
///
/// [`ClientBuilder::layer`]: crate::ClientBuilder::layer
pub type ApiService = BoxCloneSyncService<Request<Body>, Response<Body>, BoxError>;

/// Reads the responses of a layer completely, as layers may change their bodies.
pub(crate) fn collected<S, B>(service: S, limit: usize) -> ApiService
where
    S: Service<Request<Body>, Response = Response<B>> + Clone + Send + Sync + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send + 'static,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    BoxCloneSyncService::new(service.map_err(Into::into).and_then(
        move |response: Response<B>| async move {
            let (head, body) = response.into_parts();
            let body = Limited::new(body, limit).collect().await?.to_bytes();
            Ok(Response::from_parts(head, Body::new(body)))
        },
    ))
}

/// The stack of services of a client. A call takes neither a clone of a box nor a box more
/// than the services need.
pub(crate) trait Stack: Send + Sync {
    fn call(&self, request: Request<Body>) -> BoxFuture<Body>;
}

impl<S> Stack for S
where
    S: Service<Request<Body>, Response = Response<Body>, Error = BoxError>,
    S: Service<Request<Body>, Future = BoxFuture<Body>> + Clone + Send + Sync + 'static,
{
    fn call(&self, request: Request<Body>) -> BoxFuture<Body> {
        let mut service = self.clone();
        match service.poll_ready(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Ok(())) => Service::call(&mut service, request),
            Poll::Ready(Err(error)) => Box::pin(std::future::ready(Err(error))),
            // It asks again, with the waker of the call's task.
            Poll::Pending => Box::pin(service.oneshot(request)),
        }
    }
}

/// The transport of a [`Client`](crate::Client): it fails with [`Error`], and takes
/// [`CallOptions`] for a call.
#[derive(Clone)]
pub struct LayeredTransport {
    stack: Arc<dyn Stack>,
    options: CallOptions,
}

impl LayeredTransport {
    pub(crate) fn new(stack: Arc<dyn Stack>) -> Self {
        Self {
            stack,
            options: CallOptions::new(),
        }
    }

    /// Returns the same transport with other defaults for the options of a call.
    pub(crate) fn with(&self, options: CallOptions) -> Self {
        Self {
            stack: Arc::clone(&self.stack),
            options: options.or(&self.options),
        }
    }
}

impl Transport for LayeredTransport {
    type Error = Error;
    type Options = CallOptions;

    // What does not wait is done outside of the future: it is smaller without the request.
    fn send(
        &self,
        operation: &'static Operation,
        mut request: Request<Body>,
        options: CallOptions,
    ) -> impl Future<Output = Result<Response<Bytes>, Error>> + Send {
        let call = Call::new(
            operation.id,
            request.method().clone(),
            options.or(&self.options),
            operation.idempotency_header.clone(),
        );
        let call = match operation.is_signed {
            true => call,
            false => call.without_signature(),
        };
        request.extensions_mut().insert(call.clone());
        let sent = Sent {
            uri: request.uri().clone(),
            body: request.body().clone(),
        };
        let response = self.stack.call(request);
        async move {
            let context = |sent| CallContext {
                call,
                operation,
                sent,
            };
            match response.await {
                Ok(response) => {
                    let (mut head, body) = response.into_parts();
                    let sent = (!head.status.is_success()).then_some(sent);
                    head.extensions.insert(context(sent));
                    let body = body.into_inner().unwrap_or_default();
                    Ok(Response::from_parts(head, body))
                }
                Err(error) => Err(Error::from_service(error, context(Some(sent)))),
            }
        }
    }

    /// That a repetition is refused proves nothing about the call that it repeats.
    fn refused(
        &self,
        operation: &'static Operation,
        error: bvnk_gen::Error,
        options: &CallOptions,
    ) -> Error {
        let method = Method::from_bytes(operation.method.as_bytes()).unwrap_or_default();
        let options = options.clone().or(&self.options);
        let call = Call::new(operation.id, method, options, None);
        let mut error = Error::from(error);
        if call.info().outcome_unknown {
            error.0.outcome = Outcome::Unknown { key: None };
        }
        error
    }

    fn succeeded(&self, extensions: &Extensions) {
        if let Some(context) = extensions.get::<CallContext>() {
            context.call.confirm();
            context.call.end();
        }
    }
}

impl fmt::Debug for LayeredTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LayeredTransport")
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
