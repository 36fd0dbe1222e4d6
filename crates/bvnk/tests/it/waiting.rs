//! Waiting for a verification: what is survived, what is told, and what is left when time
//! is over. Time is tokio's, and paused.

#![allow(clippy::unwrap_used, clippy::panic)]

use crate::support;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bvnk::types::CustomerReference;
use bvnk::{Body, BoxError, Client, RetryPolicy};
use http::Response;
use support::{layered, response, response_with};
use tokio::time::Instant;

/// One answer of the API: a status of the customer, or another status of HTTP.
#[derive(Clone, Copy)]
enum Look {
    At(&'static str),
    Http(u16),
    Wait(u64),
    Html,
    Reset,
    Never,
}

use Look::{At, Html, Http, Never, Reset, Wait};

/// A client whose n-th call is answered by the n-th look; the last one stays.
fn client(script: &'static [Look]) -> (Client, Arc<AtomicUsize>) {
    let calls = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&calls);
    let client = layered(RetryPolicy::none(), move |_| {
        let index = counter.fetch_add(1, Ordering::SeqCst);
        let look = *script.get(index).or(script.last()).unwrap();
        async move { see(look).await }
    });
    (client, calls)
}

async fn see(look: Look) -> Result<Response<Body>, BoxError> {
    match look {
        At(status) => Ok(response(
            200,
            format!(r#"{{"reference": "r-1", "status": "{status}"}}"#),
        )),
        Http(status) => Ok(response(status, "{}")),
        Wait(seconds) => {
            let response = http::Response::builder()
                .status(429)
                .header("retry-after", seconds);
            Ok(response.body("").unwrap().into())
        }
        Html => Ok(response(200, "<html>")),
        Reset => Err("the connection broke".into()),
        Never => std::future::pending().await,
    }
}

/// The changes that were told, and the end.
async fn wait(script: &'static [Look]) -> (Vec<String>, Result<String, bvnk::WaitError>, Duration) {
    let (client, _) = client(script);
    let told = Mutex::new(Vec::new());
    let start = Instant::now();
    let end = client
        .wait_for_verification("r-1")
        .timeout(Duration::from_secs(100))
        .on_change(|customer| told.lock().unwrap().push(customer.status.to_string()))
        .await;
    let end = end.map(|customer| customer.status.to_string());
    (told.into_inner().unwrap(), end, start.elapsed())
}

#[tokio::test(start_paused = true)]
async fn it_ends_with_either_outcome_and_tells_each_change_once() {
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
        // A status that nobody knows is no end.
        (
            &[At("ON_HOLD"), At("ON_HOLD"), At("VERIFIED")],
            &["ON_HOLD", "VERIFIED"],
        ),
    ] {
        let (told, end, _) = wait(script).await;
        assert_eq!(told, changes);
        assert_eq!(end.unwrap(), *changes.last().unwrap());
    }
}

#[tokio::test(start_paused = true)]
async fn passing_failures_are_survived() {
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
        let script: &'static [Look] = Box::leak(Box::new([failure, At("VERIFIED")]));
        let (told, end, _) = wait(script).await;
        assert_eq!(told, ["VERIFIED"]);
        assert_eq!(end.unwrap(), "VERIFIED");
    }
}

#[tokio::test(start_paused = true)]
async fn other_failures_end_it_and_keep_what_was_seen() {
    for failure in [Http(400), Http(401), Http(403), Http(404), Http(409), Reset] {
        let script: &'static [Look] = Box::leak(Box::new([At("ON_HOLD"), failure]));
        let (_, end, took) = wait(script).await;
        assert_eq!(took, Duration::from_secs(2), "at the second look");
        let error = end.unwrap_err();
        assert!(!error.is_timed_out());
        assert!(error.cause().is_some());
        assert_eq!(error.last_seen().unwrap().status.as_str(), "ON_HOLD");
        assert!(error.to_string().contains("last seen as ON_HOLD"));
    }
}

