//! What a creation made and what follows: its name is its own, fetching it returns it, its
//! status moves forward and ends.
//!
//! Which operation follows, by which parameter and from which attribute, is the contract's link;
//! which values end the flow is its `x-terminal`. At a foreign server a flow may take days, so
//! that an end which does not come within a run is not observed there, and no failure.

use bvnk_contract::{Flow, Location};

use super::{Check, Judge, Recorder, documented};
use crate::exchange::{Call, Exercise};
use crate::flow;

/// Judges a creation together with the calls that follow it, in their order.
pub(super) const FOLLOWED: Check = Check::new(
    "created-followed",
    "a creation gets a new reference, by which it is fetched; its status moves forward and ends",
    Judge::Exercise(followed),
    &[
        "link",
        "terminal",
        "success-attribute",
        UNIQUE,
        START,
        FOLLOW,
        END,
        FORWARD,
        documented::VERIFIED.0,
    ],
);

/// Nothing else in the run has the same reference.
const UNIQUE: &str = "answer.reference-unique";
/// The response to a creation has a status.
const START: &str = "flow.start";
/// Each fetch returns a status.
const FOLLOW: &str = "flow.follow";
/// The last status that was polled is one that ends the flow.
const END: &str = "flow.end";
/// A status that was left does not come back, and an end stays.
const FORWARD: &str = "flow.forward";

/// Takes the first call of an exercise as the creation, and the others as the fetches that
/// follow it. A creation that the client refused to send has nothing that follows.
fn followed(recorder: &mut Recorder<'_>, exercise: &Exercise) {
    let Some((create, follows)) = exercise.calls.split_first() else {
        return;
    };
    for flow in flow::begun_by(recorder.context.specification.contract(), &create.operation) {
        if let (Err(reason), false) = (&create.result, create.is_refused()) {
            recorder.sent(create.attempts.last());
            recorder.on(format!("the answer of {}", create.operation));
            recorder.check(START, false, "a status", reason);
        }
        if let Some(reference) = create.answered(&flow.source.pointer) {
            let follows = follows.iter();
            let calls: Vec<&Call> = follows
                .filter(|call| call.operation == flow.follow.id)
                .collect();
            recorder.sent(create.attempts.last());
            fetched(recorder, &flow, &reference, &calls);
            if exercise.case.followed {
                progress(recorder, &flow, create, &calls);
            }
        }
    }
}

/// Each creation gets its own name, and fetching it by this name returns it. That every fetch
/// succeeds is what the link of the contract promises.
///
/// References are remembered for the run, by what fetches them; each server has its own.
fn fetched(recorder: &mut Recorder<'_>, flow: &Flow<'_>, reference: &str, calls: &[&Call]) {
    let (create, follow, parameter) = (&flow.create.id, &flow.follow.id, &flow.parameter.name);
    recorder.on(format!("the {parameter} of what {create} made"));
    // A name of the caller's choice may be chosen again.
    let mut names = flow.create.parameters_in(Location::Path);
    if !names.any(|it| it.name == *parameter) {
        let context = recorder.context;
        let origin = context.connection.origin();
        let first = context.is_first("reference", &format!("{origin} {follow} {reference}"));
        recorder.holds(UNIQUE, first, "one that nothing else has");
    }
    let link = link(recorder, flow);
    for call in calls {
        recorder.sent(call.attempts.last());
        recorder.on(format!("{follow}, by the {parameter} of the creation"));
        match &call.result {
            Err(reason) => recorder.check(&link, false, "what was created", reason),
            Ok(called) => {
                recorder.observe(&link);
                let own = call.answered(&flow.source.pointer);
                same(recorder, flow, reference, own, called.status.as_u16());
            }
        }
    }
}

/// The clause about a link.
pub(super) fn link(recorder: &Recorder<'_>, flow: &Flow<'_>) -> String {
    let (create, follow) = (&flow.create.id, &flow.follow.id);
    let (status, parameter) = (flow.response.status, &flow.parameter.name);
    recorder.about(&format!("link {create} {status} {follow} {parameter}"))
}

/// Records that a fetch returns what was asked for: `own` is what its answer names, if it names
/// something.
pub(super) fn same(
    recorder: &mut Recorder<'_>,
    flow: &Flow<'_>,
    value: &str,
    own: Option<String>,
    status: u16,
) {
    let Some(response) = flow.follow.response(status) else {
        return;
    };
    let of = response.status.to_string();
    let (specification, pointer) = (&recorder.context.specification, &flow.source.pointer);
    let mut attributes = specification.attributes(&flow.follow.id, &of);
    // An answer that need not name what it is about cannot be wrong about it.
    if let Some(attribute) = attributes.find(|it| it.is_at(pointer)) {
        recorder.on(format!("{pointer} in the answer of {}", flow.follow.id));
        let right = own.as_deref() == Some(value);
        let actual = own.unwrap_or_default();
        recorder.check(&attribute.clause, right, value, actual);
    }
}

/// A status moves forward only, and ends. The first status is that of the creation's answer, if it
/// has one; the others were polled in this order.
///
/// A failed fetch is shown after the statuses.
fn progress(recorder: &mut Recorder<'_>, flow: &Flow<'_>, create: &Call, calls: &[&Call]) {
    let context = recorder.context;
    let Some(status) = context.specification.status(&flow.follow.id) else {
        return;
    };
    let first = context.specification.status(&flow.create.id);
    let first = first.and_then(|status| create.answered(&status.pointer));
    let polled = calls
        .iter()
        .filter_map(|call| call.answered(&status.pointer));
    let seen: Vec<String> = first.into_iter().chain(polled).collect();
    let failed = calls.iter().find(|call| call.result.is_err());
    let judged = failed.or(calls.last()).map_or(create, |call| call);
    recorder.sent(judged.attempts.last());
    let reason = failed.and_then(|call| call.result.as_ref().err());
    let shown = match reason {
        Some(reason) => format!("{}, then {reason}", shown(&seen)),
        None => shown(&seen),
    };
    let create = &flow.create.id;
    recorder.on(format!("the statuses of what {create} made, poll by poll"));
    recorder.check(START, !seen.is_empty(), "a status", &shown);
    recorder.check(FOLLOW, failed.is_none(), "a status in each answer", &shown);
    let back = status.goes_back(&seen);
    let expected = "none that was left comes back, and none follows an end";
    recorder.check(FORWARD, !back, expected, &shown);
    if !back && documented::goes_back(&seen) {
        recorder.fail(FORWARD, documented::ORDER, &shown);
    }
    let ended = seen.last().is_some_and(|last| status.is_terminal(last));
    // A foreign server may take days to end.
    if ended || !context.connection.is_foreign() {
        for clause in status.ends.iter().map(String::as_str).chain([END]) {
            recorder.check(clause, ended, "a status that ends the flow", &shown);
        }
        documented::ended(recorder, &seen);
    }
}

/// The statuses for a report. They come from the server, so they are escaped.
///
/// For example, `PENDING_VERIFICATION -> VERIFIED`.
fn shown(statuses: &[String]) -> String {
    let shown = statuses
        .iter()
        .map(|status| bvnk::Escaped::new(status).to_string());
    shown.collect::<Vec<_>>().join(" -> ")
}
