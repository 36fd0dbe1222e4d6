//! Waiting for a verification: what it survives, what it reports, and what is left when the time
//! is over. Time is tokio's, and paused.

#![allow(clippy::unwrap_used, clippy::panic)]

use crate::support;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bvnk::types::CustomerReference;
use bvnk::{Body, BoxError, ErrorKind, PollSettings};
use futures_util::StreamExt;
use http::Response;
use support::{response, scripted};
use tokio::time::Instant;

use support::Reply::{self, At, Html, Http, Never, Reset, Wait};

/// The statuses that a wait reported, its end, and its time.
async fn wait(script: &'static [Reply]) -> (Vec<String>, Result<String, bvnk::Error>, Duration) {
    let (client, _) = scripted(script);
    let mut statuses = Vec::new();
    let start = Instant::now();
    let wait = client.wait_for_verification("r-1");
    let mut changes = wait.timeout(Duration::from_secs(100)).changes();
    while let Some(change) = changes.next().await {
        match change {
            Ok(customer) => statuses.push(customer.status.to_string()),
            Err(error) => return (statuses, Err(error), start.elapsed()),
        }
    }
    let last = statuses.last().unwrap().clone();
    (statuses, Ok(last), start.elapsed())
}

#[tokio::test(start_paused = true)]
async fn a_wait_ends_with_a_terminal_status_and_reports_each_change_once() {
    for (script, changes) in [
        (&[At("VERIFIED")][..], &["VERIFIED"][..]),
        (
            &[
                At("PENDING_AGREEMENTS"),
                At("PENDING_VERIFICATION"),
                At("UNSUCCESSFUL"),
            ],
            &["PENDING_AGREEMENTS", "PENDING_VERIFICATION", "UNSUCCESSFUL"],
        ),
        // The two spellings of pending are one.
        (
            &[
                At("VERIFICATION_PENDING"),
                At("PENDING_VERIFICATION"),
                At("PENDING_VERIFICATION"),
                At("VERIFIED"),
            ],
            &["VERIFICATION_PENDING", "VERIFIED"],
        ),
        // The vendor's later terminal statuses, which the contract lists as such.
        (
            &[At("PENDING_VERIFICATION"), At("REJECTED")],
            &["PENDING_VERIFICATION", "REJECTED"],
        ),
        (&[At("TERMINATED")], &["TERMINATED"]),
        // An unknown status is not an end.
        (
            &[At("ON_HOLD"), At("ON_HOLD"), At("VERIFIED")],
            &["ON_HOLD", "VERIFIED"],
        ),
    ] {
        let (statuses, end, _) = wait(script).await;
        assert_eq!(statuses, changes);
        assert_eq!(end.unwrap(), *changes.last().unwrap());
    }
}

#[tokio::test(start_paused = true)]
async fn passing_failures_do_not_end_a_wait() {
    for failure in [
        Http(404),
        Http(500),
        Http(502),
        Http(503),
        Http(429),
        Http(302),
        Html,
        Never,
        Wait(7),
    ] {
        let script: &'static [Reply] = Box::leak(Box::new([failure, At("VERIFIED")]));
        let (statuses, end, _) = wait(script).await;
        assert_eq!(statuses, ["VERIFIED"]);
        assert_eq!(end.unwrap(), "VERIFIED");
    }
}

#[tokio::test(start_paused = true)]
async fn other_failures_end_a_wait_and_keep_the_last_status() {
    for failure in [Http(400), Http(401), Http(403), Http(404), Http(409), Reset] {
        let script: &'static [Reply] = Box::leak(Box::new([At("ON_HOLD"), failure]));
        let (_, end, took) = wait(script).await;
        assert_eq!(took, Duration::from_secs(2), "at the second poll");
        let error = end.unwrap_err();
        assert!(error.kind() != ErrorKind::Timeout);
        assert_eq!(error.last_seen().unwrap().status.as_str(), "ON_HOLD");
        assert!(error.to_string().contains("; last seen as ON_HOLD"));
    }
}

#[tokio::test(start_paused = true)]
async fn the_time_limit_holds_and_keeps_the_last_status() {
    let limit = Duration::from_secs(100);
    for script in [
        &[At("ON_HOLD")][..],
        &[At("ON_HOLD"), Http(503)],
        &[At("ON_HOLD"), Never],
        &[At("ON_HOLD"), Wait(1_000)],
    ] {
        let (statuses, end, took) = wait(script).await;
        let error = end.unwrap_err();
        assert!(error.kind() == ErrorKind::Timeout);
        assert_eq!(error.last_seen().unwrap().status.as_str(), "ON_HOLD");
        assert_eq!(statuses, ["ON_HOLD"]);
        assert!(took <= limit, "{took:?}");
    }
    // A customer that is never there is missing, and not merely late.
    let (_, end, took) = wait(&[Http(404)]).await;
    let error = end.unwrap_err();
    assert!(error.kind() == ErrorKind::NotFound && error.last_seen().is_none());
    assert!(error.kind() != ErrorKind::Timeout && took > Duration::from_secs(29) && took < limit);
}

