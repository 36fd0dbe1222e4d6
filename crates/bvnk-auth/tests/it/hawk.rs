//! Signing: the header is right for every kind of request, and fresh for each attempt.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::support;

use std::collections::HashSet;
use std::time::Duration;

use bvnk_auth::{Call, CallOptions, Credentials, ErrorKind, HawkLayer, RetryPolicy};
use http::HeaderValue;
use proptest::prelude::*;
use support::{
    ID, KEY, Network, START, done, failure, get, hawk, post, request, runtime, stack, with,
};
use tower::{Layer, ServiceExt};
use url::Url;

fn block_on<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build();
    runtime.unwrap().block_on(future)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Any method, URL and body, and several attempts of it.
    #[test]
    fn every_attempt_verifies(
        method in "(GET|POST|PUT|PATCH|DELETE|HEAD|get|X-Odd)",
        scheme in "https?",
        host in "([a-zA-Z][a-zA-Z0-9]{0,8}\\.example|127\\.0\\.0\\.1|\\[2001:DB8::1\\]|b\u{fc}cher\\.example)",
        port in proptest::option::of(1_u16..),
        path in "(/[a-zA-Z0-9%!$&'()*+,;=:@._~ \u{e9}\"<>^`{|}-]{0,12}){0,3}",
        query in proptest::option::of("[a-zA-Z0-9%!$&'()*+,;=:@._~ /?\u{e9}\"<>^`{|}-]{0,20}"),
        fragment in proptest::option::of("[a-z]{0,5}"),
        body in proptest::collection::vec(any::<u8>(), 0..50),
        content_type in proptest::option::of("[a-zA-Z]{1,8}/[a-zA-Z]{1,8}( ?; ?charset=[a-z]{3})?"),
        hash in any::<bool>(),
        parsed in any::<bool>(),
    ) {
        let port = port.map(|port| format!(":{port}")).unwrap_or_default();
        let query = query.map(|query| format!("?{query}")).unwrap_or_default();
        let fragment = fragment.map(|fragment| format!("#{fragment}")).unwrap_or_default();
        let url = format!("{scheme}://{host}{port}{path}{query}{fragment}");
        let url: Url = url.parse().unwrap();
        let mut request = request(&method, url.as_str()).map(|_| body.into());
        if parsed {
            request.extensions_mut().insert(url);
        }
        if let Some(content_type) = content_type {
            request.headers_mut().insert("content-type", content_type.parse().unwrap());
        }
        // One from the caller must not survive.
        request.headers_mut().append("authorization", HeaderValue::from_static("Basic x"));
        request.headers_mut().append("authorization", HeaderValue::from_static("Bearer y"));

        block_on(async {
            let network = Network::default();
            let stack = hawk().payload_hash(hash).layer(network.service(|_, _| Some(done(200))));
            let mut fresh = HashSet::new();
            for attempt in 0..3 {
                stack.clone().oneshot(request.clone()).await.unwrap();
                let found = network.sent()[attempt].verify();
                assert_eq!(found.contains_key("hash"), hash);
                assert!(fresh.insert(found["nonce"].clone()), "a nonce twice");
                assert_eq!(found["ts"], (START + attempt as u64).to_string());
                tokio::time::advance(Duration::from_secs(1)).await;
            }
        });
    }
}

#[tokio::test(start_paused = true)]
async fn each_retry_is_signed_again() {
    let network = Network::default();
    let policy = RetryPolicy::new()
        .max_attempts(4)
        .backoff(Duration::from_secs(8), Duration::from_secs(60));
    let inner = network.service(|n, _| Some(done(if n < 3 { 503 } else { 200 })));
    let stack = stack(policy, inner);
    stack.oneshot(post("https://api.example/x")).await.unwrap();

    let sent = network.sent();
    assert_eq!(sent.len(), 4);
    let nonces: HashSet<_> = sent
        .iter()
        .map(|sent| sent.verify()["nonce"].clone())
        .collect();
    assert_eq!(nonces.len(), 4);
    for one in &sent {
        // Signed after the delay, not before.
        let ts: u64 = one.verify()["ts"].parse().unwrap();
        assert_eq!(ts, START + (one.at - sent[0].at).as_secs());
    }
    assert!(sent[3].at - sent[0].at > Duration::from_secs(1));
}

