//! A short run with fault injection, and the invariants' own tests: a server, clients and
//! records that violate one each, which must be found.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bvnk::{Body, BoxError, ClientBuilder, LayerError};
use bvnk_auth::HttpService;
use conformance::chaos::{
    Attempt, CallOutcome, Chaos, ChaosReport, Commit, Invariant, Records, check,
};
use http::{HeaderValue, Request};
use tower::util::{MapErr, MapRequest};

/// A run that is over soon: short stalls, and short delays where a second is asked for.
fn chaos(calls: usize) -> Chaos {
    Chaos {
        callers: 8,
        attempt_timeout: Duration::from_millis(200),
        max_retry_after: Duration::from_millis(10),
        ..Chaos::new(calls, 1)
    }
}

async fn run(chaos: Chaos) -> ChaosReport {
    chaos.run().await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_invariant_holds() {
    let report = run(chaos(500)).await;
    assert_eq!(report.violated(), [], "{report}");
    assert_eq!(report.findings.len(), 7);
    assert_eq!(report.records.outcomes.len(), 500);
    // There was something to withstand: faults, other clocks, cancelled calls, and
    // repetitions that were answered in each way.
    assert!(report.faults.len() > 15, "{report}");
    assert!(report.faults.contains_key("clock-offset"), "{report}");
    assert!(report.cancelled > 10, "{report}");
    for status in ["200", "202", "400"] {
        assert!(report.replays.contains_key(status), "{report}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_forgets_keys_is_found() {
    let report = run(Chaos {
        rules: |rules| rules.key = None,
        ..chaos(100)
    })
    .await;
    let expected = [Invariant::NoDuplicates, Invariant::NoLostCustomers];
    assert_eq!(report.violated(), expected, "{report}");
}

/// Sends what the function makes of each attempt.
fn sending(
    builder: ClientBuilder,
    change: impl FnMut(Request<Body>) -> Request<Body> + Clone + Send + Sync + 'static,
) -> ClientBuilder {
    builder.service(MapRequest::new(http(), change))
}

fn http() -> HttpService {
    let target = "http://127.0.0.1".parse().unwrap();
    HttpService::new(bvnk::http_client(&target).unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_with_another_key_for_each_attempt_is_found() {
    let report = run(Chaos {
        client: |builder| {
            sending(builder, |mut request| {
                let key = bvnk::IdempotencyKey::random().to_string();
                let key = HeaderValue::from_str(&key).unwrap();
                request.headers_mut().insert("x-idempotency-key", key);
                request
            })
        },
        ..chaos(100)
    })
    .await;
    let violated = report.violated();
    for expected in [
        Invariant::NoDuplicates,
        Invariant::NoLostCustomers,
        Invariant::StableKeys,
    ] {
        assert!(violated.contains(&expected), "{report}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_repeats_a_nonce_is_found() {
    let report = run(Chaos {
        client: |builder| {
            let first = Arc::new(OnceLock::new());
            sending(builder, move |mut request| {
                let own = request.headers()["authorization"].clone();
                let first = first.get_or_init(|| own).clone();
                request.headers_mut().insert("authorization", first);
                request
            })
        },
        ..chaos(20)
    })
    .await;
    assert!(
        report.violated().contains(&Invariant::FreshNonces),
        "{report}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_hides_an_unknown_outcome_is_found() {
    let report = run(Chaos {
        client: |builder| {
            let hide =
                |error: BoxError| -> BoxError { LayerError::refused(error.to_string()).into() };
            let retry = bvnk::RetryPolicy::new()
                .max_attempts(1)
                .attempt_timeout(Duration::from_millis(50));
            builder.retry(retry).service(MapErr::new(http(), hide))
        },
        ..chaos(300)
    })
    .await;
    let violated = report.violated();
    for expected in [
        Invariant::NoLostCustomers,
        Invariant::TrueClaims,
        Invariant::Success,
    ] {
        assert!(violated.contains(&expected), "{report}");
    }
}

fn attempt(call: usize, key: &str, nonce: &str) -> Attempt {
    Attempt {
        call,
        key: key.to_owned(),
        nonce: nonce.to_owned(),
        faulted: false,
    }
}

fn commit(reference: &str, key: &str) -> Commit {
    Commit {
        reference: reference.to_owned(),
        key: key.to_owned(),
    }
}

fn created(reference: &str) -> CallOutcome {
    CallOutcome::Created(reference.to_owned())
}

fn unknown(key: Option<&str>, repeated: Option<&str>) -> CallOutcome {
    CallOutcome::Unknown {
        why: "Timeout".to_owned(),
        key: key.map(str::to_owned),
        repeated: repeated.map(str::to_owned),
    }
}

/// 200 calls without a violation: one took two attempts, one ended unknown and was repeated,
/// one failed; and a third of the attempts met a fault.
fn correct() -> Records {
    let mut records = Records::default();
    for call in 0..200 {
        let (key, reference) = (format!("k{call}"), format!("c{call}"));
        let attempt = attempt(call, &key, &format!("n{call}"));
        records.attempts.push(attempt);
        records.commits.push(commit(&reference, &key));
        records.outcomes.push(created(&reference));
    }
    records.attempts.push(attempt(0, "k0", "again"));
    records.outcomes[1] = unknown(Some("k1"), Some("c1"));
    records.outcomes[2] = CallOutcome::NotDone("Unauthorized".to_owned());
    records.commits.remove(2);
    fault(&mut records, 67);
    records
}

fn fault(records: &mut Records, count: usize) {
    for (index, attempt) in records.attempts.iter_mut().enumerate() {
        attempt.faulted = index < count;
    }
}

#[test]
fn each_invariant_is_violated_by_what_violates_it() {
    use Invariant::{
        Faults, FreshNonces, NoDuplicates, NoLostCustomers, StableKeys, Success, TrueClaims,
    };
    type Change = fn(&mut Records);
    let rows: &[(&str, Change, &[Invariant])] = &[
        ("nothing", |_| {}, &[]),
        (
            "two customers of one call",
            |records| records.commits.push(commit("twin", "k0")),
            &[NoDuplicates, NoLostCustomers],
        ),
        (
            "a customer with an unknown key",
            |records| records.commits.push(commit("stray", "unknown")),
            &[NoLostCustomers],
        ),
        (
            "a customer whose caller knows that there is none",
            |records| records.commits.push(commit("c2", "k2")),
            &[NoLostCustomers, TrueClaims],
        ),
        (
            "an unknown outcome without a key",
            |records| records.outcomes[1] = unknown(None, None),
            &[NoLostCustomers],
        ),
        (
            "an unknown outcome with another key",
            |records| records.outcomes[1] = unknown(Some("k9"), Some("c1")),
            &[NoLostCustomers],
        ),
        (
            "a repetition that fails",
            |records| records.outcomes[1] = unknown(Some("k1"), None),
            &[NoLostCustomers],
        ),
        (
            "a repetition that gives another customer",
            |records| records.outcomes[1] = unknown(Some("k1"), Some("c5")),
            &[NoLostCustomers, TrueClaims],
        ),
        (
            "the reference of another customer",
            |records| records.outcomes[3] = created("c4"),
            &[NoLostCustomers, TrueClaims],
        ),
        (
            "a success without a customer",
            |records| records.outcomes[2] = created("c2"),
            &[TrueClaims],
        ),
        (
            "a nonce twice",
            |records| records.attempts[5].nonce = "n6".to_owned(),
            &[FreshNonces],
        ),
        (
            "another key for another attempt",
            |records| records.attempts.push(attempt(7, "other", "fresh")),
            &[StableKeys],
        ),
        (
            "one key for two calls",
            |records| records.attempts.push(attempt(2, "k3", "fresh")),
            &[StableKeys, TrueClaims],
        ),
        (
            "too many failures",
            |records| {
                for call in 10..12 {
                    records.outcomes[call] = unknown(Some(&format!("k{call}")), None);
                    let own = format!("c{call}");
                    records.commits.retain(|commit| commit.reference != own);
                }
            },
            &[Success],
        ),
        ("too few faults", |records| fault(records, 59), &[Faults]),
        (
            "no call",
            |records| *records = Records::default(),
            &[Success, Faults],
        ),
    ];
    for (name, change, expected) in rows {
        let mut records = correct();
        change(&mut records);
        let findings = check(&records);
        let violated = findings.iter().filter(|finding| !finding.holds);
        let mut violated: Vec<_> = violated.map(|finding| finding.invariant).collect();
        let mut expected = expected.to_vec();
        violated.sort_by_key(|invariant| format!("{invariant:?}"));
        expected.sort_by_key(|invariant| format!("{invariant:?}"));
        assert_eq!(violated, expected, "{name}");
    }
}
