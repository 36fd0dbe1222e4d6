//! Layers of your own between the others: one that counts, above the retries and below the
//! signature.
//!
//! Above `RetryLayer` a layer sees calls, below `HawkLayer` attempts, which it must not
//! change. Run it with
//! `cargo run -p bvnk-auth --example between_layers -- https://api.example.com/things`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use bvnk_auth::{
    Body, BoxError, Call, CallOptions, Credentials, HawkLayer, HttpService, IdempotencyLayer,
    RetryLayer, configure_http,
};
use http::{HeaderName, Request};
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

impl<S: Service<Request<Body>>> Service<Request<Body>> for Count<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> S::Future {
        self.passed.fetch_add(1, Ordering::Relaxed);
        self.inner.call(request)
    }
}

#[tokio::main(flavor = "current_thread")]
#[allow(clippy::print_stdout)]
async fn main() -> Result<(), BoxError> {
    let url = std::env::args().nth(1);
    let url = url.unwrap_or_else(|| "http://127.0.0.1:9/things".into());
    let (calls, attempts) = (CountLayer::default(), CountLayer::default());
    let http = configure_http(reqwest::Client::builder(), &url.parse()?).build()?;
    let service = ServiceBuilder::new()
        .layer(IdempotencyLayer::new())
        .layer(calls.clone())
        .layer(RetryLayer::default())
        .layer(HawkLayer::new(Credentials::new("id", "key")?))
        .layer(attempts.clone())
        .service(HttpService::new(http));

    let header = HeaderName::from_static("x-idempotency-key");
    let call = Call::named("create_thing", CallOptions::new(), Some(header));
    let mut request = Request::post(&url).body(Body::default())?;
    request.extensions_mut().insert(call.clone());
    match service.oneshot(request).await {
        Ok(response) => println!("{}", response.status()),
        Err(error) => println!("{error}"),
    }
    println!("{:?}", call.info());
    let passed = |layer: &CountLayer| layer.0.load(Ordering::Relaxed);
    println!("{} call, {} attempts", passed(&calls), passed(&attempts));
    Ok(())
}
