//! A client with one edit: of calls above its layers, or of attempts below them.

use std::sync::Arc;

use bvnk::{ApiService, Body, BoxError, ClientBuilder};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::{Request, Response, header};
use http_body_util::BodyExt;
use tower::{Layer, Service, ServiceExt, service_fn};

use crate::collect::{Connection, MakeClient, Signature, now, tap};

/// An edit of a request.
type OnRequest = Arc<dyn Fn(&mut Request<Body>) + Send + Sync>;
/// An edit of a response; the request is given without its body.
type OnResponse = Arc<dyn Fn(&Request<()>, &mut Response<Body>) + Send + Sync>;

/// What is edited.
#[derive(Clone)]
pub(in crate::mutants) enum Edit {
    /// The request of a call, before it is signed.
    Call(OnRequest),
    /// The request of an attempt, as it is sent.
    Attempt(OnRequest),
    /// What the signature of an attempt is made of.
    Signature(Arc<dyn Fn(&mut Signature) + Send + Sync>),
    /// The response to an attempt, before it is decided what to do.
    Response(OnResponse),
    /// The response to a call, before it is decoded.
    Result(OnResponse),
    /// The configuration.
    Builder(fn(ClientBuilder) -> ClientBuilder),
    /// Each refused call is made once more.
    RefusalsRepeated,
    /// Redirects are followed.
    RedirectsFollowed,
}

impl Edit {
    pub(super) fn call(edit: impl Fn(&mut Request<Body>) + Send + Sync + 'static) -> Self {
        Self::Call(Arc::new(edit))
    }

    pub(super) fn attempt(edit: impl Fn(&mut Request<Body>) + Send + Sync + 'static) -> Self {
        Self::Attempt(Arc::new(edit))
    }

    pub(super) fn signature(edit: impl Fn(&mut Signature) + Send + Sync + 'static) -> Self {
        Self::Signature(Arc::new(edit))
    }

    pub(super) fn response(
        edit: impl Fn(&Request<()>, &mut Response<Body>) + Send + Sync + 'static,
    ) -> Self {
        Self::Response(Arc::new(edit))
    }

    pub(super) fn result(
        edit: impl Fn(&Request<()>, &mut Response<Body>) + Send + Sync + 'static,
    ) -> Self {
        Self::Result(Arc::new(edit))
    }

    /// The client with the edit.
    pub(in crate::mutants) fn into_client(self) -> MakeClient {
        Arc::new(move |connection, runtime| {
            let builder = connection.client_builder(runtime)?;
            let sender = sender(connection, &self)?;
            let builder = match self.clone() {
                Self::Call(edit) => builder.service(sender).layer(tap()).layer(Calls {
                    edit: Some(edit),
                    result: None,
                    again: false,
                }),
                Self::Result(result) => builder.service(sender).layer(tap()).layer(Calls {
                    edit: None,
                    result: Some(result),
                    again: false,
                }),
                Self::RefusalsRepeated => builder
                    .service(sender)
                    .layer(Calls {
                        edit: None,
                        result: None,
                        again: true,
                    })
                    .layer(tap()),
                Self::Builder(edit) => edit(builder).service(sender).layer(tap()),
                _ => builder.service(sender).layer(tap()),
            };
            builder.build().map_err(|error| error.to_string())
        })
    }
}

/// Sends attempts, with the edits that are made below the client's layers.
fn sender(connection: &Connection, edit: &Edit) -> Result<ApiService, String> {
    let http = match edit {
        Edit::RedirectsFollowed => {
            let follow = reqwest::redirect::Policy::limited(3);
            let builder = reqwest::Client::builder().no_proxy().redirect(follow);
            builder.build().map_err(|error| error.to_string())?
        }
        _ => connection.http().clone(),
    };
    let (id, key, authority) = (
        connection.id().to_owned(),
        connection.key().to_owned(),
        connection.authority(),
    );
    let edit = edit.clone();
    Ok(ApiService::new(service_fn(
        move |mut request: Request<Body>| {
            match &edit {
                Edit::Attempt(edit) => edit(&mut request),
                Edit::Signature(edit) => {
                    let resource = request
                        .uri()
                        .path_and_query()
                        .map_or("/", |target| target.as_str());
                    let mut signature = Signature {
                        id: id.clone(),
                        key: key.clone(),
                        ts: now(),
                        nonce: uuid::Uuid::new_v4().simple().to_string(),
                        method: request.method().to_string(),
                        resource: resource.to_owned(),
                        host: authority.0.clone(),
                        port: authority.1,
                        hash: None,
                    };
                    edit(&mut signature);
                    if let Ok(value) = signature.header().parse() {
                        request.headers_mut().insert(header::AUTHORIZATION, value);
                    }
                }
                _ => {}
            }
            let change = match &edit {
                Edit::Response(change) => Some(Arc::clone(change)),
                _ => None,
            };
            let http = http.clone();
            Box::pin(send(http, request, change))
                as BoxFuture<'static, Result<Response<Body>, BoxError>>
        },
    )))
}

async fn send(
    http: reqwest::Client,
    request: Request<Body>,
    change: Option<OnResponse>,
) -> Result<Response<Body>, BoxError> {
    let asked = head(&request);
    let request = request.map(|body| body.into_inner().unwrap_or_default());
    let response: http::Response<reqwest::Body> = http.execute(request.try_into()?).await?.into();
    let (parts, body) = response.into_parts();
    let body = body.collect().await?.to_bytes();
    let mut response = Response::from_parts(parts, Body::new(body));
    if let Some(change) = change {
        change(&asked, &mut response);
    }
    Ok(response)
}

/// A request without its body.
fn head(request: &Request<Body>) -> Request<()> {
    let mut head = Request::new(());
    *head.method_mut() = request.method().clone();
    *head.uri_mut() = request.uri().clone();
    *head.headers_mut() = request.headers().clone();
    *head.extensions_mut() = request.extensions().clone();
    head
}

/// The layer around the client's own layers.
struct Calls {
    edit: Option<OnRequest>,
    result: Option<OnResponse>,
    again: bool,
}

impl<S> Layer<S> for Calls
where
    S: Service<Request<Body>, Response = Response<Body>, Error = BoxError>
        + Clone
        + Send
        + Sync
        + 'static,
    S::Future: Send + 'static,
{
    type Service = ApiService;

    fn layer(&self, inner: S) -> ApiService {
        let Self {
            edit,
            result,
            again,
        } = self;
        let (edit, result, again) = (edit.clone(), result.clone(), *again);
        ApiService::new(service_fn(move |mut request: Request<Body>| {
            if let Some(edit) = &edit {
                edit(&mut request);
            }
            let (inner, result) = (inner.clone(), result.clone());
            Box::pin(async move {
                let asked = head(&request);
                let mut second = asked.clone().map(|()| request.body().clone());
                let mut response = inner.clone().oneshot(request).await?;
                if again && response.status().is_client_error() {
                    second.headers_mut().remove(header::AUTHORIZATION);
                    response = inner.oneshot(second).await?;
                }
                if let Some(result) = result {
                    result(&asked, &mut response);
                }
                Ok(response)
            }) as BoxFuture<'static, Result<Response<Body>, BoxError>>
        }))
    }
}

/// The bytes of a response's body.
pub(super) fn bytes(response: &Response<Body>) -> Bytes {
    response.body().clone().into_inner().unwrap_or_default()
}
