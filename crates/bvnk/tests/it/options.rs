//! The client's options, seen from the other end: what arrives at the simulator.

#![allow(clippy::unwrap_used, clippy::panic)]

use crate::support;

use std::sync::Arc;
use std::time::Duration;

use bvnk::{CallOptions, Credentials, ErrorKind, IdempotencyKey, ResponseExt, SystemRuntime};
use bvnk_simulator::{Config, Fault, Hook, HookContext, Response, Server, hawk};
use support::{client_of as builder, fake, request, response_with};

#[tokio::test]
async fn a_response_has_attempts_and_key() {
    let server = Server::start(Config::default()).await.unwrap();
    server.with(|simulator| simulator.push_fault(Fault::InternalError));
    let key = IdempotencyKey::random();
    let client = builder(&server).build().unwrap();
    let call = client.create_customer().idempotency_key(key);
    let created = call.body(request()).send().await.unwrap();
    assert_eq!(created.status(), 202);
    assert_eq!(created.attempts(), 2);
    assert_eq!(created.idempotency_key(), Some(key));
    assert_eq!(created.trace_id(), None);
    let agent = &server.received()[0].headers["user-agent"];
    assert_eq!(agent, concat!("bvnk-rust/", env!("CARGO_PKG_VERSION")));
}

#[tokio::test]
async fn a_response_has_its_trace_id() {
    let client = fake(|_| {
        let body = r#"{"reference": "r-1", "status": "VERIFIED"}"#;
        Ok(response_with(200, &[("x-request-id", "t-1")], body))
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
    let once = client.with(CallOptions::new().max_attempts(1));
    server.with(|simulator| simulator.set_faults([Fault::Unavailable]));
    for (client, attempts) in [
        (&once, 1),
        (&client, 3),
        (&once.with(CallOptions::new().max_attempts(2)), 2),
    ] {
        let result = client.get_customer().reference("r-1").send().await;
        assert_eq!(result.unwrap_err().attempts(), attempts);
    }
    // The options of a call come last.
    let call = once.get_customer().reference("r-1");
    let call = call.options(CallOptions::new().max_attempts(2));
    assert_eq!(call.send().await.unwrap_err().attempts(), 2);
    let none = client.with(CallOptions::new().total_timeout(Duration::ZERO));
    let call = none.get_customer().reference("r-1");
    let error = call.send().await.unwrap_err();
    assert!(error.kind() == ErrorKind::Timeout);
    assert_eq!(error.attempts(), 0);
}

/// Signs each response.
struct Signing;

impl Hook for Signing {
    fn response(&mut self, context: &mut HookContext<'_>, response: &mut Response) {
        let (own, header) = (&context.config.credentials[0], context.header.as_ref());
        let (incoming, body) = (&context.incoming, &response.body);
        let value =
            hawk::server_authorization(own, incoming, header.unwrap(), "application/json", body);
        let name = "server-authorization";
        response.headers.insert(name, value.parse().unwrap());
    }
}

#[tokio::test]
async fn responses_are_verified_and_payloads_signed_on_request() {
    let server = Server::start(Config::default()).await.unwrap();
    server.with(|simulator| simulator.set_hook(Signing));
    let silent = Server::start(Config::default()).await.unwrap();
    let strict = |server| {
        builder(server)
            .hawk(|hawk| hawk.verify_responses(true))
            .hawk(|hawk| hawk.payload_hash(true))
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
    let error = result.unwrap_err();
    assert!(error.kind() == ErrorKind::InvalidResponse && error.outcome_unknown());
}

#[tokio::test]
async fn a_proxy_is_called_and_the_public_host_is_signed() {
    let config = Config {
        public_origin: Some(("api.example.com".into(), 443)),
        ..Config::default()
    };
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
    assert!(result.unwrap_err().kind() == ErrorKind::Unauthorized);
}

/// Two tenants, each with its own credentials, on one pool of connections.
#[tokio::test]
async fn tenants_share_connections_and_nothing_else() {
    let config = Config {
        credentials: vec![
            hawk::Credentials::new("one", "key-1"),
            hawk::Credentials::new("two", "key-2"),
        ],
        ..Config::default()
    };
    let server = Server::start(config).await.unwrap();
    let shared = support::http();
    let tenant = |id: &str, key: &str| {
        builder(&server)
            .http_client(shared.clone())
            .credentials(Credentials::new(id, key).unwrap())
            .runtime(Arc::new(SystemRuntime))
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
    assert!(result.unwrap_err().kind() == ErrorKind::Unauthorized);
}
