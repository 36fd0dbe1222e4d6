//! One key per call: whose it is, its form, and that it is returned.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::support;

use bvnk_auth::{
    Call, CallOptions, ErrorKind, IdempotencyKey, IdempotencyLayer, RetryPolicy, Runtime,
};
use http::{HeaderName, HeaderValue, Method};
use proptest::prelude::*;
use support::{Network, done, failure, info, post, request, runtime, with};
use tower::{Layer, ServiceExt};
use uuid::{Uuid, uuid};

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

/// What the request says of keys.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Declared {
    /// It has no handle: the usual header, and a fresh key for a `POST`.
    Nothing,
    /// The contract has a header.
    Header,
    /// The contract has none.
    NoHeader,
}
use Declared::*;

/// (method, the caller's headers, what is declared, what is sent)
#[rustfmt::skip]
const CASES: &[(&str, &[&str], Declared, Expect)] = &[
    ("POST", &[], Nothing, Fresh),
    ("POST", &[A], Nothing, Key(A)),
    ("POST", &[UPPER_A], Nothing, Key(A)),
    ("POST", &[A, A], Nothing, Key(A)),
    ("POST", &[A, UPPER_A], Nothing, Key(A)),
    ("POST", &[A, B], Nothing, Refused),
    ("POST", &[""], Nothing, Refused),
    ("POST", &["canary"], Nothing, Refused),
    ("POST", &["5f0c1f1e6f3a4a0e9a530a1b2c3d4e5f"], Nothing, Refused),
    ("POST", &["{5f0c1f1e-6f3a-4a0e-9a53-0a1b2c3d4e5f}"], Nothing, Refused),
    ("POST", &["urn:uuid:5f0c1f1e-6f3a-4a0e-9a53-0a1b2c3d4e5f"], Nothing, Refused),
    ("POST", &["5f0c1f1e-6f3a-4a0e-9a53-0a1b2c3d4e5f, x"], Nothing, Refused),
    ("GET", &[], Nothing, NoKey),
    ("PUT", &[], Nothing, NoKey),
    ("DELETE", &[], Nothing, NoKey),
    ("PATCH", &[], Nothing, NoKey),
    ("PATCH", &[A], Nothing, Key(A)),
    ("GET", &["canary"], Nothing, Refused),
    ("POST", &[], Header, Fresh),
    ("PATCH", &[], Header, Fresh),
    ("PUT", &[], Header, Fresh),
    ("POST", &[UPPER_A], Header, Key(A)),
    ("POST", &[A, B], Header, Refused),
    ("PATCH", &["canary"], Header, Refused),
    ("POST", &[], NoHeader, NoKey),
    ("PATCH", &[], NoHeader, NoKey),
];

#[tokio::test]
async fn the_caller_s_key_wins_and_one_header_leaves() {
    for name in ["x-idempotency-key", "idempotency-key"] {
        for (method, headers, declared, expected) in CASES {
            // Without a handle there is one header.
            if (declared, name) == (&Nothing, "idempotency-key") {
                continue;
            }
            let network = Network::default();
            let name = HeaderName::from_static(name);
            let stack = IdempotencyLayer::new().layer(network.service(|_, _| Some(done(202))));
            let mut request = request(method, "https://api.example/");
            for value in *headers {
                let value = HeaderValue::from_static(value);
                request.headers_mut().append(&name, value);
            }
            let call = match declared {
                Nothing => None,
                Header => Some(Some(name.clone())),
                NoHeader => Some(None),
            };
            let verb: Method = method.parse().unwrap();
            let call = call.map(|header| Call::new("", verb, CallOptions::new(), header));
            if let Some(call) = &call {
                request = with(request, call);
            }
            let result = stack.oneshot(request).await;
            if *expected == Refused {
                let error = failure(result);
                assert_eq!(error.kind(), ErrorKind::InvalidRequest);
                assert!(!format!("{error}{error:?}").contains("canary"));
                assert_eq!((error.info().attempts, network.count()), (0, 0));
                continue;
            }
            // `header` fails when there are two.
            let sent = &network.sent()[0];
            let key = sent.header(name.as_str()).map(str::to_owned);
            let info = match call {
                Some(call) => call.info(),
                None => info(&result.unwrap()),
            };
            assert_eq!(info.idempotency_key.map(|key| key.to_string()), key);
            match expected {
                Key(expected) => assert_eq!(key.as_deref(), Some(*expected)),
                NoKey => assert_eq!(key, None),
                _ => {
                    let key: IdempotencyKey = key.unwrap().parse().unwrap();
                    assert_eq!(Uuid::from(key).get_version_num(), 4);
                }
            }
            let keys = ["x-idempotency-key", "idempotency-key"];
            let keys = keys.iter().filter_map(|name| sent.header(name)).count();
            assert_eq!(keys, usize::from(*expected != NoKey), "in one header only");
        }
    }
}

