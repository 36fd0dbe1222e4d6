//! `openapi/webhooks.yaml`, the types that read an event, and what the simulator sends say
//! the same. The types are written by hand: this is what holds them in place.

#![allow(clippy::unwrap_used)]

use bvnk::webhook::{Event, Scheme, VerificationError, Verifier, WebhookSecret};
use bvnk_simulator::hawk::Rejection;
use bvnk_simulator::webhook::{EventName, Signing, Webhook, WebhookFault};
use bvnk_simulator::{Config, Hook, HookContext, Request, Simulator, StatusSequence};
use http::{HeaderMap, Method};
use serde_json::{Map, Value};

const URL: &str = "http://me.example/hooks/bvnk";
const NOW: u64 = 1_700_000_000;

fn contract() -> Value {
    serde_saphyr::from_str(include_str!("../../../../openapi/webhooks.yaml")).unwrap()
}

/// Whether a value has the schema of a component.
fn validator(name: &str) -> impl Fn(&Value) -> bool {
    let mut schema = contract()["components"]["schemas"][name].take();
    schema["components"] = contract()["components"].take();
    let (mut compiler, mut schemas) = (boon::Compiler::new(), boon::Schemas::new());
    compiler.add_resource("mem:///event", schema).unwrap();
    let index = compiler.compile("mem:///event", &mut schemas).unwrap();
    move |value| schemas.validate(value, index).is_ok()
}

/// A payload, read as a delivery that is signed.
fn read(payload: &Value) -> Event {
    crate::support::event(payload.to_string().as_bytes()).unwrap()
}

fn seconds(time: bvnk::DateTime) -> i64 {
    time.as_second()
}

fn verifier(signing: Signing) -> Verifier {
    let scheme = match signing {
        Signing::Payload => Scheme::payload(),
        _ => Scheme::url(URL).unwrap(),
    };
    Verifier::new(WebhookSecret::new("s3cret").unwrap(), scheme)
}

#[test]
fn the_examples_are_valid_and_read_whole() {
    let contract = contract();
    let content = "/webhooks/customerStatusChange/post/requestBody/content/application~1json";
    let examples = contract.pointer(&format!("{content}/examples")).unwrap();
    let is_valid = validator("Event");
    let known = contract.pointer("/components/schemas/Event/properties/event/anyOf/0/enum");
    let known = known.unwrap().as_array().unwrap();
    let mut recognised = Vec::new();
    for (name, example) in examples.as_object().unwrap() {
        let example = &example["value"];
        assert!(is_valid(example), "{name}");
        let event = read(example);
        assert_eq!(event.name(), example["event"]);
        assert_eq!(event.id(), example["eventId"]);
        assert_eq!(seconds(event.timestamp().unwrap()), 1_735_725_600);
        assert_eq!(&Value::from(event.data().to_map()), &example["data"]);
        assert_eq!(
            event.customer().is_some(),
            known.contains(&example["event"]),
            "{name}"
        );
        if let Some(change) = event.customer() {
            let data = &example["data"];
            let reference = data.get("reference").or(data.get("customerId")).unwrap();
            assert_eq!(reference, change.reference.as_str());
            assert_eq!(data["status"], change.status.as_str());
            recognised.push(example["event"].clone());
        }
    }
    recognised.sort_by_key(Value::to_string);
    let mut known = known.clone();
    known.sort_by_key(Value::to_string);
    assert_eq!(
        recognised, known,
        "each known event has an example that is typed"
    );
}

/// Without any one member that is not demanded for the purpose, an event is still read.
#[test]
fn no_member_is_needed_to_read_an_event() {
    let contract = contract();
    let whole = contract
        .pointer("/webhooks/customerStatusChange/post/requestBody/content/application~1json/examples/platform/value")
        .unwrap();
    let properties = contract
        .pointer("/components/schemas/Event/properties")
        .unwrap();
    for name in properties.as_object().unwrap().keys() {
        for other in [
            None,
            Some(Value::Null),
            Some(7.into()),
            Some(Map::new().into()),
        ] {
            let mut payload = whole.clone();
            match &other {
                Some(other) => payload[name] = other.clone(),
                None => drop(payload.as_object_mut().unwrap().remove(name)),
            }
            let event = read(&payload);
            let typed = name != "data";
            assert_eq!(event.customer().is_some(), typed, "{name} {other:?}");
            assert!(!event.id().is_empty());
        }
    }
}

