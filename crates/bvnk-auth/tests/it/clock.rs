//! Correcting the clock: what is believed, how far, and for whom.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::support;

use std::time::Duration;

use bvnk_auth::{Body, BoxError, CallOptions, Credentials, ErrorKind, HawkLayer, RetryPolicy};
use http::Response;
use support::verifier::tsm;
use support::{
    ID, KEY, Network, START, Sent, Stack, answer, call, done, failure, full, get, hawk, info, post,
    runtime, with,
};
use tower::ServiceExt;

const URL: &str = "https://api.example/things";

/// A 401 that proves the server's time with `key`.
fn stale(key: &str, ts: u64) -> Response<Body> {
    let ts = ts.to_string();
    let tsm = tsm(key.as_bytes(), &ts);
    let challenge = format!(r#"Hawk ts="{ts}", tsm="{tsm}", error="Stale timestamp""#);
    let answer = answer(401).header("www-authenticate", challenge);
    answer.body(Body::default()).unwrap()
}

/// A server whose clock is `offset` seconds ahead, and that tolerates 60 s.
fn server(offset: i64) -> impl Fn(usize, &Sent) -> Option<Result<Response<Body>, BoxError>> {
    move |_, sent| {
        // No test with this server lets time pass.
        let now = START.saturating_add_signed(offset);
        let ts: u64 = sent.verify()["ts"].parse().unwrap();
        if ts.abs_diff(now) <= 60 {
            return Some(done(202));
        }
        Some(Ok(stale(KEY, now)))
    }
}

#[tokio::test(start_paused = true)]
async fn one_attempt_more_with_the_server_s_time() {
    for offset in [3_600, -3_600, 86_400, 61, -61] {
        let network = Network::default();
        let stack = full(hawk(), RetryPolicy::new(), network.service(server(offset)));
        let response = stack.clone().oneshot(post(URL)).await.unwrap();
        assert_eq!(response.status(), 202);
        let info = info(&response);
        assert_eq!((info.attempts, info.outcome_unknown), (2, false));
        assert_eq!(network.gaps(), [Duration::ZERO], "at once");

        let sent = network.sent();
        let (one, two) = (sent[0].verify(), sent[1].verify());
        assert_ne!(one["nonce"], two["nonce"]);
        assert_eq!(one["ts"], START.to_string());
        assert_eq!(two["ts"], START.saturating_add_signed(offset).to_string());
        let key = |n: usize| sent[n].header("x-idempotency-key").map(str::to_owned);
        assert_eq!(key(0), key(1));

        // Learned for good.
        stack.oneshot(get(URL)).await.unwrap();
        assert_eq!(network.count(), 3);
    }
}

/// Calls that were under way when one of them learned the time catch up by themselves.
#[tokio::test(start_paused = true)]
async fn calls_side_by_side_are_all_corrected() {
    let network = Network::default();
    let inner = network.service(server(1_000));
    let slow = Stack::new(tower::service_fn(move |request| {
        let answer = inner.clone().oneshot(request);
        async move {
            tokio::time::sleep(Duration::from_secs(1)).await;
            answer.await
        }
    }));
    let stack = full(hawk(), RetryPolicy::new(), slow);
    let call = || stack.clone().oneshot(post(URL));
    let (one, two, three) = tokio::join!(call(), call(), call());
    for response in [one, two, three] {
        assert_eq!(response.unwrap().status(), 202);
    }
    assert_eq!(network.count(), 6);
}

/// A server that refuses every timestamp gets one attempt more, not a loop; and the
/// error says how far the clock is off.
#[tokio::test(start_paused = true)]
async fn then_a_typed_error() {
    for (drift, text) in [(500, "by +500 s"), (-500, "by -500 s"), (0, "by +0 s")] {
        let network = Network::default();
        let inner =
            network.service(move |_, _| Some(Ok(stale(KEY, START.saturating_add_signed(drift)))));
        let error = failure(
            full(hawk(), RetryPolicy::new(), inner)
                .oneshot(post(URL))
                .await,
        );
        let attempts = if drift == 0 { 1 } else { 2 };
        assert_eq!(
            (network.count(), error.info().attempts),
            (attempts, attempts as u32)
        );
        let ErrorKind::Clock { offset_seconds, .. } = error.kind() else {
            panic!("{error:?}")
        };
        assert_eq!(offset_seconds, drift);
        assert_eq!(error.status().unwrap(), 401);
        assert!(!error.info().outcome_unknown && error.info().idempotency_key.is_some());
        assert!(error.to_string().contains(text), "{error}");
    }
    // Nor does a server whose time jumps with every answer.
    let network = Network::default();
    let inner = network.service(|n, _| Some(Ok(stale(KEY, START + 1_000 * (n as u64 + 1)))));
    let policy = RetryPolicy::new().max_attempts(10);
    failure(full(hawk(), policy, inner).oneshot(post(URL)).await);
    assert_eq!(network.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn the_attempt_counts_and_keeps_ambiguity() {
    let network = Network::default();
    let stack = full(hawk(), RetryPolicy::new(), network.service(server(1_000)));
    let request = with(post(URL), &call(CallOptions::new().max_attempts(1)));
    let error = failure(stack.clone().oneshot(request).await);
    let kind = ErrorKind::Clock {
        offset_seconds: 1_000,
        corrected: true,
    };
    assert_eq!((error.kind(), error.info().attempts), (kind, 1));
    // The next call profits.
    stack.oneshot(post(URL)).await.unwrap();
    assert_eq!(network.count(), 2);

    let network = Network::default();
    let inner = network.service(|n, _| {
        Some(match n {
            0 => done(504),
            1 => Ok(stale(KEY, START + 1_000)),
            _ => done(400),
        })
    });
    let result = full(hawk(), RetryPolicy::new(), inner)
        .oneshot(post(URL))
        .await
        .unwrap();
    let info = info(&result);
    assert_eq!((info.attempts, info.outcome_unknown), (3, true));
}

/// (the bound, the server's offset, whether it is corrected)
#[tokio::test(start_paused = true)]
async fn corrections_are_bounded() {
    for (limit, offset, corrected) in [
        (100, 100, true),
        (100, 101, false),
        (100, -101, false),
        (0, 61, false),
    ] {
        let network = Network::default();
        let hawk = hawk().max_clock_offset(Duration::from_secs(limit));
        let stack = full(hawk, RetryPolicy::new(), network.service(server(offset)));
        let result = stack.clone().oneshot(post(URL)).await;
        if !corrected {
            let kind = ErrorKind::Clock {
                offset_seconds: offset,
                corrected,
            };
            assert_eq!(failure(result).kind(), kind);
        }
        assert_eq!(network.count(), if corrected { 2 } else { 1 });
    }
    // Further ahead than behind: a time in the past may be a replayed one.
    let day = 86_400;
    for (offset, corrected) in [
        (day, true),
        (day + 1, false),
        (-3_600, true),
        (-3_601, false),
    ] {
        let network = Network::default();
        let stack = full(hawk(), RetryPolicy::new(), network.service(server(offset)));
        assert_eq!(
            stack.oneshot(post(URL)).await.is_ok(),
            corrected,
            "{offset}"
        );
    }
    // The largest time that there is, and it is proven.
    let network = Network::default();
    let inner = network.service(|_, _| Some(Ok(stale(KEY, u64::MAX))));
    let error = failure(
        full(hawk(), RetryPolicy::new(), inner)
            .oneshot(post(URL))
            .await,
    );
    let kind = ErrorKind::Clock {
        offset_seconds: i64::MAX,
        corrected: false,
    };
    assert_eq!(error.kind(), kind);
}

#[tokio::test(start_paused = true)]
async fn each_origin_and_each_credentials_have_their_own() {
    let credentials = Credentials::new(ID, KEY).unwrap();
    let network = Network::default();
    let hawk = HawkLayer::new(credentials.clone()).runtime(runtime());
    let inner = network.service(|n, sent| {
        Some(match (n, sent.url.host_str()) {
            (0, _) => Ok(stale(KEY, START + 1_000)),
            _ => done(200),
        })
    });
    let stack = full(hawk, RetryPolicy::new(), inner);
    let ts = |n: usize| network.sent()[n].verify()["ts"].parse::<u64>().unwrap() - START;
    stack
        .clone()
        .oneshot(get("https://api.example/a"))
        .await
        .unwrap();
    for (url, offset) in [
        ("https://api.example/b", 1_000),
        ("https://api.example:443/b", 1_000),
        ("https://api.example:8443/", 0),
        ("http://api.example/", 0),
        ("https://other.example/", 0),
    ] {
        stack.clone().oneshot(get(url)).await.unwrap();
        assert_eq!(ts(network.count() - 1), offset, "{url}");
    }
    credentials.rotate(&Credentials::new(ID, KEY).unwrap());
    stack.oneshot(get("https://api.example/b")).await.unwrap();
    assert_eq!(ts(network.count() - 1), 0);
}

type Headers = &'static [(&'static str, &'static str)];

/// The headers of a 401 without a proof, which does not correct the clock.
#[rustfmt::skip]
const DATES: &[Headers] = &[
    &[("date", "Tue, 14 Nov 2023 22:30:00 GMT")],
    &[("date", "Tue, 14 Nov 2023 22:30:00 GMT"), ("www-authenticate", "Hawk")],
    &[("date", "Tue, 14 Nov 2023 22:30:00 GMT"), ("www-authenticate", "Hawk ts=\"1700001000\"")],
    &[("date", "Tue, 14 Nov 2023 22:30:00 GMT"), ("www-authenticate", "Hawk ts=\"1700001000\", tsm=\"AAAA\"")],
    &[],
];

#[tokio::test(start_paused = true)]
async fn a_time_without_a_proof_changes_nothing() {
    for headers in DATES {
        let network = Network::default();
        let inner = network.service(|_, _| {
            let answer = headers
                .iter()
                .fold(answer(401), |a, (name, value)| a.header(*name, *value));
            Some(Ok(answer.body(Body::default()).unwrap()))
        });
        let stack = full(hawk(), RetryPolicy::new(), inner);
        assert_eq!(stack.oneshot(post(URL)).await.unwrap().status(), 401);
        let ts = |sent: &Sent| sent.verify()["ts"].parse::<u64>().unwrap() - START;
        let sent: Vec<u64> = network.sent().iter().map(ts).collect();
        assert_eq!(sent, [0], "{headers:?}");
    }
}

/// (challenges, whether the time is believed); PROOF stands for a right pair,
/// LONG for more than a Hawk header may have.
const CHALLENGES: &[(&[&str], bool)] = &[
    (&["Hawk PROOF"], true),
    (&["hawk PROOF"], true),
    (&["Hawk PROOF, error=\"Stale, \u{fffd}"], false),
    (&["Hawk error=\"a, b=c\", PROOF"], true),
    (&["Basic realm=\"x, Hawk\", Hawk PROOF"], true),
    (&["Hawk PROOF, Basic realm=\"x\""], true),
    (&["Negotiate", "Hawk PROOF"], true),
    (&["Hawk", "Hawk PROOF"], true),
    (&["Hawk ts=\"1\", tsm=\"AAAA\"", "Hawk PROOF"], true),
    (&["PROOF"], false),
    (&["Basic PROOF"], false),
    (&["Hawk ts=\"1\", PROOF"], false),
    (&["Hawk PROOF, tsm=\"AAAA\""], false),
    (&["Hawk PROOF ="], false),
    (&["HawkX PROOF"], false),
    (&["Hawk PROOF, error=\"LONG\""], false),
];

#[tokio::test(start_paused = true)]
async fn challenges_are_read_with_care() {
    for (challenges, believed) in CHALLENGES {
        let network = Network::default();
        let inner = network.service(|n, _| {
            if n > 0 {
                return Some(done(200));
            }
            let ts = (START + 1_000).to_string();
            let proof = format!(r#"ts="{ts}", tsm="{}""#, tsm(KEY.as_bytes(), &ts));
            let answer = challenges.iter().fold(answer(401), |answer, challenge| {
                let value = challenge
                    .replace("PROOF", &proof)
                    .replace("LONG", &"x".repeat(4_096));
                answer.header("www-authenticate", value.into_bytes())
            });
            Some(Ok(answer.body(Body::default()).unwrap()))
        });
        full(hawk(), RetryPolicy::new(), inner)
            .oneshot(post(URL))
            .await
            .unwrap();
        assert_eq!(network.count() == 2, *believed, "{challenges:?}");
    }
    // A proof with another's key, for another time, or on another status.
    type Answer = fn() -> Response<Body>;
    let wrong: [Answer; 3] = [
        || stale("another key", START + 1_000),
        || {
            let tsm = tsm(KEY.as_bytes(), "1700001000");
            let challenge = format!(r#"Hawk ts="1700001001", tsm="{tsm}""#);
            answer(401)
                .header("www-authenticate", challenge)
                .body(Body::default())
                .unwrap()
        },
        || {
            let mut answer = stale(KEY, START + 1_000);
            *answer.status_mut() = http::StatusCode::FORBIDDEN;
            answer
        },
    ];
    for wrong in wrong {
        let network = Network::default();
        let inner = network.service(move |_, _| Some(Ok(wrong())));
        let stack = full(hawk(), RetryPolicy::new(), inner);
        stack.clone().oneshot(post(URL)).await.unwrap();
        stack.oneshot(post(URL)).await.unwrap();
        assert_eq!(network.count(), 2, "one attempt a call");
        assert_eq!(network.sent()[1].verify()["ts"], START.to_string());
    }
}
