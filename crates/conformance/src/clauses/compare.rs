//! Holds clauses and contract against each other, in both directions.

use std::fmt;

use serde_json::Value;

use super::facts::{Fact, of_clauses, of_contract};
use super::{CLAUSES, CONTRACT, Clauses, Expect};
use crate::contract::{operations, resolve, text};

/// One disagreement of clauses and contract. It names both places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// The clause that the contract breaks; none where it states what no clause covers.
    pub clause: Option<String>,
    told: String,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.told)
    }
}

/// Everything in which the clauses and a contract disagree. Empty is what it must be.
pub fn compare(clauses: &Clauses, document: &Value) -> Vec<Mismatch> {
    let (expected, doubled) = of_clauses(clauses);
    let stated = of_contract(document);
    let mut mismatches: Vec<Mismatch> = doubled
        .into_iter()
        .map(|key| Mismatch {
            told: format!("{CLAUSES}: two clauses are about `{key}`; {CONTRACT} has it once"),
            clause: None,
        })
        .collect();
    for (key, clause) in &expected {
        match stated.get(key) {
            Some(found) => mismatches.extend(aspects(key, clause, found)),
            None => mismatches.push(Mismatch {
                clause: Some(clause.place.clone()),
                told: format!(
                    "{CLAUSES}, clause `{}`, expects `{key}`; {CONTRACT} has no such place",
                    clause.place
                ),
            }),
        }
    }
    for (key, found) in stated
        .iter()
        .filter(|(key, _)| !expected.contains_key(*key))
    {
        mismatches.push(Mismatch {
            clause: None,
            told: format!(
                "{CONTRACT}, at {}, states `{key}`; {CLAUSES} has no clause that covers it",
                found.place
            ),
        });
    }
    mismatches.extend(samples(clauses, document));
    mismatches
}

fn aspects<'a>(
    key: &'a str,
    clause: &'a Fact,
    found: &'a Fact,
) -> impl Iterator<Item = Mismatch> + 'a {
    let names = clause.aspects.keys().chain(
        found
            .aspects
            .keys()
            .filter(|name| !clause.aspects.contains_key(*name)),
    );
    names.filter_map(move |name| {
        let (wanted, given) = (clause.aspects.get(name), found.aspects.get(name));
        (wanted != given).then(|| {
            let told = |value: Option<&String>| {
                value.map_or("nothing".to_owned(), |value| format!("`{value}`"))
            };
            Mismatch {
                clause: Some(clause.place.clone()),
                told: format!(
                    "`{key}`, {name}: {CLAUSES}, clause `{}`, expects {}; {CONTRACT}, at {}, states {}",
                    clause.place,
                    told(wanted),
                    found.place,
                    told(given)
                ),
            }
        })
    })
}

fn samples(clauses: &Clauses, document: &Value) -> Vec<Mismatch> {
    let mut mismatches = Vec::new();
    for clause in clauses.iter() {
        let Expect::Sample {
            operation,
            of,
            path,
            value,
        } = &clause.expect
        else {
            continue;
        };
        let found = example(document, operation, of)
            .and_then(|body| body.pointer(&format!("/{}", path.replace('.', "/"))));
        if found != Some(value) {
            mismatches.push(Mismatch {
                clause: Some(clause.id.clone()),
                told: format!(
                    "{CLAUSES}, clause `{}`, expects the page's sample to have {value} at {path}; {CONTRACT} has {} in the example of the {of} of {operation}",
                    clause.id,
                    found.map_or("nothing".to_owned(), Value::to_string),
                ),
            });
        }
    }
    mismatches
}

fn example<'a>(document: &'a Value, id: &str, of: &str) -> Option<&'a Value> {
    let (_, _, operation) = operations(document)
        .into_iter()
        .find(|(_, _, operation)| text(operation, "operationId") == id)?;
    let body = match of {
        "request" => operation.get("requestBody")?,
        status => operation.get("responses")?.get(status)?,
    };
    resolve(document, body).pointer("/content/application~1json/example")
}
