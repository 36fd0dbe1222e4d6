//! Which ends of an attempt are tried again, and what is known afterwards: one table.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::support;

use std::sync::{Arc, LazyLock, Mutex};

use bvnk_auth::{
    BoundLayer, BoxError, CallInfo, CallOptions, Error, ErrorKind, IdempotencyLayer, RetryLayer,
    RetryPolicy,
};
use bytes::Bytes;
use http::Method;
use http_body_util::{Full, Limited};
use reqwest::Response;
use support::{Network, Stack, answer, done, failure, post, runtime};
use tokio::io::AsyncReadExt;
use tower::{Layer, ServiceExt};

const URL: &str = "https://api.example/things";

/// How an attempt ends.
#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    Status(u16),
    /// The connection is refused; a real error of reqwest's.
    Connect,
    /// The connection is closed before an answer; a real error of reqwest's.
    Reset,
    Truncated,
    TooLarge,
    TooLargeRejection,
    Silence,
    Foreign,
    Refused,
}
use End::*;

struct Case {
    end: End,
    /// Whether there is another attempt.
    again: bool,
    /// Whether the request may have been carried out.
    doubt: bool,
}

const fn case(end: End, again: bool, doubt: bool) -> Case {
    Case { end, again, doubt }
}

/// The table. Everything below that needs an end of an attempt takes it from here.
const CASES: &[Case] = &[
    case(Connect, true, false),
    case(Silence, true, true),
    case(Reset, true, true),
    case(Truncated, true, true),
    case(Status(408), true, false),
    case(Status(425), true, false),
    case(Status(429), true, false),
    case(Status(500), true, true),
    case(Status(502), true, true),
    case(Status(503), true, true),
    case(Status(504), true, true),
    case(Status(501), false, true),
    case(Status(505), false, true),
    case(Status(599), false, true),
    case(Status(303), false, true),
    case(Status(301), false, false),
    case(Status(307), false, false),
    case(Status(400), false, false),
    case(Status(401), false, false),
    case(Status(403), false, false),
    case(Status(404), false, false),
    case(Status(409), false, false),
    case(Status(422), false, false),
    case(Status(499), false, false),
    case(TooLarge, false, true),
    case(TooLargeRejection, false, false),
    case(Foreign, false, true),
    case(Refused, false, false),
];

/// Two real errors, made before any timer runs: (connection refused, connection reset).
async fn real_errors() -> (reqwest::Error, reqwest::Error) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    // One for all: to make one may be to read all of the platform's roots.
    static CLIENT: LazyLock<reqwest::Client> = LazyLock::new(|| support::http().build().unwrap());
    let client = &*CLIENT;
    let server = tokio::spawn(async move {
        // Reads the request first: one that was never sent would be sent again.
        let (mut socket, _) = listener.accept().await.unwrap();
        assert!(socket.read(&mut [0; 1024]).await.unwrap() > 0);
    });
    let reset = client.get(&url).send().await.unwrap_err();
    server.await.unwrap();
    let connect = client.get(&url).send().await.unwrap_err();
    assert!(connect.is_connect() && !reset.is_connect());
    (connect, reset)
}

/// A script of ends.
async fn network(network: &Network, ends: &[End]) -> Stack {
    let mut real = Vec::new();
    for _ in ends {
        real.push(real_errors().await);
    }
    let real = Mutex::new(real);
    let ends = ends.to_vec();
    network.service(move |n, _| {
        let error = |error: Option<reqwest::Error>| Some(Err(BoxError::from(error.unwrap())));
        let large = |status| {
            let body = vec![b'x'; 2_000_000];
            Some(Ok(answer(status).body(body).unwrap().into()))
        };
        match *ends
            .get(n)
            .unwrap_or_else(|| panic!("attempt {n} was not expected"))
        {
            Status(status) => Some(done(status)),
            Connect => error(real.lock().unwrap().pop().map(|pair| pair.0)),
            Reset => error(real.lock().unwrap().pop().map(|pair| pair.1)),
            Truncated => {
                let body = Limited::new(Full::new(Bytes::from_static(b"{\"refer")), 3);
                Some(Ok(answer(200)
                    .body(reqwest::Body::wrap(body))
                    .unwrap()
                    .into()))
            }
            TooLarge => large(200),
            TooLargeRejection => large(400),
            Silence => None,
            Foreign => Some(Err("a stranger's error".into())),
            Refused => Some(Err(Error::refused("circuit open").into())),
        }
    })
}

