//! Every mutant is killed, and no check is idle.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::collections::BTreeSet;
use std::sync::Arc;

use conformance::mutants::{Family, all, run, select};
use conformance::specification::Specification;

#[tokio::test(flavor = "multi_thread")]
async fn every_mutant_is_killed() {
    let mutants = select(None, std::env::var("MUTANT").ok().as_deref()).unwrap();
    let outcome = run(mutants, Arc::new(|_, _| {})).await.unwrap();
    println!("{outcome}");
    assert!(outcome.passed(), "{outcome}");
}

#[test]
fn count() {
    let mutants = all(&Specification::embedded().unwrap());
    for family in Family::ALL {
        println!(
            "{family} {}",
            mutants.iter().filter(|own| own.family == family).count()
        );
    }
}
