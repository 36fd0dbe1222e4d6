//! The service against the simulator: its happy path, and what rarely happens.

#![allow(clippy::unwrap_used)]

use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use bvnk::{Credentials, PollSettings, RetryPolicy};
use bvnk_simulator::{Config, Fault, Replay, Server};
use tower::ServiceExt;

use super::*;

const PERSON: &[u8] = include_bytes!("../individual.json");

async fn start(config: Config) -> (Server, Service) {
    let server = Server::start(config).await.unwrap();
    let fast = PollSettings::new().interval(Duration::from_millis(1), Duration::from_millis(5));
    let bvnk = Client::builder()
        .base_url(server.url().parse().unwrap())
        .credentials(Credentials::new(server.id(), server.key()).unwrap())
        .retry(RetryPolicy::new().max_attempts(1))
        .poll_settings(fast)
        .build()
        .unwrap();
    let secret = WebhookSecret::new("s3cret").unwrap();
    (
        server,
        Service::new(bvnk, Verifier::new(secret, Scheme::payload())),
    )
}

async fn post(service: &Service, path: &str, body: &[u8]) -> (StatusCode, String) {
    let request = Request::post(path).body(Body::from(body.to_vec())).unwrap();
    let response = service.clone().routes().oneshot(request).await.unwrap();
    let status = response.status();
    let body = axum::body::to_bytes(response.into_body(), 1 << 20)
        .await
        .unwrap();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

fn customers(server: &Server) -> usize {
    server.with(|simulator| simulator.customers().len())
}

#[tokio::test]
async fn a_user_becomes_one_customer_and_is_followed() {
    let (server, service) = start(Config::default()).await;
    let (status, _) = post(&service, "/users/7/customer", PERSON).await;
    assert_eq!(status, StatusCode::CREATED);
    // Again, as after a crash.
    let (status, _) = post(&service, "/users/7/customer", PERSON).await;
    assert_eq!((status, customers(&server)), (StatusCode::CREATED, 1));
    let stored = || service.users.lock().unwrap()["7"].status.clone();
    while !bvnk::types::CustomerStatus::from(stored()).is_terminal() {
        tokio::task::yield_now().await;
    }
    let reference = service.users.lock().unwrap()["7"].reference.to_string();
    let status =
        server.with(|simulator| simulator.customer(&reference).unwrap().status().to_owned());
    assert_eq!(stored(), status);
}

/// Time is paused, so that the time-out passes at once.
#[tokio::test(start_paused = true)]
async fn errors_have_their_statuses() {
    let (server, service) = start(Config::default()).await;
    for (fault, status, created) in [
        (Fault::RejectValid, StatusCode::UNPROCESSABLE_ENTITY, 0),
        (Fault::TooManyRequests, StatusCode::SERVICE_UNAVAILABLE, 0),
        (Fault::HtmlError, StatusCode::BAD_GATEWAY, 0),
        (Fault::RejectSigned, StatusCode::BAD_GATEWAY, 0),
        (Fault::ResetBeforeCommit, StatusCode::GATEWAY_TIMEOUT, 0),
        (Fault::CommitThenStall, StatusCode::GATEWAY_TIMEOUT, 1),
        (Fault::CommitThenReset, StatusCode::GATEWAY_TIMEOUT, 1),
    ] {
        server.with(|simulator| simulator.push_fault(fault));
        let (answered, _) = post(&service, "/users/7/customer", PERSON).await;
        assert_eq!(answered, status, "{fault}");
        assert_eq!(customers(&server), created, "{fault}");
    }
    // A rejection of the repetition does not prove that nothing was done.
    server.with(|simulator| simulator.set_replay(Replay::AlreadyExists400));
    let (status, _) = post(&service, "/users/7/customer", PERSON).await;
    assert_eq!(status, StatusCode::BAD_GATEWAY);
    // The repetition finds the customer that exists.
    server.with(|simulator| simulator.set_replay(Replay::Stored));
    let (status, _) = post(&service, "/users/7/customer", PERSON).await;
    assert_eq!((status, customers(&server)), (StatusCode::CREATED, 1));
}

/// That one call was not carried out proves nothing about another one.
#[tokio::test(start_paused = true)]
async fn of_two_calls_at_once_each_counts_for_itself() {
    let (server, service) = start(Config::default()).await;
    // The first is answered 429 after 2 s; meanwhile, the second is carried out.
    let mut late = bvnk_simulator::Response::new(StatusCode::TOO_MANY_REQUESTS);
    late.delay = Duration::from_secs(2);
    server.with(|simulator| simulator.push_response(late));
    let first = post(&service, "/users/7/customer", PERSON);
    let first = tokio::time::timeout(Duration::from_secs(1), first).await;
    first.unwrap_err();
    server.with(|simulator| simulator.push_fault(Fault::CommitThenReset));
    let (status, _) = post(&service, "/users/7/customer", PERSON).await;
    assert_eq!(
        (status, customers(&server)),
        (StatusCode::GATEWAY_TIMEOUT, 1)
    );
    tokio::time::sleep(Duration::from_secs(2)).await;
    // So a rejection still proves nothing.
    server.with(|simulator| simulator.set_faults([Fault::RejectValid]));
    let (status, _) = post(&service, "/users/7/customer", PERSON).await;
    assert_eq!(status, StatusCode::BAD_GATEWAY);
}

/// Each wait polls for minutes: a caller who repeats a request must not start many.
#[tokio::test]
async fn a_repeated_request_starts_no_second_wait() {
    let (server, mut service) = start(Config::default()).await;
    server.with(|simulator| simulator.set_faults([Fault::FreezeStatus]));
    // One that polls once, and not again during this test.
    let far = Duration::from_secs(3_600);
    service.bvnk = Client::builder()
        .base_url(server.url().parse().unwrap())
        .credentials(Credentials::new(server.id(), server.key()).unwrap())
        .poll_settings(PollSettings::new().interval(far, far))
        .build()
        .unwrap();
    let polls = || {
        let received = server.received().into_iter();
        received.filter(|it| it.request.method == "GET").count()
    };
    for _ in 0..5 {
        let (status, _) = post(&service, "/users/7/customer", PERSON).await;
        assert_eq!(status, StatusCode::CREATED);
        while polls() == 0 {
            tokio::task::yield_now().await;
        }
    }
    assert_eq!(polls(), 1);
}

/// The creation goes on, and its result is stored.
#[tokio::test(start_paused = true)]
async fn a_caller_may_hang_up() {
    let (server, service) = start(Config::default()).await;
    server.with(|simulator| simulator.push_fault(Fault::Latency));
    let call = post(&service, "/users/7/customer", PERSON);
    let hung_up = tokio::time::timeout(Duration::from_secs(1), call).await;
    hung_up.unwrap_err();
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(lock(&service.users).contains_key("7"));
    drop(server);
}

#[tokio::test]
async fn a_caller_learns_everything_that_is_wrong() {
    let (server, service) = start(Config::default()).await;
    let person = String::from_utf8(PERSON.to_vec()).unwrap();
    let person = person.replace("\"nationality\"", "\"natonality\"");
    let (status, text) = post(&service, "/users/7/customer", person.as_bytes()).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text.contains("did you mean `nationality`"), "{text}");
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn a_webhook_with_a_wrong_signature_is_rejected() {
    let (_server, service) = start(Config::default()).await;
    let event = br#"{"event": "x", "data": {"reference": "r-1", "status": "VERIFIED"}}"#;
    let (status, _) = post(&service, "/hooks/bvnk", event).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
}