/// An operation that the contract declares as one that anyone may call: nothing of the credentials
/// leaves, with whatever attempt.
#[tokio::test(start_paused = true)]
async fn a_call_without_a_signature_has_none_in_any_attempt() {
    let network = Network::default();
    let inner = network.service(|n, _| Some(done(if n < 2 { 503 } else { 200 })));
    let stack = stack(RetryPolicy::new(), inner);
    let call = Call::new("", http::Method::GET, CallOptions::new(), None).without_signature();
    let request = with(get("https://api.example/health"), &call);
    stack.oneshot(request).await.unwrap();

    let sent = network.sent();
    assert_eq!(sent.len(), 3);
    for one in sent {
        assert!(!one.headers.contains_key("authorization"));
    }
}

type Target = (&'static str, u16, &'static str);

/// (signing origin, stripped prefix, connect URL, what is signed instead)
const ORIGINS: &[(&str, &str, &str, Target)] = &[
    (
        "https://api.example",
        "",
        "http://egress:3128/v1/x?a=b",
        ("api.example", 443, "/v1/x?a=b"),
    ),
    (
        "https://API.example:8443/",
        "",
        "http://egress/v1",
        ("api.example", 8443, "/v1"),
    ),
    (
        "http://api.example/base/",
        "",
        "http://egress/v1",
        ("api.example", 80, "/base/v1"),
    ),
    (
        "https://api.example",
        "/out",
        "http://egress/out/v1?",
        ("api.example", 443, "/v1?"),
    ),
    (
        "https://api.example/base",
        "/out/",
        "http://egress/out",
        ("api.example", 443, "/base/"),
    ),
    (
        "https://api.example/b",
        "/out",
        "http://egress/out?q",
        ("api.example", 443, "/b/?q"),
    ),
    (
        "https://[2001:db8::1]/",
        "",
        "http://egress/",
        ("[2001:db8::1]", 443, "/"),
    ),
];

#[tokio::test(start_paused = true)]
async fn another_origin_can_be_signed() {
    for (origin, strip, connect, (host, port, resource)) in ORIGINS {
        let network = Network::default();
        let stack = hawk()
            .signing_origin(origin.parse().unwrap(), strip)
            .layer(network.service(|_, _| Some(done(200))));
        stack.oneshot(get(connect)).await.unwrap();
        let sent = &network.sent()[0];
        assert_eq!(
            sent.url.as_str(),
            *connect,
            "the connection goes where it went"
        );
        let wire = support::verifier::Wire {
            host,
            port: *port,
            resource,
            ..sent.wire()
        };
        support::verifier::verify(
            &wire,
            sent.header("authorization").unwrap(),
            ID,
            KEY.as_bytes(),
        );
    }
}

/// What is signed is what is sent, also after a layer has changed the URI.
#[tokio::test(start_paused = true)]
async fn the_uri_is_signed_as_it_is_sent() {
    for (uri, parsed, resource) in [
        ("https://api.example/a/../b", None, "/b"),
        ("https://api.example?x", None, "/?x"),
        ("https://api.example/?", None, "/?"),
        ("HTTPS://API.example:443/b", None, "/b"),
        ("https://api.example/b", Some("https://api.example/a"), "/b"),
        (
            "https://api.example/a",
            Some("https://api.example/a#f"),
            "/a",
        ),
    ] {
        let network = Network::default();
        let mut request = get(uri);
        if let Some(parsed) = parsed {
            request
                .extensions_mut()
                .insert(parsed.parse::<Url>().unwrap());
        }
        let stack = hawk().layer(network.service(|_, _| Some(done(200))));
        stack.oneshot(request).await.unwrap();
        let sent = &network.sent()[0];
        sent.verify();
        assert_eq!(
            (sent.url.host_str(), &*sent.resource),
            (Some("api.example"), resource)
        );
    }
}

