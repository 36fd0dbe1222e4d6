//! The same checks on a server that is not ours: here another simulator, of which the suite
//! sees no more than its answers.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use bvnk_simulator::{Config, Fault, Server};
use conformance::checks::{Asks, CHECKS};
use conformance::{Contract, Report, Source, Suite, Target, Verdict};

async fn judged(fault: Option<Fault>, strict: bool) -> Report {
    judged_at(Config::default(), fault, strict).await
}

async fn judged_at(config: Config, fault: Option<Fault>, strict: bool) -> Report {
    let server = Server::start(config).await.unwrap();
    server.with(|simulator| simulator.set_fault(fault));
    let (id, key) = (server.id().to_owned(), server.key().to_owned());
    let target = Target::foreign(server.url(), id, key, None).await.unwrap();
    let suite = Suite::new(Contract::embedded().unwrap(), target)
        .unwrap()
        .strict(strict);
    let source = Source::Generated { cases: 3, seed: 1 };
    suite.run(source, || {}).await
}

fn with(report: &Report, verdict: Verdict) -> BTreeSet<&str> {
    let rows = report.rows.iter().filter(|row| row.verdict == verdict);
    rows.map(|row| row.check).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_foreign_server_is_judged_by_all_but_faults() {
    let report = judged(None, true).await;
    let faults = CHECKS.iter().filter(|check| check.asks == Asks::Faults);
    assert_eq!(
        with(&report, Verdict::Skipped),
        faults.map(|check| check.id).collect(),
        "{report}"
    );
    assert!(with(&report, Verdict::Failed).is_empty(), "{report}");
    assert!(report.proven(), "{report}");
    let skipped = report
        .rows
        .iter()
        .filter(|row| row.verdict == Verdict::Skipped);
    assert!(skipped.into_iter().all(|row| row.skipped.is_some()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn inferred_clauses_warn_unless_it_is_strict() {
    // No page of the vendor says that a nonce serves once.
    let lenient = judged(Some(Fault::AcceptReplayedNonce), false).await;
    assert_eq!(with(&lenient, Verdict::Warned), ["signature-fresh"].into());
    assert!(lenient.proven(), "{lenient}");
    let strict = judged(Some(Fault::AcceptReplayedNonce), true).await;
    assert_eq!(with(&strict, Verdict::Failed), ["signature-fresh"].into());
    let mut failures = strict.rows.iter().flat_map(|row| &row.failures);
    let repeat = " --id ID --key-env VAR --strict --cases 3 --seed 1";
    assert!(failures.all(|failure| failure.repeat.ends_with(repeat)));
    assert!(!strict.proven());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn documented_clauses_always_count() {
    let report = judged(Some(Fault::NewCustomerOnReplay), false).await;
    assert!(
        with(&report, Verdict::Failed).contains("key-replay"),
        "{report}"
    );
    assert!(!report.proven());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_status_that_nobody_listed_is_legal() {
    let report = judged(Some(Fault::TypoInVerified), false).await;
    assert!(with(&report, Verdict::Failed).is_empty(), "{report}");
    assert!(with(&report, Verdict::Passed).contains("status-known"));
}

/// In capitals such an id is itself, and a right signature is not refused.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_id_may_have_no_letters() {
    for id in ["4711", "PARTNER-7"] {
        let config = Config::default().credentials(id, "key");
        let report = judged_at(config, None, true).await;
        assert!(report.proven(), "{report}");
    }
}

#[tokio::test]
async fn production_and_open_networks_are_refused() {
    for (url, reason) in [
        ("https://api.bvnk.com", "is production"),
        ("https://api.bvnk.com/platform", "is production"),
        ("https://api.bvnk.com.", "is production"),
        ("http://example.com", "unencrypted"),
        ("ftp://example.com", "ftp"),
    ] {
        let refused = Target::foreign(url, "id".to_owned(), "key".to_owned(), None).await;
        let told = refused.unwrap_err();
        assert!(told.contains(reason), "{told}");
    }
    assert!(Target::is_sandbox("https://api.sandbox.bvnk.com/"));
    assert!(Target::is_sandbox("https://api.sandbox.bvnk.com./"));
    assert!(!Target::is_sandbox("http://127.0.0.1:80"));
}
