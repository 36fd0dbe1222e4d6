//! What the client makes of answers: bodies, references, statuses.

use bvnk::types::CustomerStatus;
use bvnk_simulator::Journey;
use serde_json::Value;

use super::Tally;
use super::attributes::judge_body;
use crate::onboarding::{ENDS, MOST_LOOKS, Onboarding, media_type};
use crate::raw::Reply;
use crate::world::World;

pub(super) fn accepted(_: &World, onboarding: &Onboarding, tally: &mut Tally) {
    let came = match &onboarding.created {
        Ok(created) => created.status.as_u16().to_string(),
        Err(reason) => reason.clone(),
    };
    for clause in ["answer.accepted", "flow.start"] {
        tally.equal(clause, "the answer to a valid creation", "202", &came);
    }
}

pub(super) fn body(world: &World, onboarding: &Onboarding, tally: &mut Tally) {
    if let Some(Err(reason)) = onboarding.followed.last() {
        tally.stuck("answer.found", "a look at a customer that exists", reason);
    }
    for (index, answer) in onboarding.answers().enumerate() {
        let (of, media) = if index == 0 {
            (("create_customer", "202"), "answer.media")
        } else {
            (("get_customer", "200"), "answer.get-media")
        };
        if index > 0 {
            tally.equal(
                "answer.found",
                "the answer to a look",
                200,
                answer.status.as_u16(),
            );
        }
        tally.equal(
            media,
            format_args!("the media type of an answer of {}", of.0),
            "application/json",
            &answer.media_type,
        );
        let Ok(raw) = serde_json::from_slice::<Value>(&answer.raw) else {
            tally.stuck(media, format_args!("an answer of {}", of.0), "no JSON");
            continue;
        };
        judge_body(world, of.0, of.1, &raw, tally);
        let kept = serde_json::to_value(&answer.customer).ok();
        tally.hold(
            media,
            kept.as_ref() == Some(&raw),
            format_args!("an answer of {}, read into the client's type", of.0),
            "all of it is kept",
            "some of it is lost or changed",
        );
    }
}

/// The same without the client, which refuses to read what is wrong.
pub(super) async fn raw(world: &World, tally: &mut Tally) {
    if let Err(reason) = try_raw(world, tally).await {
        tally.stuck("answer.accepted", "a creation and a look", reason);
    }
}

async fn try_raw(world: &World, tally: &mut Tally) -> Result<(), String> {
    let created = world.send(&world.creation(&world.maximal()?)?).await?;
    let what = "a creation";
    tally.equal("answer.accepted", what, 202, created.status.as_u16());
    judge_reply(
        world,
        tally,
        ("create_customer", "202"),
        "answer.media",
        &created,
    );
    let reference = created.body["reference"].as_str().unwrap_or_default();
    if reference.is_empty() {
        return Ok(());
    }
    let found = world.send(&world.look(reference)?).await?;
    let what = "a look at the customer that was made";
    tally.equal("answer.found", what, 200, found.status.as_u16());
    judge_reply(
        world,
        tally,
        ("get_customer", "200"),
        "answer.get-media",
        &found,
    );
    tally.hold(
        "answer.get-reference",
        found.body["reference"] == reference,
        format_args!("{what}: the reference"),
        "the one that was asked for",
        "another one, or none",
    );
    let status = found.body["status"].as_str().unwrap_or_default();
    after_the_end(world, tally, reference, status).await?;
    // Elsewhere nobody can be given a status of their own.
    if let Some(server) = world.target.control() {
        let own = "KNOWN_OF_NOBODY_ELSE";
        let journey = Journey::starting("PENDING_AGREEMENTS").then(own);
        server.with(|simulator| simulator.next_journey(journey));
        let other = world.send(&world.creation(&world.maximal()?)?).await?;
        let other = other.body["reference"].as_str().unwrap_or("nobody");
        let look = world.send(&world.look(other)?).await?;
        tally.hold(
            "answer.get-status",
            look.body["status"] == own,
            "a look at a customer with a status that nobody else has",
            own,
            &look.body["status"],
        );
    }
    Ok(())
}

/// An end is final: whoever looks again sees the same.
async fn after_the_end(
    world: &World,
    tally: &mut Tally,
    reference: &str,
    first: &str,
) -> Result<(), String> {
    let look = world.look(reference)?;
    let mut statuses = vec![first.to_owned()];
    let mut after = 0;
    while statuses.len() < MOST_LOOKS && after < 3 {
        let reply = world.send(&look).await?;
        let status = match reply.body["status"].as_str() {
            Some(status) if reply.status == 200 => status.to_owned(),
            _ => format!("({})", reply.status.as_u16()),
        };
        let ended = statuses
            .iter()
            .any(|seen: &String| ENDS.contains(&seen.as_str()));
        after += usize::from(ended);
        statuses.push(status);
    }
    let end = statuses
        .iter()
        .find(|status| ENDS.contains(&status.as_str()));
    if let Some(end) = end {
        let stays = statuses.iter().skip_while(|status| *status != end);
        tally.hold(
            "flow.end",
            stays.clone().all(|status| status == end),
            "looks after the end",
            "the same end",
            statuses.join(" -> "),
        );
    }
    Ok(())
}

