//! What keeps a call safe in any surroundings: layers of the user's own, calls that
//! repeat an ambiguous one, clocks that are corrected, proxies of the environment.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

use crate::support;

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use bvnk::Body;
use bvnk::types::CreateCustomerRequest;
use bvnk::{
    BoxError, CallOptions, Client, Credentials, Error, ErrorKind, IdempotencyKey, LayerError,
    RetryPolicy, TestRuntime,
};
use bvnk_simulator::{Clock, Config, Fault, Listen, Server};
use http::{Request, Response};
use support::{client_of, request};
use tower::layer::layer_fn;
use tower::{Service, ServiceExt, service_fn};

/// What a layer of the user's own is put around.
type Stack = bvnk::ApiService;

const NOW: u64 = 1_700_000_000;

fn builder(server: &Server) -> bvnk::ClientBuilder {
    client_of(server).retry(RetryPolicy::new().max_attempts(1))
}

async fn error_of(client: &Client, key: IdempotencyKey) -> Error {
    let call = client.create_customer().idempotency_key(key);
    call.body(request()).send().await.unwrap_err()
}

/// A layer that loses the answer, as a time-out of the user's own does.
#[tokio::test]
async fn a_layer_that_fails_leaves_the_outcome_unknown_and_keeps_the_key() {
    let server = Server::start(Config::default()).await.unwrap();
    let client = builder(&server)
        .layer(layer_fn(|inner: Stack| {
            service_fn(move |request: Request<Body>| {
                let answer = inner.clone().oneshot(request);
                async move {
                    drop(answer.await);
                    Err::<Response<Body>, BoxError>("too late".into())
                }
            })
        }))
        .build()
        .unwrap();
    let key = IdempotencyKey::random();
    let error = error_of(&client, key).await;
    assert!(error.outcome_unknown(), "{error}");
    assert_eq!(error.idempotency_key(), Some(key));
    assert_eq!(server.with(|simulator| simulator.customers().len()), 1);
    let fetched = client.get_customer().reference("r-1").send().await;
    assert!(!fetched.unwrap_err().outcome_unknown());
}

#[tokio::test]
async fn a_layer_that_refuses_leaves_nothing_unknown() {
    let server = Server::start(Config::default()).await.unwrap();
    let client = builder(&server)
        .layer(layer_fn(|_: Stack| {
            service_fn(|_: Request<Body>| async {
                Err::<Response<Body>, BoxError>(LayerError::refused("the circuit is open").into())
            })
        }))
        .build()
        .unwrap();
    let key = IdempotencyKey::random();
    let error = error_of(&client, key).await;
    assert!(!error.outcome_unknown(), "{error}");
    assert_eq!(error.idempotency_key(), Some(key));
    assert_eq!(error.attempts(), 0);
    assert!(server.received().is_empty());
}

/// A request that must not be signed is not sent, also if a layer made it so.
#[tokio::test]
async fn a_layer_that_invalidates_a_request_is_reported() {
    let server = Server::start(Config::default()).await.unwrap();
    let client = builder(&server)
        .layer(layer_fn(|inner: Stack| {
            service_fn(move |mut request: Request<Body>| {
                let host = "other.example".parse().unwrap();
                request.headers_mut().insert("host", host);
                inner.clone().oneshot(request)
            })
        }))
        .build()
        .unwrap();
    let error = error_of(&client, IdempotencyKey::random()).await;
    assert!(error.kind() == ErrorKind::InvalidRequest, "{error}");
    assert_eq!((error.attempts(), error.outcome_unknown()), (0, false));
    assert!(server.received().is_empty());
}

/// What a layer sends twice is the same call, and creates one customer.
#[tokio::test]
async fn a_layer_that_repeats_repeats_the_same_call() {
    let server = Server::start(Config::default()).await.unwrap();
    let client = builder(&server)
        .layer(layer_fn(|inner: Stack| {
            service_fn(move |request: Request<Body>| {
                let mut inner = inner.clone();
                async move {
                    drop(inner.call(request.clone()).await);
                    inner.call(request).await
                }
            })
        }))
        .build()
        .unwrap();
    let created = client.create_customer().body(request()).send().await;
    created.unwrap();
    let received = server.received();
    assert_eq!(received.len(), 2);
    let key = |index: usize| &received[index].headers["x-idempotency-key"];
    assert_eq!(key(0), key(1));
}

/// The server may reject a key because it was used: that says nothing about the first call.
#[tokio::test]
async fn a_repetition_is_ambiguous_until_it_succeeds() {
    let server = Server::start(Config::default()).await.unwrap();
    let client = builder(&server).build().unwrap();
    let again = client.with(CallOptions::new().retry_of_ambiguous());
    let key = IdempotencyKey::random();
    server.with(|simulator| simulator.push_fault(Fault::CommitThenReset));
    assert!(error_of(&client, key).await.outcome_unknown());
    for (client, unknown) in [(&client, false), (&again, true)] {
        server.with(|simulator| simulator.push_fault(Fault::RejectValid));
        let error = error_of(client, key).await;
        assert_eq!(error.is_rejected(), !unknown);
        assert_eq!(error.outcome_unknown(), unknown, "{error}");
    }
    // Neither what the contract does not allow nor what has no key is sent: that proves nothing.
    let received = server.received().len();
    let invalid = again.create_customer().idempotency_key(key);
    let invalid = invalid.body(CreateCustomerRequest::builder()).send().await;
    let keyless = again.create_customer().body(request()).send().await;
    for error in [invalid.unwrap_err(), keyless.unwrap_err()] {
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert!(error.outcome_unknown(), "{error}");
        let end = "; it is unknown whether the call that it repeats was carried out";
        assert!(error.to_string().ends_with(end), "{error}");
    }
    assert_eq!(server.received().len(), received);
    let call = again.create_customer().idempotency_key(key);
    call.body(request()).send().await.unwrap();
    let fetched = again.get_customer().reference("no-one").send().await;
    assert!(!fetched.unwrap_err().outcome_unknown());
}

