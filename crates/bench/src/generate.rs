//! `generate`: what deriving everything from the contract takes, and how that grows with
//! the contract.
//!
//! Contracts of many operations are the committed one's operations and types many times
//! over, under other names.

use std::path::Path;
use std::time::Instant;

use serde_json::{Map, Value};

use crate::stats::median;
use crate::table::Table;
use crate::{Outcome, process};

/// How many copies, each of two operations, and how often they are timed.
const COPIES: [(usize, usize); 3] = [(5, 5), (50, 3), (500, 1)];

/// Seconds of `cargo xtask regen` and of `regen --check`, here and on larger contracts.
///
/// # Errors
///
/// When the task fails.
pub fn run() -> Outcome<String> {
    let mut table = Table::new(["contract", "regen s", "--check s", "ms an operation"]);
    let here = process::root();
    regen(&here, &["--check"])?;
    let both = [seconds(&here, &[], 5)?, seconds(&here, &["--check"], 5)?];
    row(&mut table, "this workspace's", 2, both);
    for (copies, rounds) in COPIES {
        let folder = tempfile::tempdir()?;
        for needed in [
            "openapi",
            "crates/bvnk-gen/src",
            "crates/bvnk-simulator",
            "crates/conformance",
        ] {
            std::fs::create_dir_all(folder.path().join(needed))?;
        }
        let contract = enlarged(copies)?;
        std::fs::write(folder.path().join("openapi/customers.yaml"), contract)?;
        regen(folder.path(), &[])?;
        let both = [
            seconds(folder.path(), &[], rounds)?,
            seconds(folder.path(), &["--check"], rounds)?,
        ];
        row(&mut table, "enlarged", 2 * copies, both);
    }
    Ok(table.to_string())
}

fn row(table: &mut Table, name: &str, operations: usize, [write, check]: [f64; 2]) {
    table.row([
        format!("{name}, {operations} operations"),
        format!("{write:.2}"),
        format!("{check:.2}"),
        format!("{:.1}", check * 1e3 / operations as f64),
    ]);
}

fn seconds(root: &Path, arguments: &[&str], rounds: usize) -> Outcome<f64> {
    let mut times = Vec::new();
    for _ in 0..rounds {
        let started = Instant::now();
        regen(root, arguments)?;
        times.push(started.elapsed().as_secs_f64());
    }
    Ok(median(times))
}

fn regen(root: &Path, arguments: &[&str]) -> Outcome<String> {
    let mut command = process::cargo();
    command.args(["xtask", "--root"]).arg(root);
    process::output(command.arg("regen").args(arguments))
}

/// The contract with all paths and schemas so many times, each with its number.
fn enlarged(copies: usize) -> Outcome<String> {
    let text = include_str!("../../bvnk-simulator/contract.json");
    let mut contract: Value = serde_json::from_str(text)?;
    let paths = taken(&mut contract, "/paths")?;
    let schemas = taken(&mut contract, "/components/schemas")?;
    let (mut more_paths, mut more_schemas) = (schemas.clone(), schemas.clone());
    more_paths.clear();
    for copy in 0..copies {
        for (path, item) in &paths {
            more_paths.insert(format!("/copy{copy}{path}"), numbered(item, copy));
        }
        for (name, schema) in &schemas {
            more_schemas.insert(format!("{name}{copy}"), numbered(schema, copy));
        }
    }
    put(&mut contract, "/paths", more_paths);
    put(&mut contract, "/components/schemas", more_schemas);
    // JSON is YAML.
    Ok(contract.to_string())
}

fn taken(contract: &mut Value, pointer: &str) -> Outcome<Map<String, Value>> {
    match contract.pointer_mut(pointer).map(Value::take) {
        Some(Value::Object(members)) => Ok(members),
        _ => Err(format!("the contract has no {pointer}").into()),
    }
}

fn put(contract: &mut Value, pointer: &str, members: Map<String, Value>) {
    if let Some(place) = contract.pointer_mut(pointer) {
        *place = Value::Object(members);
    }
}

/// A copy whose operations, and whose references to schemas, have a number.
fn numbered(value: &Value, copy: usize) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, member)| {
                let member = match (name.as_str(), member) {
                    ("operationId", Value::String(id)) => format!("{id}{copy}").into(),
                    ("$ref", Value::String(to)) if to.contains("/schemas/") => {
                        format!("{to}{copy}").into()
                    }
                    _ => numbered(member, copy),
                };
                (name.clone(), member)
            })
            .collect(),
        Value::Array(items) => items.iter().map(|item| numbered(item, copy)).collect(),
        _ => value.clone(),
    }
}
