//! What is generated, designed and broken on purpose covers what it says.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use conformance::data::{Case, designed, negatives};
use conformance::{Contract, Misfit};
use serde_json::Value;

fn cases() -> (Contract, Vec<Case>) {
    let contract = Contract::embedded().unwrap();
    let cases = designed(&contract).unwrap();
    (contract, cases)
}

#[test]
fn every_designed_body_is_valid_and_says_what_is_special() {
    let (contract, cases) = cases();
    let schema = contract.body("create_customer", "request").unwrap();
    let mut labels = BTreeSet::new();
    for case in &cases {
        assert_eq!(schema.judge(&case.body), Ok(()), "{}", case.label);
        assert!(labels.insert(&case.label), "{} twice", case.label);
    }
    let labels: Vec<&str> = cases.iter().map(|case| case.label.as_str()).collect();
    insta::assert_snapshot!(labels.join("\n"));
}

/// The places that some body has and another has not, although its parent is there.
fn places(value: &Value, place: &str, found: &mut BTreeSet<String>) {
    for (name, value) in value.as_object().into_iter().flatten() {
        let place = format!("{place}/{name}");
        found.insert(place.clone());
        places(value, &place, found);
    }
}

#[test]
fn every_pair_of_optional_members_is_sent_together_apart_and_not_at_all() {
    let (_, cases) = cases();
    let all: Vec<BTreeSet<String>> = cases
        .iter()
        .map(|case| {
            let mut found = BTreeSet::new();
            places(&case.body, "", &mut found);
            found
        })
        .collect();
    let union: BTreeSet<&String> = all.iter().flatten().collect();
    let optional: Vec<&String> = union
        .into_iter()
        .filter(|place| !all.iter().all(|found| found.contains(*place)))
        .collect();
    assert!(optional.len() > 10);
    for one in &optional {
        for other in optional.iter().filter(|other| *other > one) {
            // What lies in the other is there only with it.
            let nested = other.starts_with(&format!("{one}/"));
            for (first, second) in [(true, true), (true, false), (false, true), (false, false)] {
                let possible = !(nested && !first && second);
                let sent = all
                    .iter()
                    .any(|found| (found.contains(*one), found.contains(*other)) == (first, second));
                assert_eq!(sent, possible, "{one} {first}, {other} {second}");
            }
        }
    }
}

#[test]
fn every_negative_is_one_edit_that_both_validators_refuse() {
    let contract = Contract::embedded().unwrap();
    let schema = contract.body("create_customer", "request").unwrap();
    let negatives = negatives(&contract).unwrap();
    let mut kinds: std::collections::BTreeMap<&str, usize> = Default::default();
    for negative in &negatives {
        *kinds.entry(negative.keyword).or_default() += 1;
        let wrong: Vec<Misfit> = schema.judge(&negative.body).unwrap_err();
        let near = wrong
            .iter()
            .any(|misfit| misfit.pointer.starts_with(&negative.pointer));
        assert!(near, "{} {}: {wrong:?}", negative.pointer, negative.keyword);
    }
    insta::assert_debug_snapshot!(kinds);
}