fn judge_reply(
    world: &World,
    tally: &mut Tally,
    (operation, of): (&str, &str),
    media: &str,
    reply: &Reply,
) {
    let came = media_type(&reply.headers);
    let what = format!("the answer of {operation}");
    tally.equal(
        media,
        format_args!("{what}: the media type"),
        "application/json",
        &came,
    );
    let charset = reply.headers.get("content-type");
    let charset = charset
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let charset = charset
        .split_once("charset=")
        .map_or("utf-8", |(_, charset)| charset);
    tally.hold(
        media,
        charset.eq_ignore_ascii_case("utf-8"),
        format_args!("{what}: the charset"),
        "UTF-8, or none",
        charset,
    );
    tally.hold(
        media,
        !reply.headers.contains_key("content-encoding"),
        format_args!("{what}: the encoding"),
        "none, for none was asked for",
        "Content-Encoding",
    );
    let is = reply.body.is_object();
    tally.hold(media, is, &what, "a JSON object", "something else");
    if is {
        judge_body(world, operation, of, &reply.body, tally);
    }
}

pub(super) fn reference(world: &World, onboarding: &Onboarding, tally: &mut Tally) {
    let Ok(created) = &onboarding.created else {
        return;
    };
    let reference = created.customer.reference.as_str();
    tally.hold(
        "answer.reference-unique",
        world.first_use("reference", reference),
        "the reference of a new customer",
        "one that no other customer has",
        "another customer's",
    );
    for look in onboarding.followed.iter().flatten() {
        tally.hold(
            "answer.get-reference",
            look.customer.reference == created.customer.reference,
            "the reference in the answer to a look",
            "the one that was asked for",
            "another one",
        );
    }
}

/// The statuses that the page describes, each with its clause.
const DESCRIBED: [(&str, &str); 5] = [
    ("status.pending-agreements", "PENDING_AGREEMENTS"),
    ("status.pending-verification", "PENDING_VERIFICATION"),
    ("settled.pending", "VERIFICATION_PENDING"),
    ("status.verified", "VERIFIED"),
    ("status.unsuccessful", "UNSUCCESSFUL"),
];

pub(super) fn known_status(world: &World, onboarding: &Onboarding, tally: &mut Tally) {
    for (clause, status) in DESCRIBED {
        tally.hold(
            clause,
            CustomerStatus::KNOWN.contains(&status),
            format_args!("the status {status}"),
            "one that the client knows",
            CustomerStatus::KNOWN.join(", "),
        );
    }
    for spelling in ["PENDING_VERIFICATION", "VERIFICATION_PENDING"] {
        tally.hold(
            "settled.pending-alike",
            CustomerStatus::from(spelling).is_pending(),
            format_args!("the status {spelling}"),
            "one that the client takes for pending",
            "another meaning",
        );
    }
    let last = onboarding.followed.len();
    for (index, answer) in onboarding.answers().enumerate() {
        let status = &answer.customer.status;
        let sent: Value = serde_json::from_slice(&answer.raw).unwrap_or_default();
        tally.hold(
            "settled.beta",
            sent["status"] == status.as_str(),
            "a status in an answer, read into the client's type",
            "the text that was sent",
            "another one",
        );
        let described = DESCRIBED.iter().find(|(_, name)| *name == status.as_str());
        // The list is open: a status that nobody listed is wrong at the simulator only,
        // which never sends one unless it is broken.
        if described.is_none() && world.target.control().is_none() {
            continue;
        }
        // One that is not described stands where the flow would have another.
        let otherwise = if index == last {
            "status.verified"
        } else {
            "status.pending-verification"
        };
        let clause = described.map_or(otherwise, |(clause, _)| clause);
        tally.hold(
            clause,
            !matches!(status, CustomerStatus::Unknown(_)),
            "a status in an answer",
            "one that the client knows",
            status,
        );
    }
}

pub(super) fn progress(world: &World, onboarding: &Onboarding, tally: &mut Tally) {
    let statuses: Vec<&str> = onboarding
        .answers()
        .map(|answer| answer.customer.status.as_str())
        .collect();
    let told = statuses.join(" -> ");
    let stages: Vec<Option<u8>> = statuses.iter().map(|status| stage(status)).collect();
    let placed = stages.iter().all(Option::is_some);
    // Elsewhere a status that nobody listed may lie anywhere in the flow.
    if placed || world.target.control().is_some() {
        tally.hold(
            "flow.follow",
            placed,
            "the statuses, look by look",
            "each with a place in the documented flow",
            &told,
        );
    }
    let one_end = |pair: &[&str]| !ENDS.contains(&pair[0]) || pair[0] == pair[1];
    tally.hold(
        "flow.forward",
        stages.iter().flatten().is_sorted() && statuses.windows(2).all(one_end),
        "the statuses, look by look",
        "none goes back",
        &told,
    );
    let ended = stages.last() == Some(&Some(2));
    // A server elsewhere may take days to end.
    if ended || world.target.control().is_some() {
        let came = match onboarding.followed.last() {
            Some(Err(reason)) => format!("{told}, and then a look failed: {reason}"),
            _ => told,
        };
        for clause in ["flow.end", "flow.verified"] {
            tally.hold(clause, ended, "the verification", "an end", &came);
        }
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
