//! Each clause has a check, and each check a clause.

use std::sync::Arc;

use bvnk_contract::Clauses;
use conformance::checks::{CHECKS, Check, kind};
use conformance::run::{RunOptions, Target, run};
use conformance::specification::{CLAUSES, CLAUSES_FILE, Specification};

/// What does not fit between the clauses and the table of checks: clauses that no check
/// proves, checks that prove none, and ids that no clause has. Each is a line of text; none means
/// that every fact of the documentation is tested.
fn unmatched(specification: &Specification) -> Vec<String> {
    let clauses = || specification.clauses().iter();
    let mut found = Vec::new();
    for clause in clauses() {
        let mut evidence = CHECKS.iter().filter(|check| check.evidence);
        if !evidence.any(|check| check.proves(clause)) {
            found.push(format!("no check proves the clause `{}`", clause.id));
        }
    }
    for Check { id, proves, .. } in CHECKS {
        let known = |name: &str| clauses().any(|it| it.id == name || kind(&it.expect) == name);
        let unknown = proves.iter().filter(|name| !known(name));
        found.extend(
            unknown.map(|name| format!("the check `{id}` names `{name}`, which is no clause")),
        );
    }
    let idle = CHECKS
        .iter()
        .filter(|check| !clauses().any(|clause| check.proves(clause)));
    found.extend(idle.map(|check| format!("the check `{}` proves no clause", check.id)));
    found
}

#[test]
fn every_clause_has_a_check_and_every_check_a_clause() {
    let specification = Specification::embedded().unwrap();
    assert_eq!(unmatched(&specification), Vec::<String>::new());
    let mut ids: Vec<&str> = CHECKS.iter().map(|check| check.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), CHECKS.len());
}

#[test]
fn a_clause_without_a_check_and_a_check_without_its_clause_are_found() {
    let more = "[[clause]]\nid = \"new\"\nsays = \"…\"\nbasis = \"inferred\"\nexpect = { kind = \"behaviour\" }\n";
    let contract = || bvnk_simulator::contract().unwrap().clone();
    let clauses = |text: &str| Clauses::from_toml(CLAUSES_FILE, text).unwrap();
    let with = |text: &str| unmatched(&Specification::new(contract(), clauses(text)));
    assert_eq!(
        with(&format!("{CLAUSES}\n{more}")),
        ["no check proves the clause `new`"]
    );
    let renamed = CLAUSES.replace("id = \"auth.refused\"", "id = \"auth.refused-now\"");
    let found = with(&renamed).join("\n");
    assert!(
        found.contains("no check proves the clause `auth.refused-now`"),
        "{found}"
    );
    assert!(
        found.contains("names `auth.refused`, which is no clause"),
        "{found}"
    );
}

#[tokio::test]
async fn a_clause_that_the_contract_contradicts_is_shown_with_both_values() {
    let text = CLAUSES.replacen("rank = 1", "rank = 3", 1);
    let clauses = Clauses::from_toml("clauses.toml", &text).unwrap();
    let contract = bvnk_simulator::contract().unwrap().clone();
    let options = RunOptions {
        cases: 0,
        only: Some(Arc::new(["server.sandbox".to_owned()].into())),
        specification: Some(Arc::new(Specification::new(contract, clauses))),
        ..RunOptions::default()
    };
    let report = run(Target::Simulator, options).await.unwrap();
    let found = report.failures.iter();
    let found: Vec<_> = found.filter(|it| it.check == "contract-clauses").collect();
    let both = "rank: the clause expects 3, the contract states 1";
    assert!(
        found.len() == 1 && found[0].actual.contains(both),
        "{found:?}"
    );
}
