//! What the simulator sends: each change once, signed as was agreed, until it is taken.
//!
//! It is held against the client's own verifier, which shares no code with the sender.

use std::collections::{BTreeMap, BTreeSet};

use bvnk_simulator::Journey;
use bvnk_simulator::webhook::{Signing, WebhookFault};
use http::StatusCode;

use super::scene::{Sender, verifier};
use super::{EVENTS, KINDS, Kind, ONCE, REPEATED, SCHEMES, SIGNED, TOLD, name};
use crate::checks::Tally;
use crate::contract::Contract;
use crate::world::World;

/// How often an event is sent that nobody takes, and the longest time between, in seconds.
const SENDINGS: u32 = 101;
const LONGEST: u64 = 15 * 60;

pub(in crate::checks) async fn sent(world: &World, tally: &mut Tally) {
    judge(&world.contract, world.webhook_fault, tally);
}

/// All cases, with a simulator that breaks every event as `fault` says.
pub(super) fn judge(contract: &Contract, fault: Option<WebhookFault>, tally: &mut Tally) {
    for kind in KINDS {
        let sender = || Sender::new(contract, kind, fault);
        let told = sender().and_then(|sender| told(sender, kind, tally));
        let again = sender().and_then(|sender| again(sender, kind, tally));
        for (clause, result) in [(TOLD, told), (REPEATED, again)] {
            if let Err(reason) = result {
                tally.stuck(clause, name(kind), reason);
            }
        }
    }
}

/// Each change is told, and once.
fn told(mut sender: Sender, kind: Kind, tally: &mut Tally) -> Result<(), String> {
    let verifiers = [Signing::Url, Signing::Payload]
        .map(|signing| verifier(signing).map(|verifier| (signing, verifier)));
    let [url, payload] = verifiers;
    let verifiers = [url?, payload?];
    let journeys = [Journey::verified(), Journey::unsuccessful()];
    let mut customers = Vec::new();
    for journey in journeys {
        let customer = sender.create(journey)?;
        sender.walk(&customer);
        customers.push(customer);
    }
    // By customer and status, the ids of the events that told it.
    let mut ids: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    let what = name(kind);
    while let Some((now, due)) = sender.due() {
        for attempt in due {
            let taken = verifiers.iter().find_map(|(signing, verifier)| {
                let event = verifier.event(&attempt.headers, &attempt.body).ok()?;
                Some((*signing, event))
            });
            let (headers, body) = (&attempt.headers, &attempt.body);
            let refusal = |(_, verifier): &(_, bvnk::webhook::Verifier)| {
                verifier.event(headers, body).err().map(|it| it.to_string())
            };
            let refusals: BTreeSet<String> = verifiers.iter().filter_map(refusal).collect();
            tally.hold(
                SIGNED,
                taken.is_some(),
                format_args!("{what}: a delivery's signature"),
                "one that is made with the webhook's secret over what was sent",
                Vec::from_iter(refusals).join("; "),
            );
            let answer = Some(StatusCode::OK);
            sender.simulator.webhook_answered(attempt, answer, now);
            let Some((signing, event)) = taken else {
                continue;
            };
            tally.equal(
                SCHEMES,
                format_args!("{what}: the scheme of a delivery"),
                format!("{:?}", kind.0),
                format!("{signing:?}"),
            );
            tally.hold(
                EVENTS,
                event.customer().is_some() && event.timestamp().is_some(),
                format_args!("{what}: a delivery's event"),
                "a known one, with customer, status and time",
                event.name(),
            );
            if let Some(change) = event.customer() {
                let key = (change.reference.to_string(), change.status.to_string());
                ids.entry(key).or_default().insert(event.id().to_owned());
            }
        }
    }
    for (customer, end) in customers.iter().zip(["VERIFIED", "UNSUCCESSFUL"]) {
        for status in ["PENDING_VERIFICATION", end] {
            let told = ids.remove(&(customer.clone(), status.to_owned()));
            tally.hold(
                TOLD,
                told.is_some(),
                format_args!("{what}: a customer whose status becomes {status}"),
                "an event that tells it",
                "none",
            );
            if let Some(told) = told {
                let what = format_args!("{what}: the ids of the event that tells {status}");
                tally.equal(ONCE, what, 1, told.len());
            }
        }
    }
    let rest: Vec<&str> = ids.keys().map(|(_, status)| status.as_str()).collect();
    tally.hold(
        TOLD,
        rest.is_empty(),
        format_args!("{what}: what is told besides the four changes that there were"),
        "nothing",
        rest.join(", "),
    );
    Ok(())
}

/// What is not taken comes again, the same, for as long as is documented.
fn again(mut sender: Sender, kind: Kind, tally: &mut Tally) -> Result<(), String> {
    let what = format!("{}: an event that nobody takes", name(kind));
    let (mut now, first) = sender.one_attempt()?;
    let mut next = Some(first.clone());
    let mut sent = 0_u32;
    while let Some(attempt) = next.take() {
        sent += 1;
        tally.hold(
            REPEATED,
            attempt.body == first.body,
            format_args!("{what}, sent again"),
            "the same event",
            "another",
        );
        // Now there is no answer, then one that takes nothing.
        let answer = sent.is_multiple_of(2).then_some(StatusCode::BAD_GATEWAY);
        sender.simulator.webhook_answered(attempt, answer, now);
        if let Some((then, due)) = sender.due() {
            let after = then.saturating_sub(now);
            tally.hold(
                REPEATED,
                (1..=LONGEST).contains(&after),
                format_args!("{what}: seconds until it is sent again"),
                format_args!("1 to {LONGEST}"),
                after,
            );
            now = then;
            next = due.into_iter().next();
        }
    }
    tally.equal(
        REPEATED,
        format_args!("{what}: how often it is sent"),
        SENDINGS,
        sent,
    );
    Ok(())
}
