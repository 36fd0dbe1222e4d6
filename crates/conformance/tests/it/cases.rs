//! What the cases are: valid bodies, and edits that are what they say.

use bvnk_contract::{Clauses, Contract};
use conformance::cases::{Plan, Variation};
use conformance::specification::Specification;

use crate::server::compiled;

fn specifications() -> [Specification; 2] {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/other");
    let read = |name: &str| std::fs::read_to_string(format!("{folder}/{name}")).unwrap();
    let contract = Contract::from_yaml("other", &read("customers.yaml")).unwrap();
    let clauses = Clauses::from_toml("other", &read("clauses.toml")).unwrap();
    assert_eq!(clauses.check(&contract, "other"), []);
    [
        Specification::embedded().unwrap(),
        Specification::new(contract, clauses),
    ]
}

#[test]
fn every_case_is_valid_and_a_seed_repeats_them() {
    for specification in specifications() {
        let plan = |seed| Plan::generated(&specification, 60, seed).unwrap();
        let (first, again, other) = (plan(11), plan(11), plan(12));
        for operation in &specification.contract().operations {
            let id = &operation.id;
            let cases = first.cases(id);
            assert!(!cases.is_empty(), "{id}");
            assert!(operation.body.is_none() || cases.len() > 60, "{id}");
            for case in cases {
                if let Some(body) = &case.body {
                    let violations = specification.violations(id, "request", body);
                    assert_eq!(violations, [], "{id} {}", case.label);
                }
            }
            assert_eq!(again.cases(id), cases);
            assert!(operation.body.is_none() || other.cases(id) != cases);
        }
    }
}

/// An edit is valid where the contract and the schema that the client's type derives say so.
#[test]
fn edits_are_what_they_say() {
    let mut compared = 0;
    for specification in specifications() {
        let plan = Plan::generated(&specification, 0, 0).unwrap();
        for operation in &specification.contract().operations {
            let id = &operation.id;
            let derived = operation.body.as_ref().and_then(|body| {
                // The other contract has types that the client lacks.
                let is_own = specification.contract() == bvnk_simulator::contract().unwrap();
                let name = body.schema.reference().filter(|_| is_own)?;
                let mut all = bvnk::types::schemas().into_iter();
                let (_, schema) = all.find(|(own, _)| *own == name)?;
                Some(compiled(schema.to_value()))
            });
            let variations = plan.variations(&specification, operation).into_iter();
            let of_body = variations.filter(|it| it.attribute.rules.of == "request");
            let mut tried = 0;
            for Variation {
                attribute,
                edit,
                body,
                ..
            } in of_body
            {
                let (path, body) = (&attribute.rules.path, body.unwrap());
                let allowed = specification.allows(id, "request", &body);
                assert_eq!(allowed, edit.valid, "{path} {}", edit.what());
                // A type may read null as left out, as long as it never sends it.
                let is_null = edit.clause == Some("request.null");
                if let (Some((schemas, index)), false) = (&derived, is_null) {
                    compared += 1;
                    let allowed = schemas.validate(&body, *index).is_ok();
                    assert_eq!(allowed, edit.valid, "{path} {}, derived", edit.what());
                }
                tried += 1;
            }
            assert!(tried > 10 || operation.body.is_none(), "{id}");
        }
    }
    assert!(compared > 10, "{compared}");
}
