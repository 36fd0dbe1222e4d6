//! Joins the generated calls with the layers that sign and repeat them.

use std::fmt;

use bvnk_auth::{Body, BoxError, Call, CallOptions};
use bvnk_gen::{Operation, Transport};
use bytes::Bytes;
use http::{Extensions, Request, Response};
use tower::ServiceExt;
use tower::util::BoxCloneSyncService;

use crate::Error;
use crate::call_context::{CallContext, Sent};

/// The service that sends calls, as the layers of [`ClientBuilder::layer`] see it.
///
/// [`ClientBuilder::layer`]: crate::ClientBuilder::layer
pub type ApiService = BoxCloneSyncService<Request<Body>, Response<Body>, BoxError>;

/// The transport of a [`Client`](crate::Client): it fails with [`Error`], and takes
/// [`CallOptions`] for a call.
#[derive(Clone)]
pub struct LayeredTransport {
    service: ApiService,
    options: CallOptions,
}

impl LayeredTransport {
    pub(crate) fn new(service: ApiService) -> Self {
        Self {
            service,
            options: CallOptions::new(),
        }
    }

    /// Returns the same transport with other defaults for the options of a call.
    pub(crate) fn with(&self, options: CallOptions) -> Self {
        Self {
            service: self.service.clone(),
            options: options.or(&self.options),
        }
    }
}

impl Transport for LayeredTransport {
    type Error = Error;
    type Options = CallOptions;

    async fn send(
        &self,
        mut request: Request<Body>,
        options: CallOptions,
    ) -> Result<Response<Bytes>, Error> {
        let operation = request.extensions().get::<&'static Operation>().copied();
        let call = Call::named(
            operation.map_or("", |operation| operation.id),
            options.or(&self.options),
            operation.and_then(|operation| operation.idempotency_header.clone()),
        );
        request.extensions_mut().insert(call.clone());
        let context = CallContext {
            call,
            operation,
            is_safe: request.method().is_safe(),
            sent: None,
        };
        let sent = Sent {
            uri: request.uri().clone(),
            body: request.body().clone(),
        };
        let result = self.service.clone().oneshot(request).await;
        let context = |sent| CallContext { sent, ..context };
        match result {
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
