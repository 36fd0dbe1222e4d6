//! Hawk, from both sides: the client's signatures hold, and the server takes no others.

use bvnk_simulator::hawk::{Credentials, Incoming, Nonces, payload_hash, timestamp_mac, verify};

use super::Tally;
use super::requests::header;
use crate::onboarding::Onboarding;
use crate::raw::{Raw, Signature, now};
use crate::suite::World;
use crate::target::Arrived;

/// How far the time in a signature may be from the time of the check, in seconds: the run
/// itself may take a while.
const TOLERANCE: u64 = 900;

const REFUSED: &str = "auth.refused";
const PAYLOAD: &str = "auth.payload";
const FRESH: &str = "auth.fresh";
const CLOCK: &str = "auth.clock";

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
    let bends: [(&str, Bend); 8] = [
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

    let right = world.sign(&raw).header();
    let nonce = format!("nonce=\"{}\"", world.sign(&raw).nonce);
    let start = right.find("nonce=").unwrap_or(0);
    let end = right[start..]
        .find(',')
        .map_or(right.len(), |end| start + end);
    let other_nonce = format!("{}{nonce}{}", &right[..start], &right[end..]);
    for (what, authorization) in [
        ("no signature", None),
        ("another scheme", Some("Basic dTpw")),
        ("an empty Hawk header", Some("Hawk")),
        ("another nonce than was signed", Some(other_nonce.as_str())),
    ] {
        refused(world, tally, REFUSED, what, &raw, authorization).await;
    }
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

async fn accepted(world: &World, tally: &mut Tally, clause: &str, raw: &Raw, authorization: &str) {
    let what = "the same request, signed right";
    match world.send_with(raw, Some(authorization)).await {
        Ok(reply) => tally.equal(clause, what, 202, reply.status.as_u16()),
        Err(reason) => tally.stuck(clause, what, reason),
    }
}
