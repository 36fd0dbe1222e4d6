//! What every operation needs so that a client can be made of it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{child, resolve};
use crate::problem::Problem;

const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// The JSON pointers and values of all operations.
pub(crate) fn all(contract: &Value) -> Vec<(String, &Value)> {
    let paths = contract.get("paths").and_then(Value::as_object);
    paths
        .into_iter()
        .flatten()
        .flat_map(|(path, item)| {
            let pointer = child("/paths", path);
            METHODS.iter().filter_map(move |method| {
                let operation = item.get(method)?;
                Some((child(&pointer, method), operation))
            })
        })
        .collect()
}

pub(super) fn check(contract: &Value) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut seen: BTreeMap<&str, String> = BTreeMap::new();
    for (pointer, operation) in all(contract) {
        match operation.get("operationId").and_then(Value::as_str) {
            None => problems.push(Problem::of_contract(
                &pointer,
                "the operation has no `operationId`, from which its method is named",
                "add one in snake_case, as in `operationId: create_customer`",
            )),
            Some(id) => {
                if let Some(first) = seen.insert(id, pointer.clone()) {
                    problems.push(Problem::of_contract(
                        &pointer,
                        format!("the `operationId` {id} is already taken by {first}"),
                        "give each operation an id of its own",
                    ));
                }
            }
        }
        let successes = kinds(contract, operation, |status| status.starts_with('2'));
        if successes.len() != 1 {
            problems.push(Problem::of_contract(
                child(&pointer, "responses"),
                format!(
                    "the operation has {}, and a method returns one type",
                    told(&successes, "success")
                ),
                "document the 2xx responses of one operation with one schema",
            ));
        }
        let failures = kinds(contract, operation, |status| !status.starts_with('2'));
        if failures.len() > 1 {
            problems.push(Problem::of_contract(
                child(&pointer, "responses"),
                format!(
                    "the operation has {}, and a caller meets one",
                    told(&failures, "error")
                ),
                "document its error responses with one schema, in the same media type",
            ));
        }
    }
    problems
}

/// The kinds of answer that an operation has: for each distinct body, its statuses.
fn kinds(
    contract: &Value,
    operation: &Value,
    wanted: impl Fn(&str) -> bool,
) -> BTreeMap<String, Vec<String>> {
    let mut kinds: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let responses = operation.get("responses").and_then(Value::as_object);
    for (status, response) in responses.into_iter().flatten() {
        if wanted(status) {
            let content = resolve(contract, response)
                .get("content")
                .and_then(Value::as_object);
            let bodies: Vec<String> = content
                .into_iter()
                .flatten()
                .map(|(media_type, body)| {
                    let schema = body.get("schema").unwrap_or(&Value::Null);
                    let name = schema.get("$ref").and_then(Value::as_str);
                    format!(
                        "{media_type} {}",
                        name.map_or_else(|| schema.to_string(), str::to_owned)
                    )
                })
                .collect();
            let kind = if bodies.is_empty() {
                "no body".to_owned()
            } else {
                bodies.join(", ")
            };
            kinds.entry(kind).or_default().push(status.clone());
        }
    }
    kinds
}

fn told(kinds: &BTreeMap<String, Vec<String>>, what: &str) -> String {
    let list: Vec<String> = kinds
        .iter()
        .map(|(kind, statuses)| format!("{}: {kind}", statuses.join(", ")))
        .collect();
    match list.len() {
        0 => format!("no {what}"),
        1 => format!("one kind of {what}"),
        count => format!("{count} kinds of {what} ({})", list.join("; ")),
    }
}
