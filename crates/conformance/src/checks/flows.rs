//! What a creation made and what follows: its name is its own, fetching it returns it, its
//! status moves forward and ends.

use bvnk_contract::{Expectation, Flow};

use super::Recorder;
use super::documented;
use crate::collect::{Call, Exchanged, Exercise, MOST_POLLS, RawRequest};
use crate::context::Context;
use crate::exchange::scalar;
use crate::flow::{self, StatusAttribute};

const UNIQUE: &str = "answer.reference-unique";
const START: &str = "flow.start";
const FOLLOW: &str = "flow.follow";
const END: &str = "flow.end";
const FORWARD: &str = "flow.forward";

/// How often a status is fetched after the end.
const AFTER_THE_END: usize = 3;

/// The flows of an exercise, each with the value that names what was created, the creation
/// and the calls that follow.
fn followed<'a>(
    context: &'a Context,
    exercise: &'a Exercise,
) -> Vec<(Flow<'a>, String, &'a Call, Vec<&'a Call>)> {
    let Some(create) = exercise.calls.first() else {
        return Vec::new();
    };
    let flows = flow::begun_by(context.specification.contract(), &create.operation);
    let flows = flows.into_iter().filter_map(|flow| {
        let answer = create.result.as_ref().ok()?;
        let value = answer
            .value
            .pointer(&flow.source.pointer)
            .and_then(scalar)?;
        let calls = exercise.calls[1..].iter();
        let calls = calls
            .filter(|call| call.operation == flow.follow.id)
            .collect();
        Some((flow, value, create, calls))
    });
    flows.collect()
}

/// Each creation gets a name of its own, and fetching it by this name returns it.
pub(super) fn references(context: &Context, exercise: &Exercise, recorder: &mut Recorder) {
    for (flow, value, _, calls) in followed(context, exercise) {
        let first = context.is_first("reference", &value);
        let what = format!("the {} of what {} made", flow.parameter, flow.create.id);
        recorder.check(
            UNIQUE,
            first,
            what,
            "one that nothing else has",
            "that of something else",
        );
        let link = context.specification.about(&link_subject(&flow));
        for call in calls {
            let what = format!(
                "{}, by the {} of the creation",
                flow.follow.id, flow.parameter
            );
            let actual = call.result.as_ref().err().cloned().unwrap_or_default();
            recorder.check(&link, call.result.is_ok(), what, "what was created", actual);
            if let Ok(answer) = &call.result {
                let own = answer.value.pointer(&flow.source.pointer).and_then(scalar);
                same(
                    context,
                    &flow,
                    &value,
                    own,
                    answer.status.as_u16(),
                    recorder,
                );
            }
        }
    }
}

fn link_subject(flow: &Flow<'_>) -> String {
    let expectation = Expectation::Link {
        operation: flow.create.id.clone(),
        of: flow.response.status.to_string(),
        target: flow.follow.id.clone(),
        parameter: flow.parameter.to_owned(),
        from: flow.source.pointer.clone(),
    };
    expectation.subject().unwrap_or_default()
}

/// A fetch returns what was asked for.
pub(super) fn same_resource(
    context: &Context,
    flow: &Flow<'_>,
    value: &str,
    fetched: &Exchanged,
    recorder: &mut Recorder,
) {
    recorder.about(fetched);
    if fetched.is_success() {
        let own = fetched.text_at(&flow.source.pointer);
        same(context, flow, value, own, fetched.status(), recorder);
    }
}

fn same(
    context: &Context,
    flow: &Flow<'_>,
    value: &str,
    own: Option<String>,
    status: u16,
    recorder: &mut Recorder,
) {
    let specification = &context.specification;
    let Some(response) = flow.follow.response(status) else {
        return;
    };
    let of = response.status.to_string();
    let attributes = specification.attributes(&flow.follow.id, &of).iter();
    let mut named = attributes.filter(|attribute| attribute.is_at(&flow.source.pointer));
    // An answer that need not name what it is about cannot be held against it.
    if let Some(attribute) = named.next() {
        let what = format!(
            "{} in the answer of {}",
            flow.source.pointer, flow.follow.id
        );
        let right = own.as_deref() == Some(value);
        recorder.check(
            &attribute.clause,
            right,
            what,
            "the one that was asked for",
            "another one, or none",
        );
    }
}