/// A key below a contract that has none is not the call's: it does not make it repeatable.
#[tokio::test(start_paused = true)]
async fn a_key_that_is_not_declared_does_not_count() {
    let network = Network::default();
    let stack = support::stack(RetryPolicy::new(), network.service(|_, _| Some(done(503))));
    let mut request = post("https://api.example/");
    let key = HeaderValue::from_static(A);
    request.headers_mut().insert("x-idempotency-key", key);
    let call = Call::new("", Method::POST, CallOptions::new(), None);
    stack.oneshot(with(request, &call)).await.unwrap();
    assert_eq!((network.count(), call.info().idempotency_key), (1, None));
}

/// One handle is one call, also if it is sent through the layer again.
#[tokio::test]
async fn a_handle_has_one_key() {
    let network = Network::default();
    let stack = IdempotencyLayer::new().layer(network.service(|_, _| Some(done(202))));
    let call = support::call(CallOptions::new());
    for _ in 0..2 {
        let request = with(post("https://api.example/"), &call);
        stack.clone().oneshot(request).await.unwrap();
    }
    let [one, two] = [0, 1].map(|n| network.sent()[n].headers["x-idempotency-key"].clone());
    assert_eq!(one, two);
    let mut other = with(post("https://api.example/"), &call);
    let key = HeaderValue::from_static(A);
    other.headers_mut().insert("x-idempotency-key", key);
    let error = failure(stack.oneshot(other).await);
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert_eq!(error.info().idempotency_key, call.info().idempotency_key);
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
    let info = info(&first);
    assert_eq!(info.idempotency_key, Some(key(0)));
    assert_eq!((info.attempts, info.outcome_unknown), (1, true));
    assert_eq!(error.info().idempotency_key, Some(key(1)));
    assert!(error.info().outcome_unknown);
    // Both are drawn from the layer's runtime, one after the other.
    let drawn = runtime();
    assert_eq!(
        [key(0), key(1)],
        [drawn.uuid(), drawn.uuid()].map(Into::into)
    );
}

/// With no attempts counted below, the layer itself says what a response leaves open.
#[tokio::test]
async fn a_layer_alone_tells_ambiguity() {
    for (method, status, ambiguous) in [
        ("POST", 202, false),
        ("POST", 400, false),
        ("POST", 500, true),
        ("POST", 302, true),
        ("GET", 200, false),
        ("GET", 500, false),
    ] {
        let network = Network::default();
        let stack = IdempotencyLayer::new().layer(network.service(move |_, _| Some(done(status))));
        let request = request(method, "https://api.example/");
        let info = info(&stack.oneshot(request).await.unwrap());
        assert_eq!(info.outcome_unknown, ambiguous, "{method} {status}");
        assert_eq!(info.attempts, 1);
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

/// Frozen: a repetition across an upgrade must not create a second object. The first is RFC
/// 9562's (appendix A.4), the others are Python's `uuid.uuid5`.
#[test]
fn derived_keys_never_change() {
    const CREATE: Uuid = uuid!("0d3f6b1c-3f0e-4f57-8d0a-6f2f5d4c9b21");
    for (namespace, id, expected) in [
        (
            Uuid::NAMESPACE_DNS,
            "www.example.com",
            "2ed6657d-e927-568b-95e1-2665a8aea6a2",
        ),
        (
            Uuid::NAMESPACE_DNS,
            "",
            "4ebd0208-8328-5d69-8c44-ec50939c0967",
        ),
        (CREATE, "user-1", "7499c837-68ca-5deb-b3a4-03e669ce394a"),
        (CREATE, "Zoë ☂", "894273db-5b3c-5979-85a9-148452e0d91c"),
        (
            Uuid::nil(),
            &"x".repeat(100),
            "056503f1-b2bf-51d1-8b58-89649b8f5c37",
        ),
    ] {
        let key = IdempotencyKey::derive(namespace, id);
        assert_eq!(key.to_string(), expected, "{id}");
    }
    for (operation, id, expected) in [
        (
            "create-customer",
            "user-7",
            "d91f3cdc-fd4b-5e99-95e3-78e4fb8104be",
        ),
        (
            "create-customer",
            "user-8",
            "7bc5be89-06b9-50a3-8d03-55348018cce7",
        ),
        (
            "create-customeru",
            "ser-7",
            "d10884dd-de70-506a-8d53-6a091aaa82ff",
        ),
        ("", "", "c7aff685-8782-59d1-8c91-5e4505d80386"),
        (
            "create-customer",
            "Zoë ☂",
            "ffe3bd24-4a53-5385-951e-0bc0faccabfb",
        ),
    ] {
        let key = IdempotencyKey::derive_from(operation, id);
        assert_eq!(key.to_string(), expected, "{operation} {id}");
    }
    assert_ne!(IdempotencyKey::random(), IdempotencyKey::random());
}
