//! What the simulator sends: each change once, signed as agreed, until it is accepted. It is
//! held against the client's verifier, which shares no code with the sender.

use std::collections::{BTreeMap, BTreeSet};

use bvnk::webhook::Verifier;
use bvnk_simulator::webhook::Signing;
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
                recorder.error(clause, name(kind), reason);
            }
        }
    }
}

/// Each change is reported, and once.
fn reported(mut sender: Sender, kind: Kind, recorder: &mut Recorder) -> Result<(), String> {
    let verifiers = [
        (Signing::UrlPath, verifier(Signing::UrlPath)?),
        (Signing::Payload, verifier(Signing::Payload)?),
    ];
    let statuses = sender.statuses.clone();
    let mut customers = Vec::new();
    for number in 0..2 {
        let customer = sender.create(statuses.ending(number))?;
        sender.finish(&customer);
        customers.push(customer);
    }
    // By customer and status, the ids of the events that reported it.
    let mut ids: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    let what = name(kind);
    while let Some((now, due)) = sender.due() {
        for delivery in due {
            let (headers, body) = (&delivery.headers, &delivery.body);
            let verified = verifiers.iter().find_map(|(signing, verifier)| {
                Some((*signing, verifier.verify(headers, body).ok()?))
            });
            let reason = |(_, verifier): &(Signing, Verifier)| {
                verifier
                    .verify(headers, body)
                    .err()
                    .map(|error| error.to_string())
            };
            let reasons: BTreeSet<String> = verifiers.iter().filter_map(reason).collect();
            recorder.check(
                SIGNED,
                verified.is_some(),
                format_args!("{what}: the signature of a delivery"),
                "one made with the webhook's secret over what was sent",
                Vec::from_iter(reasons).join("; "),
            );
            sender
                .simulator
                .webhook_answered(delivery, Some(StatusCode::OK), now);
            let Some((signing, event)) = verified else {
                continue;
            };
            let scheme = format_args!("{what}: the scheme of a delivery");
            recorder.check_eq(
                SCHEMES,
                scheme,
                format!("{:?}", kind.0),
                format!("{signing:?}"),
            );
            let complete = event.customer().is_some() && event.timestamp().is_some();
            let about = format_args!("{what}: the event of a delivery");
            recorder.check(
                EVENTS,
                complete,
                about,
                "one with customer, status and time",
                event.name(),
            );
            if let Some(change) = event.customer() {
                let key = (change.reference.to_string(), change.status.to_string());
                ids.entry(key).or_default().insert(event.id().to_owned());
            }
        }
    }
    for (number, customer) in customers.iter().enumerate() {
        for status in statuses.changes(number) {
            let events = ids.remove(&(customer.clone(), status.to_owned()));
            let about = format_args!("{what}: a customer whose status becomes {status}");
            recorder.check(
                REPORTED,
                events.is_some(),
                about,
                "an event that reports it",
                "none",
            );
            if let Some(events) = events {
                let about = format_args!("{what}: the ids of the event that reports {status}");
                recorder.check_eq(ONCE, about, 1, events.len());
            }
        }
    }
    let rest: Vec<&str> = ids.keys().map(|(_, status)| status.as_str()).collect();
    let about = format_args!("{what}: what is reported besides the changes that there were");
    recorder.check(REPORTED, rest.is_empty(), about, "nothing", rest.join(", "));
    Ok(())
}

/// What is not accepted is sent again, unchanged, for as long as is documented.
fn again(mut sender: Sender, kind: Kind, recorder: &mut Recorder) -> Result<(), String> {
    let what = format!("{}: an event that is never accepted", name(kind));
    let (mut now, first) = sender.one_delivery()?;
    let mut next = Some(first.clone());
    let mut sent = 0_u32;
    while let Some(delivery) = next.take() {
        sent += 1;
        let same = delivery.body == first.body;
        recorder.check(
            REPEATED,
            same,
            format_args!("{what}, sent again"),
            "the same event",
            "another",
        );
        // Now there is no answer, then one that does not accept it.
        let answer = sent.is_multiple_of(2).then_some(StatusCode::BAD_GATEWAY);
        sender.simulator.webhook_answered(delivery, answer, now);
        if let Some((then, due)) = sender.due() {
            let after = then.saturating_sub(now);
            recorder.check(
                REPEATED,
                (1..=LONGEST).contains(&after),
                format_args!("{what}: seconds until it is sent again"),
                format_args!("1 to {LONGEST}"),
                after,
            );
            now = then;
            next = due.into_iter().next();
        }
        if sent > 2 * SENDINGS {
            break;
        }
    }
    recorder.check_eq(
        REPEATED,
        format_args!("{what}: how often it is sent"),
        SENDINGS,
        sent,
    );
    Ok(())
}
