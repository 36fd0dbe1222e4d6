//! Every supported shape goes through `regen`: the code compiles, valid values round-trip, and
//! what the types accept of invalid values is sent as valid ones.
//!
//! All contracts become modules of one program, which is built once. Of a contract with one change,
//! the types that the change reaches are run. `SHAPES` sets the number of random contracts, and checks
//! the code with `schemars` too; CI uses the default, the nightly run more.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

mod changes;
mod program;
mod random;
mod values;

use std::collections::BTreeSet;

use bvnk_contract::Contract;
use serde_json::Value;

use crate::program::{Outcome, Program};

/// A contract and its name.
struct Case {
    name: String,
    contract: Contract,
    client: String,
    /// The components that are types of their own, and that `base` has not as they are.
    types: Vec<String>,
}

impl Case {
    fn new(name: &str, document: Value, base: Option<&Value>) -> Self {
        let changed = changed(&document, base);
        let contract = Contract::from_value("api.json", document)
            .unwrap_or_else(|errors| panic!("{name}: {errors}"));
        let client = xtask::generate(&contract).unwrap_or_else(|errors| panic!("{name}: {errors}"));
        syn::parse_file(&client.dispatch).unwrap_or_else(|error| panic!("{name}: {error}"));
        let types = program::types(&client.client).into_iter();
        let types = types.filter(|name| changed.contains(*name));
        Self {
            name: name.to_owned(),
            types: types.map(str::to_owned).collect(),
            contract,
            client: client.client,
        }
    }
}

/// The components of a contract that another has not, or that lead to one of these.
fn changed(document: &Value, base: Option<&Value>) -> BTreeSet<String> {
    let schemas = &document["components"]["schemas"];
    let before = base.map_or(&Value::Null, |base| &base["components"]["schemas"]);
    let all = schemas.as_object().unwrap();
    let own = all
        .iter()
        .filter(|(name, schema)| before.get(name) != Some(schema));
    let mut changed: BTreeSet<String> = own.map(|(name, _)| name.clone()).collect();
    loop {
        let leads = |schema: &Value| {
            let text = schema.to_string();
            changed
                .iter()
                .any(|name| text.contains(&format!("schemas/{name}\"")))
        };
        let more = all
            .iter()
            .filter(|(name, schema)| !changed.contains(*name) && leads(schema));
        let more: Vec<String> = more.map(|(name, _)| name.clone()).collect();
        if more.is_empty() {
            return changed;
        }
        changed.extend(more);
    }
}

#[test]
fn every_shape_compiles_and_round_trips() {
    let mut cases: Vec<Case> = changes::CHANGES
        .iter()
        .map(|(name, change)| {
            let base = changes::base();
            let mut document = base.clone();
            change(&mut document);
            let base = (document != base).then_some(&base);
            Case::new(name, document, base)
        })
        .collect();
    let count = std::env::var("SHAPES").ok();
    let nightly = count.is_some();
    let count = count.and_then(|count| count.parse().ok()).unwrap_or(4);
    for seed in 0..count {
        let name = format!("random contract {seed}");
        cases.push(Case::new(&name, random::contract(seed), None));
    }
    let program = Program::build(&cases, nightly);
    let mut inputs = Vec::new();
    for (index, case) in cases.iter().enumerate() {
        for value in values::of(&case.contract, &case.types, index as u64) {
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
                if !case.contract.allows(schema, &value) {
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
