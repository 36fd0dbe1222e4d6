//! Webhooks: when which event is sent, again and for how long, and what each fault changes.

use bvnk_simulator::webhook::{Delivery, EventName, Signing, StatusChange, Webhook, WebhookFault};
use bvnk_simulator::{Config, Hook, Simulator, StatusSequence};
use http::StatusCode;
use serde_json::{Value, json};

use crate::common::{NOW, body, config, create, get, sign};

const URL: &str = "http://me.test:3000/hooks/bvnk?tenant=7";

fn webhook() -> Webhook {
    Webhook::new(URL, "s3cret").unwrap()
}

fn simulator(webhook: Webhook) -> Simulator {
    let sequence = StatusSequence::starting("ONE")
        .then("ONE")
        .then("TWO")
        .then("THREE");
    Simulator::new(Config {
        sequences: vec![sequence],
        webhook: Some(webhook),
        ..config()
    })
    .unwrap()
}

fn event(delivery: &Delivery) -> Value {
    serde_json::from_slice(&delivery.body).unwrap()
}

fn status(delivery: &Delivery) -> String {
    let status = &event(delivery)["data"]["status"];
    status.as_str().unwrap().to_owned()
}

/// All that is sent until nothing is left, with the seconds since the start.
fn sent(simulator: &mut Simulator, answer: Option<StatusCode>) -> Vec<(u64, Delivery)> {
    let mut sent = Vec::new();
    while let Some(now) = simulator.next_webhook() {
        assert!(sent.len() < 1_000, "it never ends");
        for delivery in simulator.due_webhooks(now) {
            sent.push((now - NOW, delivery.clone()));
            simulator.webhook_answered(delivery, answer, now);
        }
    }
    sent
}

/// A customer whose status has just changed to TWO.
fn changed(simulator: &mut Simulator) -> String {
    let reference = create(simulator, None);
    simulator.advance(&reference, NOW);
    simulator.advance(&reference, NOW);
    reference
}

#[test]
fn each_change_of_status_is_sent_once() {
    let mut simulator = simulator(webhook());
    let reference = create(&mut simulator, None);
    assert_eq!(simulator.next_webhook(), None, "the response has the first");
    let mut due = Vec::new();
    for expected in ["ONE", "TWO", "THREE", "THREE"] {
        let response = simulator.handle(&sign(get(&reference)), NOW);
        assert_eq!(body(&response)["status"], expected);
        due.extend(simulator.due_webhooks(NOW));
    }
    assert_eq!(due.iter().map(status).collect::<Vec<_>>(), ["TWO", "THREE"]);
    assert_ne!(event(&due[0])["eventId"], event(&due[1])["eventId"]);
    assert_eq!(simulator.advance("unknown", NOW), None);
    assert_eq!(simulator.next_webhook(), None);
}

/// A customer that comes after others were forgotten is found at another place.
#[test]
fn a_remembered_customer_advances_after_others_were_forgotten() {
    let sequence = StatusSequence::starting("ONE").then("TWO");
    let config = Config {
        capacity: 2,
        sequences: vec![sequence],
        webhook: Some(webhook()),
        ..config()
    };
    let mut simulator = Simulator::new(config).unwrap();
    let references: Vec<String> = (0..7).map(|_| create(&mut simulator, None)).collect();
    assert_eq!(simulator.advance(&references[0], NOW), None);
    assert_eq!(simulator.advance(&references[6], NOW), Some("TWO"));
    let due = simulator.due_webhooks(NOW);
    assert_eq!(due.len(), 1);
    assert_eq!(event(&due[0])["data"]["reference"], references[6].as_str());
}

