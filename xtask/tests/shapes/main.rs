//! Every supported shape goes through `regen`: the code compiles, valid values round-trip, and
//! what the types accept of invalid values is sent as valid ones.
//!
//! All contracts become modules of one program, which is built once, with `schemars`. `SHAPES` sets the
//! number of random contracts, and checks the code without `schemars` too; CI uses the default, the
//! nightly run more.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

mod changes;
mod program;
mod random;
mod values;

use bvnk_contract::{Contract, Validator};
use serde_json::Value;

use crate::program::{Outcome, Program};

/// A contract and its name.
struct Case {
    name: String,
    contract: Contract,
    client: String,
}

impl Case {
    fn new(name: &str, document: Value) -> Self {
        let contract = Contract::from_value("api.json", document)
            .unwrap_or_else(|errors| panic!("{name}: {errors}"));
        let client = xtask::generate(&contract).unwrap_or_else(|errors| panic!("{name}: {errors}"));
        syn::parse_file(&client.dispatch).unwrap_or_else(|error| panic!("{name}: {error}"));
        Self {
            name: name.to_owned(),
            contract,
            client: client.client,
        }
    }
}

#[test]
fn every_shape_compiles_and_round_trips() {
    let mut cases: Vec<Case> = changes::CHANGES
        .iter()
        .map(|(name, change)| {
            let mut document = changes::base();
            change(&mut document);
            Case::new(name, document)
        })
        .collect();
    let count = std::env::var("SHAPES").ok();
    let nightly = count.is_some();
    let count = count.and_then(|count| count.parse().ok()).unwrap_or(6);
    for seed in 0..count {
        let name = format!("random contract {seed}");
        cases.push(Case::new(&name, random::contract(seed)));
    }
    let program = Program::build(&cases, nightly);
    let mut inputs = Vec::new();
    for (index, case) in cases.iter().enumerate() {
        for value in values::of(&case.contract, &case.client, index as u64) {
            inputs.push((index, value));
        }
    }
    let outcomes = program.run(&inputs);
    let mut failures = Vec::new();
    let (mut valid, mut refused, mut accepted) = (0, 0, 0);
    for ((index, input), outcome) in inputs.iter().zip(outcomes) {
        let case = &cases[*index];
        let about = || format!("{}: {} {}", case.name, input.ty, input.json);
        match (input.valid, outcome) {
            (true, Outcome::Value(value)) if value == input.json => valid += 1,
            (true, Outcome::Value(value)) => failures.push(format!("{}\n became {value}", about())),
            (true, Outcome::Error(error)) => {
                failures.push(format!("{}\n refused: {error}", about()))
            }
            (false, Outcome::Error(_)) => refused += 1,
            (false, Outcome::Value(value)) => {
                accepted += 1;
                let schema = &case.contract.schemas[&input.ty];
                if !Validator::new(&case.contract, schema)
                    .unwrap()
                    .is_valid(&value)
                {
                    failures.push(format!("{}\n is sent as {value}", about()));
                }
            }
        }
    }
    println!("{valid} valid values, {refused} invalid ones refused, {accepted} made valid");
    assert!(
        failures.is_empty(),
        "{}",
        failures[..failures.len().min(20)].join("\n")
    );
    assert!(
        valid > 10 * cases.len() && refused > valid,
        "too few values"
    );
}