fn stack(policy: RetryPolicy, inner: Stack) -> Stack {
    let inner = BoundLayer::default().layer(inner);
    let inner = RetryLayer::new(policy).runtime(runtime()).layer(inner);
    Stack::new(IdempotencyLayer::new().layer(inner))
}

/// Calls with a script of ends: how often it was sent, and the result.
async fn run(ends: &[End]) -> (usize, Result<Response, BoxError>) {
    let log = Network::default();
    let policy = RetryPolicy::new().max_attempts(ends.len() as u32);
    let stack = stack(policy, network(&log, ends).await);
    let result = stack.oneshot(post(URL)).await;
    (log.count(), result)
}

/// (outcome unknown, attempts, there is a key), from either kind of result.
fn known(result: &Result<Response, BoxError>) -> (bool, u32, bool) {
    match result {
        Ok(response) => {
            let info: &CallInfo = response.extensions().get().expect("CallInfo");
            (
                info.outcome_unknown(),
                info.attempts(),
                info.idempotency_key().is_some(),
            )
        }
        Err(error) => {
            let error: &Error = error.downcast_ref().expect("bvnk_auth::Error");
            (
                error.outcome_unknown(),
                error.attempts(),
                error.idempotency_key().is_some(),
            )
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_table_holds() {
    for case in CASES {
        let sent = if case.end == Refused { 0 } else { 1 };
        // Alone.
        let (count, result) = run(&[case.end]).await;
        assert_eq!(count, 1);
        assert_eq!(known(&result), (case.doubt, sent, true), "{:?}", case.end);

        // Then a success: it ends all doubt.
        let (count, result) = run(&[case.end, Status(200)]).await;
        assert_eq!(count, if case.again { 2 } else { 1 }, "{:?}", case.end);
        if case.again {
            assert_eq!(result.as_ref().unwrap().status(), 200);
            assert_eq!(known(&result), (false, 2, true), "{:?}", case.end);
        }
    }
}

/// Any two ends that are tried again, then a rejection: doubt does not go away.
#[tokio::test(start_paused = true)]
async fn doubt_is_sticky() {
    let again: Vec<_> = CASES.iter().filter(|case| case.again).collect();
    for first in &again {
        for second in &again {
            let (count, result) = run(&[first.end, second.end, Status(400)]).await;
            assert_eq!(
                (count, result.as_ref().unwrap().status().as_u16()),
                (3, 400)
            );
            let doubt = first.doubt || second.doubt;
            assert_eq!(
                known(&result),
                (doubt, 3, true),
                "{:?} {:?}",
                first.end,
                second.end
            );

            let (_, result) = run(&[first.end, Connect]).await;
            assert_eq!(failure(result).outcome_unknown(), first.doubt);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn errors_say_what_happened() {
    for (end, kind, status) in [
        (Connect, ErrorKind::Connect, None),
        (Silence, ErrorKind::Timeout, None),
        (Reset, ErrorKind::Interrupted, None),
        (Truncated, ErrorKind::Interrupted, Some(200)),
        (TooLarge, ErrorKind::TooLarge, Some(200)),
        (TooLargeRejection, ErrorKind::TooLarge, Some(400)),
        (Foreign, ErrorKind::Other, None),
        (Refused, ErrorKind::Refused, None),
    ] {
        let error = failure(run(&[end]).await.1);
        assert_eq!(error.kind(), kind);
        assert_eq!(error.status().map(|status| status.as_u16()), status);
    }
}

/// (method, whether the caller gives a key, whether a failure is tried again, doubt)
const METHODS: &[(&str, bool, bool, bool)] = &[
    ("GET", false, true, false),
    ("HEAD", false, true, false),
    ("OPTIONS", false, true, false),
    ("PUT", false, true, true),
    ("DELETE", false, true, true),
    ("POST", true, true, true),
    ("PATCH", true, true, true),
    ("PATCH", false, false, true),
    ("CUSTOM", false, false, true),
];

#[tokio::test(start_paused = true)]
async fn only_what_may_be_repeated_is() {
    for &(method, key, again, doubt) in METHODS {
        for case in CASES.iter().filter(|case| case.again) {
            let log = Network::default();
            let stack = stack(RetryPolicy::new(), network(&log, &[case.end; 3]).await);
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            let mut request = reqwest::Request::new(method.clone(), URL.parse().unwrap());
            if key {
                let key = bvnk_auth::IdempotencyKey::random();
                request = CallOptions::new()
                    .idempotency_key(key)
                    .attach(request)
                    .unwrap();
            }
            let result = stack.oneshot(request).await;
            assert_eq!(
                log.count(),
                if again { 3 } else { 1 },
                "{method} {:?}",
                case.end
            );
            assert_eq!(
                known(&result).0,
                doubt && case.doubt,
                "{method} {:?}",
                case.end
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_post_without_a_key_is_never_repeated() {
    for case in CASES {
        let log = Network::default();
        let inner = BoundLayer::default().layer(network(&log, &[case.end; 3]).await);
        let stack = RetryLayer::default().runtime(runtime()).layer(inner);
        let result = stack.oneshot(post(URL)).await;
        assert_eq!(log.count(), 1, "{:?}", case.end);
        assert_eq!((known(&result).0, known(&result).2), (case.doubt, false));
    }
}

/// (the caller's headers, how often a POST is sent through a retry layer alone)
const OWN_KEYS: &[(&[&str], usize)] = &[
    (&["5f0c1f1e-6f3a-4a0e-9a53-0a1b2c3d4e5f"], 3),
    (&["not-a-uuid"], 1),
    (
        &[
            "5f0c1f1e-6f3a-4a0e-9a53-0a1b2c3d4e5f",
            "00000000-0000-4000-8000-000000000001",
        ],
        1,
    ),
];

#[tokio::test(start_paused = true)]
async fn a_caller_s_own_key_makes_a_post_repeatable() {
    for (keys, times) in OWN_KEYS {
        let log = Network::default();
        let inner = BoundLayer::default().layer(network(&log, &[Status(503); 3]).await);
        let stack = RetryLayer::default().runtime(runtime()).layer(inner);
        let mut request = post(URL);
        for key in *keys {
            let headers = request.headers_mut();
            headers.append("x-idempotency-key", key.parse().unwrap());
        }
        let _ = stack.oneshot(request).await;
        assert_eq!(log.count(), *times, "{keys:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_in_another_header_makes_a_post_repeatable() {
    let log = Network::default();
    let inner = BoundLayer::default().layer(network(&log, &[Status(503); 3]).await);
    let retries = RetryLayer::default().runtime(runtime()).layer(inner);
    let keys = IdempotencyLayer::new().header(http::HeaderName::from_static("x-other"));
    let url = format!("{URL}?a=%2F&b#fragment");
    let _ = keys.layer(retries).oneshot(post(&url)).await;
    assert_eq!(log.count(), 3);
    for sent in log.sent() {
        assert_eq!(sent.url.as_str(), url);
        assert_eq!(sent.header("x-other"), log.sent()[0].header("x-other"));
        assert_eq!(sent.header("x-idempotency-key"), None);
    }
}

#[tokio::test(start_paused = true)]
async fn a_stream_is_sent_once() {
    let log = Network::default();
    let count = Arc::new(Mutex::new(0));
    let counter = Arc::clone(&count);
    let inner = Stack::new(tower::service_fn(move |_| {
        *counter.lock().unwrap() += 1;
        async { done(503) }
    }));
    let mut request = post(URL);
    *request.body_mut() = Some(reqwest::Body::wrap(Full::new(Bytes::from_static(b"x"))));
    let result = stack(RetryPolicy::new(), inner).oneshot(request).await;
    assert_eq!(
        (known(&result), *count.lock().unwrap()),
        ((true, 1, true), 1)
    );
    assert_eq!(log.count(), 0);
}

#[tokio::test(start_paused = true)]
async fn one_key_for_all_attempts() {
    let log = Network::default();
    let policy = RetryPolicy::new().max_attempts(4);
    let ends = [Status(503), Silence, Reset, Status(200)];
    let stack = stack(policy, network(&log, &ends).await);
    let result = stack.oneshot(post(URL)).await.unwrap();
    let info = result.extensions().get::<CallInfo>().unwrap();
    let key = info.idempotency_key().unwrap().to_string();
    for sent in log.sent() {
        assert_eq!(sent.header("x-idempotency-key"), Some(key.as_str()));
    }
}
