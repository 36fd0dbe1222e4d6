//! The values of statuses: which ones appear, what the client makes of them, and which ones
//! the contract does not list.

use bvnk_contract::Expectation;
use bvnk_simulator::StatusSequence;

use super::Recorder;
use super::documented;
use super::requests::sent;
use crate::cases::Case;
use crate::collect::Exercise;
use crate::context::Context;
use crate::exchange::scalar;
use crate::flow::{StatusAttribute, pointer};

const BETA: &str = "settled.beta";
/// A status that no list has and that resembles none.
const UNLISTED: &str = "ON_HOLD_ELSEWHERE";

/// Each status in an answer is read as it was sent, and is one that the contract lists.
pub(super) fn listed(context: &Context, exercise: &Exercise, recorder: &mut Recorder) {
    for (operation, call) in sent(context, exercise) {
        let Ok(answer) = &call.result else { continue };
        let Some(status) = StatusAttribute::of(context.specification.contract(), operation) else {
            continue;
        };
        let raw: serde_json::Value = serde_json::from_slice(&answer.raw).unwrap_or_default();
        let Some(value) = raw.pointer(&status.pointer).and_then(scalar) else {
            continue;
        };
        let read = answer.value.pointer(&status.pointer).and_then(scalar);
        let what = "a status, read into the client's type";
        let same = read.as_ref() == Some(&value);
        recorder.check(BETA, same, what, "the text that was sent", "another one");
        appeared(context, &status.pointer, &value, recorder);
        if status.known.contains(&value) || status.is_terminal(&value) {
            continue;
        }
        let clause = context
            .specification
            .clause_at(&operation.id, &status.of, &status.pointer);
        let shown = bvnk::Escaped::new(&value).to_string();
        match misspelt(&value, status.known.iter().chain(&status.terminal)) {
            Some(meant) => {
                let expected = format!("`{meant}`");
                recorder.fail(
                    &clause,
                    "a status that is nearly a listed one",
                    &expected,
                    &shown,
                );
                for clause in values_of(context, &status.pointer, meant) {
                    recorder.fail(
                        &clause,
                        "a status that is nearly a listed one",
                        &expected,
                        &shown,
                    );
                }
            }
            None => recorder.should(|recorder| {
                recorder.fail(&clause, "a status", "one that the contract lists", &shown);
            }),
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
        } if of != "request" => pointer(path) == at && value == wanted,
        _ => false,
    });
    about.map(|clause| clause.id.clone()).collect()
}

/// A value appeared, which proves the clauses about it.
fn appeared(context: &Context, at: &str, value: &str, recorder: &mut Recorder) {
    for clause in values_of(context, at, value) {
        recorder.observe(&clause);
    }
}

/// The listed value that a value is nearly: one letter off, or in another case.
fn misspelt<'a>(value: &str, listed: impl Iterator<Item = &'a String>) -> Option<&'a str> {
    let upper = value.to_uppercase();
    let near = |meant: &&String| {
        let long = meant.chars().count() > 4;
        long && strsim::osa_distance(&upper, &meant.to_uppercase()) <= 1
    };
    listed.into_iter().find(near).map(String::as_str)
}

/// The simulator is made to answer each status that the contract knows, and one that it
/// does not: the client reads each as it is, and a terminal one ends the flow.
pub(super) async fn scripted(context: &Context, recorder: &mut Recorder) {
    let contract = context.specification.contract();
    for flow in contract.flows() {
        let Some(status) = StatusAttribute::of(contract, flow.follow) else {
            continue;
        };
        let Some(case) = context.plan.cases(&flow.create.id).first() else {
            continue;
        };
        let mut values: Vec<&str> = status.known.iter().map(String::as_str).collect();
        values.extend(status.terminal.iter().map(String::as_str));
        values.push(UNLISTED);
        values.dedup();
        for value in values {
            context.connection.with(|simulator| {
                simulator.next_sequence(StatusSequence::starting(value));
            });
            let case = Case {
                shown: true,
                ..case.clone()
            };
            let exercise = context.exercise(flow.create, &case).await;
            read_back(context, &exercise, &status, value, recorder);
        }
    }
    documented::waits(context, recorder).await;
}

fn read_back(
    context: &Context,
    exercise: &Exercise,
    status: &StatusAttribute,
    value: &str,
    recorder: &mut Recorder,
) {
    let contract = context.specification.contract();
    let statuses = sent(context, exercise).filter_map(|(operation, call)| {
        let own = StatusAttribute::of(contract, operation)?;
        let answer = call.result.as_ref().ok()?;
        Some((
            operation,
            own.clone(),
            answer.value.pointer(&own.pointer).and_then(scalar)?,
        ))
    });
    let statuses: Vec<_> = statuses.collect();
    let what = format!("the status {value}, made by the simulator");
    if statuses.len() < 2 {
        return recorder.check(BETA, false, what, "a creation and a fetch", statuses.len());
    }
    for (operation, own, read) in &statuses {
        let clause = context
            .specification
            .clause_at(&operation.id, &own.of, &own.pointer);
        for clause in [BETA, &clause] {
            recorder.check_eq(clause, &what, value, read.as_str());
        }
        if own.is_terminal(value) {
            let subject = format!("terminal {} {} {}", operation.id, own.of, own.path);
            let clause = context.specification.about(&subject);
            // The flow was not followed any further.
            recorder.check(
                &clause,
                statuses.len() == 2,
                &what,
                "one fetch",
                statuses.len() - 1,
            );
        }
    }
    if statuses.iter().all(|(_, _, read)| read == value) {
        appeared(context, &status.pointer, value, recorder);
    }
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
