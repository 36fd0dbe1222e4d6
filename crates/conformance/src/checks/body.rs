//! A body against the contract and against another body, place by place. Nothing of a
//! value is shown.

use serde_json::Value;

use super::Recorder;
use crate::specification::Specification;

/// Judges a body by the contract's schema: each attribute that could be there is one case
/// of its clause, and what is wrong elsewhere counts for the clause around it.
pub(super) fn judge(
    specification: &Specification,
    (operation, of): (&str, &str),
    body: &Value,
    recorder: &mut Recorder,
) {
    let Some(validator) = specification.validator(operation, of) else {
        return;
    };
    let violations = validator.violations(body);
    let whole = specification.about(&format!("media {operation} {of}"));
    for attribute in specification.attributes(operation, of) {
        if attribute.applies_to(body) {
            recorder.observe(&attribute.clause);
        }
    }
    for violation in &violations {
        let own = specification.attributes(operation, of).iter();
        let own = own.filter(|attribute| attribute.is_at(&violation.place));
        let clause = own.map(|attribute| attribute.clause.clone()).next();
        let clause = clause.unwrap_or_else(|| match violation.place.as_str() {
            "" => whole.clone(),
            pointer => specification.clause_at(operation, of, pointer),
        });
        recorder.fail(&clause, "what the contract states", violation);
    }
}

/// The first place at which two values differ, and how.
pub(super) fn difference(expected: &Value, actual: &Value) -> Option<(String, String)> {
    differs("", expected, actual)
}

fn differs(place: &str, expected: &Value, actual: &Value) -> Option<(String, String)> {
    match (expected, actual) {
        (Value::Object(expected), Value::Object(actual)) => {
            let more = actual.keys().filter(|name| !expected.contains_key(*name));
            expected.keys().chain(more).find_map(|name| {
                let place = format!("{place}/{name}");
                match (expected.get(name), actual.get(name)) {
                    (Some(expected), Some(actual)) => differs(&place, expected, actual),
                    (Some(_), None) => Some((place.clone(), format!("{place} is missing"))),
                    _ => Some((place.clone(), format!("{place} was not given"))),
                }
            })
        }
        (Value::Array(expected), Value::Array(actual)) if expected.len() == actual.len() => {
            let pairs = expected.iter().zip(actual).enumerate();
            pairs
                .into_iter()
                .find_map(|(index, (one, other))| differs(&format!("{place}/{index}"), one, other))
        }
        (Value::Number(one), Value::Number(other)) if one.as_f64() == other.as_f64() => None,
        _ => (expected != actual).then(|| (place.to_owned(), format!("another value at {place}"))),
    }
}
