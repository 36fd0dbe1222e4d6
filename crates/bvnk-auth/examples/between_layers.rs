//! A layer of your own between the others: one that counts attempts.
//!
//! Above `RetryLayer` a layer sees calls, below it attempts. Below `HawkLayer` it must
//! not change a request any more. Run it with
//! `cargo run -p bvnk-auth --example between_layers -- https://api.example.com/things`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use bvnk_auth::{
    BoundLayer, BoxError, CallInfo, Credentials, HawkLayer, IdempotencyLayer, RetryLayer, harden,
};
use reqwest::{Client, Method, Request};
use tower::{Layer, Service, ServiceBuilder, ServiceExt};

/// Counts the requests that pass.
#[derive(Clone, Default)]
struct CountLayer(Arc<AtomicU64>);

impl<S> Layer<S> for CountLayer {
    type Service = Count<S>;

    fn layer(&self, inner: S) -> Count<S> {
        Count {
            inner,
            passed: Arc::clone(&self.0),
        }
    }
}

#[derive(Clone)]
struct Count<S> {
    inner: S,
    passed: Arc<AtomicU64>,
}

impl<S: Service<Request>> Service<Request> for Count<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> S::Future {
        self.passed.fetch_add(1, Ordering::Relaxed);
        self.inner.call(request)
    }
}

#[tokio::main(flavor = "current_thread")]
#[allow(clippy::print_stdout)]
async fn main() -> Result<(), BoxError> {
    let url = std::env::args().nth(1);
    let url = url.unwrap_or_else(|| "http://127.0.0.1:9/things".into());
    let attempts = CountLayer::default();
    let service = ServiceBuilder::new()
        .layer(IdempotencyLayer::new())
        .layer(RetryLayer::default())
        .layer(attempts.clone())
        .layer(HawkLayer::new(Credentials::new("id", "key")?))
        .layer(BoundLayer::default())
        .service(harden(Client::builder()).build()?);

    match service
        .oneshot(Request::new(Method::POST, url.parse()?))
        .await
    {
        Ok(response) => {
            println!("{}", response.status());
            println!("{:?}", response.extensions().get::<CallInfo>());
        }
        Err(error) => println!("{error}"),
    }
    println!("{} attempts passed", attempts.0.load(Ordering::Relaxed));
    Ok(())
}
