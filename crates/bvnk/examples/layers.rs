//! Layers of tower and tower-http around the client, without an adapter: at most ten calls at
//! a time, and the spans of `TraceLayer`.

#![allow(clippy::print_stdout)]

use bvnk::{BuildError, Client, ClientBuilder};
use tower::limit::ConcurrencyLimitLayer;
use tower_http::trace::TraceLayer;

fn client(builder: ClientBuilder) -> Result<Client, BuildError> {
    builder
        .layer(ConcurrencyLimitLayer::new(10))
        .layer(TraceLayer::new_for_http())
        .build()
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
    println!("{}", client(builder)?.doctor().await);
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// Thirty calls at once, of which ten run at a time.
    #[tokio::test(start_paused = true)]
    async fn calls_wait_for_their_turn() {
        let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let counters = (Arc::clone(&running), Arc::clone(&most));
        let service = tower::service_fn(move |_request| {
            let (running, most) = counters.clone();
            async move {
                most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                tokio::time::sleep(std::time::Duration::from_secs(1)).await;
                running.fetch_sub(1, Ordering::SeqCst);
                let body = r#"{"reference": "r-1", "status": "VERIFIED"}"#;
                Ok::<_, bvnk::BoxError>(http::Response::new(bvnk::Body::from(body)))
            }
        });
        let builder = Client::builder()
            .credentials(bvnk::Credentials::new("id", "key").unwrap())
            .service(service);
        let client = client(builder).unwrap();
        let mut calls = tokio::task::JoinSet::new();
        for _ in 0..30 {
            calls.spawn(client.get_customer().reference("r-1").send());
        }
        while let Some(result) = calls.join_next().await {
            assert!(result.unwrap().unwrap().status.is_verified());
        }
        assert_eq!(most.load(Ordering::SeqCst), 10);
    }
}
