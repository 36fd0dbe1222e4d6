//! What a call brings along from an earlier one, and what it holds while it waits.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::support;

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use bvnk_auth::{
    BoxError, CallInfo, CallOptions, CallOptionsLayer, Error, ErrorKind, IdempotencyLayer,
    RetryLayer, RetryPolicy, Runtime, Sleep, TestRuntime,
};
use reqwest::{Request, Response};
use support::{Network, Stack, done, failure, get, post, runtime};
use tower::{Layer, ServiceExt, service_fn};
use uuid::Uuid;

const URL: &str = "https://api.example/things";

fn stack(policy: RetryPolicy, inner: Stack) -> Stack {
    let inner = RetryLayer::new(policy).runtime(runtime()).layer(inner);
    Stack::new(IdempotencyLayer::new().layer(inner))
}

/// Only a success ends a doubt that a call starts with.
#[tokio::test(start_paused = true)]
async fn a_call_after_doubt_stays_in_doubt_until_it_succeeds() {
    for (request, status, doubt) in [
        (post(URL), 202, false),
        (post(URL), 200, false),
        (post(URL), 400, true),
        (post(URL), 429, true),
        (get(URL), 400, false),
    ] {
        let network = Network::default();
        let inner = network.service(move |_, _| Some(done(status)));
        let stack = stack(RetryPolicy::none(), inner);
        let own = CallOptions::new().after_doubt();
        let shared = CallOptionsLayer::new(own.clone()).layer(stack.clone());
        let copy = request.try_clone().unwrap();
        for answer in [
            stack.oneshot(own.attach(request).unwrap()).await.unwrap(),
            shared.oneshot(copy).await.unwrap(),
        ] {
            let info = answer.extensions().get::<CallInfo>().unwrap();
            assert_eq!(info.outcome_unknown(), doubt, "{status}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_after_doubt_that_is_not_even_sent_is_in_doubt() {
    let options = || CallOptions::new().after_doubt();
    let late = options().total_timeout(Duration::ZERO);
    let refused = || Some(Err(Error::refused("the circuit is open").into()));
    for (options, kind) in [(late, ErrorKind::Timeout), (options(), ErrorKind::Refused)] {
        let network = Network::default();
        let stack = stack(RetryPolicy::new(), network.service(move |_, _| refused()));
        let error = failure(stack.oneshot(options.attach(post(URL)).unwrap()).await);
        assert_eq!((error.kind(), error.attempts()), (kind, 0));
        assert!(error.outcome_unknown());
    }
}

/// How many attempts are alive whenever somebody sleeps.
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

    fn elapsed(&self) -> Duration {
        self.runtime.elapsed()
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
    // Each attempt has a permit, and none answers.
    let permits = Arc::downgrade(&alive);
    drop(alive);
    let inner = service_fn(move |_: Request| {
        let permit = permits.upgrade();
        async move {
            let _permit = permit;
            std::future::pending::<Result<Response, BoxError>>().await
        }
    });
    let policy = RetryPolicy::new()
        .attempt_timeout(Duration::from_secs(1))
        .backoff(Duration::from_secs(1), Duration::from_secs(1));
    let retry = RetryLayer::new(policy).runtime(watch.clone());
    let error = failure(retry.layer(inner).oneshot(get(URL)).await);
    assert_eq!(error.attempts(), 3);
    // Three limits, which begin with their attempts, and the two delays between them.
    let seen = watch.seen.lock().unwrap();
    assert_eq!(seen.len(), 5, "{seen:?}");
    assert!(seen.iter().all(|attempts| *attempts == 0), "{seen:?}");
}
