//! What the doctor finds when one thing is wrong at a time.

#![allow(clippy::unwrap_used, clippy::panic)]

use crate::support;

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use bvnk::{Client, Credentials, ErrorKind, RetryPolicy, TestRuntime, Verdict};
use bvnk_simulator::{Clock, Config, Fault, Listen, Server};
use support::{builder, fake, layered, response_with};

const NOW: u64 = 1_700_000_000;

/// A server and a client whose clocks agree, and stand still.
async fn pair(config: Config) -> (Server, Client) {
    let listen = Listen {
        clock: Clock::new(|| NOW),
        ..Listen::default()
    };
    let server = Server::start_on(listen, config).await.unwrap();
    let client = client(&server, server.key(), NOW);
    (server, client)
}

fn client(server: &Server, key: &str, now: u64) -> Client {
    let policy = RetryPolicy::new().backoff(Duration::ZERO, Duration::ZERO);
    builder()
        .base_url(server.url().parse().unwrap())
        .credentials(Credentials::new(server.id(), key).unwrap())
        // Seeded by the time, for the server remembers nonces.
        .runtime(Arc::new(TestRuntime::new(
            UNIX_EPOCH + Duration::from_secs(now),
            now,
        )))
        .retry(policy)
        .build()
        .unwrap()
}

#[tokio::test]
async fn a_right_setup_is_healthy_and_nothing_is_created() {
    let (server, client) = pair(Config::default()).await;
    let diagnosis = client.doctor().await;
    assert!(diagnosis.is_healthy(), "{diagnosis}");
    assert_eq!(diagnosis.status.unwrap(), 404);
    assert_eq!(diagnosis.clock_offset_seconds, Some(0));
    assert_eq!(diagnosis.clock_is_right(), Some(true));
    assert_eq!(diagnosis.base_url, server.url());
    let error = diagnosis.error.as_ref().unwrap();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(
        diagnosis.to_string(),
        format!(
            "{}: network and credentials are right (status 404); the clock is right",
            server.url()
        )
    );
    assert_eq!(server.with(|simulator| simulator.customers().len()), 0);
    assert!(
        server
            .received()
            .iter()
            .all(|request| request.method == "GET")
    );
}

#[tokio::test]
async fn a_wrong_key_is_the_credentials() {
    let (server, _) = pair(Config::default()).await;
    let diagnosis = client(&server, "wr0ng", NOW).doctor().await;
    assert_eq!(diagnosis.verdict, Verdict::Credentials);
    let text = diagnosis.to_string();
    assert!(text.contains("check Hawk id and key"), "{text}");
    assert!(!format!("{diagnosis} {diagnosis:?}").contains("wr0ng"));
}

#[tokio::test]
async fn a_wrong_clock_is_corrected_or_diagnosed() {
    let (server, _) = pair(Config::default()).await;
    // Two days: more than is corrected.
    let diagnosis = client(&server, server.key(), NOW - 172_800).doctor().await;
    assert_eq!(diagnosis.verdict, Verdict::Clock);
    assert_eq!(diagnosis.clock_offset_seconds, Some(172_800));
    assert_eq!(diagnosis.clock_is_right(), Some(false));
    assert!(
        diagnosis.to_string().contains("172800 s behind"),
        "{diagnosis}"
    );
    // Ten minutes: corrected, so that calls work.
    let diagnosis = client(&server, server.key(), NOW + 600).doctor().await;
    assert!(diagnosis.is_healthy(), "{diagnosis}");
    assert_eq!(diagnosis.clock_offset_seconds, Some(-600));
    // A server that proves no time: its `Date` shows the likely reason.
    let date: &[(&str, &str)] = &[("date", "Tue, 14 Nov 2023 22:13:20 GMT")];
    let diagnosis = fake(move |_| Ok(response_with(401, date, "")));
    let diagnosis = diagnosis.doctor().await;
    assert_eq!(diagnosis.verdict, Verdict::Credentials, "the clocks agree");
    let date: &[(&str, &str)] = &[("date", "Tue, 14 Nov 2023 22:23:20 GMT")];
    let diagnosis = fake(move |_| Ok(response_with(401, date, "")))
        .doctor()
        .await;
    assert_eq!(diagnosis.verdict, Verdict::Clock);
}

