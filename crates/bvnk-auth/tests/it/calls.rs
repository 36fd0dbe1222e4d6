//! What a call takes over from an earlier one, what its handle reports, and what it holds
//! while it waits.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::support;

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use bvnk_auth::{
    Body, BoxError, Call, CallOptions, Error, ErrorKind, IdempotencyLayer, RetryPolicy, Runtime,
    Sleep, TestRuntime,
};
use http::{Request, Response};
use support::{Network, Stack, call, call_of, done, failure, get, hawk, info, post, stack, with};
use tower::{Layer, ServiceExt, service_fn};
use uuid::Uuid;

const URL: &str = "https://api.example/things";

const KEY: http::HeaderName = http::HeaderName::from_static("x-idempotency-key");

fn keyed(key: u128) -> Request<Body> {
    let mut request = post(URL);
    let key = Uuid::from_u128(key).to_string().parse().unwrap();
    request.headers_mut().insert(KEY, key);
    request
}

/// Only a confirmed success ends an ambiguity that a call starts with.
#[tokio::test(start_paused = true)]
async fn a_retry_of_an_ambiguous_call_is_ambiguous_until_it_is_confirmed() {
    for (request, status, ambiguous) in [
        (keyed(1), 202, true),
        (keyed(1), 200, true),
        (keyed(1), 400, true),
        (keyed(1), 429, true),
        (get(URL), 400, false),
        (get(URL), 200, false),
    ] {
        let network = Network::default();
        let stack = stack(
            RetryPolicy::new().max_attempts(1),
            network.service(move |_, _| Some(done(status))),
        );
        let options = CallOptions::new().retry_of_ambiguous();
        // Of the call itself, and of what all calls of a client have.
        for options in [options.clone(), CallOptions::new().or(&options)] {
            let call = call_of(request.method().clone(), options);
            let request = with(request.clone(), &call);
            stack.clone().oneshot(request).await.unwrap();
            assert_eq!(call.info().outcome_unknown, ambiguous, "{status}");
            call.confirm();
            assert!(!call.info().outcome_unknown);
            call.mark_ambiguous();
            assert_eq!(call.info().outcome_unknown, !call.is_safe());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_retry_of_an_ambiguous_call_that_is_not_even_sent_is_ambiguous() {
    let options = || CallOptions::new().retry_of_ambiguous();
    let late = options().total_timeout(Duration::ZERO);
    let mut two_keys = keyed(1);
    let other = keyed(2).headers_mut().remove(KEY);
    two_keys.headers_mut().append(KEY, other.unwrap());
    for (request, options, kind) in [
        (keyed(1), late, ErrorKind::Timeout),
        (keyed(1), options(), ErrorKind::Refused),
        (two_keys, options(), ErrorKind::InvalidRequest),
        // A fresh key could have it carried out twice.
        (post(URL), options(), ErrorKind::InvalidRequest),
    ] {
        let network = Network::default();
        let refused = || -> Option<Result<Response<Body>, BoxError>> {
            Some(Err(Error::refused("the circuit is open").into()))
        };
        let stack = stack(RetryPolicy::new(), network.service(move |_, _| refused()));
        let error = failure(stack.oneshot(with(request, &call(options))).await);
        assert_eq!((error.kind(), error.info().attempts), (kind, 0));
        assert!(error.info().outcome_unknown);
    }
}

/// What a layer of the user's own does with a call.
#[derive(Clone, Copy, Debug)]
enum Own {
    FailsBefore,
    RefusesBefore,
    FailsAfter,
    RefusesAfter,
    DropsTheResponse,
    ForgetsTheCall,
    SendsTwice,
    ChangesTheKey,
    RemovesTheKey,
    AddsAKey,
}

/// (layer, statuses of the attempts, attempts, whether it is ambiguous)
const OWN: &[(Own, &[u16], u32, bool)] = &[
    // The layer cannot be asked whether it has sent anything by itself.
    (Own::FailsBefore, &[], 1, true),
    (Own::RefusesBefore, &[], 0, false),
    (Own::FailsAfter, &[200], 1, true),
    (Own::FailsAfter, &[503, 400], 2, true),
    (Own::RefusesAfter, &[200], 1, true),
    (Own::DropsTheResponse, &[503, 400], 2, true),
    (Own::DropsTheResponse, &[400], 1, false),
    // No key below, so no second attempt.
    (Own::ForgetsTheCall, &[503], 1, true),
    (Own::ForgetsTheCall, &[400], 1, false),
    (Own::SendsTwice, &[501, 400], 2, true),
    (Own::SendsTwice, &[400, 400], 2, false),
    (Own::ChangesTheKey, &[503, 200], 2, true),
    (Own::RemovesTheKey, &[503, 200], 2, true),
    (Own::AddsAKey, &[503, 200], 2, true),
];

/// A layer that fails or meddles changes neither the key nor what is known.
#[tokio::test(start_paused = true)]
async fn layers_of_the_user_s_own() {
    for &(own, statuses, attempts, ambiguous) in OWN {
        let network = Network::default();
        let inner = network.service(move |n, _| Some(done(statuses[n])));
        let policy = RetryPolicy::new().max_attempts(2);
        let below = Stack::new(hawk().retry(policy).layer(inner));
        let layer = service_fn(move |mut request: Request<Body>| {
            let below = below.clone();
            async move {
                let name = http::HeaderName::from_static("x-idempotency-key");
                let other = http::HeaderValue::from_static("5f0c1f1e-6f3a-4a0e-9a53-0a1b2c3d4e5f");
                match own {
                    Own::FailsBefore => return Err("lost".into()),
                    Own::RefusesBefore => return Err(Error::refused("open").into()),
                    Own::ForgetsTheCall => *request.extensions_mut() = http::Extensions::new(),
                    Own::ChangesTheKey => drop(request.headers_mut().insert(name, other)),
                    Own::RemovesTheKey => drop(request.headers_mut().remove(name)),
                    Own::AddsAKey => drop(request.headers_mut().append(name, other)),
                    Own::SendsTwice => drop(below.clone().oneshot(request.clone()).await?),
                    _ => {}
                }
                let response = below.oneshot(request).await?;
                match own {
                    Own::FailsAfter => Err("lost".into()),
                    Own::RefusesAfter => Err(Error::refused("open").into()),
                    Own::DropsTheResponse => done(418),
                    _ => Ok::<_, BoxError>(response),
                }
            }
        });
        let call = call(CallOptions::new());
        let stack = IdempotencyLayer::new().layer(layer);
        let result = stack.oneshot(with(post(URL), &call)).await;

        let info = call.info();
        assert_eq!(
            (info.attempts, info.outcome_unknown),
            (attempts, ambiguous),
            "{own:?} {statuses:?}"
        );
        let key = info.idempotency_key.unwrap();
        if let Err(error) = result {
            let error: &Error = error.downcast_ref().unwrap();
            assert_eq!(error.info().idempotency_key, Some(key));
            assert_eq!(error.info().outcome_unknown, ambiguous);
            assert_eq!(error.info().attempts, attempts);
        }
        for sent in network.sent() {
            let sent = sent.header("x-idempotency-key").map(str::to_owned);
            assert_eq!(sent, Some(key.to_string()), "{own:?}");
        }
        assert_eq!(network.count(), statuses.len());
    }
}

/// A future that is dropped cannot return anything, but the handle still reports.
#[tokio::test(start_paused = true)]
async fn a_cancelled_attempt_is_ambiguous() {
    for (request, after, attempts, ambiguous) in [
        (post(URL), 1, 1, true),
        (get(URL), 1, 1, false),
        // While the second attempt is in flight; after a delay of 100 s.
        (post(URL), 150, 2, true),
    ] {
        let network = Network::default();
        let inner = network.service(move |n, _| match (after, n) {
            (150, 0) => {
                let answer = support::answer(429).header("retry-after", "100");
                Some(Ok(answer.body(Body::default()).unwrap()))
            }
            _ => None,
        });
        let policy = RetryPolicy::new()
            .total_timeout(Duration::from_secs(1_000))
            .max_retry_after(Duration::from_secs(100))
            .attempt_timeout(Duration::from_secs(500));
        let stack = stack(policy, inner);
        let call = call_of(request.method().clone(), CallOptions::new());
        let response = stack.oneshot(with(request, &call));
        let limit = Duration::from_secs(after);
        assert!(tokio::time::timeout(limit, response).await.is_err());
        let info = call.info();
        assert_eq!((info.attempts, info.outcome_unknown), (attempts, ambiguous));
    }
    // Between attempts, nothing is in flight.
    let network = Network::default();
    let inner = network.service(move |_, _| Some(done(429)));
    let policy = RetryPolicy::new().backoff(Duration::from_secs(5), Duration::from_secs(5));
    let call = call(CallOptions::new());
    let response = stack(policy, inner).oneshot(with(post(URL), &call));
    let limit = Duration::from_millis(10);
    assert!(tokio::time::timeout(limit, response).await.is_err());
    assert_eq!(
        (call.info().attempts, call.info().outcome_unknown),
        (1, false)
    );
}

#[tokio::test(start_paused = true)]
async fn a_request_without_a_handle_gets_one_with_its_response() {
    let network = Network::default();
    let stack = stack(
        RetryPolicy::new(),
        network.service(|n, _| Some(done([503, 200][n]))),
    );
    let response = stack.oneshot(post(URL)).await.unwrap();
    let info = info(&response);
    assert_eq!((info.attempts, info.outcome_unknown), (2, true));
    response.extensions().get::<Call>().unwrap().confirm();
    assert!(!support::info(&response).outcome_unknown);
}

/// How many attempts are alive whenever a layer sleeps.
#[derive(Debug)]
struct Watch {
    runtime: TestRuntime,
    alive: Arc<()>,
    seen: Mutex<Vec<usize>>,
}

impl Runtime for Watch {
    fn now(&self) -> SystemTime {
        self.runtime.now()
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        let attempts = Arc::strong_count(&self.alive) - 1;
        self.seen.lock().unwrap().push(attempts);
        self.runtime.sleep(duration)
    }

    fn uuid(&self) -> Uuid {
        self.runtime.uuid()
    }
}

/// A permit or a connection is given back before the delay, not after it.
#[tokio::test(start_paused = true)]
async fn an_attempt_holds_nothing_during_the_delay() {
    let alive = Arc::new(());
    let watch = Arc::new(Watch {
        runtime: TestRuntime::new(support::start(), 42),
        alive: Arc::clone(&alive),
        seen: Mutex::default(),
    });
    // Each attempt has a permit from its first poll on, and none answers.
    let permits = Arc::downgrade(&alive);
    drop(alive);
    let inner = service_fn(move |_: Request<Body>| {
        let permits = permits.clone();
        async move {
            let _permit = permits.upgrade();
            std::future::pending::<Result<Response<Body>, BoxError>>().await
        }
    });
    let policy = RetryPolicy::new()
        .attempt_timeout(Duration::from_secs(1))
        .backoff(Duration::from_secs(1), Duration::from_secs(1));
    let hawk = hawk().retry(policy).runtime(watch.clone());
    let error = failure(hawk.layer(inner).oneshot(get(URL)).await);
    assert_eq!(error.info().attempts, 3);
    // Three time-outs, which begin with their attempts, and the two delays between them.
    let seen = watch.seen.lock().unwrap();
    assert_eq!(seen.len(), 5, "{seen:?}");
    assert!(seen.iter().all(|attempts| *attempts == 0), "{seen:?}");
}
