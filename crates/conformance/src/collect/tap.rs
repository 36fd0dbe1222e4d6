//! A layer around the client that keeps the bytes of each response, so that they can be
//! compared with what the client decoded.

use std::task::{Context, Poll};

use bvnk::{Body, BoxError};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::{Request, Response};
use http_body_util::BodyExt;
use tower::{Layer, Service};

/// The body of a response as it was received, in the response's extensions.
#[derive(Clone, Debug)]
pub struct RawBody(pub Bytes);

/// Puts a [`RawBody`] into the extensions of each response.
#[derive(Clone, Copy, Debug)]
pub struct Tap;

/// The service that [`Tap`] makes.
#[derive(Clone, Debug)]
pub struct Tapped<S>(S);

impl<S> Layer<S> for Tap {
    type Service = Tapped<S>;

    fn layer(&self, inner: S) -> Tapped<S> {
        Tapped(inner)
    }
}

impl<S> Service<Request<Body>> for Tapped<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = BoxError>,
    S::Future: Send + 'static,
{
    type Response = Response<Body>;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Response<Body>, BoxError>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let response = self.0.call(request);
        Box::pin(async move {
            let (mut head, body) = response.await?.into_parts();
            let bytes = body.collect().await?.to_bytes();
            head.extensions.insert(RawBody(bytes.clone()));
            Ok(Response::from_parts(head, Body::new(bytes)))
        })
    }
}
