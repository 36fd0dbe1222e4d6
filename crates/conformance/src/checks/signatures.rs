//! Hawk, from both sides: the client's signatures hold, and the server takes no others.

use bvnk_simulator::hawk::{Credentials, Incoming, Nonces, payload_hash, timestamp_mac, verify};

use super::Tally;
use super::requests::header;
use crate::onboarding::Onboarding;
use crate::raw::{Raw, Signature, now};
use crate::suite::World;

/// How far the time in a signature may be from the time of the check, in seconds: the run
/// itself may take a while.
const TOLERANCE: u64 = 900;

pub(super) fn signed(world: &World, onboarding: &Onboarding) -> Result<(), String> {
    let credentials = Credentials::new(world.server.id(), world.server.key());
    let address = world.server.address();
    for request in &onboarding.requests {
        let headers: Vec<_> = request.headers.get_all("authorization").iter().collect();
        let [authorization] = headers.as_slice() else {
            return Err(format!(
                "{} has {} Authorization headers",
                request.method,
                headers.len()
            ));
        };
        let authorization = authorization
            .to_str()
            .map_err(|_| "the Authorization header is not text")?;
        let incoming = Incoming {
            method: request.method.as_str(),
            resource: &request.target,
            host: &address.ip().to_string(),
            port: address.port(),
            authorization: Some(authorization),
            content_type: request
                .headers
                .contains_key("content-type")
                .then(|| header(request, "content-type")),
            body: &request.body,
        };
        let find = |id: &str| (id == credentials.id()).then_some(&credentials);
        let verified = verify(
            &incoming,
            find,
            &mut Nonces::new(TOLERANCE),
            TOLERANCE,
            now(),
        )
        .map_err(|refusal| {
            format!(
                "the signature of {} does not hold: {refusal}",
                request.method
            )
        })?;
        if verified.header.hash.is_some() {
            return Err("the body is signed, which the vendor has switched off".to_owned());
        }
        if !world.first_use("nonce", &verified.header.nonce) {
            return Err("a nonce was used twice".to_owned());
        }
    }
    Ok(())
}

fn creation(world: &World, tally: &mut Tally) -> Option<Raw> {
    match world.maximal().and_then(|body| world.creation(&body)) {
        Ok(raw) => Some(raw),
        Err(reason) => {
            tally.hold(false, || reason);
            None
        }
    }
}

/// Sends a request that must be answered 401 and must do nothing; gives back the challenge.
async fn refused(
    world: &World,
    tally: &mut Tally,
    what: &str,
    raw: &Raw,
    authorization: Option<&str>,
) -> String {
    let before = world.customers();
    let mut challenge = String::new();
    match world.send_with(raw, authorization).await {
        Err(reason) => tally.hold(false, || format!("{what}: {reason}")),
        Ok(reply) => {
            tally.hold(reply.status == 401, || {
                format!("{what}: expected 401, came {}", reply.status)
            });
            let value = reply.headers.get("www-authenticate");
            challenge = value
                .and_then(|value| value.to_str().ok())
                .unwrap_or_default()
                .to_owned();
            tally.hold(challenge.starts_with("Hawk"), || {
                format!("{what}: the 401 has no Hawk challenge")
            });
        }
    }
    tally.hold(world.customers() == before, || {
        format!("{what}: a customer was created")
    });
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
        && attribute("tsm") == Some(&timestamp_mac(world.server.key(), ts))
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
        refused(world, tally, what, &raw, Some(&signature.header())).await;
    }
    // A body that is signed too must be the one that was signed.
    let hash = |body: &[u8]| Some(payload_hash(raw.media_type, body));
    let mut signature = world.sign(&raw);
    signature.hash = hash(b"{}");
    refused(
        world,
        tally,
        "signed with the hash of another body",
        &raw,
        Some(&signature.header()),
    )
    .await;
    let mut signature = world.sign(&raw);
    signature.hash = raw.body.as_deref().and_then(hash);
    accepted(world, tally, &raw, &signature.header()).await;

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
        refused(world, tally, what, &raw, authorization).await;
    }
    // The very request is carried out when it is signed right: nothing else was wrong.
    accepted(world, tally, &raw, &world.sign(&raw).header()).await;
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
        let challenge = refused(world, tally, what, &raw, Some(&signature.header())).await;
        tally.hold(tells_the_time(world, &challenge), || {
            format!("{what}: the challenge does not prove the server's time")
        });
        // The nonce is used up, also with the time put right.
        signature.ts = now();
        refused(
            world,
            tally,
            "a nonce that came with a wrong time",
            &raw,
            Some(&signature.header()),
        )
        .await;
    }
    let header = world.sign(&raw).header();
    accepted(world, tally, &raw, &header).await;
    refused(
        world,
        tally,
        "the same signature again",
        &raw,
        Some(&header),
    )
    .await;
}

async fn accepted(world: &World, tally: &mut Tally, raw: &Raw, authorization: &str) {
    match world.send_with(raw, Some(authorization)).await {
        Ok(reply) => tally.hold(reply.status == 202, || {
            format!("signed right: expected 202, came {}", reply.status)
        }),
        Err(reason) => tally.hold(false, || format!("signed right: {reason}")),
    }
}
