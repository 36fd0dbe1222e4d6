//! Readiness: no layer takes a request that what lies below it could not take.

#![allow(clippy::unwrap_used)]

use std::task::Poll;

use bvnk_auth::{Body, BoxError, Credentials, Error, HawkLayer, IdempotencyLayer};
use http::{Request, Response};
use tower::{Layer, Service, ServiceExt};

/// A service that is never ready.
#[derive(Clone)]
struct Closed;

impl Service<Request<Body>> for Closed {
    type Response = Response<Body>;
    type Error = BoxError;
    type Future = std::future::Ready<Result<Response<Body>, BoxError>>;

    fn poll_ready(&mut self, _: &mut std::task::Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Err("closed".into()))
    }

    fn call(&mut self, _: Request<Body>) -> Self::Future {
        std::future::ready(Err("called although closed".into()))
    }
}

async fn readiness<S>(mut service: S) -> String
where
    S: Service<Request<Body>, Response = Response<Body>, Error = BoxError>,
{
    let ready = service.ready().await.map(|_| ()).unwrap_err();
    ready.to_string()
}

fn hawk() -> HawkLayer {
    HawkLayer::new(Credentials::new("id", "key").unwrap())
}

#[tokio::test]
async fn readiness_of_the_outermost_layer_is_that_of_the_layer_below() {
    let keys = IdempotencyLayer::new();
    assert_eq!(readiness(keys.layer(Closed)).await, "closed");
}

/// Each attempt waits for itself, so that the time-outs apply to that wait too.
#[tokio::test]
async fn the_layer_of_attempts_is_always_ready_and_then_says_why_not() {
    let mut service = hawk().layer(Closed);
    let request = crate::support::post("http://127.0.0.1/");
    let result = service.ready().await.unwrap().call(request).await;
    let error = crate::support::failure(result);
    // What went wrong below stays visible; nothing was sent.
    let source = std::error::Error::source(&error).unwrap();
    assert_eq!(source.to_string(), "closed");
    assert_eq!(
        (error.info().attempts, error.info().outcome_unknown),
        (0, false)
    );
    let _: &Error = &error;
}
