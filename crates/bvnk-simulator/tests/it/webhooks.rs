//! Webhooks: when which event is sent, again and for how long, and how each fault shows.

use crate::common::{NOW, config, create, json, look, sign};
use bvnk_simulator::webhook::{Attempt, EventForm, Signing, Webhook, WebhookFault};
use bvnk_simulator::{Simulator, StatusSequence};
use http::StatusCode;
use serde_json::Value;

const URL: &str = "http://me.test:3000/hooks/bvnk?tenant=7";

fn webhook() -> Webhook {
    Webhook::new(URL, "s3cret").unwrap()
}

fn simulator(webhook: Webhook) -> Simulator {
    let sequence = StatusSequence::starting("ONE")
        .then("ONE")
        .then("TWO")
        .then("THREE");
    Simulator::new(config().sequences([sequence]).webhook(webhook)).unwrap()
}

fn event(attempt: &Attempt) -> Value {
    serde_json::from_slice(&attempt.body).unwrap()
}

fn status(attempt: &Attempt) -> String {
    event(attempt)["data"]["status"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// All that is sent until nothing is left, with the seconds since the start, if nobody
/// ever takes it.
fn sent(simulator: &mut Simulator, taken: bool) -> Vec<(u64, Attempt)> {
    let mut sent = Vec::new();
    while let Some(now) = simulator.next_webhook() {
        assert!(sent.len() < 1_000, "it never ends");
        for attempt in simulator.due_webhooks(now) {
            sent.push((now - NOW, attempt.clone()));
            let answer = taken.then_some(StatusCode::OK);
            simulator.webhook_answered(attempt, answer, now);
        }
    }
    sent
}

#[test]
fn each_change_of_status_is_told_once() {
    let mut simulator = simulator(webhook());
    let reference = create(&mut simulator, None);
    assert_eq!(simulator.next_webhook(), None, "the answer tells the first");
    let mut told = Vec::new();
    for seen in ["ONE", "TWO", "THREE", "THREE"] {
        let response = simulator.handle(&sign(look(&reference)), NOW);
        assert_eq!(json(&response)["status"], seen);
        told.extend(simulator.due_webhooks(NOW));
    }
    assert_eq!(
        told.iter().map(status).collect::<Vec<_>>(),
        ["TWO", "THREE"]
    );
    assert_ne!(event(&told[0])["eventId"], event(&told[1])["eventId"]);
    assert_eq!(simulator.advance("nobody", NOW), None);
    assert_eq!(simulator.next_webhook(), None);
}

/// A customer that comes after others were forgotten has another place than it was made in.
#[test]
fn whoever_is_remembered_moves_on_and_is_told() {
    let config = config().capacity(2).sequences([StatusSequence::verified()]);
    let mut simulator = Simulator::new(config.webhook(webhook())).unwrap();
    let made: Vec<String> = (0..7).map(|_| create(&mut simulator, None)).collect();
    assert_eq!(simulator.advance(&made[0], NOW), None);
    let last = made.last().unwrap();
    assert_eq!(simulator.advance(last, NOW), Some("PENDING_VERIFICATION"));
    let due = simulator.due_webhooks(NOW);
    assert_eq!(due.len(), 1);
    assert_eq!(event(&due[0])["data"]["reference"], last.as_str());
}

#[test]
fn what_is_sent_is_what_is_known_of_it() {
    for (form, name, member) in [
        (
            EventForm::Platform,
            "bvnk:platform:customer:status-change",
            "reference",
        ),
        (
            EventForm::Customers,
            "bvnk:customers:status-change",
            "customerId",
        ),
    ] {
        let mut simulator = simulator(webhook().form(form).signing(Signing::Payload));
        let reference = create(&mut simulator, None);
        simulator.advance(&reference, NOW);
        simulator.advance(&reference, NOW);
        let attempt = &simulator.due_webhooks(NOW)[0];
        let event = event(attempt);
        assert_eq!(event["event"], name);
        assert_eq!(event["data"][member], reference.as_str());
        assert_eq!(event["timestamp"], "2023-11-14T22:13:20.000000001Z");
        assert_eq!((attempt.host.as_str(), attempt.port), ("me.test", 3000));
        assert_eq!(attempt.target, "/hooks/bvnk?tenant=7");
        assert_eq!(attempt.headers["host"], "me.test:3000");
        assert_eq!(attempt.headers["content-type"], "application/json");
        assert_eq!(attempt.headers["x-signature"].len(), 44, "base64");
    }
}

#[test]
fn it_is_sent_again_a_hundred_times_with_growing_delays() {
    let mut simulator = simulator(webhook());
    let reference = create(&mut simulator, None);
    simulator.advance(&reference, NOW);
    simulator.advance(&reference, NOW);
    let sent = sent(&mut simulator, false);
    assert_eq!(sent.len(), 101);
    let times: Vec<u64> = sent.iter().map(|(at, _)| *at).collect();
    let delays: Vec<u64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert_eq!(delays[..11], [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900]);
    assert!(delays[10..].iter().all(|delay| *delay == 900));
    let (_, first) = &sent[0];
    for (count, (_, attempt)) in sent.iter().enumerate() {
        assert_eq!(attempt.repeats() as usize, count);
        assert_eq!(
            (&attempt.body, &attempt.headers),
            (&first.body, &first.headers)
        );
    }
}

#[test]
fn only_200_ends_it() {
    for (answer, again) in [
        (Some(200), false),
        (Some(202), true),
        (Some(204), true),
        (Some(302), true),
        (Some(500), true),
        (None, true),
    ] {
        let mut simulator = simulator(webhook());
        let reference = create(&mut simulator, None);
        simulator.advance(&reference, NOW);
        simulator.advance(&reference, NOW);
        let attempt = simulator.due_webhooks(NOW).remove(0);
        assert_eq!(simulator.next_webhook(), None, "it is under way");
        let answer = answer.map(|status| StatusCode::from_u16(status).unwrap());
        simulator.webhook_answered(attempt, answer, NOW + 5);
        let next = simulator.next_webhook();
        assert_eq!(next, again.then_some(NOW + 6), "{answer:?}");
    }
}

#[test]
fn customers_move_on_by_themselves_if_told_to() {
    let mut simulator = simulator(webhook().pace(7));
    create(&mut simulator, None);
    let sent = sent(&mut simulator, true);
    let told: Vec<_> = sent.iter().map(|(at, it)| (*at, status(it))).collect();
    assert_eq!(told, [(14, "TWO".to_owned()), (21, "THREE".to_owned())]);
}

/// Two events, one second apart, each broken in the same way: when they are sent, and
/// what of them is not as it was.
#[test]
fn each_fault_breaks_one_thing() {
    let run = |fault: Option<WebhookFault>, taken| {
        let mut simulator = simulator(webhook());
        simulator.set_webhook_fault(fault);
        let reference = create(&mut simulator, None);
        for now in [NOW, NOW, NOW + 1] {
            simulator.advance(&reference, now);
        }
        sent(&mut simulator, taken)
    };
    let whole = run(None, true);
    for fault in WebhookFault::ALL {
        let broken = run(Some(*fault), *fault != WebhookFault::NoRetry);
        let times: Vec<u64> = broken.iter().map(|(at, _)| *at).collect();
        let statuses: Vec<String> = broken.iter().map(|(_, it)| status(it)).collect();
        let ids: Vec<Value> = broken
            .iter()
            .map(|(_, it)| event(it)["eventId"].take())
            .collect();
        match fault {
            WebhookFault::Lost => assert_eq!(times, [0; 0]),
            WebhookFault::NoRetry => assert_eq!(times, [0, 1]),
            WebhookFault::Late => assert_eq!(times, [3600, 3601]),
            WebhookFault::Reordered => {
                assert_eq!(times, [40, 40], "the minute is over");
                assert_eq!(statuses, ["THREE", "TWO"]);
            }
            WebhookFault::Duplicate => {
                assert_eq!(times, [0, 0, 1, 1]);
                assert_eq!(ids[0], ids[1]);
            }
            WebhookFault::FreshId => {
                assert_eq!(times, [0, 0, 1, 1]);
                assert_ne!(ids[0], ids[1]);
            }
            _ => {
                assert_eq!(times, [0, 1], "{fault}");
                let (mut was, mut is) = (event(&whole[0].1), event(&broken[0].1));
                let (was_signed, is_signed) = (
                    whole[0].1.headers.get("x-signature"),
                    broken[0].1.headers.get("x-signature"),
                );
                match fault {
                    WebhookFault::Unsigned => assert_eq!(is_signed, None),
                    WebhookFault::OtherBytes
                    | WebhookFault::OtherSecret
                    | WebhookFault::OtherScheme => assert_ne!(is_signed, was_signed),
                    WebhookFault::ZonelessTime => {
                        let zoned = format!("{}Z", is["timestamp"].as_str().unwrap());
                        assert_eq!(was["timestamp"], zoned.as_str());
                        is["timestamp"] = was["timestamp"].take();
                        was["timestamp"] = is["timestamp"].clone();
                    }
                    WebhookFault::UnknownEvent => {
                        assert_ne!(was["event"].take(), is["event"].take());
                    }
                    WebhookFault::OtherCustomer => {
                        // The id is made of the reference.
                        assert_ne!(was["eventId"].take(), is["eventId"].take());
                        assert_ne!(
                            was["data"]["reference"].take(),
                            is["data"]["reference"].take()
                        );
                    }
                    WebhookFault::PreviousStatus => {
                        assert_eq!(is["data"]["status"].take(), "ONE");
                        was["data"]["status"].take();
                    }
                    other => unreachable!("{other} is not judged"),
                }
                assert_eq!(was, is, "{fault}: all else is the same");
            }
        }
    }
}

#[test]
fn a_scripted_fault_befalls_one_event() {
    let mut simulator = simulator(webhook());
    simulator.push_webhook_fault(WebhookFault::Lost);
    simulator.push_webhook_fault(WebhookFault::Duplicate);
    let [one, two, three] = [(); 3].map(|()| create(&mut simulator, None));
    for reference in [&one, &two, &three] {
        simulator.advance(reference, NOW);
        simulator.advance(reference, NOW);
    }
    let due = simulator.due_webhooks(NOW);
    let told: Vec<Value> = due
        .iter()
        .map(|it| event(it)["data"]["reference"].take())
        .collect();
    assert_eq!(told, [two.as_str(), two.as_str(), three.as_str()]);
}

#[test]
fn a_webhook_needs_a_url_of_its_own_and_hides_its_secret() {
    for wrong in ["", "/hooks", "https://me.test/", "me.test/hooks", "http://"] {
        assert!(Webhook::new(wrong, "s3cret").is_err(), "{wrong}");
    }
    let shown = format!("{:?} {:?}", webhook(), config().webhook(webhook()));
    assert!(
        !shown.contains("s3cret") && !shown.contains("tenant"),
        "{shown}"
    );
    let mut simulator = simulator(webhook());
    let reference = create(&mut simulator, None);
    simulator.advance(&reference, NOW);
    simulator.advance(&reference, NOW);
    let shown = format!("{:?}", simulator.due_webhooks(NOW));
    assert!(!shown.contains(&reference), "{shown}");
}
