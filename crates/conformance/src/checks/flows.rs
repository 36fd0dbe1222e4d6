//! What a creation made and what follows: its name is its own, fetching it returns it, its
//! status moves forward and ends.

use bvnk_contract::Flow;

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

/// The flows that an exercise began, each with the value that names what was created and
/// the calls that follow.
fn followed<'a>(
    context: &'a Context,
    exercise: &'a Exercise,
) -> Vec<(Flow<'a>, String, Vec<&'a Call>)> {
    let Some((create, follows)) = exercise.calls.split_first() else {
        return Vec::new();
    };
    let flows = flow::begun_by(context.specification.contract(), &create.operation);
    let flows = flows.into_iter().filter_map(|flow| {
        let value = create.answered(&flow.source.pointer)?;
        let calls = follows
            .iter()
            .filter(|call| call.operation == flow.follow.id);
        let calls = calls.collect();
        Some((flow, value, calls))
    });
    flows.collect()
}

/// Each creation gets a name of its own, and fetching it by this name returns it.
pub(super) fn references(context: &Context, exercise: &Exercise, recorder: &mut Recorder) {
    for (flow, value, calls) in followed(context, exercise) {
        recorder.on(format!(
            "the {} of what {} made",
            flow.parameter, flow.create.id
        ));
        let first = context.is_first("reference", &value);
        recorder.holds(UNIQUE, first, "one that nothing else has");
        let subject = format!(
            "link {} {} {} {}",
            flow.create.id, flow.response.status, flow.follow.id, flow.parameter
        );
        let link = context.specification.about(&subject);
        for call in calls {
            recorder.on(format!(
                "{}, by the {} of the creation",
                flow.follow.id, flow.parameter
            ));
            match &call.result {
                Err(reason) => recorder.check(&link, false, "what was created", reason),
                Ok(answer) => {
                    recorder.observe(&link);
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
}

/// A fetch returns what was asked for.
pub(super) fn same_resource(
    context: &Context,
    flow: &Flow<'_>,
    value: &str,
    fetched: &Exchanged,
    recorder: &mut Recorder,
) {
    recorder.sent(fetched);
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
    let Some(response) = flow.follow.response(status) else {
        return;
    };
    let of = response.status.to_string();
    let attributes = context.specification.attributes(&flow.follow.id, &of);
    let mut named = attributes
        .iter()
        .filter(|it| it.is_at(&flow.source.pointer));
    // An answer that need not name what it is about cannot be held against it.
    if let Some(attribute) = named.next() {
        recorder.on(format!(
            "{} in the answer of {}",
            flow.source.pointer, flow.follow.id
        ));
        let right = own.as_deref() == Some(value);
        recorder.holds(&attribute.clause, right, "the one that was asked for");
    }
}

/// A status moves forward only, and ends.
pub(super) fn progress(context: &Context, exercise: &Exercise, recorder: &mut Recorder) {
    let contract = context.specification.contract();
    for (flow, _, calls) in followed(context, exercise) {
        let Some(status) = StatusAttribute::of(contract, flow.follow) else {
            continue;
        };
        let read = |call: &&Call| {
            let status = StatusAttribute::of(contract, contract.operation(&call.operation)?)?;
            call.answered(&status.pointer)
        };
        let all = exercise.calls.iter().take(1).chain(calls.iter().copied());
        let seen: Vec<String> = all.filter_map(|call| read(&call)).collect();
        let failed = calls.iter().find_map(|call| call.result.as_ref().err());
        let shown = match failed {
            Some(reason) => format!("{}, then {reason}", shown(&seen)),
            None => shown(&seen),
        };
        recorder.on(format!(
            "the statuses of what {} made, poll by poll",
            flow.create.id
        ));
        recorder.check(START, !seen.is_empty(), "a status", &shown);
        recorder.check(FOLLOW, failed.is_none(), "a status in each answer", &shown);
        let back = goes_back(&seen, &status) || documented::goes_back(&seen);
        recorder.check(FORWARD, !back, "none goes back", &shown);
        let ended = seen.last().is_some_and(|last| status.is_terminal(last));
        // A foreign server may take days to end.
        if ended || !context.connection.is_foreign() {
            let terminal = context.specification.terminal(&status.location).iter();
            for clause in terminal.map(String::as_str).chain([END]) {
                recorder.check(clause, ended, "a status that ends the flow", &shown);
            }
            documented::ended(context, &seen, recorder);
        }
    }
}

fn shown(statuses: &[String]) -> String {
    let shown = statuses
        .iter()
        .map(|status| bvnk::Escaped::new(status).to_string());
    shown.collect::<Vec<_>>().join(" -> ")
}

/// Whether a status that was left comes back, or an end is followed by something else.
fn goes_back(statuses: &[String], attribute: &StatusAttribute) -> bool {
    let mut left: Vec<&String> = Vec::new();
    statuses
        .windows(2)
        .filter(|pair| pair[0] != pair[1])
        .any(|pair| {
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
        if context.connection.is_foreign() && !ended && seen.len() > AFTER_THE_END {
            break;
        }
        after += usize::from(ended);
        let sent = context.connection.send(raw).await;
        recorder.sent(&sent);
        seen.push(read(&sent));
    }
    if seen.iter().any(|value| status.is_terminal(value)) {
        recorder.on("fetches after the end");
        let stays = !goes_back(&seen, status);
        recorder.check(FORWARD, stays, "the same end", shown(&seen));
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
            location: String::new(),
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
