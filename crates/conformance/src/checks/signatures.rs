//! Hawk, from both sides: the client's signatures hold, and the server takes no others.

use bvnk_simulator::hawk::{Credentials, Incoming, Nonces, payload_hash, timestamp_mac, verify};

use super::Tally;
use super::requests::header;
use crate::onboarding::Onboarding;
use crate::raw::{Raw, Signature, now};
use crate::target::Arrived;
use crate::world::World;

/// How far the time in a signature may be from the time of the check, in seconds: the run
/// itself may take a while.
const TOLERANCE: u64 = 900;

const REFUSED: &str = "auth.refused";
const PAYLOAD: &str = "auth.payload";
const FRESH: &str = "auth.fresh";
const CLOCK: &str = "auth.clock";

/// A clause, what is bent, and how.
type Bent = (&'static str, &'static str, fn(&str) -> String);

pub(super) fn signed(world: &World, onboarding: &Onboarding, tally: &mut Tally) {
    for request in &onboarding.requests {
        let creation = !request.body.is_empty();
        let clause = if creation { "auth.create" } else { "auth.get" };
        let judged = verified(world, request);
        tally.hold(
            clause,
            judged.is_ok(),
            format_args!("the signature of a {}", request.method),
            "one Hawk header that holds",
            judged.as_ref().err().map_or("", String::as_str),
        );
        let Ok((nonce, hash)) = judged else { continue };
        tally.hold(
            clause,
            hash.is_none(),
            format_args!("the signature of a {}", request.method),
            "no payload hash, for the vendor has switched that off",
            "a payload hash",
        );
        tally.hold(
            "auth.fresh",
            world.first_use("nonce", &nonce),
            "the nonce of a signature",
            "one that was not used before",
            "one that was",
        );
    }
}

/// The nonce and the payload hash of a signature that holds.
pub(super) fn verified(
    world: &World,
    request: &Arrived,
) -> Result<(String, Option<String>), String> {
    let credentials = Credentials::new(&world.target.id, &world.target.key);
    let headers: Vec<_> = request.headers.get_all("authorization").iter().collect();
    let [authorization] = headers.as_slice() else {
        return Err(format!("{} Authorization headers", headers.len()));
    };
    let authorization = authorization
        .to_str()
        .map_err(|_| "a header that is not text")?;
    let (host, port) = world.target.authority();
    let incoming = Incoming {
        method: request.method.as_str(),
        resource: &request.target,
        host: &host,
        port,
        authorization: Some(authorization),
        content_type: request
            .headers
            .contains_key("content-type")
            .then(|| header(request, "content-type")),
        body: &request.body,
    };
    let find = |id: &str| (id == credentials.id()).then_some(&credentials);
    let mut nonces = Nonces::new(TOLERANCE);
    let verified = verify(&incoming, find, &mut nonces, TOLERANCE, now())
        .map_err(|refusal| refusal.to_string())?;
    Ok((verified.header.nonce, verified.header.hash))
}

fn creation(world: &World, tally: &mut Tally) -> Option<Raw> {
    match world.maximal().and_then(|body| world.creation(&body)) {
        Ok(raw) => Some(raw),
        Err(reason) => {
            tally.stuck(REFUSED, "a creation", reason);
            None
        }
    }
}

/// Sends a request that must be answered 401 and must do nothing; gives back the challenge.
async fn refused(
    world: &World,
    tally: &mut Tally,
    clause: &str,
    what: &str,
    raw: &Raw,
    authorization: Option<&str>,
) -> String {
    let before = world.target.customers();
    let mut challenge = String::new();
    match world.send_with(raw, authorization).await {
        Err(reason) => tally.stuck(clause, what, reason),
        Ok(reply) => {
            tally.equal(clause, what, 401, reply.status.as_u16());
            let value = reply.headers.get("www-authenticate");
            challenge = value
                .and_then(|value| value.to_str().ok())
                .unwrap_or_default()
                .to_owned();
            tally.hold(
                clause,
                challenge.starts_with("Hawk"),
                format_args!("{what}: the challenge"),
                "WWW-Authenticate: Hawk",
                if challenge.is_empty() {
                    "none"
                } else {
                    "another scheme"
                },
            );
        }
    }
    world.made(tally, clause, what, before, 0);
    challenge
}