/// A status moves forward only, and ends.
pub(super) fn progress(context: &Context, exercise: &Exercise, recorder: &mut Recorder) {
    let contract = context.specification.contract();
    for (flow, _, create, calls) in followed(context, exercise) {
        let Some(status) = StatusAttribute::of(contract, flow.follow) else {
            continue;
        };
        let read = |call: &Call| {
            let answer = call.result.as_ref().ok()?;
            let operation = contract.operation(&call.operation)?;
            let status = StatusAttribute::of(contract, operation)?;
            answer.value.pointer(&status.pointer).and_then(scalar)
        };
        let seen: Vec<String> = std::iter::once(create)
            .chain(calls.iter().copied())
            .filter_map(read)
            .collect();
        let shown = shown(&seen);
        recorder.check(
            START,
            !seen.is_empty(),
            format_args!("what {} made", flow.create.id),
            "a status",
            "none",
        );
        let failed = calls.iter().find_map(|call| call.result.as_ref().err());
        let actual =
            failed.map_or_else(|| shown.clone(), |reason| format!("{shown}, then {reason}"));
        let what = "the statuses, poll by poll";
        recorder.check(
            FOLLOW,
            failed.is_none(),
            what,
            "one in each answer",
            &actual,
        );
        let back = goes_back(&seen, &status) || documented::goes_back(&seen);
        recorder.check(FORWARD, !back, what, "none goes back", &shown);
        let ended = seen.last().is_some_and(|last| status.is_terminal(last));
        // A foreign server may take days to end.
        if ended || !context.connection.is_foreign() {
            let subject = format!("terminal {} {} {}", flow.follow.id, status.of, status.path);
            let terminal = context.specification.about(&subject);
            for clause in [END, terminal.as_str()] {
                recorder.check(clause, ended, "the flow", "a status that ends it", &actual);
            }
            documented::ended(context, &seen, recorder);
        }
    }
}

fn shown(statuses: &[String]) -> String {
    let statuses: Vec<String> = statuses
        .iter()
        .map(|status| bvnk::Escaped::new(status).to_string())
        .collect();
    statuses.join(" -> ")
}

/// Whether a status that was left comes back, or an end is followed by something else.
fn goes_back(statuses: &[String], attribute: &StatusAttribute) -> bool {
    let mut left: Vec<&String> = Vec::new();
    statuses.windows(2).any(|pair| {
        if pair[0] == pair[1] {
            return false;
        }
        left.push(&pair[0]);
        attribute.is_terminal(&pair[0]) || left.contains(&&pair[1])
    })
}

/// An end is final: each further fetch returns the same.
pub(super) async fn after_the_end(
    context: &Context,
    status: &StatusAttribute,
    raw: &RawRequest,
    first: &Exchanged,
    recorder: &mut Recorder,
) {
    let read = |sent: &Exchanged| {
        let value = sent.text_at(&status.pointer).filter(|_| sent.is_success());
        value.unwrap_or_else(|| format!("({})", sent.status()))
    };
    let mut seen = vec![read(first)];
    let mut after = 0;
    while seen.len() < MOST_POLLS && after < AFTER_THE_END {
        let ended = seen.iter().any(|value| status.is_terminal(value));
        let pending = context.connection.is_foreign() && !ended && seen.len() > AFTER_THE_END;
        if pending {
            break;
        }
        after += usize::from(ended);
        let sent = context.connection.send(raw).await;
        recorder.about(&sent);
        seen.push(read(&sent));
    }
    if seen.iter().any(|value| status.is_terminal(value)) {
        let stays = !goes_back(&seen, status);
        recorder.check(
            FORWARD,
            stays,
            "fetches after the end",
            "the same end",
            shown(&seen),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_goes_back_when_it_returns_or_leaves_an_end() {
        let attribute = StatusAttribute {
            of: "200".to_owned(),
            path: "state".to_owned(),
            pointer: "/state".to_owned(),
            known: Vec::new(),
            terminal: vec!["DONE".to_owned()],
        };
        for (statuses, back) in [
            ("A", false),
            ("A A B DONE DONE", false),
            ("A B A", true),
            ("A DONE A", true),
            ("DONE OTHER", true),
        ] {
            let statuses: Vec<String> = statuses.split(' ').map(str::to_owned).collect();
            assert_eq!(goes_back(&statuses, &attribute), back, "{statuses:?}");
        }
    }
}
