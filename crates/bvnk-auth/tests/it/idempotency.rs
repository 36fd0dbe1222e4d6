//! One key per call: whose it is, what it looks like, and that it comes back.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::support;

use bvnk_auth::{
    CallInfo, CallOptions, CallOptionsLayer, ErrorKind, IdempotencyKey, IdempotencyLayer, Runtime,
};
use http::{HeaderName, HeaderValue, Method};
use proptest::prelude::*;
use support::{Network, done, failure, post, runtime};
use tower::{Layer, ServiceExt};
use uuid::Uuid;

const A: &str = "5f0c1f1e-6f3a-4a0e-9a53-0a1b2c3d4e5f";
const UPPER_A: &str = "5F0C1F1E-6F3A-4A0E-9A53-0A1B2C3D4E5F";
const B: &str = "00000000-0000-4000-8000-000000000001";

/// What a call gives: the key on the wire, or `None` if it was refused.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Expect {
    Fresh,
    Key(&'static str),
    NoKey,
    Refused,
}
use Expect::*;

/// (method, the caller's headers, the key in its options, what is sent)
#[rustfmt::skip]
const CASES: &[(&str, &[&str], Option<&str>, Expect)] = &[
    ("POST", &[], None, Fresh),
    ("POST", &[], Some(A), Key(A)),
    ("POST", &[A], None, Key(A)),
    ("POST", &[UPPER_A], None, Key(A)),
    ("POST", &[A, A], None, Key(A)),
    ("POST", &[A, UPPER_A], Some(A), Key(A)),
    ("POST", &[A], Some(B), Refused),
    ("POST", &[A, B], None, Refused),
    ("POST", &[""], None, Refused),
    ("POST", &["canary"], None, Refused),
    ("POST", &["5f0c1f1e6f3a4a0e9a530a1b2c3d4e5f"], None, Refused),
    ("POST", &["{5f0c1f1e-6f3a-4a0e-9a53-0a1b2c3d4e5f}"], None, Refused),
    ("POST", &["urn:uuid:5f0c1f1e-6f3a-4a0e-9a53-0a1b2c3d4e5f"], None, Refused),
    ("POST", &["5f0c1f1e-6f3a-4a0e-9a53-0a1b2c3d4e5f, x"], None, Refused),
    ("GET", &[], None, NoKey),
    ("PUT", &[], None, NoKey),
    ("DELETE", &[], None, NoKey),
    ("PATCH", &[], None, NoKey),
    ("PATCH", &[A], None, Key(A)),
    ("PATCH", &[], Some(A), Key(A)),
    ("GET", &["canary"], None, Refused),
];

#[tokio::test]
async fn the_caller_s_key_wins_and_one_header_leaves() {
    for name in ["x-idempotency-key", "idempotency-key"] {
        for (method, headers, option, expected) in CASES {
            let network = Network::default();
            let layer = IdempotencyLayer::new().header(HeaderName::from_static(name));
            let stack = layer.layer(network.service(|_, _| Some(done(202))));
            let mut request = post("https://api.example/");
            *request.method_mut() = Method::from_bytes(method.as_bytes()).unwrap();
            for value in *headers {
                request
                    .headers_mut()
                    .append(name, HeaderValue::from_static(value));
            }
            if let Some(key) = option {
                let options = CallOptions::new().idempotency_key(key.parse().unwrap());
                request = options.attach(request).unwrap();
            }
            let result = stack.oneshot(request).await;
            if *expected == Refused {
                let error = failure(result);
                assert_eq!(error.kind(), ErrorKind::InvalidRequest);
                assert!(!format!("{error}{error:?}").contains("canary"));
                assert_eq!(network.count(), 0);
                continue;
            }
            // `header` fails when there are two.
            let sent = network.sent()[0].header(name).map(str::to_owned);
            let info: CallInfo = result.unwrap().extensions().get().cloned().unwrap();
            assert_eq!(info.idempotency_key().map(|key| key.to_string()), sent);
            match expected {
                Key(key) => assert_eq!(sent.as_deref(), Some(*key)),
                NoKey => assert_eq!(sent, None),
                _ => {
                    let key: IdempotencyKey = sent.unwrap().parse().unwrap();
                    assert_eq!(key.as_uuid().get_version_num(), 4);
                }
            }
        }
    }
}

