//! The reqwest client below the layers: what it must not do.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::process::Command;

use bvnk_auth::{HttpService, configure_http};
use tokio::net::TcpListener;
use tower::ServiceExt;

use crate::support::get;

const CHILD: &str = "BVNK_AUTH_TEST_URL";

/// What is meant for this machine stays there: a proxy would receive personal data in clear.
/// All else goes by the proxy of the environment. The variables are set for another process.
#[tokio::test]
async fn a_proxy_of_the_environment_receives_nothing_that_is_local() {
    let target = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let target_url = format!("http://{}", target.local_addr().unwrap());
    for (url, is_local) in [
        (target_url.as_str(), true),
        ("http://customers.invalid", false),
    ] {
        let proxy = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", proxy.local_addr().unwrap());
        let mut child = Command::new(std::env::current_exe().unwrap());
        child
            .args(["--exact", "http_client::sends_one_request", "--nocapture"])
            .env(CHILD, url)
            .env_remove("NO_PROXY")
            .env_remove("no_proxy");
        for name in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
            child.env(name, &address);
        }
        let child = tokio::task::spawn_blocking(move || child.output().unwrap());
        // Whichever is connected to closes at once, which ends the child.
        let reached_target = tokio::select! {
            connection = target.accept() => connection.is_ok(),
            _ = proxy.accept() => false,
        };
        let output = child.await.unwrap();
        assert!(output.status.success(), "{output:?}");
        assert_eq!(reached_target, is_local, "{url}");
    }
}

/// The other process of the test above; nothing by itself.
#[tokio::test]
async fn sends_one_request() {
    let Ok(url) = std::env::var(CHILD) else {
        return;
    };
    let builder = configure_http(reqwest::Client::builder(), &url.parse().unwrap());
    // See `support::http`.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = HttpService::new(builder.build().unwrap());
    http.oneshot(get(&url)).await.unwrap_err();
}
