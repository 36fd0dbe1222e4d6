//! A body against the contract and against another body, place by place. Nothing of a
//! value is shown: a body may be a person's data, and findings are printed in logs.

use serde_json::Value;

use super::Recorder;

/// Judges a body by the contract's schema: each attribute that could be there is one case
/// of its clause, and what is wrong elsewhere counts for the clause around it.
pub(super) fn judge(recorder: &mut Recorder<'_>, operation: &str, of: &str, body: &Value) {
    let specification = &recorder.context.specification;
    for attribute in specification.attributes(operation, of) {
        if attribute.applies_to(body) {
            recorder.observe(&attribute.clause);
        }
    }
    for violation in &specification.violations(operation, of, body) {
        let clause = specification.clause_at(operation, of, &violation.place);
        recorder.fail(&clause, "what the contract states", violation);
    }
}

/// The first place at which two values differ, as a JSON pointer, and how, such as
/// `/a/b is missing`.
///
/// `place` is where the values stand, empty for whole bodies. `None` if they are equal. Only the
/// first is returned, since others often follow from it. Numbers are equal where their values are,
/// as `1` and `1.0` mean the same in JSON.
pub(super) fn differs(place: &str, expected: &Value, actual: &Value) -> Option<(String, String)> {
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
            let mut pairs = expected.iter().zip(actual).enumerate();
            pairs.find_map(|(index, (one, other))| differs(&format!("{place}/{index}"), one, other))
        }
        (Value::Number(one), Value::Number(other)) if one.as_f64() == other.as_f64() => None,
        _ => (expected != actual).then(|| (place.to_owned(), format!("another value at {place}"))),
    }
}
