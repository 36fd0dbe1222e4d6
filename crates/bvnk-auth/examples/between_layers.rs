//! Other layers between those of this crate, without adapters: tower's, and one that counts.
//! tower-http's `TraceLayer` fits in the same places.
//!
//! Above `HawkLayer` a layer sees calls. Below it a layer sees attempts, which it must not
//! change. Run it with
//! `cargo run -p bvnk-auth --example between_layers -- https://api.example.com/things`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bvnk_auth::{
    Body, BoxError, Call, CallOptions, Credentials, HawkLayer, HttpService, IdempotencyLayer,
    RetryPolicy, configure_http,
};
use http::{HeaderName, Method, Request};
use tower::limit::ConcurrencyLimitLayer;
use tower::{ServiceBuilder, ServiceExt};

#[tokio::main(flavor = "current_thread")]
#[allow(clippy::print_stdout)]
async fn main() -> Result<(), BoxError> {
    let url = std::env::args().nth(1);
    let url = url.unwrap_or_else(|| "http://127.0.0.1:9/things".into());
    let http = configure_http(reqwest::Client::builder(), &url.parse()?).build()?;

    let attempts = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&attempts);
    let service = ServiceBuilder::new()
        .layer(IdempotencyLayer::new())
        // At most eight calls at a time.
        .layer(ConcurrencyLimitLayer::new(8))
        .layer(HawkLayer::new(Credentials::new("id", "key")?).retry(RetryPolicy::new()))
        .map_request(move |request: Request<Body>| {
            counter.fetch_add(1, Ordering::Relaxed);
            request
        })
        .service(HttpService::new(http));

    let header = HeaderName::from_static("x-idempotency-key");
    let call = Call::new(
        "create_thing",
        Method::POST,
        CallOptions::new(),
        Some(header),
    );
    let mut request = Request::post(&url).body(Body::default())?;
    request.extensions_mut().insert(call.clone());
    match service.oneshot(request).await {
        Ok(response) => println!("{}", response.status()),
        Err(error) => println!("{error}"),
    }
    println!("{:?}", call.info());
    println!("{} attempts counted", attempts.load(Ordering::Relaxed));
    Ok(())
}