/// With no attempt left the call fails, but the next one has the server's time.
#[tokio::test]
async fn a_corrected_clock_is_no_alarm() {
    let listen = Listen {
        clock: Clock::new(|| NOW),
        ..Listen::default()
    };
    let server = Server::start_on(listen, Config::default()).await.unwrap();
    for (off, corrected) in [(600, true), (172_800, false)] {
        let now = UNIX_EPOCH + Duration::from_secs(NOW - off);
        let client = builder(&server)
            .runtime(Arc::new(TestRuntime::new(now, off)))
            .build()
            .unwrap();
        let error = error_of(&client, IdempotencyKey::random()).await;
        let offset_seconds = i64::try_from(off).unwrap();
        let kind = ErrorKind::Clock {
            offset_seconds,
            corrected,
        };
        assert_eq!(error.kind(), kind, "{error}");
        let created = client.create_customer().body(request()).send().await;
        assert_eq!(created.is_ok(), corrected);
        // A wait goes on after such a poll, and ends after the other.
        let client = builder(&server)
            .runtime(Arc::new(TestRuntime::new(now, off + 1)))
            .build()
            .unwrap();
        let wait = client.wait_for_verification("no-one").settings(
            bvnk::PollSettings::new()
                .creation_grace(Duration::ZERO)
                .interval(Duration::ZERO, Duration::ZERO),
        );
        let ended = wait.await.unwrap_err();
        assert_eq!(ended.kind() == ErrorKind::NotFound, corrected, "{ended}");
    }
}

const CHILD: &str = "BVNK_TEST_PROXIED_URL";

/// What is meant for this machine stays there: a person's data would cross the network in
/// the clear. Everything else uses the proxy, as configured. The variable is set for
/// another process, as it cannot be set safely in this one.
#[tokio::test]
async fn a_proxy_of_the_environment_gets_nothing_that_is_local() {
    let server = Server::start(Config::default()).await.unwrap();
    let proxy = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", proxy.local_addr().unwrap());
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    tokio::spawn(async move {
        while proxy.accept().await.is_ok() {
            counter.fetch_add(1, Ordering::SeqCst);
        }
    });
    for (url, received, proxied) in [
        (server.url(), 1, false),
        ("http://customers.invalid", 1, true),
    ] {
        let mut child = Command::new(std::env::current_exe().unwrap());
        child
            .args(["--exact", "safety::calls_in_another_process", "--nocapture"])
            .env(CHILD, url)
            .env_remove("NO_PROXY")
            .env_remove("no_proxy");
        for name in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
            child.env(name, &address);
        }
        let done = tokio::task::spawn_blocking(move || child.output().unwrap());
        let output = done.await.unwrap();
        let output_text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{output_text}");
        assert_eq!(server.received().len(), received, "{output_text}");
        assert_eq!(asked.load(Ordering::SeqCst) > 0, proxied, "{output_text}");
    }
}

/// In a container without root certificates, the error says what is missing.
#[cfg(target_os = "linux")]
#[test]
fn missing_root_certificates_are_reported() {
    if std::env::var_os(CHILD).is_some() {
        let credentials = Credentials::new("id", "key").unwrap();
        let built = Client::builder().credentials(credentials).build();
        println!("{}", built.unwrap_err());
        return;
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "safety::missing_root_certificates_are_reported"])
        .arg("--nocapture")
        .env(CHILD, "")
        .env("SSL_CERT_FILE", "/nonexistent")
        .env("SSL_CERT_DIR", "/nonexistent")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("TLS cannot be set up: "), "{text}");
    assert!(!text.contains("builder error"), "{text}");
    assert!(text.contains("ca-certificates"), "{text}");
}

/// The other process of the first test of proxies; nothing by itself.
#[tokio::test]
async fn calls_in_another_process() {
    let Ok(url) = std::env::var(CHILD) else {
        return;
    };
    let client = Client::builder()
        .base_url(url.parse().unwrap())
        .allow_http()
        .credentials(Credentials::new("any", "other").unwrap())
        .retry(RetryPolicy::new().max_attempts(1))
        .build()
        .unwrap();
    let answer = client.get_customer().reference("r-1").send().await;
    // Whose credentials are unknown has reached the server.
    let reached = answer.unwrap_err().kind() == ErrorKind::Unauthorized;
    assert_eq!(reached, url.starts_with("http://127.0.0.1"));
}