#[tokio::test]
async fn faults_of_the_server_are_distinguished() {
    let (server, client) = pair(Config::default()).await;
    for (fault, verdict) in [
        (Fault::HtmlError, Verdict::NotTheApi),
        (Fault::Redirect, Verdict::NotTheApi),
        (Fault::RejectSigned, Verdict::Credentials),
        (Fault::InternalError, Verdict::Service),
        (Fault::BadGateway, Verdict::Service),
        (Fault::ResetBeforeCommit, Verdict::Network),
    ] {
        server.with(|simulator| simulator.set_faults([fault]));
        let diagnosis = client.doctor().await;
        assert_eq!(diagnosis.verdict, verdict, "{fault}: {diagnosis}");
        assert!(!diagnosis.is_healthy());
    }
}

#[tokio::test]
async fn a_closed_port_is_the_network() {
    let (server, client) = pair(Config::default()).await;
    server.shutdown().await;
    let diagnosis = client.doctor().await;
    assert_eq!(diagnosis.verdict, Verdict::Network);
    assert_eq!(diagnosis.clock_is_right(), None);
    let text = diagnosis.to_string();
    assert!(text.contains("refused"), "{text}");
    assert!(
        text.ends_with("; the clock could not be compared"),
        "{text}"
    );
}

#[tokio::test(start_paused = true)]
async fn no_response_is_a_timeout() {
    let client = layered(RetryPolicy::new(), |_| std::future::pending());
    assert_eq!(client.doctor().await.verdict, Verdict::Timeout);
}

/// Other servers answer a path that they do not know in many ways; the API in its own.
#[tokio::test]
async fn only_the_api_s_errors_are_healthy() {
    const JSON: &[(&str, &str)] = &[("content-type", "application/json")];
    const TEXT: &[(&str, &str)] = &[("content-type", "text/plain; charset=utf-8")];
    const HTML: &[(&str, &str)] = &[("content-type", "text/html")];
    let basic: &[(&str, &str)] = &[("www-authenticate", "Basic realm=\"x\"")];
    let hawk: &[(&str, &str)] = &[("www-authenticate", "Hawk error=\"x\"")];
    let api = r#"{"code": "not_found", "status": "NOT_FOUND", "message": "m", "details": null}"#;
    let list = r#"{"errorList": [{"code": "C-1", "parameter": "reference", "message": "m"}]}"#;
    use Verdict::{Credentials, Healthy, NotTheApi};
    for (status, headers, body, verdict) in [
        (404, JSON, api, Healthy),
        (400, JSON, api, Healthy),
        (422, JSON, list, Healthy),
        // Go, Express, Nest, FastAPI, nginx, an empty one.
        (404, TEXT, "404 page not found\n", NotTheApi),
        (
            404,
            JSON,
            r#"{"message": "Cannot GET /platform/v1/customers/0"}"#,
            NotTheApi,
        ),
        (
            404,
            JSON,
            r#"{"statusCode": 404, "message": "m", "error": "Not Found"}"#,
            NotTheApi,
        ),
        (404, JSON, r#"{"detail": "Not Found"}"#, NotTheApi),
        (404, HTML, "<h1>404</h1>", NotTheApi),
        (404, &[], "", NotTheApi),
        (404, JSON, "", NotTheApi),
        (400, TEXT, api, NotTheApi),
        (404, HTML, api, NotTheApi),
        (400, JSON, "{}", NotTheApi),
        (404, JSON, "[]", NotTheApi),
        // A customer that cannot exist, and statuses that no API uses.
        (
            200,
            JSON,
            r#"{"reference": "r-1", "status": "VERIFIED"}"#,
            NotTheApi,
        ),
        (200, HTML, "<h1>Hello</h1>", NotTheApi),
        (204, &[], "", NotTheApi),
        (302, &[], "", NotTheApi),
        (405, JSON, api, NotTheApi),
        (401, hawk, "", Credentials),
        (401, &[], "", Credentials),
        (401, basic, "", NotTheApi),
        (403, JSON, api, Credentials),
        (403, HTML, "<h1>Blocked</h1>", NotTheApi),
        (503, JSON, "{}", Verdict::Service),
        (503, HTML, "<h1>Maintenance</h1>", NotTheApi),
    ] {
        let headers: Vec<_> = headers.to_vec();
        let client = fake(move |_| Ok(response_with(status, &headers, body)));
        let diagnosis = client.doctor().await;
        assert_eq!(diagnosis.verdict, verdict, "{status} {body}: {diagnosis}");
    }
}