#[test]
fn the_event_has_the_configured_name_and_the_signature_the_configured_scheme() {
    let cases = [
        (
            EventName::Accounts,
            "platform:accounts:customer:status-change",
            "reference",
        ),
        (
            EventName::Platform,
            "bvnk:platform:customer:status-change",
            "reference",
        ),
        (
            EventName::Customers,
            "bvnk:customers:status-change",
            "customerId",
        ),
    ];
    for (name, expected, member) in cases {
        for (signing, length) in [(Signing::UrlPath, 64), (Signing::Payload, 44)] {
            let mut simulator = simulator(webhook().event(name).signing(signing));
            let reference = changed(&mut simulator);
            let delivery = &simulator.due_webhooks(NOW)[0];
            let event = event(delivery);
            assert_eq!(event["event"], expected);
            assert_eq!(event["data"], json!({ member: reference, "status": "TWO" }));
            assert_eq!(event["timestamp"], "2023-11-14T22:13:20.000000001Z");
            assert_eq!(delivery.uri().to_string(), URL);
            assert_eq!(delivery.headers["host"], "me.test:3000");
            assert_eq!(delivery.headers["content-type"], "application/json");
            let actual = &delivery.headers["x-signature"];
            let expected = webhook().signing(signing).signature(&delivery.body);
            assert_eq!(
                (actual.len(), actual.to_str().unwrap()),
                (length, expected.as_str())
            );
        }
    }
}

