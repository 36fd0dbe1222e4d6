//! What the doctor finds when one thing is wrong at a time.

#![allow(clippy::unwrap_used, clippy::panic)]

use crate::support;

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use bvnk::{Client, Credentials, RetryPolicy, TestRuntime, Verdict};
use bvnk_simulator::{Clock, Config, Fault, Listen, Server};
use support::{builder, fake, layered, response_with};

const NOW: u64 = 1_700_000_000;

/// A server and a client whose clocks agree, and stand still.
async fn pair(config: Config) -> (Server, Client) {
    let listen = Listen::default().clock(Clock::new(|| NOW));
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
async fn all_is_well_and_nothing_is_created() {
    let (server, client) = pair(Config::default()).await;
    let diagnosis = client.doctor().await;
    assert!(diagnosis.is_healthy(), "{diagnosis}");
    assert_eq!(diagnosis.status().unwrap(), 404);
    assert_eq!(diagnosis.clock_offset_seconds(), Some(0));
    assert_eq!(diagnosis.clock_is_right(), Some(true));
    assert_eq!(diagnosis.base_url(), server.url());
    assert!(diagnosis.error().unwrap().is_not_found());
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
    assert_eq!(diagnosis.verdict(), Verdict::Credentials);
    let told = diagnosis.to_string();
    assert!(told.contains("check Hawk id and key"), "{told}");
    assert!(!format!("{diagnosis} {diagnosis:?}").contains("wr0ng"));
}

#[tokio::test]
async fn a_wrong_clock_is_corrected_or_told() {
    let (server, _) = pair(Config::default()).await;
    // Two days: more than is corrected.
    let diagnosis = client(&server, server.key(), NOW - 172_800).doctor().await;
    assert_eq!(diagnosis.verdict(), Verdict::Clock);
    assert_eq!(diagnosis.clock_offset_seconds(), Some(172_800));
    assert_eq!(diagnosis.clock_is_right(), Some(false));
    assert!(
        diagnosis.to_string().contains("172800 s behind"),
        "{diagnosis}"
    );
    // Ten minutes: corrected, so that calls work.
    let diagnosis = client(&server, server.key(), NOW + 600).doctor().await;
    assert!(diagnosis.is_healthy(), "{diagnosis}");
    assert_eq!(diagnosis.clock_offset_seconds(), Some(-600));
    // A server that proves no time: its `Date` tells the likely reason.
    server.with(|simulator| simulator.set_fault(Some(Fault::DropChallenge)));
    let diagnosis = client(&server, server.key(), NOW + 601).doctor().await;
    assert_eq!(diagnosis.verdict(), Verdict::Clock);
}

#[tokio::test]
async fn what_is_not_the_api_is_told_from_it() {
    let (server, client) = pair(Config::default()).await;
    for (fault, verdict) in [
        (Fault::HtmlError, Verdict::NotTheApi),
        (Fault::InventCustomer, Verdict::NotTheApi),
        (Fault::Redirect, Verdict::NotTheApi),
        (Fault::RejectSigned, Verdict::Credentials),
        (Fault::InternalError, Verdict::Service),
        (Fault::BadGateway, Verdict::Service),
        (Fault::ResetBeforeCommit, Verdict::Network),
    ] {
        server.with(|simulator| simulator.set_fault(Some(fault)));
        let diagnosis = client.doctor().await;
        assert_eq!(diagnosis.verdict(), verdict, "{fault}: {diagnosis}");
        assert!(!diagnosis.is_healthy());
    }
}

#[tokio::test]
async fn nobody_there_is_the_network() {
    let (server, client) = pair(Config::default()).await;
    server.shutdown().await;
    let diagnosis = client.doctor().await;
    assert_eq!(diagnosis.verdict(), Verdict::Network);
    assert_eq!(diagnosis.clock_is_right(), None);
}

#[tokio::test(start_paused = true)]
async fn silence_is_a_timeout() {
    let client = layered(RetryPolicy::new(), |_| std::future::pending());
    assert_eq!(client.doctor().await.verdict(), Verdict::Timeout);
}