/// Nonces are drawn one by one: two services that start alike, as after a fork, are alike no
/// longer than their sources of randomness are.
#[tokio::test(start_paused = true)]
async fn each_nonce_is_drawn_from_the_runtime() {
    use bvnk_auth::Runtime;
    let network = Network::default();
    let drawn = runtime();
    let stack = HawkLayer::new(Credentials::new(ID, KEY).unwrap())
        .runtime(drawn.clone())
        .layer(network.service(|_, _| Some(done(200))));
    let copy = support::runtime();
    for n in 0..4 {
        if n == 2 {
            // Other randomness is another nonce, with no state in between.
            copy.uuid();
            drawn.uuid();
        }
        stack
            .clone()
            .oneshot(get("https://api.example/"))
            .await
            .unwrap();
        let nonce = network.sent()[n].verify()["nonce"].clone();
        assert_eq!(nonce, copy.uuid().simple().to_string());
    }
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_signed_is_not_sent() {
    let strip = hawk().signing_origin("https://api.example".parse().unwrap(), "/out");
    let mut with_host = get("https://api.example/x");
    with_host
        .headers_mut()
        .insert("host", HeaderValue::from_static("other.example"));
    let cases = [
        (hawk(), get("https://user:canary@api.example/x")),
        (hawk(), get("https://canary@api.example/x")),
        (hawk(), get("ftp://api.example/x")),
        (hawk(), get("/canary")),
        (hawk(), with_host),
        (strip.clone(), get("https://egress/v1")),
        (strip, get("https://egress/outer/v1")),
    ];
    for (layer, request) in cases {
        let network = Network::default();
        let stack = layer.layer(network.service(|_, _| Some(done(200))));
        let error = failure(stack.oneshot(request).await);
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert_eq!(
            (error.info().attempts, error.info().outcome_unknown),
            (0, false)
        );
        assert!(!format!("{error} {error:?}").contains("canary"));
        assert_eq!(network.count(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn credentials_rotate_while_running() {
    let credentials = Credentials::new("old", "old key").unwrap();
    let network = Network::default();
    let stack = HawkLayer::new(credentials.clone())
        .runtime(runtime())
        .layer(network.service(|_, _| Some(done(200))));
    stack
        .clone()
        .oneshot(get("https://api.example/"))
        .await
        .unwrap();
    credentials.rotate(&Credentials::new(ID, KEY).unwrap());
    stack.oneshot(get("https://api.example/")).await.unwrap();

    let sent = network.sent();
    let old = sent[0].header("authorization").unwrap();
    support::verifier::verify(&sent[0].wire(), old, "old", b"old key");
    sent[1].verify();
}

#[test]
fn credentials_are_checked_when_made() {
    let legal: String = ('!'..='~')
        .chain([' ', '!'])
        .filter(|c| !['"', '\\'].contains(c))
        .collect();
    Credentials::new(legal.clone(), legal).unwrap();
    let long = "a".repeat(5_000);
    for bad in [
        "", "a\"b", "a\\b", "a\n", "\r", "\0", "\u{7f}", "clé", " a", "a ", " ", "a\u{a0}",
    ] {
        let id = Credentials::new(bad, KEY).unwrap_err().to_string();
        let key = Credentials::new(ID, bad).unwrap_err().to_string();
        assert!(id.contains(" id ") && key.contains(" key "), "{id}; {key}");
        assert!(!key.contains(ID) && (bad.len() < 3 || !key.contains(bad)));
    }
    assert!(Credentials::new(long, KEY).is_err());
}
