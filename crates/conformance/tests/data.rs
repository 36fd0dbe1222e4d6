//! What is generated, designed and broken on purpose covers what it says.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use conformance::data::{Case, Generator, Optional, designed, negatives};
use conformance::{Contract, Misfit};
use serde_json::{Value, json};

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

/// A copy of the contract with members of kinds that the page does not have yet.
fn with_other_kinds() -> Contract {
    let mut document = bvnk_simulator::contract().clone();
    let members = &mut document["components"]["schemas"]["Individual"]["properties"];
    members["income"] = json!({ "type": "number" });
    members["dependants"] = json!({ "type": "integer" });
    members["motto"] = json!({ "type": "string", "minLength": 2, "maxLength": 35 });
    Contract::new(document).unwrap()
}

#[test]
fn members_of_other_kinds_need_no_hand() {
    let contract = with_other_kinds();
    let schema = contract.body("create_customer", "request").unwrap();
    for case in designed(&contract).unwrap() {
        assert_eq!(schema.judge(&case.body), Ok(()), "{}", case.label);
    }
    let negatives = negatives(&contract).unwrap();
    for name in ["income", "dependants", "motto"] {
        let pointer = format!("/individual/{name}");
        let mine = negatives.iter().filter(|wrong| wrong.pointer == pointer);
        assert!(mine.count() >= 5, "{name}");
    }
    // What is generated reads as it was written.
    let mut generator = Generator::new(schema.schema(), Optional::All, 7).unwrap();
    for _ in 0..100 {
        let body = generator.generate().unwrap();
        assert_eq!(schema.judge(&body), Ok(()));
        assert_eq!(body, body.to_string().parse::<Value>().unwrap());
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
