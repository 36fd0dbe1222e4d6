//! How often and how long: delays, deadlines, readiness, the budget.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::support;

use std::task::{Context, Poll};
use std::time::Duration;

use bvnk_auth::{Body, BoxError, CallOptions, ErrorKind, RetryPolicy, retry_after};
use http::{HeaderMap, HeaderValue, Request, Response};
use support::{
    Network, answer, call, done, failure, get, hawk, info, post, runtime, stack, start, with,
};
use tokio::time::Instant;
use tower::{Layer, Service, ServiceExt};

const URL: &str = "https://api.example/things";

/// Retries around a signer, without keys.
fn retries<S>(policy: RetryPolicy, inner: S) -> bvnk_auth::HawkService<S> {
    hawk().retry(policy).layer(inner)
}

/// An attempt that does not end.
fn silent() -> Option<Result<Response<Body>, BoxError>> {
    None
}

/// Full jitter: within the bounds, and not always the same.
#[tokio::test(start_paused = true)]
async fn delays_grow_up_to_a_limit() {
    let policy = RetryPolicy::new()
        .max_attempts(8)
        .total_timeout(Duration::from_secs(3600))
        .backoff(Duration::from_secs(1), Duration::from_secs(10));
    let most = [1, 2, 4, 8, 10, 10, 10].map(Duration::from_secs);
    let mut above_half = [0; 7];
    let shared = runtime();
    for _ in 0..64 {
        let log = Network::default();
        let inner = log.service(|_, _| Some(done(503)));
        hawk()
            .retry(policy.clone().budget(u32::MAX))
            .runtime(shared.clone())
            .layer(inner)
            .oneshot(get(URL))
            .await
            .unwrap();
        let gaps = log.gaps();
        assert_eq!(gaps.len(), 7);
        for (i, (gap, most)) in gaps.iter().zip(most).enumerate() {
            // tokio's timers count whole milliseconds.
            assert!(
                *gap <= most + Duration::from_millis(1),
                "{gap:?} > {most:?}"
            );
            above_half[i] += u32::from(*gap > most / 2);
        }
    }
    assert!(
        above_half.iter().all(|n| (12..=52).contains(n)),
        "{above_half:?}"
    );
}

/// (Retry-After, Date, expected delay in seconds); the cap is 30 s, the clock shows
/// Tue, 14 Nov 2023 22:13:20 GMT.
const RETRY_AFTER: &[(&str, Option<&str>, u64)] = &[
    ("0", None, 0),
    ("7", None, 7),
    (" 7 ", None, 7),
    ("30", None, 30),
    ("31", None, 30),
    ("99999999999999999999999999", None, 30),
    ("Tue, 14 Nov 2023 22:13:25 GMT", None, 5),
    ("Tue, 14 Nov 2023 23:13:25 GMT", None, 30),
    ("Tue, 14 Nov 2023 22:13:00 GMT", None, 0),
    // The server's own clock decides when it is shown.
    (
        "Tue, 14 Nov 2023 20:00:09 GMT",
        Some("Tue, 14 Nov 2023 20:00:00 GMT"),
        9,
    ),
    ("Tue, 14 Nov 2023 22:13:25 GMT", Some("yesterday"), 5),
];

/// What is no `Retry-After`.
const NONE: &[&str] = &[
    "-1", "+7", "1.5", "1e3", "0x10", "7s", "7, 8", "\u{0661}", "soon", "", " ",
];

/// The one parser, for the retries and for those who wait. Its result is at most a day.
#[test]
fn retry_after_is_parsed() {
    let parse = |value: &str, date: Option<&str>| {
        let mut headers = HeaderMap::new();
        let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
        headers.insert("retry-after", value);
        if let Some(date) = date {
            headers.insert("date", HeaderValue::from_str(date).unwrap());
        }
        retry_after(&headers, start()).map(|delay| delay.as_secs())
    };
    assert_eq!(retry_after(&HeaderMap::new(), start()), None);
    for &(value, date, expected) in RETRY_AFTER {
        let seconds = parse(value, date).map(|seconds| seconds.min(30));
        assert_eq!(seconds, Some(expected), "{value}");
    }
    for value in NONE {
        assert_eq!(parse(value, None), None, "{value}");
    }
    let day = 24 * 60 * 60;
    for (value, date, expected) in [
        ("86399", None, day - 1),
        ("86400", None, day),
        ("86401", None, day),
        ("18446744073709551615", None, day),
        ("99999999999999999999999", None, day),
        (
            "Tue, 14 Nov 2023 22:13:25 GMT",
            Some("Tue, 14 Nov 2023 22:13:26 GMT"),
            0,
        ),
        ("Fri, 31 Dec 9999 23:59:59 GMT", None, day),
        // The obsolete forms of RFC 9110.
        ("Tuesday, 14-Nov-23 22:13:25 GMT", None, 5),
        ("Tue Nov 14 22:13:25 2023", None, 5),
    ] {
        assert_eq!(parse(value, date), Some(expected), "{value}");
    }
}

