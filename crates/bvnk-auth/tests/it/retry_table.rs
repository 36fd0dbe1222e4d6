//! Which ends of an attempt are retried, and what is known afterwards: one table.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::support;

use std::sync::{Arc, Mutex};

use bvnk_auth::{
    Body, BoxError, Call, CallOptions, Error, ErrorKind, IdempotencyKey, IdempotencyLayer,
    RetryPolicy,
};
use bytes::Bytes;
use http::{HeaderName, Method, Response};
use support::{
    Chunked, Network, Stack, answer, call, chunked, failure, get, hawk, info, post, request, stack,
    with,
};
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
    ambiguous: bool,
}

const fn case(end: End, again: bool, ambiguous: bool) -> Case {
    Case {
        end,
        again,
        ambiguous,
    }
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
    case(Status(100), false, true),
    case(Status(101), false, true),
    case(Status(103), false, true),
    case(Status(300), false, true),
    case(Status(301), false, true),
    case(Status(302), false, true),
    case(Status(303), false, true),
    case(Status(304), false, true),
    case(Status(307), false, true),
    case(Status(308), false, true),
    case(Status(399), false, true),
    case(Status(200), false, false),
    case(Status(202), false, false),
    case(Status(204), false, false),
    case(Status(299), false, false),
    case(Status(600), false, true),
    case(Status(999), false, true),
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
async fn real_errors() -> (BoxError, BoxError) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        // Reads the request first: one that was never sent would be sent again.
        let (mut socket, _) = listener.accept().await.unwrap();
        assert!(socket.read(&mut [0; 1024]).await.unwrap() > 0);
    });
    let http = support::http();
    let reset = http.clone().oneshot(get(&url)).await.unwrap_err();
    server.await.unwrap();
    let connect = http.oneshot(get(&url)).await.unwrap_err();
    (connect, reset)
}

/// A script of ends.
async fn network(network: &Network, ends: &[End]) -> Stack<Chunked> {
    let mut real = Vec::new();
    for _ in ends.iter().filter(|end| matches!(end, Connect | Reset)) {
        real.push(real_errors().await);
    }
    let real = Mutex::new(real);
    let ends = ends.to_vec();
    network.service(move |n, _| {
        let error = |error: Option<BoxError>| Some(Err(error.unwrap()));
        let body = |status, chunks: Vec<Result<Bytes, BoxError>>| {
            Some(Ok(answer(status).body(chunked(chunks)).unwrap()))
        };
        let large = || {
            let chunk = Bytes::from(vec![b'x'; 600_000]);
            vec![Ok(chunk.clone()), Ok(chunk)]
        };
        match *ends
            .get(n)
            .unwrap_or_else(|| panic!("attempt {n} was not expected"))
        {
            Status(status) => body(status, vec![]),
            Connect => error(real.lock().unwrap().pop().map(|pair| pair.0)),
            Reset => error(real.lock().unwrap().pop().map(|pair| pair.1)),
            Truncated => body(200, vec![Ok("{\"refer".into()), Err("truncated".into())]),
            TooLarge => body(200, large()),
            TooLargeRejection => body(400, large()),
            Silence => None,
            Foreign => Some(Err("a foreign error".into())),
            Refused => Some(Err(Error::refused("circuit open").into())),
        }
    })
}

/// Calls with a script of ends: how often it was sent, and the result.
async fn run(ends: &[End]) -> (usize, Result<Response<Body>, BoxError>) {
    let log = Network::default();
    let policy = RetryPolicy::new().max_attempts(ends.len() as u32);
    let stack = stack(policy, network(&log, ends).await);
    let result = stack.oneshot(post(URL)).await;
    (log.count(), result)
}