/// Whether a challenge tells a time, and proves it with the caller's key.
fn tells_the_time(world: &World, challenge: &str) -> bool {
    let attribute = |name: &str| {
        let (_, rest) = challenge.split_once(&format!(r#"{name}=""#))?;
        rest.split_once('"').map(|(value, _)| value)
    };
    let Some(ts) = attribute("ts").and_then(|ts| ts.parse::<u64>().ok()) else {
        return false;
    };
    ts.abs_diff(now()) < TOLERANCE
        && attribute("tsm") == Some(&timestamp_mac(&world.target.key, ts))
}

pub(super) async fn required(world: &World, tally: &mut Tally) {
    type Bend = fn(&mut Signature);
    let bends: [(&str, Bend); 9] = [
        ("signed with an empty key", |signature| {
            signature.key.clear()
        }),
        ("an unknown id", |signature| signature.id.push('x')),
        ("a wrong key", |signature| signature.key.push('x')),
        ("signed for another method", |signature| {
            signature.method = "PUT".to_owned()
        }),
        ("signed for another path", |signature| {
            signature.resource.push('x')
        }),
        ("signed for a query", |signature| {
            signature.resource.push_str("?a=1")
        }),
        ("signed for another host", |signature| {
            signature.host = "api.bvnk.com".to_owned()
        }),
        ("signed for another port", |signature| signature.port ^= 1),
        ("signed for nothing", |signature| signature.resource.clear()),
    ];
    let Some(raw) = creation(world, tally) else {
        return;
    };
    for (what, bend) in bends {
        let mut signature = world.sign(&raw);
        bend(&mut signature);
        refused(world, tally, REFUSED, what, &raw, Some(&signature.header())).await;
    }
    // A body that is signed too must be the one that was signed.
    let hash = |body: &[u8]| Some(payload_hash(raw.media_type, body));
    let mut signature = world.sign(&raw);
    signature.hash = hash(b"{}");
    refused(
        world,
        tally,
        PAYLOAD,
        "signed with the hash of another body",
        &raw,
        Some(&signature.header()),
    )
    .await;
    let mut signature = world.sign(&raw);
    signature.hash = raw.body.as_deref().and_then(hash);
    accepted(world, tally, PAYLOAD, &raw, &signature.header()).await;

    // The header is bent after it was signed: whatever it tells must have been signed.
    let bent: [Bent; 8] = [
        (REFUSED, "another nonce than was signed", |header| {
            changed(header, "nonce", |_| "other".to_owned())
        }),
        (REFUSED, "another time than was signed", |header| {
            changed(header, "ts", |ts| {
                ts.parse::<u64>().map_or(0, |ts| ts + 5).to_string()
            })
        }),
        (REFUSED, "a MAC that is cut short", |header| {
            changed(header, "mac", |mac| mac[..mac.len() / 2].to_owned())
        }),
        (REFUSED, "an empty MAC", |header| {
            changed(header, "mac", |_| String::new())
        }),
        (REFUSED, "the id in the other case", |header| {
            changed(header, "id", other_case)
        }),
        (REFUSED, "an ext that was not signed", |header| {
            format!("{header}, ext=\"more\"")
        }),
        (REFUSED, "the word Hawk alone", |_| "Hawk".to_owned()),
        (REFUSED, "another scheme", |_| "Basic dTpw".to_owned()),
    ];
    for (clause, what, bend) in bent {
        let right = world.sign(&raw).header();
        let authorization = bend(&right);
        // An id without letters has no other case: what is right must not be refused.
        if authorization == right {
            continue;
        }
        refused(world, tally, clause, what, &raw, Some(&authorization)).await;
    }
    let hashed = |header: &str| {
        let hash = raw.body.as_deref().and_then(hash).unwrap_or_default();
        format!("{header}, hash=\"{hash}\"")
    };
    let authorization = hashed(&world.sign(&raw).header());
    let what = "a payload hash that was not signed";
    refused(world, tally, PAYLOAD, what, &raw, Some(&authorization)).await;
    let mut signature = world.sign(&raw);
    signature.hash = raw.body.as_deref().and_then(hash);
    let header = signature.header();
    let (before, after) = header.split_once("hash=").unwrap_or((&header, ""));
    let dropped = format!("{before}{}", after.split_once(", ").unwrap_or_default().1);
    let what = "a payload hash that was signed and is left out";
    refused(world, tally, PAYLOAD, what, &raw, Some(&dropped)).await;
    let mut queried = raw.clone();
    queried.target.push_str("?page=1");
    let authorization = world.sign(&raw).header();
    let what = "signed without the query";
    refused(world, tally, REFUSED, what, &queried, Some(&authorization)).await;
    refused(world, tally, REFUSED, "no signature", &raw, None).await;
    let mut twice = raw.clone();
    twice.more = vec![("authorization", world.sign(&raw).header())];
    let authorization = world.sign(&raw).header();
    let what = "two signatures";
    refused(world, tally, REFUSED, what, &twice, Some(&authorization)).await;
    // A nonce is bound to its signature also after it was used.
    let mut signature = world.sign(&raw);
    accepted(world, tally, REFUSED, &raw, &signature.header()).await;
    let header = signature.header();
    signature.nonce.push('x');
    let what = "another nonce in a signature that was used";
    let authorization = changed(&header, "nonce", |nonce| format!("{nonce}x"));
    refused(world, tally, REFUSED, what, &raw, Some(&authorization)).await;
    // The very request is carried out when it is signed right: nothing else was wrong.
    accepted(world, tally, REFUSED, &raw, &world.sign(&raw).header()).await;
}

pub(super) async fn fresh(world: &World, tally: &mut Tally) {
    let Some(raw) = creation(world, tally) else {
        return;
    };
    for (what, ts) in [
        ("an old time", now() - 3600),
        ("a future time", now() + 3600),
    ] {
        let mut signature = world.sign(&raw);
        signature.ts = ts;
        let challenge = refused(world, tally, FRESH, what, &raw, Some(&signature.header())).await;
        tally.hold(
            CLOCK,
            tells_the_time(world, &challenge),
            format_args!("{what}: the challenge"),
            "the server's time, proven with the caller's key",
            "no time, or no proof",
        );
        // The nonce is used up, also with the time put right.
        signature.ts = now();
        refused(
            world,
            tally,
            FRESH,
            "a nonce that came with a wrong time",
            &raw,
            Some(&signature.header()),
        )
        .await;
    }
    let header = world.sign(&raw).header();
    accepted(world, tally, FRESH, &raw, &header).await;
    refused(
        world,
        tally,
        FRESH,
        "the same signature again",
        &raw,
        Some(&header),
    )
    .await;
}

/// A header with another value of one attribute.
fn changed(header: &str, name: &str, change: fn(&str) -> String) -> String {
    let start = format!("{name}=\"");
    let Some((before, rest)) = header.split_once(&start) else {
        return header.to_owned();
    };
    let (value, after) = rest.split_once('"').unwrap_or((rest, ""));
    format!("{before}{start}{}\"{after}", change(value))
}

/// A text with small letters for capitals, and the other way round.
fn other_case(text: &str) -> String {
    let other = |c: char| match c.is_ascii_lowercase() {
        true => c.to_ascii_uppercase(),
        false => c.to_ascii_lowercase(),
    };
    text.chars().map(other).collect()
}

async fn accepted(world: &World, tally: &mut Tally, clause: &str, raw: &Raw, authorization: &str) {
    let what = "the same request, signed right";
    match world.send_with(raw, Some(authorization)).await {
        Ok(reply) => tally.equal(clause, what, 202, reply.status.as_u16()),
        Err(reason) => tally.stuck(clause, what, reason),
    }
}