#[tokio::test(start_paused = true)]
async fn the_deadline_holds_and_keeps_what_was_seen() {
    let limit = Duration::from_secs(100);
    for script in [
        &[At("ON_HOLD")][..],
        &[At("ON_HOLD"), Http(503)],
        &[At("ON_HOLD"), Never],
        &[At("ON_HOLD"), Wait(1_000)],
    ] {
        let (told, end, took) = wait(script).await;
        let error = end.unwrap_err();
        assert!(error.is_timed_out());
        assert_eq!(error.last_seen().unwrap().status.as_str(), "ON_HOLD");
        assert_eq!(told, ["ON_HOLD"]);
        assert!(took <= limit, "{took:?}");
    }
    // A customer that is never there is missing, and not merely late.
    let (_, end, took) = wait(&[Http(404)]).await;
    let error = end.unwrap_err();
    assert!(error.cause().unwrap().is_not_found() && error.last_seen().is_none());
    assert!(!error.is_timed_out() && took > Duration::from_secs(29) && took < limit);
}

#[tokio::test]
async fn another_customer_is_never_taken_for_this_one() {
    let (client, _) = client(&[At("VERIFIED")]);
    let error = client.wait_for_verification("r-2").await.unwrap_err();
    assert!(error.is_other_customer() && error.last_seen().is_none());
}

#[tokio::test(start_paused = true)]
async fn the_delays_grow_up_to_the_longest() {
    let (client, calls) = client(&[At("ON_HOLD")]);
    let wait = client
        .wait_for_verification(CustomerReference::try_from("r-1").unwrap())
        .poll_interval(Duration::from_secs(10), Duration::from_secs(20))
        .timeout(Duration::from_secs(100));
    assert!(wait.await.unwrap_err().is_timed_out());
    // At 0, 10, 25, 45, 65 and 85 s.
    assert_eq!(calls.load(Ordering::SeqCst), 6);
}

#[tokio::test(start_paused = true)]
async fn dropping_it_is_cancelling_it() {
    let (client, calls) = client(&[At("ON_HOLD")]);
    let wait = client.wait_for_verification("r-1");
    let cut = tokio::time::timeout(Duration::from_secs(5), wait.into_future()).await;
    assert!(cut.is_err());
    let before = calls.load(Ordering::SeqCst);
    tokio::time::sleep(Duration::from_secs(1_000)).await;
    assert_eq!(calls.load(Ordering::SeqCst), before);
}

#[tokio::test]
async fn a_reference_that_is_none_is_refused_without_a_call() {
    let (client, calls) = client(&[At("VERIFIED")]);
    let error = client.wait_for_verification("").await.unwrap_err();
    assert!(error.cause().unwrap().is_invalid_request());
    assert_eq!(calls.load(Ordering::SeqCst), 0);
}

/// A quarter of an hour unless told otherwise, to the last look that fits in.
#[tokio::test(start_paused = true)]
async fn the_deadline_is_a_quarter_of_an_hour() {
    let (client, _) = client(&[At("PENDING_VERIFICATION")]);
    let start = Instant::now();
    let end = client.wait_for_verification("r-1").await;
    let end = end.unwrap_err();
    assert!(end.is_timed_out() && !end.is_other_customer());
    let waited = start.elapsed().as_secs();
    // It does not sit out the rest, in which nothing could be told any more.
    assert!((870..900).contains(&waited), "{waited} s");
}

/// Without any grace, a customer that is not there is none, at the first look.
#[tokio::test(start_paused = true)]
async fn no_grace_is_none() {
    let (client, calls) = client(&[Http(404), At("VERIFIED")]);
    let wait = client.wait_for_verification("r-1");
    let end = wait.creation_grace(Duration::ZERO).await.unwrap_err();
    assert!(end.cause().unwrap().is_not_found());
    // Whoever walks along the sources finds it too.
    assert!(std::error::Error::source(&end).unwrap().is::<bvnk::Error>());
    assert_eq!(calls.load(Ordering::SeqCst), 1);
}
