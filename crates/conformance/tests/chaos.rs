//! The storm in small, and who watches the judge: a server, clients and records that break
//! one promise each, and the judge must say so.

#![allow(clippy::unwrap_used)]

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bvnk::{BoxError, Client, GeneratedClient, Transport};
use bvnk_auth::{
    BoundLayer, HawkLayer, IdempotencyLayer, RetryLayer, Runtime, Sleep, SystemRuntime,
};
use bvnk_simulator::Fault;
use conformance::chaos::{
    Attempt, Chaos, Commit, DUPLICATES, FAULTED, INVENTED, KEYS, LOST, NONCES, Outcome, Records,
    SUCCESS, Target, Told, judge,
};
use reqwest::{Request, Response};
use tower::{ServiceBuilder, ServiceExt, service_fn};
use uuid::Uuid;

/// A storm that is over soon: short stalls, and short waits wherever a second is asked for.
fn storm(calls: usize) -> Chaos {
    Chaos::new(calls, 1)
        .callers(8)
        .attempt_timeout(Duration::from_millis(50))
        .longest_wait(Duration::from_millis(10))
}

async fn run(chaos: Chaos) -> Outcome {
    chaos.run(|| {}).await.unwrap()
}

fn broken(outcome: &Outcome) -> Vec<&'static str> {
    let broken = outcome.findings.iter().filter(|finding| !finding.kept);
    broken.map(|finding| finding.promise).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storm_breaks_no_promise() {
    let outcome = run(storm(500)).await;
    assert_eq!(outcome.failed(), 0, "{outcome}");
    assert_eq!(outcome.passed(), 7, "{outcome}");
    assert_eq!(outcome.records.told.len(), 500);
    // It was a storm: from every side, with replays of every kind.
    for side in ["clock", "proxy", "service"] {
        let faults = outcome.faults.keys().any(|(place, _)| *place == side);
        assert!(faults, "no fault by the {side}\n{outcome}");
    }
    let replays: Vec<u16> = outcome.replays.keys().copied().collect();
    assert_eq!(replays, [200, 202, 400], "{outcome}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_forgets_keys_is_seen() {
    let outcome = run(storm(100).break_server(Fault::NewCustomerOnReplay)).await;
    assert_eq!(broken(&outcome), [DUPLICATES, LOST], "{outcome}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_takes_another_key_for_each_attempt_is_seen() {
    let outcome = run(storm(100).client(|target| {
        let attempts = layers_below_retries(target, Arc::new(SystemRuntime::new()))?;
        let rekeyed = service_fn(move |mut request: Request| {
            let key = Uuid::new_v4().to_string().parse().unwrap();
            request.headers_mut().insert("x-idempotency-key", key);
            attempts.clone().oneshot(request)
        });
        Ok(client(target, rekeyed))
    }))
    .await;
    assert_eq!(broken(&outcome), [DUPLICATES, LOST, KEYS], "{outcome}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_repeats_a_nonce_is_seen() {
    let outcome = run(storm(20).client(|target| {
        let frozen = Frozen(SystemRuntime::new());
        Ok(client(
            target,
            layers_below_retries(target, Arc::new(frozen))?,
        ))
    }))
    .await;
    assert!(broken(&outcome).contains(&NONCES), "{outcome}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_hides_its_doubt_is_seen() {
    let outcome = run(storm(300).client(|target| {
        let client = Client::builder()
            .base_url(target.base_url.clone())
            .credentials(target.credentials.clone())
            .http_client(target.http.clone())
            .retry(target.policy.clone().max_attempts(1))
            .layer(tower::util::MapErrLayer::new(
                |error: BoxError| -> BoxError {
                    bvnk_auth::Error::refused(error.to_string()).into()
                },
            ))
            .build();
        client.map_err(|error| error.to_string())
    }))
    .await;
    assert_eq!(broken(&outcome), [LOST, SUCCESS], "{outcome}");
}

type Stack = tower::util::BoxCloneSyncService<Request, Response, BoxError>;

/// Signing and sending, as the real client does it.
fn layers_below_retries(target: &Target, runtime: Arc<dyn Runtime>) -> Result<Stack, String> {
    let stack = ServiceBuilder::new()
        .layer(HawkLayer::new(target.credentials.clone()).runtime(runtime))
        .layer(BoundLayer::default())
        .service(target.http.clone());
    Ok(Stack::new(stack))
}

/// Keys and retries over whatever makes an attempt.
fn client<S>(target: &Target, attempts: S) -> Client
where
    S: tower::Service<Request, Response = Response, Error = BoxError>
        + Clone
        + Send
        + Sync
        + 'static,
    S::Future: Send + 'static,
{
    let stack = ServiceBuilder::new()
        .layer(IdempotencyLayer::new())
        .layer(RetryLayer::new(target.policy.clone()))
        .service(attempts);
    let transport = Transport::new(stack);
    GeneratedClient::new(&target.base_url, target.http.clone(), transport).into()
}

/// The system, but for randomness that is none.
#[derive(Debug)]
struct Frozen(SystemRuntime);

impl Runtime for Frozen {
    fn now(&self) -> SystemTime {
        self.0.now()
    }

    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        self.0.sleep(duration)
    }

    fn uuid(&self) -> Uuid {
        Uuid::from_u128(7)
    }
}

fn attempt(call: usize, key: &str, nonce: &str) -> Attempt {
    Attempt {
        call,
        key: key.to_owned(),
        nonce: nonce.to_owned(),
    }
}

fn commit(reference: &str, key: &str) -> Commit {
    Commit {
        reference: reference.to_owned(),
        key: key.to_owned(),
    }
}

fn created(reference: &str) -> Told {
    Told::Created(reference.to_owned())
}

fn in_doubt(key: Option<&str>, repeated: Option<&str>) -> Told {
    Told::InDoubt {
        why: "Timeout".to_owned(),
        key: key.map(str::to_owned),
        repeated: repeated.map(str::to_owned),
    }
}

/// 200 calls without a breach: one took two attempts, one ended in doubt that was cleared
/// up, one failed; and a third of the attempts was spoilt.
fn honest() -> Records {
    let mut records = Records::default();
    for call in 0..200 {
        let (key, reference) = (format!("k{call}"), format!("c{call}"));
        records
            .attempts
            .push(attempt(call, &key, &format!("n{call}")));
        records.commits.push(commit(&reference, &key));
        records.told.push(created(&reference));
    }
    records.attempts.push(attempt(0, "k0", "again"));
    records.told[1] = in_doubt(Some("k1"), Some("c1"));
    records.told[2] = Told::Failed("Unauthorized".to_owned());
    records.commits.remove(2);
    records.faulted = 67;
    records
}

#[test]
fn each_promise_is_broken_by_what_breaks_it() {
    type Break = fn(&mut Records);
    let rows: &[(&str, Break, &[&str])] = &[
        ("nothing", |_| {}, &[]),
        (
            "two customers of one call",
            |records| records.commits.push(commit("twin", "k0")),
            &[DUPLICATES, LOST],
        ),
        (
            "a customer of nobody's",
            |records| records.commits.push(commit("stray", "unknown")),
            &[LOST],
        ),
        (
            "a failure that was none",
            |records| records.commits.push(commit("c2", "k2")),
            &[LOST],
        ),
        (
            "a doubt without a key",
            |records| records.told[1] = in_doubt(None, None),
            &[LOST],
        ),
        (
            "a doubt with another key",
            |records| records.told[1] = in_doubt(Some("k9"), Some("c1")),
            &[LOST],
        ),
        (
            "a repetition without an answer",
            |records| records.told[1] = in_doubt(Some("k1"), None),
            &[LOST],
        ),
        (
            "a repetition that finds somebody else",
            |records| records.told[1] = in_doubt(Some("k1"), Some("c5")),
            &[LOST, INVENTED],
        ),
        (
            "somebody else's reference",
            |records| records.told[3] = created("c4"),
            &[LOST, INVENTED],
        ),
        (
            "a success without a customer",
            |records| records.told[2] = created("c2"),
            &[INVENTED],
        ),
        (
            "a nonce twice",
            |records| records.attempts[5].nonce = "n6".to_owned(),
            &[NONCES],
        ),
        (
            "another key for another attempt",
            |records| records.attempts.push(attempt(7, "other", "fresh")),
            &[KEYS],
        ),
        (
            "one key for two calls",
            |records| records.attempts.push(attempt(2, "k3", "fresh")),
            &[KEYS],
        ),
        (
            "too many failures",
            |records| {
                for call in 10..12 {
                    records.told[call] = in_doubt(Some(&format!("k{call}")), None);
                    let own = format!("c{call}");
                    records.commits.retain(|commit| commit.reference != own);
                }
            },
            &[SUCCESS],
        ),
        ("fair weather", |records| records.faulted = 59, &[FAULTED]),
        (
            "nothing at all",
            |records| *records = Records::default(),
            &[SUCCESS, FAULTED],
        ),
    ];
    for (name, break_it, expected) in rows {
        let mut records = honest();
        break_it(&mut records);
        let findings = judge(&records);
        let broken: Vec<_> = findings.iter().filter(|finding| !finding.kept).collect();
        let promises: Vec<_> = broken.iter().map(|finding| finding.promise).collect();
        assert_eq!(promises, *expected, "{name}");
    }
}
