//! A layer around the client that keeps the bytes of each response, so that they can be
//! compared with what the client decoded.

use bvnk::{Body, BoxError};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::Response;
use http_body_util::BodyExt;
use tower::util::AndThenLayer;

/// The body of a response as it was received, in the response's extensions.
#[derive(Clone, Debug)]
pub struct RawBody(pub Bytes);

type Keep = fn(Response<Body>) -> BoxFuture<'static, Result<Response<Body>, BoxError>>;

/// Puts a [`RawBody`] into the extensions of each response.
pub fn tap() -> AndThenLayer<Keep> {
    AndThenLayer::new(|response| {
        Box::pin(async move {
            let (mut head, body) = response.into_parts();
            let bytes = body.collect().await?.to_bytes();
            head.extensions.insert(RawBody(bytes.clone()));
            Ok(Response::from_parts(head, Body::new(bytes)))
        })
    })
}
