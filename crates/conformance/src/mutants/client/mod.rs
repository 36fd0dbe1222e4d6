//! Clients that are wrong in one place: the client of the run with an edit of what it sends
//! or makes of an answer; and services that receive webhooks in a wrong way.
//!
//! ```text
//!  call -> idempotency -> [result] -> retry, Hawk -> [attempt, answer] -> HTTP
//! ```
//!
//! `attempt` and `answer` are below the client's layers: they see each attempt, signed. `result`
//! is above the retries. The checks compare with what the server answered, so that they can
//! distinguish a wrong client from a wrong server.

mod answers;
mod documented;
mod receivers;
mod requests;

use std::sync::Arc;

use bvnk::{ApiService, Body, BoxError, ClientBuilder};
use bvnk_auth::HttpService;
use bytes::Bytes;
use futures_util::TryFutureExt;
use http::{HeaderName, Request, Response};
use http_body_util::BodyExt;
use tower::layer::layer_fn;
use tower::{Service, ServiceExt, service_fn};

use super::Family;
use super::rows::Rows;
use crate::connection::Connection;
use crate::options::Mutation;
use crate::receiver::WebhookReceiver;

/// Adds all rows about clients.
pub(super) fn rows(rows: &mut Rows<'_>) {
    requests::rows(rows);
    answers::rows(rows);
    receivers::rows(rows);
    documented::rows(rows);
}

/// An edit of a request.
///
/// It is shared, since a mutant's client may be made several times.
type OnRequest = Arc<dyn Fn(&mut Request<Body>) + Send + Sync>;
/// An edit of a response; the request is given without its body.
type OnResponse = Arc<dyn Fn(&Request<()>, &mut Response<Body>) + Send + Sync>;

impl Rows<'_> {
    /// Adds a client that edits the request of each attempt, the response to it before it is
    /// decided what to do, the response to each call before it is decoded, or its builder.
    fn client(
        &mut self,
        name: impl Into<String>,
        attempt: Option<OnRequest>,
        answer: Option<OnResponse>,
        result: Option<OnResponse>,
        builder: fn(ClientBuilder) -> ClientBuilder,
    ) {
        let make = move |connection: &Connection, runtime| {
            let sender = HttpService::new(connection.http().clone());
            let sender = around(sender, attempt.clone(), answer.clone());
            let own = connection.client_builder(runtime)?;
            let own = builder(own.service(sender));
            let result = result.clone();
            let own = own.layer(layer_fn(move |inner| around(inner, None, result.clone())));
            Ok(own.build()?)
        };
        let mutation = Mutation {
            client: Arc::new(make),
            ..Mutation::default()
        };
        self.add(Family::Client, name, mutation);
    }

    /// Edits the request of each attempt.
    fn attempt<F>(&mut self, name: impl Into<String>, edit: F)
    where
        F: Fn(&mut Request<Body>) + Send + Sync + 'static,
    {
        self.client(name, Some(Arc::new(edit)), None, None, |own| own);
    }

    /// Edits the response to each attempt.
    fn answer<F>(&mut self, name: impl Into<String>, edit: F)
    where
        F: Fn(&Request<()>, &mut Response<Body>) + Send + Sync + 'static,
    {
        self.client(name, None, Some(Arc::new(edit)), None, |own| own);
    }

    /// Edits the response to each call.
    fn result<F>(&mut self, name: impl Into<String>, edit: F)
    where
        F: Fn(&Request<()>, &mut Response<Body>) + Send + Sync + 'static,
    {
        self.client(name, None, None, Some(Arc::new(edit)), |own| own);
    }

    /// Edits the configuration.
    fn builder(&mut self, name: &str, edit: fn(ClientBuilder) -> ClientBuilder) {
        self.client(name, None, None, None, edit);
    }

    /// Edits how a service receives webhooks.
    fn receiver(&mut self, name: &str, edit: fn(&mut WebhookReceiver)) {
        let mut mutation = Mutation::default();
        edit(&mut mutation.receiver);
        self.add(Family::Client, name, mutation);
    }
}

/// Wraps a service: edits the requests to it and the responses from it. A response is read as
/// a whole before it is edited.
/// It is used below the client's layers for the attempts, and above them for the result of a call.
fn around<S, B>(inner: S, request: Option<OnRequest>, response: Option<OnResponse>) -> ApiService
where
    S: Service<Request<Body>, Response = Response<B>, Error = BoxError>,
    S: Clone + Send + Sync + 'static,
    S::Future: Send,
    B: BodyExt<Data = Bytes, Error: Into<BoxError>> + Send,
{
    ApiService::new(service_fn(move |mut asked: Request<Body>| {
        let (inner, response) = (inner.clone(), response.clone());
        if let Some(edit) = &request {
            edit(&mut asked);
        }
        async move {
            let head = asked.clone().map(|_| ());
            let (parts, body) = inner.oneshot(asked).await?.into_parts();
            let body = body.collect().map_err(Into::into).await?.to_bytes();
            let mut answer = Response::from_parts(parts, Body::new(body));
            if let Some(edit) = response {
                edit(&head, &mut answer);
            }
            Ok(answer)
        }
    }))
}

/// The header that carries the key of a request's operation.
///
/// `None` where the operation declares no key.
fn key_header(request: &Request<Body>) -> Option<HeaderName> {
    let call = request.extensions().get::<bvnk::Call>()?;
    call.idempotency_header().cloned()
}

/// The bytes of a body; none if it is streamed, which no body of the client is.
fn bytes(body: &Body) -> Bytes {
    body.clone().into_inner().unwrap_or_default()
}
