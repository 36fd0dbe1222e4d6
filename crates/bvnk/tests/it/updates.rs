//! Waits that webhooks tell too: whichever tells first, no order is trusted, and nobody
//! else's events are heard. Time is tokio's, and paused.

#![allow(clippy::unwrap_used, clippy::panic)]

use crate::support;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bvnk::types::Customer;
use bvnk::webhook::{Event, Scheme, StatusUpdates, Verifier, WebhookSecret};
use bvnk::{Client, RetryPolicy, WaitError};
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::HeaderMap;
use support::{layered, response, response_with};
use tokio::time::{Instant, sleep};

/// A verified event: only a signature makes one.
fn event(data: &str) -> Event {
    let payload =
        format!(r#"{{"event": "bvnk:customers:status-change", "eventId": "e", "data": {data}}}"#);
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(b"s3cret").unwrap();
    mac.update(payload.as_bytes());
    let signature: String = mac
        .finalize()
        .into_bytes()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let mut headers = HeaderMap::new();
    headers.insert("x-signature", signature.parse().unwrap());
    let secret = WebhookSecret::new("s3cret").unwrap();
    let verifier = Verifier::new(secret, Scheme::payload().hex());
    verifier.verify(&headers, payload.as_bytes()).unwrap()
}

fn status(reference: &str, status: &str) -> Event {
    event(&format!(
        r#"{{"customerId": "{reference}", "status": "{status}"}}"#
    ))
}

/// One answer of the API.
#[derive(Clone, Copy)]
enum Look {
    At(&'static str),
    Wait(u64),
    Never,
}

use Look::{At, Never, Wait};

fn client(script: &'static [Look]) -> (Client, Arc<AtomicUsize>) {
    let calls = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&calls);
    let client = layered(RetryPolicy::none(), move |_| {
        let index = counter.fetch_add(1, Ordering::SeqCst);
        let look = *script.get(index).or(script.last()).unwrap();
        async move {
            match look {
                At(status) => Ok(response(
                    200,
                    format!(r#"{{"reference": "r-1", "status": "{status}"}}"#),
                )),
                Wait(seconds) => {
                    let response = http::Response::builder().status(429);
                    let response = response.header("retry-after", seconds);
                    Ok(response.body("").unwrap().into())
                }
                Never => std::future::pending().await,
            }
        }
    });
    (client, calls)
}

/// How a wait went: the changes that it told, its end, the looks and the seconds.
struct Went {
    told: Vec<String>,
    end: Result<Customer, WaitError>,
    looks: usize,
    seconds: u64,
}

/// Waits for `r-1`, with looks at 0, 10, 25, 47.5 … s, while events arrive at their seconds.
async fn wait(looks: &'static [Look], events: Vec<(u64, Event)>) -> Went {
    let (client, calls) = client(looks);
    let updates = StatusUpdates::new();
    let told = Mutex::new(Vec::new());
    let start = Instant::now();
    let wait = client
        .wait_for_verification("r-1")
        .poll_interval(Duration::from_secs(10), Duration::from_secs(60))
        .timeout(Duration::from_secs(100))
        .on_change(|customer| told.lock().unwrap().push(customer.status.to_string()))
        .updates_from(&updates);
    let teller = {
        let updates = changes.clone();
        tokio::spawn(async move {
            for (at, event) in events {
                tokio::time::sleep_until(start + Duration::from_secs(at)).await;
                updates.publish(&event);
            }
        })
    };
    let end = wait.await;
    let seconds = start.elapsed().as_secs();
    teller.abort();
    assert!(
        format!("{updates:?}").contains("customers: 0"),
        "{updates:?}"
    );
    Went {
        told: told.into_inner().unwrap(),
        end,
        looks: calls.load(Ordering::SeqCst),
        seconds,
    }
}

#[tokio::test(start_paused = true)]
async fn whichever_tells_first_ends_it() {
    for (what, looks, events, end, expected_looks, seconds) in [
        (
            "told between looks",
            &[At("ON_HOLD")][..],
            vec![(3, "VERIFIED")],
            "VERIFIED",
            1,
            3,
        ),
        (
            "told during a look",
            &[Never],
            vec![(3, "UNSUCCESSFUL")],
            "UNSUCCESSFUL",
            1,
            3,
        ),
        (
            "told nothing",
            &[At("ON_HOLD"), At("VERIFIED")],
            vec![],
            "VERIFIED",
            2,
            10,
        ),
        (
            "told too late",
            &[At("VERIFIED")],
            vec![(3, "UNSUCCESSFUL")],
            "VERIFIED",
            1,
            0,
        ),
        // No look fits in after 85 s, and still the end is heard.
        (
            "told at last",
            &[Wait(90)],
            vec![(99, "VERIFIED")],
            "VERIFIED",
            2,
            99,
        ),
        // Something to look for: it looks at once, and does not take it at its word.
        (
            "a hint",
            &[At("ON_HOLD"), At("VERIFIED")],
            vec![(3, "ELSEWHERE")],
            "VERIFIED",
            2,
            3,
        ),
        // What is known already is no reason to look; neither is the other spelling.
        (
            "nothing new",
            &[At("PENDING_VERIFICATION"), At("VERIFIED")],
            vec![(3, "PENDING_VERIFICATION"), (4, "VERIFICATION_PENDING")],
            "VERIFIED",
            2,
            10,
        ),
        // The API's wish to be left alone goes before a hint, but not before an end.
        (
            "a wish",
            &[Wait(50), At("VERIFIED")],
            vec![(3, "ELSEWHERE")],
            "VERIFIED",
            2,
            50,
        ),
        (
            "a wish",
            &[Wait(50)],
            vec![(3, "VERIFIED")],
            "VERIFIED",
            1,
            3,
        ),
        // Overtaken and repeated events.
        (
            "reversed",
            &[At("PENDING_AGREEMENTS")],
            vec![
                (3, "VERIFIED"),
                (3, "PENDING_VERIFICATION"),
                (3, "PENDING_AGREEMENTS"),
            ],
            "VERIFIED",
            1,
            3,
        ),
        (
            "repeated",
            &[At("ON_HOLD")],
            vec![
                (3, "ON_HOLD"),
                (3, "ON_HOLD"),
                (4, "VERIFIED"),
                (4, "VERIFIED"),
            ],
            "VERIFIED",
            1,
            4,
        ),
    ] {
        let events = events
            .into_iter()
            .map(|(at, name)| (at, status("r-1", name)));
        let went = wait(looks, events.collect()).await;
        let customer = went.end.unwrap_or_else(|error| panic!("{what}: {error}"));
        assert_eq!(customer.reference.as_str(), "r-1", "{what}");
        assert_eq!(customer.status.as_str(), end, "{what}");
        assert_eq!(went.looks, expected_looks, "{what}");
        assert_eq!(went.seconds, seconds, "{what}");
        assert_eq!(went.told.last().map(String::as_str), Some(end), "{what}");
        let ends = went.told.iter().filter(|told| *told == end).count();
        assert_eq!(ends, 1, "{what}: {:?}", went.told);
    }
}

#[tokio::test(start_paused = true)]
async fn another_customer_s_event_is_not_heard() {
    let events = vec![
        (1, status("r-2", "VERIFIED")),
        (2, status("r-11", "VERIFIED")),
        (3, status("R-1", "VERIFIED")),
        (4, event(r#"{"status": "VERIFIED"}"#)),
        (5, status("r-1", "UNSUCCESSFUL")),
    ];
    let went = wait(&[At("ON_HOLD")], events).await;
    assert!(went.end.unwrap().status.is_unsuccessful());
    assert_eq!((went.looks, went.seconds), (1, 5));
}

#[tokio::test(start_paused = true)]
async fn told_nothing_the_deadline_holds() {
    let went = wait(&[At("ON_HOLD")], vec![(1, status("r-2", "VERIFIED"))]).await;
    assert!(went.end.unwrap_err().is_timed_out());
    assert_eq!((went.looks, went.seconds), (5, 100));
}

#[tokio::test(start_paused = true)]
async fn a_told_customer_has_what_the_event_told() {
    let data = r#"{"customerId": "r-1", "status": "UNSUCCESSFUL", "reason": "c4nary"}"#;
    let customer = wait(&[At("ON_HOLD")], vec![(1, event(data))])
        .await
        .end
        .unwrap();
    assert_eq!(customer.extra["reason"], "c4nary");
    assert!(!customer.extra.contains_key("customerId"));
    assert!(!format!("{customer:?}").contains("c4nary"));
}

/// From the moment of `told_by` on nothing is missed, and every wait hears it.
#[tokio::test(start_paused = true)]
async fn what_is_told_before_the_first_look_is_heard_by_all() {
    let (client, calls) = client(&[Never]);
    let updates = StatusUpdates::new();
    let waits = [(); 2].map(|()| client.wait_for_verification("r-1").updates_from(&updates));
    updates.publish(&status("r-1", "VERIFIED"));
    for wait in waits {
        assert!(wait.await.unwrap().status.is_verified());
    }
    assert_eq!(calls.load(Ordering::SeqCst), 0);
    updates.publish(&status("r-1", "VERIFIED")); // nobody is left
    sleep(Duration::from_secs(1)).await;
    assert!(
        format!("{updates:?}").contains("customers: 0"),
        "{updates:?}"
    );
}

/// Whoever wants events only may ask for looks that never come.
#[tokio::test(start_paused = true)]
async fn a_wait_without_looks_is_ended_by_events() {
    let (client, calls) = client(&[At("PENDING_AGREEMENTS")]);
    let updates = StatusUpdates::new();
    let wait = client
        .wait_for_verification("r-1")
        .poll_interval(Duration::MAX, Duration::MAX)
        .timeout(Duration::MAX)
        .updates_from(&updates);
    let teller = async {
        for (at, name) in [(10, "PENDING_VERIFICATION"), (20, "VERIFIED")] {
            sleep(Duration::from_secs(at)).await;
            updates.publish(&status("r-1", name));
        }
    };
    let (end, ()) = tokio::join!(wait.into_future(), teller);
    assert_eq!(end.unwrap().status.as_str(), "VERIFIED");
    assert_eq!(calls.load(Ordering::SeqCst), 2);
}
