//! Every mutant is killed, no check is idle, and a broken server in another place fails a run
//! as much as its clause weighs.

use std::collections::BTreeSet;
use std::sync::Arc;

use bvnk_contract::Weight;
use bvnk_simulator::{Config, Server};
use conformance::cases::Plan;
use conformance::checks::CHECKS;
use conformance::mutants::{Family, Mutant, all, run, select, unmatched};
use conformance::report::Format;
use conformance::run::{RunOptions, Target, run as run_suite};
use conformance::specification::Specification;
use futures_util::StreamExt;

/// Mutants that show in the simulator's state only, or in what no one can demand of another
/// server: that a status ends while the run lasts.
const UNSEEN: [&str; 7] = [
    "a fetch answers another status",
    "a fetch does not advance the status",
    "the status never reaches the end",
    "an invalid creation creates all the same",
    "an unsigned creation creates all the same",
    "a repeated key advances the status",
    "a stale time does not use up its nonce",
];

/// Mutants that break a `must` clause by a status that the contract does not list: that is
/// a warning, for the list is open.
const WARNED: [&str; 1] = ["the status in a success is empty"];

#[tokio::test(flavor = "multi_thread")]
async fn every_mutant_is_killed() {
    let mutants = select(None).unwrap();
    let outcome = run(mutants, Arc::new(|_, _| {})).await.unwrap();
    assert!(outcome.passed(), "{outcome}");
}

#[test]
fn each_mutant_has_its_own_name_and_there_are_enough() {
    let mutants = all(&Specification::embedded().unwrap());
    for (family, least) in [(Family::Server, 140), (Family::Client, 80)] {
        let own = mutants.iter().filter(|own| own.family == family).count();
        assert!(own >= least, "{family}: {own}");
    }
    let names: BTreeSet<&str> = mutants.iter().map(|own| own.name.as_str()).collect();
    assert_eq!(names.len(), mutants.len());
    assert!(
        select(Some("unsignd"))
            .err()
            .unwrap()
            .contains("did you mean `unsigned`?")
    );
}

#[test]
fn each_row_breaks_a_clause() {
    let unmatched = unmatched(&Specification::embedded().unwrap());
    assert_eq!(unmatched, Vec::<String>::new());
}

/// A failure shows the exchange that was judged, also where no call failed and others followed.
#[tokio::test(flavor = "multi_thread")]
async fn a_failure_shows_the_request_that_it_is_about() {
    for name in ["sends cookie `a=b`", "sends one key for all calls"] {
        let mutant = select(Some(name)).unwrap().remove(0);
        let options = RunOptions {
            cases: 0,
            only: Some(Arc::new(mutant.clauses.iter().cloned().collect())),
            mutation: mutant.mutation,
            ..RunOptions::default()
        };
        let report = run_suite(Target::Simulator, options).await.unwrap();
        let mut creations = 0;
        for failure in &report.failures {
            let operation = failure.what.rsplit(' ').next().unwrap();
            if let (Some(exchange), "request-headers") = (&failure.exchange, failure.check.as_str())
            {
                assert_eq!(exchange.operation, operation, "{failure:?}");
                creations += u32::from(exchange.curl.contains("-X POST"));
            }
        }
        assert!(creations > 0, "{name}");
    }
}

/// A person that a caller gives is in no failure, in no format.
#[tokio::test(flavor = "multi_thread")]
async fn no_report_shows_a_given_person() {
    let contract = bvnk_simulator::contract().unwrap();
    let mut bodies = contract.operations.iter().filter_map(|it| it.body.as_ref());
    let mut body = bodies.find_map(|it| it.example.clone()).unwrap();
    body["individual"]["lastName"] = "Canary".into();
    for name in ["sends cookie `a=b`", "a fetch answers another status"] {
        let options = RunOptions {
            body: Some(body.clone()),
            mutation: select(Some(name)).unwrap().remove(0).mutation,
            ..RunOptions::default()
        };
        let report = run_suite(Target::Simulator, options).await.unwrap();
        assert!(!report.failures.is_empty());
        for (_, format) in Format::ALL {
            let text = report.render(format).unwrap();
            assert!(!text.contains("Canary"), "{name}: {text}");
        }
    }
}