/// (outcome unknown, attempts, there is a key), from either kind of result.
fn known(result: &Result<Response<Body>, BoxError>) -> (bool, u32, bool) {
    match result {
        Ok(response) => {
            let info = info(response);
            (
                info.outcome_unknown,
                info.attempts,
                info.idempotency_key.is_some(),
            )
        }
        Err(error) => {
            let error: &Error = error.downcast_ref().expect("bvnk_auth::Error");
            (
                error.info().outcome_unknown,
                error.info().attempts,
                error.info().idempotency_key.is_some(),
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
        let expected = (case.ambiguous, sent, true);
        assert_eq!(known(&result), expected, "{:?}", case.end);

        // Then a success: that alone does not end ambiguity.
        let (count, result) = run(&[case.end, Status(200)]).await;
        assert_eq!(count, if case.again { 2 } else { 1 }, "{:?}", case.end);
        if case.again {
            assert_eq!(result.as_ref().unwrap().status(), 200);
            assert_eq!(known(&result), (case.ambiguous, 2, true), "{:?}", case.end);
        }
    }
}

/// Any two ends that are retried, then a rejection: ambiguity does not go away.
#[tokio::test(start_paused = true)]
async fn ambiguity_is_sticky() {
    let again: Vec<_> = CASES.iter().filter(|case| case.again).collect();
    for first in &again {
        for second in &again {
            let (count, result) = run(&[first.end, second.end, Status(400)]).await;
            assert_eq!(
                (count, result.as_ref().unwrap().status().as_u16()),
                (3, 400)
            );
            let ambiguous = first.ambiguous || second.ambiguous;
            assert_eq!(
                known(&result),
                (ambiguous, 3, true),
                "{:?} {:?}",
                first.end,
                second.end
            );

            let (_, result) = run(&[first.end, Connect]).await;
            assert_eq!(failure(result).info().outcome_unknown, first.ambiguous);
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

/// (method, whether the contract has a key, whether a failure is retried, ambiguous)
const METHODS: &[(&str, bool, bool, bool)] = &[
    ("GET", false, true, false),
    ("HEAD", false, true, false),
    ("OPTIONS", false, true, false),
    ("PUT", false, true, true),
    ("DELETE", false, true, true),
    ("POST", true, true, true),
    ("PATCH", true, true, true),
    ("POST", false, false, true),
    ("PATCH", false, false, true),
    ("CUSTOM", false, false, true),
];

#[tokio::test(start_paused = true)]
async fn only_what_may_be_repeated_is() {
    for &(method, key, again, ambiguous) in METHODS {
        for case in CASES.iter().filter(|case| case.again) {
            let log = Network::default();
            let stack = stack(RetryPolicy::new(), network(&log, &[case.end; 3]).await);
            let header = key.then(|| HeaderName::from_static("x-idempotency-key"));
            let call = Call::new("", method.parse().unwrap(), CallOptions::new(), header);
            let _ = stack.oneshot(with(request(method, URL), &call)).await;
            assert_eq!(
                log.count(),
                if again { 3 } else { 1 },
                "{method} {:?}",
                case.end
            );
            assert_eq!(
                call.info().outcome_unknown,
                ambiguous && case.ambiguous,
                "{method} {:?}",
                case.end
            );
        }
    }
}

/// Without the layer that gives keys, a header is only a header.
#[tokio::test(start_paused = true)]
async fn a_post_without_a_key_is_never_repeated() {
    for case in CASES {
        let log = Network::default();
        let hawk = hawk().retry(RetryPolicy::new());
        let stack = hawk.layer(network(&log, &[case.end; 3]).await);
        let call = call(CallOptions::new());
        let mut request = with(post(URL), &call);
        let key = IdempotencyKey::random().to_string().parse().unwrap();
        request.headers_mut().insert("x-idempotency-key", key);
        let _ = stack.oneshot(request).await;
        assert_eq!(log.count(), 1, "{:?}", case.end);
        let info = call.info();
        assert_eq!(info.outcome_unknown, case.ambiguous);
        assert_eq!(info.idempotency_key, None);
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_in_another_header_makes_a_post_repeatable() {
    let log = Network::default();
    let hawk = hawk().retry(RetryPolicy::new());
    let retries = hawk.layer(network(&log, &[Status(503); 3]).await);
    let header = HeaderName::from_static("x-other");
    let call = Call::new("", Method::POST, CallOptions::new(), Some(header));
    let url = format!("{URL}?a=%2F&b");
    let stack = IdempotencyLayer::new().layer(retries);
    let _ = stack.oneshot(with(post(&url), &call)).await;
    assert_eq!(log.count(), 3);
    for sent in log.sent() {
        assert_eq!(sent.url.as_str(), url);
        assert_eq!(sent.header("x-other"), log.sent()[0].header("x-other"));
        assert_eq!(sent.header("x-idempotency-key"), None);
    }
}

/// All of the request is sent again: version, headers, body and extensions.
#[tokio::test(start_paused = true)]
async fn a_repetition_is_complete() {
    #[derive(Clone, Debug, PartialEq)]
    struct Own(u32);
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    let inner = tower::service_fn(move |mut request: http::Request<Body>| {
        request.headers_mut().remove("authorization");
        let own = request.extensions().get::<Own>().cloned();
        let body = request.body().clone().into_inner();
        let (uri, version) = (request.uri().clone(), request.version());
        let attempt = (uri, version, request.headers().clone(), own, body);
        log.lock().unwrap().push(attempt);
        async { support::done(503) }
    });
    let mut request = post(URL);
    request.extensions_mut().insert(Own(7));
    for value in ["1", "2"] {
        request
            .headers_mut()
            .append("x-own", value.parse().unwrap());
    }
    *request.version_mut() = http::Version::HTTP_10;
    let _ = stack(RetryPolicy::new(), inner).oneshot(request).await;
    let seen = seen.lock().unwrap();
    assert_eq!(seen.len(), 3);
    assert_eq!(
        (&seen[0].3, seen[0].1),
        (&Some(Own(7)), http::Version::HTTP_10)
    );
    assert!(seen.iter().all(|attempt| *attempt == seen[0]));
}

#[tokio::test(start_paused = true)]
async fn one_key_for_all_attempts() {
    let log = Network::default();
    let policy = RetryPolicy::new().max_attempts(4);
    let ends = [Status(503), Silence, Reset, Status(200)];
    let stack = stack(policy, network(&log, &ends).await);
    let result = stack.oneshot(post(URL)).await.unwrap();
    let key = info(&result).idempotency_key.unwrap().to_string();
    for sent in log.sent() {
        assert_eq!(sent.header("x-idempotency-key"), Some(key.as_str()));
    }
}