#[tokio::test]
async fn a_response_about_another_customer_ends_a_wait() {
    let (client, _) = scripted(&[At("VERIFIED")]);
    let error = client.wait_for_verification("r-2").await.unwrap_err();
    assert!(error.kind() == ErrorKind::InvalidResponse && error.last_seen().is_none());
    let text = error.to_string();
    assert!(
        text.starts_with("the response is about another customer"),
        "{text}"
    );
}

#[tokio::test(start_paused = true)]
async fn pauses_grow_to_the_longest() {
    let (client, calls) = scripted(&[At("ON_HOLD")]);
    let wait = client
        .wait_for_verification(CustomerReference::try_from("r-1").unwrap())
        .settings(PollSettings::new().interval(Duration::from_secs(10), Duration::from_secs(20)))
        .timeout(Duration::from_secs(100));
    assert!(wait.await.unwrap_err().kind() == ErrorKind::Timeout);
    // At 0, 10, 25, 45, 65 and 85 s.
    assert_eq!(calls.load(Ordering::SeqCst), 6);
}

#[tokio::test(start_paused = true)]
async fn dropping_a_wait_cancels_it() {
    let (client, calls) = scripted(&[At("ON_HOLD")]);
    let wait = client.wait_for_verification("r-1");
    let cut = tokio::time::timeout(Duration::from_secs(5), wait.into_future()).await;
    assert!(cut.is_err());
    let before = calls.load(Ordering::SeqCst);
    tokio::time::sleep(Duration::from_secs(1_000)).await;
    assert_eq!(calls.load(Ordering::SeqCst), before);
}

#[tokio::test]
async fn an_invalid_reference_is_refused_without_a_call() {
    let (client, calls) = scripted(&[At("VERIFIED")]);
    let error = client.wait_for_verification("").await.unwrap_err();
    assert!(error.kind() == ErrorKind::InvalidRequest);
    assert_eq!(calls.load(Ordering::SeqCst), 0);
}

/// By default, to the last poll within the time.
#[tokio::test(start_paused = true)]
async fn the_default_time_limit_is_15_minutes() {
    let (client, _) = scripted(&[At("PENDING_VERIFICATION")]);
    let start = Instant::now();
    let end = client.wait_for_verification("r-1").await;
    let end = end.unwrap_err();
    assert!(end.kind() == ErrorKind::Timeout);
    let waited = start.elapsed().as_secs();
    // It does not sit out the rest, in which nothing could be statuses any more.
    assert!((870..900).contains(&waited), "{waited} s");
}

/// Without grace, a 404 at the first poll means that there is no such customer.
#[tokio::test(start_paused = true)]
async fn without_grace_a_404_ends_a_wait() {
    let (client, calls) = scripted(&[Http(404), At("VERIFIED")]);
    let wait = client.wait_for_verification("r-1");
    let end = wait
        .settings(PollSettings::new().creation_grace(Duration::ZERO))
        .await
        .unwrap_err();
    assert!(end.kind() == ErrorKind::NotFound);
    assert_eq!(calls.load(Ordering::SeqCst), 1);
}

/// 503 with a `Retry-After` of 15 minutes ended a wait of 15 minutes after one poll once.
#[tokio::test(start_paused = true)]
async fn a_retry_after_does_not_end_a_wait() {
    for (seconds, script) in [
        (900, &[Wait(900), Wait(900), At("VERIFIED")][..]),
        (u64::MAX, &[Wait(u64::MAX), At("VERIFIED")]),
    ] {
        let (statuses, end, took) = wait(script).await;
        assert_eq!(statuses, ["VERIFIED"], "{seconds}");
        assert_eq!(end.unwrap(), "VERIFIED");
        let expected = 30 * (script.len() as u64 - 1);
        assert_eq!(took.as_secs(), expected, "{seconds}");
    }
    // It is obeyed up to half of the time that is left, so that the time is used.
    let (client, calls) = scripted(&[Wait(900)]);
    let start = Instant::now();
    let wait = client.wait_for_verification("r-1");
    let end = wait.timeout(Duration::from_secs(40)).await.unwrap_err();
    let last_poll = std::error::Error::source(&end).unwrap();
    let last_poll = last_poll.downcast_ref::<bvnk::Error>().unwrap();
    assert!(end.kind() == ErrorKind::Timeout && last_poll.kind() == ErrorKind::RateLimited);
    assert!(calls.load(Ordering::SeqCst) >= 4, "{calls:?}");
    assert!(
        start.elapsed() >= Duration::from_secs(35),
        "{:?}",
        start.elapsed()
    );
}