#[tokio::test(start_paused = true)]
async fn retry_after_is_obeyed() {
    for status in [408, 425, 429, 500, 502, 503, 504] {
        let none = NONE.iter().map(|value| (*value, None, 0));
        for (value, date, expected) in RETRY_AFTER.iter().copied().chain(none) {
            let log = Network::default();
            let inner = log.service(move |n, _| {
                let mut answer = answer(if n == 0 { status } else { 200 });
                answer = answer.header("retry-after", value);
                if let Some(date) = date {
                    answer = answer.header("date", date);
                }
                Some(Ok(answer.body(Body::default()).unwrap()))
            });
            let policy = RetryPolicy::new().backoff(Duration::ZERO, Duration::ZERO);
            retries(policy, inner).oneshot(get(URL)).await.unwrap();
            assert_eq!(log.gaps()[0].as_secs(), expected, "{status} {value}");
        }
    }
}

/// A server that asks for an hour gets what the policy allows.
#[tokio::test(start_paused = true)]
async fn retry_after_has_a_cap_of_one_s_own() {
    let log = Network::default();
    let inner = log.service(|n, _| {
        let answer = answer(if n == 0 { 503 } else { 200 }).header("retry-after", "3600");
        Some(Ok(answer.body(Body::default()).unwrap()))
    });
    let policy = RetryPolicy::new().max_retry_after(Duration::from_secs(5));
    retries(policy, inner).oneshot(get(URL)).await.unwrap();
    assert_eq!(log.gaps()[0].as_secs(), 5);
}

/// An attempt that does not answer is cut, and so is the call.
#[tokio::test(start_paused = true)]
async fn time_is_bounded() {
    let seconds = Duration::from_secs;
    let policy = || RetryPolicy::new().backoff(Duration::ZERO, Duration::ZERO);
    let default = CallOptions::new();
    for (policy, options, attempts, took) in [
        (policy(), default.clone(), 3, 60),
        (policy().attempt_timeout(seconds(7)), default.clone(), 3, 21),
        // The third is cut by the deadline.
        (
            policy()
                .attempt_timeout(seconds(8))
                .total_timeout(seconds(20)),
            default.clone(),
            3,
            20,
        ),
        (policy().total_timeout(seconds(5)), default.clone(), 1, 5),
        (RetryPolicy::new().max_attempts(1), default.clone(), 1, 20),
        (policy(), default.clone().total_timeout(seconds(4)), 1, 4),
        (
            policy().attempt_timeout(seconds(1)),
            default.clone().max_attempts(2),
            2,
            2,
        ),
        (policy(), default.clone().max_attempts(0), 1, 20),
        (policy(), default.clone().max_attempts(1), 1, 20),
        // A total of nothing sends nothing.
        (policy(), default.total_timeout(Duration::ZERO), 0, 0),
    ] {
        let log = Network::default();
        let stack = stack(policy, log.service(|_, _| silent()));
        let begin = Instant::now();
        let error = failure(stack.oneshot(with(post(URL), &call(options))).await);
        assert_eq!(error.kind(), ErrorKind::Timeout);
        assert_eq!(
            (error.info().attempts, begin.elapsed().as_secs()),
            (attempts, took)
        );
        assert_eq!(log.count(), attempts as usize);
        assert_eq!(error.info().outcome_unknown, attempts > 0);
    }
}

/// A delay that would outlast the call is not begun: the answer is worth more now.
#[tokio::test(start_paused = true)]
async fn no_delay_beyond_the_deadline() {
    let log = Network::default();
    let inner = log.service(|_, _| {
        Some(Ok(answer(503)
            .header("retry-after", "10")
            .body(Body::default())
            .unwrap()))
    });
    let policy = RetryPolicy::new().total_timeout(Duration::from_secs(10));
    let begin = Instant::now();
    let result = stack(policy, inner).oneshot(post(URL)).await.unwrap();
    let info = info(&result);
    assert_eq!((info.attempts, info.outcome_unknown), (1, true));
    assert_eq!(begin.elapsed(), Duration::ZERO);
}

