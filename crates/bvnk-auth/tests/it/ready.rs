//! Readiness: no layer takes a request that what lies below it could not take.

#![allow(clippy::unwrap_used)]

use std::task::Poll;

use bvnk_auth::{
    BoundLayer, BoxError, CallOptions, CallOptionsLayer, Credentials, Error, HawkLayer,
    IdempotencyLayer, RetryLayer, RetryPolicy,
};
use reqwest::{Request, Response};
use tower::{Layer, Service, ServiceExt};

/// A service that is never ready.
#[derive(Clone)]
struct Closed;

impl Service<Request> for Closed {
    type Response = Response;
    type Error = BoxError;
    type Future = std::future::Ready<Result<Response, BoxError>>;

    fn poll_ready(&mut self, _: &mut std::task::Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Err("closed".into()))
    }

    fn call(&mut self, _: Request) -> Self::Future {
        std::future::ready(Err("called although closed".into()))
    }
}

async fn told<S>(mut service: S) -> String
where
    S: Service<Request, Response = Response, Error = BoxError>,
{
    let told = service.ready().await.map(|_| ()).unwrap_err();
    told.to_string()
}

#[tokio::test]
async fn what_lies_below_says_when_it_is_ready() {
    let credentials = Credentials::new("id", "key").unwrap();
    assert_eq!(told(BoundLayer::default().layer(Closed)).await, "closed");
    assert_eq!(
        told(HawkLayer::new(credentials).layer(Closed)).await,
        "closed"
    );
    assert_eq!(told(IdempotencyLayer::new().layer(Closed)).await, "closed");
    let options = CallOptionsLayer::new(CallOptions::new());
    assert_eq!(told(options.layer(Closed)).await, "closed");
}

/// Each attempt waits for itself, so that the deadline of the call holds for that wait too.
#[tokio::test]
async fn a_retry_layer_is_always_ready_and_then_tells_why_not() {
    let mut service = RetryLayer::new(RetryPolicy::none()).layer(Closed);
    let request = Request::new(http::Method::GET, "http://127.0.0.1/".parse().unwrap());
    let error = service
        .ready()
        .await
        .unwrap()
        .call(request)
        .await
        .unwrap_err();
    let error = error.downcast_ref::<Error>().unwrap();
    // What went wrong below stays to be seen.
    let source = std::error::Error::source(error).unwrap();
    assert_eq!(source.to_string(), "closed");
}
