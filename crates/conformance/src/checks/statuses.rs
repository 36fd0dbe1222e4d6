//! The values of statuses: which ones appear, what the client makes of them, and which ones
//! the contract does not list.

use bvnk_contract::{Expectation, Operation};
use serde_json::Value;

use super::Recorder;
use crate::context::Context;
use crate::exchange::text_at;
use crate::flow::{StatusAttribute, pointer};

/// Of what changes without notice.
pub(super) const BETA: &str = "settled.beta";

/// The status in an answer is read as it was sent, and is one that the contract lists.
pub(super) fn listed(
    context: &Context,
    operation: &Operation,
    raw: &Value,
    decoded: &Value,
    recorder: &mut Recorder,
) {
    let Some(status) = StatusAttribute::of(context.specification.contract(), operation) else {
        return;
    };
    let Some(value) = text_at(raw, &status.pointer) else {
        return;
    };
    recorder.on(format!("a status of {}", operation.id));
    let read = text_at(decoded, &status.pointer);
    let same = read.as_ref() == Some(&value);
    recorder.holds(BETA, same, "the text that was sent");
    observe(context, &status.pointer, &value, recorder);
    if status.known.contains(&value) || status.is_terminal(&value) {
        return;
    }
    let id = operation.id.as_str();
    let clause = context
        .specification
        .clause_at(id, &status.of, &status.pointer);
    match misspelt(&value, status.known.iter().chain(&status.terminal)) {
        None => recorder.warn(&clause, "a status that the contract lists", value),
        Some(meant) => {
            let clauses = values_of(context, &status.pointer, meant);
            for clause in std::iter::once(clause).chain(clauses) {
                recorder.fail(&clause, format!("{meant}, if that was meant"), &value);
            }
        }
    }
}

/// The clauses about one value of the attribute at a place.
fn values_of(context: &Context, at: &str, wanted: &str) -> Vec<String> {
    let clauses = context.specification.clauses().iter();
    let about = clauses.filter(|clause| match &clause.expect {
        Expectation::Value { path, value, .. } => pointer(path) == at && value == wanted,
        Expectation::Sample {
            of, path, value, ..
        } => of != "request" && pointer(path) == at && value == wanted,
        _ => false,
    });
    about.map(|clause| clause.id.clone()).collect()
}

/// A value appeared, which proves the clauses about it.
pub(super) fn observe(context: &Context, at: &str, value: &str, recorder: &mut Recorder) {
    for clause in values_of(context, at, value) {
        recorder.observe(&clause);
    }
}

/// The listed value that a value is nearly: one letter off, or in another case.
fn misspelt<'a>(value: &str, mut listed: impl Iterator<Item = &'a String>) -> Option<&'a str> {
    let upper = value.trim().to_uppercase();
    let near = |meant: &&String| {
        let long = meant.chars().count() > 4;
        long && strsim::osa_distance(&upper, &meant.to_uppercase()) <= 1
    };
    listed.find(near).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_letter_off_is_misspelt_and_another_word_is_not() {
        let listed = ["VERIFIED", "PENDING_AGREEMENTS", "OFF"].map(str::to_owned);
        for (value, meant) in [
            ("VERIFEID", Some("VERIFIED")),
            ("verified", Some("VERIFIED")),
            (" VERIFIED ", Some("VERIFIED")),
            ("PENDING_AGREEMENT", Some("PENDING_AGREEMENTS")),
            ("UNVERIFIED", None),
            ("PENDING", None),
            ("ON", None),
            ("INFO_REQUIRED", None),
        ] {
            assert_eq!(misspelt(value, listed.iter()), meant, "{value}");
        }
    }
}
