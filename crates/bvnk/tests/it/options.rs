//! The client's options, seen from the other end: what arrives at the simulator.

#![allow(clippy::unwrap_used, clippy::panic)]

use crate::support;

use std::sync::Arc;
use std::time::Duration;

use bvnk::{
    Answer, CallOptions, Client, Credentials, Error, IdempotencyKey, RetryPolicy, SystemRuntime,
};
use bvnk_simulator::{Config, Fault, Server};
use support::{bare, http, request};

fn builder(server: &Server) -> bvnk::ClientBuilder {
    Client::builder()
        .base_url(server.url().parse().unwrap())
        .credentials(Credentials::new(server.id(), server.key()).unwrap())
        .retry(RetryPolicy::new().backoff(Duration::ZERO, Duration::ZERO))
        .http_client(http())
}

#[tokio::test]
async fn a_call_tells_how_it_went() {
    let server = Server::start(Config::default()).await.unwrap();
    server.with(|simulator| simulator.push_fault(Fault::InternalError));
    let key = IdempotencyKey::random();
    let client = builder(&server).build().unwrap();
    let call = client.create_customer().x_idempotency_key(key);
    let created = call.body(request()).send().await.unwrap();
    assert_eq!(created.status(), 202);
    assert_eq!(created.attempts(), 2);
    assert_eq!(created.idempotency_key(), Some(key));
    assert_eq!(created.trace_id(), None);
    let agent = &server.received()[0].headers["user-agent"];
    assert_eq!(agent, concat!("bvnk-rust/", env!("CARGO_PKG_VERSION")));
}

#[tokio::test]
async fn an_answer_tells_what_it_can_be_traced_by() {
    let client = bare(|_| {
        let answer = http::Response::builder().header("x-request-id", "t-1");
        let body = r#"{"reference": "r-1", "status": "VERIFIED"}"#;
        Ok(answer.body(body).unwrap().into())
    });
    let call = client.create_customer().body(request());
    let created = call.send().await.unwrap();
    assert_eq!(created.trace_id(), Some("t-1"));
    assert_eq!(created.headers()["x-request-id"], "t-1");
}

#[tokio::test]
async fn options_for_some_calls_leave_the_others_alone() {
    let server = Server::start(Config::default()).await.unwrap();
    let client = builder(&server).build().unwrap();
    let once = client.with(CallOptions::new().no_retry());
    server.with(|simulator| simulator.set_fault(Some(Fault::Unavailable)));
    for (client, attempts) in [
        (&once, 1),
        (&client, 3),
        (&once.with(CallOptions::new().max_attempts(2)), 2),
    ] {
        let result = client.get_customer().reference("r-1").send().await;
        assert_eq!(Error::from(result.unwrap_err()).attempts(), attempts);
    }
    let none = client.with(CallOptions::new().total_timeout(Duration::ZERO));
    let error = Error::from(
        none.get_customer()
            .reference("r-1")
            .send()
            .await
            .unwrap_err(),
    );
    assert!(error.is_timeout());
    assert_eq!(error.attempts(), 0);
}

#[tokio::test]
async fn the_key_travels_in_the_header_that_is_configured() {
    let server = Server::start(Config::default()).await.unwrap();
    let name = "idempotency-key";
    let client = builder(&server)
        .idempotency_header(name.parse().unwrap())
        .build()
        .unwrap();
    let key = IdempotencyKey::random();
    let own = client
        .create_customer()
        .x_idempotency_key(key)
        .body(request());
    own.send().await.unwrap();
    let made = client
        .create_customer()
        .body(request())
        .send()
        .await
        .unwrap();
    let received = server.received();
    assert_eq!(received[0].headers[name], key.to_string());
    assert_eq!(
        received[1].headers[name],
        made.idempotency_key().unwrap().to_string()
    );
    assert!(
        received
            .iter()
            .all(|request| !request.headers.contains_key("x-idempotency-key"))
    );
}

#[tokio::test]
async fn answers_are_verified_and_payloads_signed_when_asked_for() {
    let server = Server::start(Config::default().server_authorization(true))
        .await
        .unwrap();
    let silent = Server::start(Config::default()).await.unwrap();
    let strict = |server| {
        builder(server)
            .verify_responses()
            .sign_payload()
            .build()
            .unwrap()
    };
    strict(&server)
        .create_customer()
        .body(request())
        .send()
        .await
        .unwrap();
    let sent = server.received()[0].headers["authorization"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(sent.contains("hash="), "{sent}");
    let result = strict(&silent)
        .create_customer()
        .body(request())
        .send()
        .await;
    let error = Error::from(result.unwrap_err());
    assert!(error.is_unreadable() && error.outcome_unknown());
}

#[tokio::test]
async fn a_proxy_is_called_and_the_public_host_is_signed() {
    let config = Config::default().public_origin("api.example.com", 443);
    let server = Server::start(config).await.unwrap();
    let origin = "https://api.example.com".parse().unwrap();
    let client = builder(&server).signing_origin(origin).build().unwrap();
    client
        .create_customer()
        .body(request())
        .send()
        .await
        .unwrap();
    let lost = builder(&server).build().unwrap();
    let result = lost.create_customer().body(request()).send().await;
    assert!(Error::from(result.unwrap_err()).is_unauthorized());
}

/// Two tenants, each with credentials of its own, on one pool of connections.
#[tokio::test]
async fn tenants_share_connections_and_nothing_else() {
    let config = Config::default()
        .credentials("one", "key-1")
        .credentials("two", "key-2");
    let server = Server::start(config).await.unwrap();
    let shared = bvnk::http_client().unwrap();
    let tenant = |id: &str, key: &str| {
        builder(&server)
            .http_client(shared.clone())
            .credentials(Credentials::new(id, key).unwrap())
            .runtime(Arc::new(SystemRuntime::new()))
            .build()
            .unwrap()
    };
    for client in [tenant("one", "key-1"), tenant("two", "key-2")] {
        client
            .create_customer()
            .body(request())
            .send()
            .await
            .unwrap();
    }
    let ids: Vec<_> = server
        .received()
        .iter()
        .map(|request| {
            request.headers["authorization"]
                .to_str()
                .unwrap()
                .contains("id=\"one\"")
        })
        .collect();
    assert_eq!(ids, [true, false]);
    let crossed = tenant("one", "key-2");
    let result = crossed.get_customer().reference("r-1").send().await;
    assert!(Error::from(result.unwrap_err()).is_unauthorized());
}