/// A wait owns what it needs: it may be spawned, and outlives the client that it comes from.
#[tokio::test(start_paused = true)]
async fn a_wait_can_be_spawned() {
    let spawned = {
        let (client, _) = scripted(&[At("PENDING_VERIFICATION"), At("VERIFIED")]);
        tokio::spawn(client.wait_for_verification("r-1").into_future())
    };
    assert!(spawned.await.unwrap().unwrap().status.is_verified());
}

#[tokio::test(start_paused = true)]
async fn callers_choose_further_ends() {
    let script = &[At("ON_HOLD"), At("INFO_REQUIRED"), At("VERIFIED")];
    let (client, _) = scripted(script);
    let wait = client.wait_for_verification("r-1");
    let customer = wait
        .until(|customer| customer.status.as_str() == "ON_HOLD")
        .await;
    assert_eq!(customer.unwrap().status.as_str(), "ON_HOLD");
    for status in ["PENDING_AGREEMENTS", "INFO_REQUIRED", "ACTIONS_REQUIRED"] {
        let script: &'static [Reply] =
            Box::leak(Box::new([At("PENDING_VERIFICATION"), At(status)]));
        let (client, _) = scripted(script);
        let wait = client.wait_for_verification("r-1").until_action_required();
        assert_eq!(wait.await.unwrap().status.as_str(), status);
    }
    // A terminal status ends every wait, also one for something else.
    let (client, _) = scripted(&[At("REJECTED")]);
    let wait = client.wait_for_verification("r-1").until(|_| false);
    assert_eq!(wait.await.unwrap().status.as_str(), "REJECTED");
}

/// What a client's waits do is set once; tests do not pay 2 s a poll.
#[tokio::test(start_paused = true)]
async fn poll_settings_are_those_of_the_client() {
    let calls = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&calls);
    let settings = PollSettings::new()
        .interval(Duration::from_millis(1), Duration::from_millis(1))
        .timeout(Duration::from_millis(10));
    let client = crate::support::builder()
        .service(tower::service_fn(move |_| {
            counter.fetch_add(1, Ordering::SeqCst);
            async { pending() }
        }))
        .poll_settings(settings)
        .build()
        .unwrap();
    let start = Instant::now();
    assert!(
        client
            .wait_for_verification("r-1")
            .await
            .unwrap_err()
            .kind()
            == ErrorKind::Timeout
    );
    assert!(start.elapsed() <= Duration::from_millis(10));
    assert!(
        (5..=10).contains(&calls.load(Ordering::SeqCst)),
        "{calls:?}"
    );
}

fn pending() -> Result<Response<Body>, BoxError> {
    let body = r#"{"reference": "r-1", "status": "PENDING_VERIFICATION"}"#;
    Ok(response(200, body))
}

/// It is a `Stream` for those who have its combinators.
#[tokio::test(start_paused = true)]
async fn changes_are_a_stream() {
    fn is_stream<S: futures_util::Stream<Item = Result<bvnk::types::Customer, bvnk::Error>>>(
        stream: S,
    ) -> S {
        stream
    }
    let (client, _) = scripted(&[At("ON_HOLD"), Http(403)]);
    let mut changes = is_stream(client.wait_for_verification("r-1").changes());
    assert_eq!(
        changes.next().await.unwrap().unwrap().status.as_str(),
        "ON_HOLD"
    );
    // A poll that is dropped loses nothing.
    let dropped = tokio::time::timeout(Duration::from_secs(1), changes.next()).await;
    assert!(dropped.is_err());
    assert!(changes.next().await.unwrap().is_err());
    assert!(changes.next().await.is_none() && changes.next().await.is_none());
}

/// A wait never writes a server's text of any length to a log.
#[tokio::test(start_paused = true)]
async fn a_status_is_shown_only_if_it_has_the_form_of_one() {
    let long = "x".repeat(1 << 20);
    for (status, shown) in [
        ("ON_HOLD", true),
        ("Ada Lovelace", false),
        ("A\\u001b[31m", false),
        ("A\\r\\n::error::x", false),
        (&long, false),
    ] {
        let script: &'static [Reply] = Box::leak(Box::new([At(status.to_owned().leak())]));
        let (_, end, _) = wait(script).await;
        let message = end.unwrap_err().to_string();
        assert_eq!(message.contains(status), shown, "{message:.200}");
        assert!(message.len() < 200 && !message.contains(char::is_control));
    }
}
