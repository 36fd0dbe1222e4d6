//! The run as a whole: everything that is declared is judged, failures show the smallest
//! individual, and what is sent is what it was.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::sync::Arc;

use bvnk::{Client, Runtime, SystemRuntime};
use bvnk_simulator::{Config, Listen, Server};
use conformance::checks::CHECKS;
use conformance::{Clauses, Contract, Report, Source, Suite, Target};

async fn run(make: conformance::MakeClient, cases: u32) -> Report {
    let listen = Listen::default().keep(usize::MAX);
    let server = Server::start_on(listen, Config::default()).await.unwrap();
    let target = Target::simulator(server).unwrap();
    let contract = Arc::new(Contract::embedded().unwrap());
    let http = bvnk::http_client().unwrap();
    let runtime = Arc::new(SystemRuntime::new());
    let suite = Suite::with_client(contract, target, make, http, runtime).unwrap();
    suite.run(Source::Generated { cases, seed: 7 }, || {}).await
}

/// A clause that a check declares and never judges would be proven by nobody; one that it
/// judges and does not declare would be missing from the matrix.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn checks_judge_what_they_declare_and_nothing_else() {
    let report = run(Target::client, 0).await;
    let clauses = Clauses::embedded().unwrap();
    for (check, row) in CHECKS.iter().zip(&report.rows) {
        let declared = clauses.iter().filter(|clause| check.proves(clause));
        let declared: BTreeSet<&str> = declared.map(|clause| clause.id.as_str()).collect();
        let judged: BTreeSet<&str> = row.judged.keys().map(String::as_str).collect();
        assert_eq!(declared, judged, "{}", check.id);
    }
    assert_eq!(report.clauses_proven(), report.clauses.len(), "{report}");
    assert!(report.proven(), "{report}");
}

/// Loses what is not ASCII in one field, wherever else the individual is special.
fn lossy(target: &Target, http: &reqwest::Client, _: Arc<dyn Runtime>) -> Result<Client, String> {
    let all = conformance::mutants::all()?;
    let lossy = all.into_iter().find(|mutant| mutant.name == "letters-lost");
    let make = lossy
        .and_then(|mutant| mutant.client())
        .ok_or("no such mutant")?;
    make(target, http, Arc::new(SystemRuntime::new()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failing_individual_is_made_smaller_until_its_difference_is_the_reason() {
    let report = run(lossy, 40).await;
    let row = report
        .rows
        .iter()
        .find(|row| row.check == "request-body")
        .unwrap();
    let failure = &row.failures[0];
    let diff = failure.example.as_ref().unwrap().diff();
    // One member, one letter: all that the other individuals had besides is gone.
    assert_eq!(diff.len(), 2, "{diff:?}");
    assert!(diff[0].starts_with("- /individual/firstName: "), "{diff:?}");
    let text = diff[1].strip_prefix("+ /individual/firstName: ").unwrap();
    let text: String = serde_json::from_str(text).unwrap();
    assert!(text.chars().count() == 1 && !text.is_ascii(), "{text}");
}
