//! The whole suite against the simulator: everything is proven.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use conformance::report::{Report, Verdict};
use conformance::run::{RunOptions, Target, run};

fn failures(report: &Report) -> String {
    let mut text = String::new();
    for failure in &report.failures {
        text.push_str(&format!(
            "{} {} [{}] {}: expected {}, actual {} (x{})\n",
            failure.verdict,
            failure.clause,
            failure.check,
            failure.what,
            failure.expected,
            failure.actual,
            failure.repeats
        ));
    }
    for row in &report.clauses {
        if row.verdict != Verdict::Proven {
            text.push_str(&format!("{}: {} {:?}\n", row.id, row.verdict, row.reason));
        }
    }
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_proven_at_the_simulator() {
    let options = RunOptions {
        cases: 50,
        seed: 7,
        ..RunOptions::default()
    };
    let report = run(Target::Simulator, options).await.unwrap();
    assert!(report.passed(), "{}", failures(&report));
}

/// Several lanes share so many cases: each case is judged once, and counted once.
#[tokio::test(flavor = "multi_thread")]
async fn many_cases_are_judged_once_each() {
    let (done, all) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let (counted, told) = (Arc::clone(&done), Arc::clone(&all));
    let options = RunOptions {
        cases: 400,
        seed: 7,
        progress: Arc::new(move |_, total| {
            counted.fetch_add(1, Ordering::Relaxed);
            told.store(total, Ordering::Relaxed);
        }),
        ..RunOptions::default()
    };
    let report = run(Target::Simulator, options).await.unwrap();
    assert!(report.passed(), "{}", failures(&report));
    let total = all.load(Ordering::Relaxed);
    assert!(total > 400);
    assert_eq!(done.load(Ordering::Relaxed), total);
    for id in ["request-route", "answer-body", "request-signature"] {
        let row = report.checks.iter().find(|row| row.id == id).unwrap();
        assert_eq!(row.cases, total, "{id}");
    }
}