#[test]
fn everything_names_its_source() {
    fn walk(value: &Value, place: &str, named: &mut usize) {
        for (name, member) in value.as_object().into_iter().flatten() {
            let place = format!("{place}/{name}");
            if name == "properties" && !place.contains("/if/") && !place.contains("/then/") {
                for (property, schema) in member.as_object().unwrap() {
                    assert!(schema["x-source"].is_string(), "{place}/{property}");
                }
            }
            if name == "x-source" {
                let sources = ["page", "vendor", "integrations"];
                assert!(sources.contains(&member.as_str().unwrap()), "{place}");
                *named += 1;
            }
            walk(member, &place, named);
        }
    }
    let mut named = 0;
    walk(&contract(), "", &mut named);
    assert!(named > 10, "{named}");
}

/// Signatures of requests do not matter here.
struct Unsigned;

impl Hook for Unsigned {
    fn signature(&mut self, _: &HookContext<'_>, outcome: &mut Result<(), Rejection>) {
        *outcome = Ok(());
    }
}

/// What is sent when a customer, created here, moves one step on.
fn sent(webhook: Webhook, fault: Option<WebhookFault>) -> (HeaderMap, bytes::Bytes) {
    let sequence = StatusSequence::starting("PENDING_VERIFICATION").then("VERIFIED");
    let config = Config {
        sequences: vec![sequence],
        webhook: Some(webhook),
        ..Config::default()
    };
    let mut simulator = Simulator::new(config).unwrap();
    let example = crate::support::contract()
        .pointer(
            "/paths/~1platform~1v1~1customers/post/requestBody/content/application~1json/example",
        )
        .unwrap();
    let json = "application/json".parse().unwrap();
    let mut request = Request::new(Method::POST, "/platform/v1/customers");
    request.headers.insert("content-type", json);
    request.body = example.to_string().into();
    simulator.set_hook(Unsigned);
    assert_eq!(simulator.handle(&request, NOW).status, 202);
    let reference = simulator.customers()[0].reference().to_owned();
    simulator.set_webhook_fault(fault);
    simulator.advance(&reference, NOW);
    let due = simulator.next_webhook().unwrap();
    let attempt = simulator.due_webhooks(due).remove(0);
    (attempt.headers, attempt.body)
}

#[test]
fn the_simulator_sends_what_the_contract_says_and_the_client_takes() {
    let is_valid = validator("Event");
    for name in [
        EventName::Accounts,
        EventName::Platform,
        EventName::Customers,
    ] {
        for signing in [Signing::UrlPath, Signing::Payload] {
            for fault in [None, Some(WebhookFault::ZonelessTimestamp)] {
                let webhook = Webhook::new(URL, "s3cret").unwrap();
                let (headers, body) = sent(webhook.event(name).signing(signing), fault);
                let payload: Value = serde_json::from_slice(&body).unwrap();
                assert!(is_valid(&payload), "{payload}");
                let event = verifier(signing).verify(&headers, &body).unwrap();
                assert_eq!(seconds(event.timestamp().unwrap()), NOW as i64);
                assert!(event.customer().unwrap().status.is_verified());
            }
        }
    }
}

#[test]
fn what_is_signed_wrongly_is_refused_and_what_is_unknown_is_not() {
    for fault in WebhookFault::ALL {
        let refusal = match fault {
            WebhookFault::Lost => continue,
            WebhookFault::Unsigned => Some(VerificationError::MissingSignature),
            WebhookFault::OtherSecret => Some(VerificationError::WrongSignature),
            _ => None,
        };
        let (headers, body) = sent(Webhook::new(URL, "s3cret").unwrap(), Some(*fault));
        let event = verifier(Signing::UrlPath).verify(&headers, &body);
        assert_eq!(event.err(), refusal, "{fault}");
    }
}

/// The client allows for the retries that the contract describes.
#[tokio::test(start_paused = true)]
async fn the_contract_s_retries_fit_in_the_age_limit() {
    let delivery = &contract()["x-delivery"];
    let number = |name: &str| delivery[name].as_u64().unwrap();
    let all =
        number("repeats") * (number("longest-delay-seconds") + number("answer-within-seconds"));
    let (headers, body) = sent(Webhook::new(URL, "s3cret").unwrap(), None);
    // The event's time has a nanosecond, which makes it the younger.
    for (late, refusal) in [(all, None), (all + 1, Some(VerificationError::TooOld))] {
        let then = std::time::UNIX_EPOCH + std::time::Duration::from_secs(NOW + late);
        let verifier = verifier(Signing::UrlPath)
            .max_age(std::time::Duration::ZERO)
            .runtime(std::sync::Arc::new(bvnk::TestRuntime::new(then, 0)));
        assert_eq!(verifier.verify(&headers, &body).err(), refusal, "{late}");
    }
}