/// A server that breaks a `must` clause fails a run by default; one that breaks `should`
/// clauses only is reported, and passes.
#[tokio::test(flavor = "multi_thread")]
async fn a_broken_foreign_server_fails_by_the_weight_of_its_clauses() {
    let specification = Arc::new(Specification::embedded().unwrap());
    let plan = Plan::generated(&specification, 0, 0).unwrap().shortened();
    let plan = Arc::new(plan);
    let wanted = std::env::var("MUTANT").ok();
    let observable = all(&specification).into_iter().filter(|own| {
        wanted.as_ref().is_none_or(|name| own.name == *name)
            && own.family == Family::Server
            && !UNSEEN.contains(&own.name.as_str())
            && is_observable(&specification, own)
    });
    let runs = futures_util::stream::iter(observable).map(|mutant| {
        let (specification, plan) = (Arc::clone(&specification), Arc::clone(&plan));
        tokio::spawn(async move { wrong(&specification, plan, &mutant).await })
    });
    let results: Vec<_> = runs.buffer_unordered(16).collect().await;
    assert!(
        results.len() > 100 || wanted.is_some(),
        "{} mutants",
        results.len()
    );
    let wrong: Vec<String> = results
        .into_iter()
        .filter_map(|result| result.unwrap())
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether a check that needs no simulator proves a broken clause.
fn is_observable(specification: &Specification, mutant: &Mutant) -> bool {
    let clauses = mutant
        .clauses
        .iter()
        .filter_map(|id| specification.clause(id));
    let mut clauses = clauses.filter(|clause| {
        let mut proving = CHECKS.iter().filter(|check| check.judges_any_server());
        proving.any(|check| check.proves(clause))
    });
    clauses.next().is_some()
}

/// What is wrong with the verdict about a mutant, if something is.
async fn wrong(
    specification: &Arc<Specification>,
    plan: Arc<Plan>,
    mutant: &Mutant,
) -> Option<String> {
    let clauses = || {
        mutant
            .clauses
            .iter()
            .filter_map(|id| specification.clause(id))
    };
    let warned = WARNED.contains(&mutant.name.as_str());
    let must = !warned && clauses().any(|clause| clause.weight() == Weight::Must);
    let server = Server::start(Config::default()).await.unwrap();
    let set_hook = mutant.mutation.hook.as_ref().unwrap();
    server.with(|simulator| set_hook(simulator));
    let target = Target::foreign(server.url(), server.id(), server.key(), None).unwrap();
    // Whether a `must` clause elsewhere fails too is seen without the variations of each attribute,
    // which take most of the requests.
    let attributes = CHECKS.iter().find(|check| check.id == "request-attributes");
    let elsewhere = specification.clauses().iter().filter(|clause| {
        !must && clause.weight() == Weight::Must && !attributes.unwrap().proves(clause)
    });
    let judged = elsewhere.map(|clause| clause.id.clone());
    let judged = judged.chain(mutant.clauses.iter().cloned()).collect();
    let options = RunOptions {
        cases: 0,
        shrink: false,
        specification: Some(Arc::clone(specification)),
        plan: Some(plan),
        // Its memory does not depend on time.
        wait: Arc::new(|_| Box::pin(std::future::ready(()))),
        only: Some(Arc::new(judged)),
        ..RunOptions::default()
    };
    let what = if must { "must" } else { "should" };
    let report = match run_suite(target, options).await {
        Ok(report) => report,
        // The preflight already shows it.
        Err(_) if must => return None,
        Err(error) => return Some(format!("{} ({what}): {error}", mutant.name)),
    };
    let listed = report
        .failures
        .iter()
        .any(|failure| mutant.clauses.contains(&failure.clause));
    if listed && report.passed() != must {
        return None;
    }
    let failures = report
        .failures
        .iter()
        .map(|it| format!("{} {} {}: {}", it.verdict, it.clause, it.what, it.actual));
    let failures: BTreeSet<String> = failures.collect();
    let clauses = mutant.clauses.join(", ");
    Some(format!(
        "{} ({what}: {clauses}): passed {}, {failures:?}",
        mutant.name,
        report.passed()
    ))
}
