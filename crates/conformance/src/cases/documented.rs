//! What is known of this API's people only: plausible names and addresses for samples, and
//! a person's own file. Where the contract has other names, samples are merely less
//! readable.
//!
//! Plausible values are reserved ones where that exists, such as `mail.example`; none is of a
//! real person.

use serde_json::{Value, json};

use super::variations::{locate, put};
use super::{Generator, Optional, example};
use crate::flow;
use crate::specification::Specification;

/// The property of a creation that holds the person.
const PERSON: &str = "individual";

/// Plausible values by the name of the property, with bars between them.
const PLAUSIBLE: [(&str, &str); 12] = [
    ("firstName", "Amelia|Mateo|Chidi|Ingrid|Priya|Łukasz"),
    ("lastName", "Okafor|García|Novák|Nguyen|Larsen|O'Neil"),
    (
        "description",
        "Private client|Referred by a partner|Opened at a branch",
    ),
    ("nationality", "GB|ES|NG|NO|IN|PL"),
    ("birthCountryCode", "GB|ES|NG|NO|IN|PL"),
    ("countryCode", "GB|ES|FR|NO|IE|PL"),
    (
        "addressLine1",
        "12 High Street|Calle Mayor 7|3 rue de Lille|Storgata 41|8 Abbey Road|ul. Długa 15",
    ),
    ("addressLine2", "Flat 2|3º B|Bâtiment C|Apt 11|Unit 4|m. 6"),
    ("city", "London|Madrid|Paris|Oslo|Dublin|Gdańsk"),
    ("postCode", "N1 9GU|28013|75007|0161|D02 X285|80-831"),
    (
        "lastOccupation",
        "Teacher|Software engineer|Nurse|Carpenter|Accountant|Chef",
    ),
    (
        "email",
        "amelia@mail.example|mateo@mail.example|chidi@mail.example",
    ),
];

/// Generates bodies of creations: plausible ones, or with `edge_cases` whatever the contract
/// allows.
///
/// # Errors
///
/// What in the contract cannot be generated.
pub fn people(
    specification: &Specification,
    count: usize,
    seed: u64,
    edge_cases: bool,
) -> Result<Vec<Value>, String> {
    let contract = specification.contract();
    let operation = flow::first(contract)?.create;
    let Some(body) = &operation.body else {
        return Err(format!("{} has no body", operation.id));
    };
    let mut generator = Generator::new(contract, Optional::Some, seed);
    let mut people = Vec::with_capacity(count);
    for number in 0..count {
        let drawn = generator.value(&body.schema)?;
        if edge_cases {
            people.push(drawn);
            continue;
        }
        let mut person = drawn.clone();
        let start = usize::try_from(seed % 6).unwrap_or_default() + number;
        for attribute in specification.attributes(&operation.id, "request") {
            let rules = &attribute.rules;
            let name = rules.path.rsplit('.').next().unwrap_or_default();
            let known = PLAUSIBLE.iter().find(|(known, _)| *known == name);
            let value = match (known, &rules.known) {
                (Some((_, values)), _) => {
                    let values: Vec<&str> = values.split('|').collect();
                    values[start % values.len()]
                }
                // An open list's unlisted values and drawn texts are not readable.
                (None, Some(listed)) if rules.open == Some(true) => match listed.first() {
                    Some(first) => first,
                    None => continue,
                },
                (None, None) if attribute.is_free_text() => "sample",
                _ => continue,
            };
            if let Some(place) = locate(contract, &body.schema, &rules.path, &drawn, 0) {
                put(&mut person, &place, Some(json!(value)));
            }
        }
        let valid = specification.allows(&operation.id, "request", &person);
        people.push(if valid { person } else { drawn });
    }
    Ok(people)
}

/// Reads the body of a creation from JSON text. A person alone is put into the contract's
/// example of a creation, in place of the person there.
///
/// # Errors
///
/// What is wrong and where, one place a line. It shows nothing of the file.
pub fn read_individual(specification: &Specification, text: &str) -> Result<Value, String> {
    let given: Value = serde_json::from_str(text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        format!("not valid JSON at line {line}, column {column}")
    })?;
    let contract = specification.contract();
    let operation = flow::first(contract)?.create;
    let body = match given.get(PERSON) {
        Some(_) => given,
        None => {
            let example = example(contract, &operation.id);
            let mut body = example.cloned().unwrap_or_else(|| json!({}));
            body[PERSON] = given;
            body
        }
    };
    let violations = specification.violations(&operation.id, "request", &body);
    if !violations.is_empty() {
        let lines: Vec<String> = violations.iter().map(ToString::to_string).collect();
        return Err(lines.join("\n"));
    }
    if let Some(read) = crate::dispatch::read_request(&operation.id) {
        read(body.to_string().as_bytes()).map_err(|error| error.to_string())?;
    }
    Ok(body)
}