/// A layer below that is never ready, as a full rate limit is.
#[derive(Clone)]
struct Busy;

impl Service<Request<Body>> for Busy {
    type Response = Response<Body>;
    type Error = BoxError;
    type Future = std::future::Pending<Result<Response<Body>, BoxError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Pending
    }

    fn call(&mut self, _: Request<Body>) -> Self::Future {
        panic!("not ready")
    }
}

#[tokio::test(start_paused = true)]
async fn waiting_for_readiness_is_cancelled() {
    let policy = RetryPolicy::new()
        .max_attempts(1)
        .attempt_timeout(Duration::from_secs(2));
    let error = failure(stack(policy, Busy).oneshot(post(URL)).await);
    assert_eq!(error.kind(), ErrorKind::Timeout);
    // It did not come to sending.
    assert_eq!(
        (error.info().attempts, error.info().outcome_unknown),
        (0, false)
    );
}

/// An outage: all clones of a client together spend the reserve, once.
#[tokio::test(start_paused = true)]
async fn an_outage_is_not_made_worse() {
    let log = Network::default();
    let policy = RetryPolicy::new().budget(5);
    let first = stack(
        policy,
        log.service(|n, _| Some(done(if n < 105 { 503 } else { 200 }))),
    );
    let second = first.clone();
    for _ in 0..50 {
        first.clone().oneshot(post(URL)).await.unwrap();
        second.clone().oneshot(post(URL)).await.unwrap();
    }
    assert_eq!(log.count(), 105, "100 first attempts and 5 retries");

    // Ten successes buy one retry. However many, there is never more than the reserve.
    for (successes, bought) in [(9, 0), (10, 1), (19, 1), (40, 1)] {
        let log = Network::default();
        let policy = RetryPolicy::new().budget(1);
        let healthy = 2..2 + successes;
        let script = move |n| if healthy.contains(&n) { 200 } else { 503 };
        let stack = stack(policy, log.service(move |n, _| Some(done(script(n)))));
        // The reserve, the successes, and two failures.
        for (calls, sent) in [
            (1, 2),
            (successes, 2 + successes),
            (2, 4 + successes + bought),
        ] {
            for _ in 0..calls {
                stack.clone().oneshot(post(URL)).await.unwrap();
            }
            assert_eq!(log.count(), sent, "{successes} successes");
        }
    }
}

/// A call that may not be repeated leaves the budget to others.
#[tokio::test(start_paused = true)]
async fn what_is_not_repeated_costs_nothing() {
    let network = Network::default();
    let policy = RetryPolicy::new().budget(1);
    let stack = retries(policy, network.service(|_, _| Some(done(503))));
    for (request, sent) in [(post(URL), 1), (post(URL), 2), (get(URL), 4), (get(URL), 5)] {
        stack.clone().oneshot(request).await.unwrap();
        assert_eq!(network.count(), sent);
    }
}

/// A call that is cancelled before its retry starts leaves the budget to others.
#[tokio::test(start_paused = true)]
async fn cancelled_calls_do_not_empty_the_budget() {
    let network = Network::default();
    let seconds = Duration::from_secs;
    let policy = RetryPolicy::new().backoff(seconds(5), seconds(5)).budget(1);
    let stack = stack(policy, network.service(|_, _| Some(done(503))));
    for _ in 0..60 {
        let response = tokio::spawn(stack.clone().oneshot(post(URL)));
        tokio::task::yield_now().await;
        response.abort();
        assert!(response.await.unwrap_err().is_cancelled());
    }
    assert_eq!(network.count(), 60);
    let response = stack.oneshot(post(URL)).await.unwrap();
    assert_eq!((network.count(), info(&response).attempts), (62, 2));
}

/// Options of a call complete each other: its own, and those that all calls of a client have.
#[tokio::test(start_paused = true)]
async fn options_complete_each_other() {
    let network = Network::default();
    let stack = stack(RetryPolicy::new(), network.service(|_, _| silent()));
    let shared = CallOptions::new()
        .max_attempts(2)
        .total_timeout(Duration::from_secs(23));
    let own = CallOptions::new().max_attempts(1);
    for (own, attempts, seconds) in [(CallOptions::new(), 2, 23), (own, 1, 20)] {
        let begin = Instant::now();
        let call = call(own.or(&shared));
        let error = failure(stack.clone().oneshot(with(post(URL), &call)).await);
        assert_eq!(error.info().attempts, attempts);
        // Two attempts have a delay of up to a quarter of a second between them.
        assert_eq!(begin.elapsed().as_secs(), seconds);
    }
}
