//! What the simulator sends: each change once, signed as agreed, until it is accepted. It is
//! held against the client's verifier, which shares no code with the sender.

use std::collections::{BTreeMap, BTreeSet};

use http::StatusCode;

use super::scene::{Sender, verifier};
use super::{EVENTS, KINDS, Kind, ONCE, REPEATED, REPORTED, SCHEMES, SIGNED, name};
use crate::checks::Recorder;
use crate::context::Context;

/// How often an event is sent that is never accepted, and the longest time between, in
/// seconds.
const SENDINGS: u32 = 101;
const LONGEST: u64 = 15 * 60;

pub(in crate::checks) async fn sent(context: &Context, recorder: &mut Recorder) {
    if context.specification.clause(REPORTED).is_none() {
        return;
    }
    for kind in KINDS {
        let sender = || Sender::new(context, kind, true);
        let reported = sender().and_then(|sender| reported(sender, kind, recorder));
        let again = sender().and_then(|sender| again(sender, kind, recorder));
        for (clause, result) in [(REPORTED, reported), (REPEATED, again)] {
            if let Err(reason) = result {
                recorder.on(name(kind)).error(clause, reason);
            }
        }
    }
}

/// Each change is reported, and once.
fn reported(mut sender: Sender, kind: Kind, recorder: &mut Recorder) -> Result<(), String> {
    let own = verifier(kind.0)?;
    let statuses = sender.statuses.clone();
    let mut customers = Vec::new();
    for number in 0..2 {
        let customer = sender.create(statuses.ending(number))?;
        sender.finish(&customer);
        customers.push(customer);
    }
    // By customer and status, the ids of the events that reported it.
    let mut ids: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    recorder.on(format!("{}, a delivery", name(kind)));
    while let Some((now, due)) = sender.due() {
        for delivery in due {
            let event = own.verify(&delivery.headers, &delivery.body);
            sender
                .simulator
                .webhook_answered(delivery, Some(StatusCode::OK), now);
            let reason = event
                .as_ref()
                .err()
                .map(ToString::to_string)
                .unwrap_or_default();
            for clause in [SIGNED, SCHEMES] {
                let expected = "a signature of the agreed scheme, made with the webhook's secret";
                recorder.check(clause, event.is_ok(), expected, &reason);
            }
            let Ok(event) = event else { continue };
            let complete = event.customer().is_some() && event.timestamp().is_some();
            let expected = "an event with customer, status and time";
            recorder.check(EVENTS, complete, expected, event.name());
            if let Some(change) = event.customer() {
                let key = (change.reference.to_string(), change.status.to_string());
                ids.entry(key).or_default().insert(event.id().to_owned());
            }
        }
    }
    for (number, customer) in customers.iter().enumerate() {
        for status in statuses.changes(number) {
            recorder.on(format!("{}, a change to {status}", name(kind)));
            let events = ids.remove(&(customer.clone(), status.to_owned()));
            recorder.holds(REPORTED, events.is_some(), "an event that reports it");
            if let Some(events) = events {
                recorder.check(ONCE, events.len() == 1, "one event id", events.len());
            }
        }
    }
    recorder.on(format!(
        "{}, besides the changes that there were",
        name(kind)
    ));
    recorder.holds(REPORTED, ids.is_empty(), "no event");
    Ok(())
}

/// What is not accepted is sent again, unchanged, for as long as is documented.
fn again(mut sender: Sender, kind: Kind, recorder: &mut Recorder) -> Result<(), String> {
    recorder.on(format!("{}: an event that is never accepted", name(kind)));
    let (mut now, first) = sender.one_delivery()?;
    let mut next = Some(first.clone());
    let mut sent = 0_u32;
    while let Some(delivery) = next.take() {
        sent += 1;
        recorder.holds(REPEATED, delivery.body == first.body, "the same event");
        // Now there is no answer, then one that does not accept it.
        let answer = sent.is_multiple_of(2).then_some(StatusCode::BAD_GATEWAY);
        sender.simulator.webhook_answered(delivery, answer, now);
        if let Some((then, due)) = sender.due().filter(|_| sent < 2 * SENDINGS) {
            let after = then.saturating_sub(now);
            let right = (1..=LONGEST).contains(&after);
            recorder.check(
                REPEATED,
                right,
                format!("1 to {LONGEST} seconds between"),
                after,
            );
            now = then;
            next = due.into_iter().next();
        }
    }
    recorder.check(
        REPEATED,
        sent == SENDINGS,
        format!("{SENDINGS} deliveries"),
        sent,
    );
    Ok(())
}