#[test]
fn an_event_is_sent_again_a_hundred_times_with_growing_delays() {
    let mut simulator = simulator(webhook());
    changed(&mut simulator);
    let sent = sent(&mut simulator, None);
    assert_eq!(sent.len(), 101);
    let times: Vec<u64> = sent.iter().map(|(at, _)| *at).collect();
    let delays: Vec<u64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert_eq!(delays[..11], [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900]);
    assert!(delays[10..].iter().all(|delay| *delay == 900));
    let (_, first) = &sent[0];
    for (count, (_, delivery)) in sent.iter().enumerate() {
        assert_eq!(delivery.repeats() as usize, count);
        assert_eq!(
            (&delivery.body, &delivery.headers),
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
        changed(&mut simulator);
        let delivery = simulator.due_webhooks(NOW).remove(0);
        assert_eq!(simulator.next_webhook(), None, "it is being sent");
        let answer = answer.map(|status| StatusCode::from_u16(status).unwrap());
        simulator.webhook_answered(delivery, answer, NOW + 5);
        let next = simulator.next_webhook();
        assert_eq!(next, again.then_some(NOW + 6), "{answer:?}");
    }
}

#[test]
fn customers_advance_by_themselves_if_configured() {
    let mut simulator = simulator(webhook().advance_every(7));
    create(&mut simulator, None);
    let sent = sent(&mut simulator, Some(StatusCode::OK));
    let times: Vec<_> = sent.iter().map(|(at, it)| (*at, status(it))).collect();
    assert_eq!(times, [(14, "TWO".to_owned()), (21, "THREE".to_owned())]);
}

/// Two events, one second apart: what is sent when, and what a fault changes in the first.
#[test]
fn each_fault_changes_one_thing() {
    let run = |fault: Option<WebhookFault>| {
        let mut simulator = simulator(webhook());
        simulator.set_webhook_fault(fault);
        let reference = create(&mut simulator, None);
        for now in [NOW, NOW, NOW + 1] {
            simulator.advance(&reference, now);
        }
        sent(&mut simulator, Some(StatusCode::OK))
    };
    let describe = |sent: &[(u64, Delivery)]| {
        let lines = sent.iter().map(|(at, delivery)| {
            let event = event(delivery);
            let valid = webhook().signature(&delivery.body);
            let signed = match delivery.headers.get("x-signature") {
                None => "unsigned",
                Some(signature) if *signature == valid => "signed",
                Some(_) => "signed wrongly",
            };
            format!(
                "  {at} s: {} {} {} {} {signed}\n",
                event["event"].as_str().unwrap(),
                event["timestamp"].as_str().unwrap(),
                event["data"]["reference"].as_str().unwrap_or("-"),
                event["data"]["status"].as_str().unwrap_or("-"),
            )
        });
        lines.collect::<String>()
    };
    let mut text = format!("no fault\n{}", describe(&run(None)));
    for fault in WebhookFault::ALL {
        text.push_str(&format!(
            "{fault}: {}\n{}",
            fault.summary(),
            describe(&run(Some(*fault)))
        ));
    }
    insta::assert_snapshot!(text);
    let duplicates = run(Some(WebhookFault::Duplicate));
    assert_eq!(
        event(&duplicates[0].1)["eventId"],
        event(&duplicates[1].1)["eventId"]
    );
}

#[test]
fn a_pushed_fault_changes_one_event() {
    let mut simulator = simulator(webhook());
    simulator.push_webhook_fault(WebhookFault::Lost);
    simulator.push_webhook_fault(WebhookFault::Duplicate);
    let [_, two, three] = [(); 3].map(|()| changed(&mut simulator));
    let due = simulator.due_webhooks(NOW);
    let references = due.iter().map(|it| event(it)["data"]["reference"].take());
    let references: Vec<Value> = references.collect();
    assert_eq!(references, [two.as_str(), two.as_str(), three.as_str()]);
}

/// Sends the status before the change, in the other scheme, a second time with another id,
/// and never again.
struct Wrong;

impl Hook for Wrong {
    fn webhooks(&mut self, change: &StatusChange, deliveries: &mut Vec<Delivery>) {
        let first = deliveries[0].clone();
        deliveries.push(first);
        for (number, delivery) in deliveries.iter_mut().enumerate() {
            let mut event = event(delivery);
            event["data"]["status"] = change.before.clone().into();
            event["eventId"] = number.into();
            delivery.body = event.to_string().into();
            let webhook = Webhook::clone(&change.webhook).signing(Signing::Payload);
            let value = webhook.signature(&delivery.body);
            delivery
                .headers
                .insert("x-signature", value.parse().unwrap());
            delivery.retry = false;
            delivery.due = change.now + 5;
        }
    }
}

#[test]
fn a_hook_changes_what_is_sent() {
    let mut simulator = simulator(webhook());
    simulator.set_hook(Wrong);
    changed(&mut simulator);
    let sent = sent(&mut simulator, None);
    let seen: Vec<_> = sent
        .iter()
        .map(|(at, it)| (*at, event(it)["eventId"].clone(), status(it)))
        .collect();
    let once = |number: u8| (5, json!(number), "ONE".to_owned());
    assert_eq!(seen, [once(0), once(1)]);
    assert_eq!(sent[0].1.headers["x-signature"].len(), 44);
}

#[test]
fn a_webhook_needs_an_absolute_url_and_hides_its_secret() {
    let user = "http://user:pass@me.test/hooks";
    for wrong in [
        "",
        "/hooks",
        "https://me.test/",
        "me.test/hooks",
        "http://",
        user,
    ] {
        assert!(Webhook::new(wrong, "s3cret").is_err(), "{wrong}");
    }
    let mut simulator = simulator(webhook());
    let reference = changed(&mut simulator);
    let shown = format!(
        "{:?} {:?}",
        webhook(),
        Config {
            webhook: Some(webhook()),
            ..config()
        }
    );
    let shown = format!("{shown} {:?}", simulator.due_webhooks(NOW));
    for hidden in ["s3cret", "tenant", &reference] {
        assert!(!shown.contains(hidden), "{hidden}: {shown}");
    }
}

/// As `openssl dgst -sha256 -hmac s3cret` computes them.
#[test]
fn another_program_computes_the_same_signatures() {
    for (signing, expected) in [
        (
            Signing::UrlPath,
            "47e38c25ea6dcea96bf4254ee2f528a8d47a8b76dd0f585ec885943fc15d1c92",
        ),
        (
            Signing::Payload,
            "rb3hzkDInBQhVofV12Kkffbfrvz61h4uhnGP/ISYVxs=",
        ),
    ] {
        let webhook = Webhook::new("http://me.test/hooks?a=b", "s3cret").unwrap();
        let actual = webhook.signing(signing).signature(b"{}");
        assert_eq!(actual, expected);
    }
}
