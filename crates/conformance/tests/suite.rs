//! The whole suite against the simulator: everything is proven.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

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
