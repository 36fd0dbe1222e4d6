//! A tower layer of your own around the client: it counts calls and their attempts for a metrics
//! page. It sees whole calls, with all their attempts.

#![allow(clippy::print_stdout)]

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use bvnk::{Body, BoxError, Call, Client};
use http::{Request, Response};
use tower::{Layer, Service};

/// What is counted. Clones count together.
#[derive(Clone, Debug, Default)]
struct Counts {
    answered: Arc<AtomicU64>,
    failed: Arc<AtomicU64>,
    attempts: Arc<AtomicU64>,
}

impl<S> Layer<S> for Counts {
    type Service = Counted<S>;

    fn layer(&self, inner: S) -> Counted<S> {
        Counted {
            inner,
            counts: self.clone(),
        }
    }
}

#[derive(Clone)]
struct Counted<S> {
    inner: S,
    counts: Counts,
}

impl<S> Service<Request<Body>> for Counted<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = BoxError>,
    S::Future: Send + 'static,
{
    type Response = Response<Body>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, BoxError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let counts = self.counts.clone();
        // Shared by all layers: it has the attempts, also of a call that fails.
        let call = request.extensions().get::<Call>().cloned();
        let response = self.inner.call(request);
        Box::pin(async move {
            let response = response.await;
            let count = match &response {
                Ok(_) => &counts.answered,
                Err(_) => &counts.failed,
            };
            count.fetch_add(1, Ordering::Relaxed);
            let attempts = call.map_or(1, |call| call.info().attempts);
            let attempts = u64::from(attempts);
            counts.attempts.fetch_add(attempts, Ordering::Relaxed);
            response
        })
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let server = bvnk_simulator::Server::start(Default::default()).await?;
    let builder = match std::env::var_os("BVNK_BASE_URL") {
        Some(_) => Client::builder().env()?,
        None => Client::builder()
            .base_url(server.url().parse()?)
            .credentials(bvnk::Credentials::new(server.id(), server.key())?),
    };
    let counts = Counts::default();
    let client = builder.layer(counts.clone()).build()?;
    println!("{}", client.doctor().await);
    println!("{counts:?}");
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use bvnk_simulator::{Config, Fault, Server};

    #[tokio::test]
    async fn calls_are_counted_with_their_attempts() {
        let server = Server::start(Config::default()).await.unwrap();
        let counts = Counts::default();
        let client = Client::builder()
            .base_url(server.url().parse().unwrap())
            .credentials(bvnk::Credentials::new(server.id(), server.key()).unwrap())
            .retry(bvnk::RetryPolicy::new().backoff(Default::default(), Default::default()))
            .layer(counts.clone())
            .build()
            .unwrap();
        server.with(|simulator| simulator.push_fault(Fault::InternalError));
        client
            .get_customer()
            .reference("r-1")
            .send()
            .await
            .unwrap_err();
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        assert_eq!((read(&counts.answered), read(&counts.attempts)), (1, 2));
        server.with(|simulator| simulator.set_faults([Fault::ResetBeforeCommit]));
        client
            .get_customer()
            .reference("r-1")
            .send()
            .await
            .unwrap_err();
        assert_eq!((read(&counts.answered), read(&counts.failed)), (1, 1));
    }
}
