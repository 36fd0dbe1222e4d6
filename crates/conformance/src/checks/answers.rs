//! What the client makes of answers: bodies, references, statuses.

use bvnk::types::CustomerStatus;
use serde_json::Value;

use crate::onboarding::{ENDS, Onboarding};
use crate::suite::World;

pub(super) fn accepted(_: &World, onboarding: &Onboarding) -> Result<(), String> {
    match &onboarding.created {
        Ok(created) if created.status == 202 => Ok(()),
        Ok(created) => Err(format!("expected 202, came {}", created.status)),
        Err(reason) => Err(reason.clone()),
    }
}

pub(super) fn body(world: &World, onboarding: &Onboarding) -> Result<(), String> {
    if let Some(Err(reason)) = onboarding.followed.last() {
        return Err(format!("a look failed: {reason}"));
    }
    for (index, answer) in onboarding.answers().enumerate() {
        let of = if index == 0 {
            ("create_customer", "202")
        } else {
            ("get_customer", "200")
        };
        let schema = world
            .contract
            .body(of.0, of.1)
            .ok_or("the contract has no such answer")?;
        if answer.media_type != "application/json" {
            return Err(format!(
                "an answer of {} calls itself `{}`",
                of.0, answer.media_type
            ));
        }
        let raw: Value =
            serde_json::from_slice(&answer.raw).map_err(|_| "an answer is not JSON")?;
        schema
            .judge(&raw)
            .map_err(|wrong| format!("an answer of {} is not valid:\n{wrong}", of.0))?;
        let kept = serde_json::to_value(&answer.customer).map_err(|error| error.to_string())?;
        if kept != raw {
            return Err(format!(
                "the type of an answer of {} does not keep all of it",
                of.0
            ));
        }
    }
    Ok(())
}

pub(super) fn reference(world: &World, onboarding: &Onboarding) -> Result<(), String> {
    let created = onboarding.created.as_ref().map_err(String::clone)?;
    let reference = created.customer.reference.as_str();
    if !world.first_use("reference", reference) {
        return Err(format!("the reference {reference} is another customer's"));
    }
    for look in onboarding.followed.iter().flatten() {
        if look.customer.reference != created.customer.reference {
            return Err(format!(
                "asked for {reference}, answered {}",
                *look.customer.reference
            ));
        }
    }
    Ok(())
}

pub(super) fn known_status(_: &World, onboarding: &Onboarding) -> Result<(), String> {
    for answer in onboarding.answers() {
        if let CustomerStatus::Unknown(status) = &answer.customer.status {
            let known = CustomerStatus::KNOWN.join(", ");
            return Err(format!(
                "the status {status} is none of those that the client knows: {known}"
            ));
        }
    }
    Ok(())
}

pub(super) fn progress(_: &World, onboarding: &Onboarding) -> Result<(), String> {
    let statuses: Vec<&str> = onboarding
        .answers()
        .map(|answer| answer.customer.status.as_str())
        .collect();
    let told = statuses.join(" -> ");
    let stages: Option<Vec<u8>> = statuses.iter().map(|status| stage(status)).collect();
    let stages =
        stages.ok_or_else(|| format!("a status has no place in the documented flow: {told}"))?;
    if !stages.is_sorted() {
        return Err(format!("a status went back: {told}"));
    }
    match onboarding.followed.last() {
        Some(Ok(_)) if stages.last() == Some(&2) => Ok(()),
        Some(Err(reason)) => Err(format!("after {told} a look failed: {reason}")),
        _ => Err(format!("the verification does not end: {told}")),
    }
}

/// How far a status is in the documented flow.
fn stage(status: &str) -> Option<u8> {
    match status {
        "PENDING_AGREEMENTS" => Some(0),
        "PENDING_VERIFICATION" | "VERIFICATION_PENDING" => Some(1),
        end if ENDS.contains(&end) => Some(2),
        _ => None,
    }
}
