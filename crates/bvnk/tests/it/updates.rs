//! Waits that receive webhooks too: they end with whichever comes first, rely on no order, and
//! ignore other customers' events. Time is tokio's, and paused.

#![allow(clippy::unwrap_used, clippy::panic)]

use crate::support;

use std::sync::atomic::Ordering;
use std::time::Duration;

use bvnk::types::Customer;
use bvnk::webhook::{Event, StatusUpdates};
use bvnk::{Error, ErrorKind};
use futures_util::StreamExt;
use support::Reply::{self, At, Never, Wait};
use support::scripted;
use tokio::time::{Instant, sleep};

fn event(data: &str) -> Event {
    let event = r#""event": "bvnk:customers:status-change", "eventId": "e""#;
    signed(&format!(r#"{{{event}, "data": {data}}}"#))
}

fn signed(payload: &str) -> Event {
    support::event(payload.as_bytes()).unwrap()
}

fn status(reference: &str, status: &str) -> Event {
    event(&format!(
        r#"{{"customerId": "{reference}", "status": "{status}"}}"#
    ))
}

/// How a wait went: the statuses that it reported, its end, the polls and the seconds.
struct Waited {
    statuses: Vec<String>,
    end: Result<Customer, Error>,
    polls: usize,
    seconds: u64,
}

/// Waits for `r-1`, with polls at 0, 10, 25, 47.5 … s, while events arrive at their seconds.
async fn wait(script: &'static [Reply], events: Vec<(u64, Event)>) -> Waited {
    let (client, calls) = scripted(script);
    let updates = StatusUpdates::new();
    let start = Instant::now();
    let mut changes = client
        .wait_for_verification("r-1")
        .settings(
            bvnk::PollSettings::new().interval(Duration::from_secs(10), Duration::from_secs(60)),
        )
        .timeout(Duration::from_secs(100))
        .updates_from(&updates)
        .changes();
    let publisher = {
        let updates = updates.clone();
        tokio::spawn(async move {
            for (at, event) in events {
                tokio::time::sleep_until(start + Duration::from_secs(at)).await;
                updates.publish(&event);
            }
        })
    };
    let mut statuses = Vec::new();
    let mut end = None;
    while let Some(change) = changes.next().await {
        if let Ok(customer) = &change {
            statuses.push(customer.status.to_string());
        }
        end = Some(change);
    }
    let seconds = start.elapsed().as_secs();
    publisher.abort();
    assert!(
        format!("{updates:?}").contains("customers: 0"),
        "{updates:?}"
    );
    Waited {
        statuses,
        end: end.unwrap(),
        polls: calls.load(Ordering::SeqCst),
        seconds,
    }
}

#[tokio::test(start_paused = true)]
async fn a_webhook_or_a_poll_ends_a_wait() {
    for (what, script, events, end, polls, seconds) in [
        (
            "between polls",
            &[At("ON_HOLD")][..],
            vec![(3, "VERIFIED")],
            "VERIFIED",
            1,
            3,
        ),
        (
            "during a poll",
            &[Never],
            vec![(3, "UNSUCCESSFUL")],
            "UNSUCCESSFUL",
            1,
            3,
        ),
        (
            "no event",
            &[At("ON_HOLD"), At("VERIFIED")],
            vec![],
            "VERIFIED",
            2,
            10,
        ),
        (
            "too late",
            &[At("VERIFIED")],
            vec![(3, "UNSUCCESSFUL")],
            "VERIFIED",
            1,
            0,
        ),
        // There is no time for a poll after 85 s, but for an event.
        (
            "at last",
            &[Wait(90)],
            vec![(99, "VERIFIED")],
            "VERIFIED",
            4,
            99,
        ),
        // Another status causes a poll at once, and is not believed without.
        (
            "a hint",
            &[At("ON_HOLD"), At("VERIFIED")],
            vec![(3, "ELSEWHERE")],
            "VERIFIED",
            2,
            3,
        ),
        // What is known already causes no poll; neither does the other spelling.
        (
            "nothing new",
            &[At("PENDING_VERIFICATION"), At("VERIFIED")],
            vec![(3, "PENDING_VERIFICATION"), (4, "VERIFICATION_PENDING")],
            "VERIFIED",
            2,
            10,
        ),
        // A pause that the API requested is not shortened by a hint, but by an end.
        (
            "requested pause",
            &[Wait(20), At("VERIFIED")],
            vec![(3, "ELSEWHERE")],
            "VERIFIED",
            2,
            20,
        ),
        (
            "requested pause",
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
        let waited = wait(script, events.collect()).await;
        let customer = waited.end.unwrap_or_else(|error| panic!("{what}: {error}"));
        assert_eq!(customer.reference.as_str(), "r-1", "{what}");
        assert_eq!(customer.status.as_str(), end, "{what}");
        assert_eq!(waited.polls, polls, "{what}");
        assert_eq!(waited.seconds, seconds, "{what}");
        assert_eq!(
            waited.statuses.last().map(String::as_str),
            Some(end),
            "{what}"
        );
        let ends = waited
            .statuses
            .iter()
            .filter(|status| *status == end)
            .count();
        assert_eq!(ends, 1, "{what}: {:?}", waited.statuses);
    }
}

#[tokio::test(start_paused = true)]
async fn events_of_other_customers_are_ignored() {
    let events = vec![
        (1, status("r-2", "VERIFIED")),
        (2, status("r-11", "VERIFIED")),
        (3, status("R-1", "VERIFIED")),
        (4, event(r#"{"status": "VERIFIED"}"#)),
        (5, status("r-1", "UNSUCCESSFUL")),
    ];
    let waited = wait(&[At("ON_HOLD")], events).await;
    assert!(waited.end.unwrap().status.is_unsuccessful());
    assert_eq!((waited.polls, waited.seconds), (1, 5));
}

#[tokio::test(start_paused = true)]
async fn without_events_the_time_limit_holds() {
    let waited = wait(&[At("ON_HOLD")], vec![(1, status("r-2", "VERIFIED"))]).await;
    assert!(waited.end.unwrap_err().kind() == ErrorKind::Timeout);
    assert_eq!((waited.polls, waited.seconds), (5, 100));
}

#[tokio::test(start_paused = true)]
async fn a_reported_customer_has_what_the_event_has() {
    let data = r#"{"customerId": "r-1", "status": "UNSUCCESSFUL", "reason": "c4nary"}"#;
    let customer = wait(&[At("ON_HOLD")], vec![(1, event(data))])
        .await
        .end
        .unwrap();
    assert_eq!(customer.extra.get("reason").unwrap(), "c4nary");
    assert!(!customer.extra.contains_key("customerId"));
    assert!(!format!("{customer:?}").contains("c4nary"));
}

/// From `updates_from` on nothing is missed, and every wait receives it.
#[tokio::test(start_paused = true)]
async fn events_before_the_first_poll_reach_all_waits() {
    let (client, calls) = scripted(&[Never]);
    let updates = StatusUpdates::new();
    let waits = [(); 2].map(|()| client.wait_for_verification("r-1").updates_from(&updates));
    updates.publish(&status("r-1", "VERIFIED"));
    for wait in waits {
        assert!(wait.await.unwrap().status.is_verified());
    }
    assert_eq!(calls.load(Ordering::SeqCst), 0);
    updates.publish(&status("r-1", "VERIFIED")); // no wait is left
    sleep(Duration::from_secs(1)).await;
    assert!(
        format!("{updates:?}").contains("customers: 0"),
        "{updates:?}"
    );
}

/// With an endless interval, only events count.
#[tokio::test(start_paused = true)]
async fn a_wait_that_never_polls_is_ended_by_events() {
    let (client, calls) = scripted(&[At("PENDING_AGREEMENTS")]);
    let updates = StatusUpdates::new();
    let wait = client
        .wait_for_verification("r-1")
        .settings(bvnk::PollSettings::new().interval(Duration::MAX, Duration::MAX))
        .timeout(Duration::MAX)
        .updates_from(&updates);
    let publisher = async {
        for (at, name) in [(10, "PENDING_VERIFICATION"), (20, "VERIFIED")] {
            sleep(Duration::from_secs(at)).await;
            updates.publish(&status("r-1", name));
        }
    };
    let (end, ()) = tokio::join!(wait.into_future(), publisher);
    assert_eq!(end.unwrap().status.as_str(), "VERIFIED");
    assert_eq!(calls.load(Ordering::SeqCst), 2);
}

/// The vendor renames events: an unknown name of the right shape causes a poll, which decides.
/// It may be about the customer's documents.
#[tokio::test(start_paused = true)]
async fn an_event_of_another_name_causes_a_poll() {
    let named = |name: &str| {
        signed(&format!(
            r#"{{"event": "{name}", "data": {{"reference": "r-1", "status": "REJECTED"}}}}"#
        ))
    };
    for (name, status, polls, seconds) in [
        ("platform:accounts:customer:status-change", "REJECTED", 1, 3),
        ("bvnk:platform:customer:status-change", "REJECTED", 1, 3),
        ("platform:customers:state-changed", "VERIFIED", 2, 3),
        (
            "platform:accounts:customer:document:status-change",
            "VERIFIED",
            2,
            3,
        ),
        ("", "VERIFIED", 2, 3),
    ] {
        let ends = named(name).customer().unwrap().ends_verification();
        assert_eq!(ends, polls == 1, "{name}");
        let waited = wait(&[At("ON_HOLD"), At("VERIFIED")], vec![(3, named(name))]).await;
        assert_eq!(waited.end.unwrap().status.as_str(), status, "{name}");
        assert_eq!((waited.polls, waited.seconds), (polls, seconds), "{name}");
    }
}
