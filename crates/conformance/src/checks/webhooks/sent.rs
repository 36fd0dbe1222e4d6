//! What the simulator sends: each change once, signed as agreed, until it is accepted. It is
//! compared with the client's verifier, which shares no code with the sender.

use bvnk::BoxError;
use http::StatusCode;

use super::scene::{Sender, verifier};
use super::{EVENTS, Kind, ONCE, REPEATED, REPORTED, SCHEMES, SIGNED, named};
use crate::checks::Recorder;

/// How often an event is sent that is never accepted.
///
/// The first delivery and 100 repetitions, as the documentation has it.
const SENDINGS: u32 = 101;
/// The longest time between two deliveries of an event, in seconds.
const LONGEST: u64 = 15 * 60;

/// Judges one kind of webhooks, as a simulator with the run's mutation sends them.
///
/// # Errors
///
/// Why a delivery could not be made.
pub(super) fn sent(recorder: &mut Recorder<'_>, kind: Kind) -> Result<(), BoxError> {
    let context = recorder.context;
    reported(Sender::new(context, kind, true)?, kind, recorder)?;
    again(Sender::new(context, kind, true)?, kind, recorder)
}

/// Each change is reported, and once: by one event id, however often that is delivered. Nothing is
/// sent besides.
///
/// The first status of a customer is no change, so that no event reports it.
fn reported(mut sender: Sender, kind: Kind, recorder: &mut Recorder<'_>) -> Result<(), BoxError> {
    let own = verifier(kind.0)?;
    let mut customers = Vec::new();
    for path in sender.paths.clone() {
        let customer = sender.create(&path)?;
        sender.finish(&customer);
        customers.push((customer, path));
    }
    // Customer, status and id of each event.
    let mut events: Vec<[String; 3]> = Vec::new();
    recorder.on(named(kind, "a delivery"));
    while let Some((now, due)) = sender.due() {
        for delivery in due {
            let event = own.verify(&delivery.headers, &delivery.body);
            let simulator = &mut sender.simulator;
            simulator.webhook_answered(delivery, Some(StatusCode::OK), now);
            let reason = event.as_ref().err().map(ToString::to_string);
            let reason = reason.unwrap_or_default();
            for clause in [SIGNED, SCHEMES] {
                let expected = "a signature of the agreed scheme, made with the webhook's secret";
                recorder.check(clause, event.is_ok(), expected, &reason);
            }
            let Ok(event) = event else { continue };
            let complete = event.customer().is_some() && event.timestamp().is_some();
            let expected = "an event with customer, status and time";
            recorder.check(EVENTS, complete, expected, event.name());
            if let Some(change) = event.customer() {
                let (customer, status) = (change.reference.as_str(), change.status.as_str());
                let event = [customer, status, event.id()].map(str::to_owned);
                if !events.contains(&event) {
                    events.push(event);
                }
            }
        }
    }
    for (customer, path) in customers {
        for status in path.into_iter().skip(1) {
            recorder.on(named(kind, &format!("a change to {status}")));
            let before = events.len();
            events.retain(|[of, change, _]| (of, change) != (&customer, &status));
            let own = before - events.len();
            recorder.holds(REPORTED, own > 0, "an event that reports it");
            if own > 0 {
                recorder.check(ONCE, own == 1, "one event id", own);
            }
        }
    }
    recorder.on(named(kind, "besides the changes that there were"));
    recorder.holds(REPORTED, events.is_empty(), "no event");
    Ok(())
}

/// What is not accepted is sent again, unchanged, for as long as is documented. Half of the
/// deliveries have no answer, the others are answered with a 502.
///
/// The time is the simulator's, which is set to the next delivery without waiting.
fn again(mut sender: Sender, kind: Kind, recorder: &mut Recorder<'_>) -> Result<(), BoxError> {
    recorder.on(named(kind, "an event that is never accepted"));
    let (_, mut now, first) = sender.one_delivery()?;
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
            let expected = format!("1 to {LONGEST} seconds between");
            recorder.check(REPEATED, right, expected, after);
            now = then;
            next = due.into_iter().next();
        }
    }
    let expected = format!("{SENDINGS} deliveries");
    recorder.check(REPEATED, sent == SENDINGS, expected, sent);
    Ok(())
}