#[tokio::test]
async fn each_call_has_its_own_key_and_gets_it_back() {
    let network = Network::default();
    let layer = IdempotencyLayer::default().runtime(runtime());
    let stack = layer.layer(network.service(|n, _| {
        Some(if n == 1 {
            Err("lost".into())
        } else {
            done(500)
        })
    }));
    let first = stack
        .clone()
        .oneshot(post("https://api.example/"))
        .await
        .unwrap();
    let error = failure(stack.oneshot(post("https://api.example/")).await);
    let sent = network.sent();
    let key = |n: usize| -> IdempotencyKey {
        sent[n]
            .header("x-idempotency-key")
            .unwrap()
            .parse()
            .unwrap()
    };
    let info = first.extensions().get::<CallInfo>().unwrap();
    assert_eq!(info.idempotency_key(), Some(key(0)));
    assert_eq!((info.attempts(), info.outcome_unknown()), (1, true));
    assert_eq!(error.idempotency_key(), Some(key(1)));
    assert!(error.outcome_unknown());
    // Both are drawn from the layer's runtime, one after the other.
    let drawn = runtime();
    assert_eq!(
        [key(0), key(1)],
        [drawn.uuid(), drawn.uuid()].map(Into::into)
    );
}

/// With no retries below, the layer itself says what an answer leaves open.
#[tokio::test]
async fn a_layer_alone_tells_doubt() {
    for (method, status, doubt) in [
        (Method::POST, 202, false),
        (Method::POST, 400, false),
        (Method::POST, 500, true),
        (Method::GET, 200, false),
        (Method::GET, 500, false),
    ] {
        let network = Network::default();
        let stack = IdempotencyLayer::new().layer(network.service(move |_, _| Some(done(status))));
        let mut request = post("https://api.example/");
        *request.method_mut() = method.clone();
        let answer = stack.oneshot(request).await.unwrap();
        let info = answer.extensions().get::<CallInfo>().unwrap();
        assert_eq!(info.outcome_unknown(), doubt, "{method} {status}");
    }
}

/// A key is for one call; a layer that gives it to all would merge them.
#[tokio::test]
async fn a_layer_gives_no_key_to_all_calls() {
    let network = Network::default();
    let shared = CallOptions::new().idempotency_key(B.parse().unwrap());
    let stack = CallOptionsLayer::new(shared)
        .layer(IdempotencyLayer::new().layer(network.service(|_, _| Some(done(200)))));
    let own = CallOptions::new().idempotency_key(A.parse().unwrap());
    let request = own.attach(post("https://api.example/")).unwrap();
    stack.clone().oneshot(request).await.unwrap();
    stack.oneshot(post("https://api.example/")).await.unwrap();
    let sent = network.sent();
    assert_eq!(sent[0].header("x-idempotency-key"), Some(A));
    assert_ne!(sent[1].header("x-idempotency-key"), Some(B));
    assert!(sent[1].header("x-idempotency-key").is_some());
}

#[tokio::test]
async fn options_change_nothing_on_the_wire() {
    let network = Network::default();
    let stack = network.service(|_, _| Some(done(200)));
    for url in [
        "https://api.example/a%20b/?",
        "http://[::1]:8080/?x=%2F&y",
        "https://h.example",
    ] {
        let options = CallOptions::new().no_retry();
        stack.clone().oneshot(post(url)).await.unwrap();
        stack
            .clone()
            .oneshot(options.attach(post(url)).unwrap())
            .await
            .unwrap();
    }
    for two in network.sent().chunks(2) {
        assert_eq!(two[0].url, two[1].url);
        assert_eq!(two[0].resource, two[1].resource);
        assert_eq!(
            (&two[0].headers, &two[0].body),
            (&two[1].headers, &two[1].body)
        );
    }
}

proptest! {
    #[test]
    fn keys_survive_their_text(bits in any::<u128>()) {
        let key = IdempotencyKey::from(Uuid::from_u128(bits));
        let text = key.to_string();
        prop_assert_eq!(text.len(), 36);
        prop_assert_eq!(text.parse::<IdempotencyKey>().unwrap(), key);
        prop_assert_eq!(text.to_uppercase().parse::<IdempotencyKey>().unwrap(), key);
        prop_assert_eq!(Uuid::from(key).as_u128(), bits);
    }

    /// A UUID has other forms too; a key has one.
    #[test]
    fn other_texts_are_no_keys(bits in any::<u128>(), at in 0..36_usize, other in "[^0-9a-fA-F-]") {
        let uuid = Uuid::from_u128(bits);
        let text = uuid.to_string();
        let mut broken = text.clone();
        broken.replace_range(at..=at, &other);
        for text in [
            uuid.simple().to_string(),
            uuid.braced().to_string(),
            uuid.urn().to_string(),
            format!("{text} "),
            text[..35].to_owned(),
            broken,
        ] {
            prop_assert!(text.parse::<IdempotencyKey>().is_err(), "{}", text);
        }
    }
}

#[test]
fn derived_keys_are_version_5() {
    // RFC 9562, appendix A.4.
    let dns = Uuid::NAMESPACE_DNS;
    let key = IdempotencyKey::derive(dns, "www.example.com");
    assert_eq!(key.to_string(), "2ed6657d-e927-568b-95e1-2665a8aea6a2");
    assert_ne!(IdempotencyKey::random(), IdempotencyKey::random());
}
