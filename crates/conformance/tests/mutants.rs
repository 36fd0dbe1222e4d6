//! Who checks the checks. `cargo conformance mutants` runs all mutants; here each check is
//! seen to fail for one of them, and what it says then is a snapshot.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;

use bvnk_simulator::Fault;
use conformance::checks::CHECKS;
use conformance::mutants::{self, Family, Fate, Mutant};
use conformance::{Contract, Source};

/// One mutant for each check.
const FOR_EACH: &[(&str, &str)] = &[
    ("environments", "servers/0: gone"),
    ("contract-clauses", "Individual/required: lastName optional"),
    ("type-schemas", "Individual/required: lastName optional"),
    ("request-types", "Individual/required: lastName optional"),
    ("request-route", "another-path"),
    ("request-headers", "extra-header"),
    ("request-signature", "unsigned"),
    ("request-key", "key-missing"),
    ("request-body", "field-renamed"),
    ("request-attributes", "skip-validation"),
    ("request-negatives", "skip-validation"),
    ("signature-required", "accept-bad-mac"),
    ("signature-fresh", "accept-replayed-nonce"),
    ("server-refuses", "skip-media-type"),
    ("create-accepted", "ok-on-create"),
    ("answer-raw", "drop-reference-field"),
    ("answer-body", "forget-customer"),
    ("answer-reference", "shared-reference"),
    ("status-known", "status-of-another-name"),
    ("status-progress", "status-stuck"),
    ("key-replay", "new-customer-on-replay"),
    ("failure-repeated", "doubt-forgotten"),
    ("refusal-kept", "refusal-without-body"),
    ("change-survived", "unknown-status-fails"),
    ("webhooks-sent", "webhook-other-bytes"),
    ("webhooks-read", "webhook-unsigned-taken"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_check_fails_for_what_it_watches() {
    let all = mutants::all().unwrap();
    let wanted: BTreeSet<&str> = FOR_EACH.iter().map(|(_, mutant)| *mutant).collect();
    let chosen: Vec<Mutant> = all
        .into_iter()
        .filter(|mutant| wanted.contains(mutant.name.as_str()))
        .collect();
    let outcome = mutants::run(chosen, 4, || {}).await.unwrap();
    let mut told = String::new();
    for check in CHECKS {
        let row = FOR_EACH.iter().find(|(id, _)| *id == check.id);
        let name = row.map(|(_, name)| *name).unwrap_or_default();
        let mutant = outcome.outcomes.iter().find(|mutant| mutant.name == name);
        let kill =
            mutant.and_then(|mutant| mutant.kills.iter().find(|kill| kill.check == check.id));
        let _ = match kill {
            Some(kill) => writeln!(
                told,
                "{} ({name})\n  {}\n  clause    {}\n  expected  {}\n  came      {}",
                check.id, kill.what, kill.clause, kill.expected, kill.came
            ),
            None => writeln!(told, "{}: NOT KILLED", check.id),
        };
    }
    assert!(!told.contains("NOT KILLED"), "{told}");
    insta::assert_snapshot!(told);
}

#[test]
fn there_are_enough_mutants_and_each_breaks_a_clause() {
    let all = mutants::all().unwrap();
    for (family, least) in [
        (Family::Server, 40),
        (Family::Client, 30),
        (Family::Contract, 100),
    ] {
        let mine = all.iter().filter(|mutant| mutant.family == family);
        assert!(mine.count() >= least, "{family}");
    }
}

/// What is legal is found by nobody: a check that fails for it demands too much.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_legal_server_passes() {
    for fault in mutants::LEGAL {
        let mutant = Mutant::of_server(fault);
        let outcome = mutants::run(vec![mutant], 1, || {}).await.unwrap();
        let outcome = &outcome.outcomes[0];
        assert_eq!(outcome.fate, Fate::Survived, "{fault}");
        assert!(outcome.others.is_empty(), "{fault}: {:?}", outcome.others);
    }
    assert!(mutants::LEGAL.contains(&Fault::ExtraMembers));
}

const CANARY: &str = "canary4711";

/// The example with a canary in every text that has no form of its own.
fn canaries(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(members) => {
            let free = |name: &str| !["type", "dateOfBirth", "selfieVerifiedAt"].contains(&name);
            let members = members.iter_mut().filter(|(name, _)| free(name));
            for (name, member) in members {
                match member.as_str() {
                    Some(_) if name.ends_with("ountryCode") => *member = "QZ".into(),
                    Some(text) if text.contains('@') => {
                        *member = format!("{CANARY}@x.example").into()
                    }
                    Some(_) => *member = CANARY.into(),
                    None => canaries(member),
                }
            }
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(canaries),
        _ => {}
    }
}

/// A person that somebody gave is in no report and in no file, whatever fails.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_given_person_is_never_shown() {
    let contract = Arc::new(Contract::embedded().unwrap());
    let mut body = contract.example("create_customer").unwrap().clone();
    canaries(&mut body);
    let http = bvnk::http_client().unwrap();
    let names = [
        "unsigned",
        "value-changed",
        "body-wrapped",
        "date-written-otherwise",
        "field-added",
        "body-no-json",
        "skip-validation",
        "garbage-body",
    ];
    let all = mutants::all().unwrap();
    let directory = tempfile::tempdir().unwrap();
    for name in names {
        let mutant = all.iter().find(|mutant| mutant.name == name).unwrap();
        let source = Source::Given(body.clone());
        let report = mutant
            .run(Arc::clone(&contract), http.clone(), source)
            .await
            .unwrap();
        assert!(!report.proven(), "{name}: {report}");
        let mut told = format!("{report} {report:?}");
        for file in report.write_to(directory.path()).unwrap() {
            told.push_str(&std::fs::read_to_string(file).unwrap());
        }
        let shown = [CANARY, &CANARY.to_uppercase(), "\"QZ"];
        assert!(
            !shown.iter().any(|text| told.contains(text)),
            "{name}: {told}"
        );
    }
}
