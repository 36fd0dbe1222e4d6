//! The values of statuses: which ones appear, what the client makes of them, and which ones
//! the contract does not list.
//!
//! The list of the contract is open, as the page says "possible values include". So a value that
//! is not listed is no failure in itself, but a value that is nearly a listed one is.

use bvnk_contract::{Expectation, Operation};
use serde_json::Value;

use super::Recorder;
use crate::exchange::text_at;
use crate::flow::pointer;
use crate::specification::{Specification, misspelt};

/// The clause about what changes without notice.
///
/// The API is in beta, so that statuses and members may be added.
pub(super) const BETA: &str = "settled.beta";

/// The status in an answer is read as it was sent, and is one that the contract lists.
///
/// A new status is a warning, as the page does not list all of them. One that is a misspelt
/// listed status is a failure of the clauses about that status.
pub(super) fn listed(
    recorder: &mut Recorder<'_>,
    operation: &Operation,
    raw: &Value,
    decoded: &Value,
) {
    let specification = &recorder.context.specification;
    let Some(status) = specification.status(&operation.id) else {
        return;
    };
    let Some(value) = text_at(raw, &status.pointer) else {
        return;
    };
    recorder.on(format!("a status of {}", operation.id));
    let read = text_at(decoded, &status.pointer);
    let same = read.as_ref() == Some(&value);
    recorder.holds(BETA, same, "the text that was sent");
    observe(recorder, &status.pointer, &value);
    if status.values().any(|known| *known == value) {
        return;
    }
    match misspelt(&value, status.values()) {
        None => recorder.warn(&status.clause, "a status that the contract lists", value),
        Some(meant) => {
            let clauses = values_of(specification, &status.pointer, meant);
            for clause in clauses.into_iter().chain([status.clause.as_str()]) {
                recorder.fail(clause, format!("{meant}, if that was meant"), &value);
            }
        }
    }
}

/// The clauses about one value of the attribute at a place.
///
/// Samples of responses count, because they show the value of a status.
fn values_of<'s>(specification: &'s Specification, at: &str, wanted: &str) -> Vec<&'s str> {
    let clauses = specification.clauses().iter();
    let about = clauses.filter(|clause| match &clause.expect {
        Expectation::Value { path, value, .. } => pointer(path) == at && value == wanted,
        Expectation::Sample {
            of, path, value, ..
        } => of != "request" && pointer(path) == at && value == wanted,
        _ => false,
    });
    about.map(|clause| clause.id.as_str()).collect()
}

/// Records that a value appeared at a place, which proves the clauses about it: those of a status
/// that never appears are not observed.
pub(super) fn observe(recorder: &mut Recorder<'_>, at: &str, value: &str) {
    for clause in values_of(&recorder.context.specification, at, value) {
        recorder.observe(clause);
    }
}
