//! Hawk, from both sides: the client's signatures hold, and the server takes no others.
//!
//! Both sides are compared with the simulator's Hawk code, which was written from the
//! specification and is not the client's. What can be wrong with a signature is listed in
//! `wrong_signatures`; this file has the cases that need more than one request.

use bvnk_contract::Operation;
use bvnk_simulator::hawk::{payload_hash, timestamp_mac};

use super::probe::all_values;
use super::wrong_signatures::{CHANGES, EDITS, edited};
use super::{Check, Judge, Probe, Recorder, sent};
use crate::connection::{RawRequest, Signature, TOLERANCE, now};
use crate::context::Context;
use crate::exchange::{Exchange, Exercise};

/// Judges each attempt with the simulator's Hawk code, which is not the client's.
pub(super) const SIGNED: Check = Check::new(
    "request-signature",
    "each request has one Hawk header that another implementation verifies, with a new nonce",
    Judge::Exercise(signed),
    &["security", FRESH],
);

/// Tries wrong signatures before right ones: a right request would use up the key, and a
/// repeated key creates nothing either way.
pub(super) const REFUSED: Check = Check::new(
    "signature-refused",
    "a request without a signature, with a wrong, an old or a used one is refused and does nothing",
    Judge::Probe(|recorder| Box::pin(refused(recorder))),
    &[REQUIRED, CHALLENGE, PAYLOAD, FRESH, CLOCK],
);

/// A request without a valid signature is refused and does nothing.
const REQUIRED: &str = "auth.refused";
/// The refusal is 401 with a Hawk challenge.
const CHALLENGE: &str = "auth.challenge";
/// Where the body is signed too, another body is refused.
const PAYLOAD: &str = "auth.payload";
/// A nonce serves once, and an old time is refused.
const FRESH: &str = "auth.fresh";
/// The challenge to a wrong time has the server's time, proven with the key.
const CLOCK: &str = "auth.clock";

/// Verifies each attempt as it was sent, not as the client reports it. The host and the port are
/// those of the server, also where the client reaches it through the proxy.
///
/// An operation without Hawk in the contract is left out.
fn signed(recorder: &mut Recorder<'_>, exercise: &Exercise) {
    let context = recorder.context;
    for (operation, call) in sent(context, exercise).filter(|(operation, _)| is_signed(operation)) {
        let clause = recorder.about(&format!("security {}", operation.id));
        recorder.on(format!("the signature of {}", operation.id));
        recorder.sent(None);
        recorder.holds(&clause, !call.attempts.is_empty(), "a request");
        for attempt in &call.attempts {
            recorder.sent(attempt);
            match context.connection.verified(&attempt.request) {
                Err(reason) => recorder.check(&clause, false, "one Hawk header that holds", reason),
                Ok(header) => {
                    // The vendor has not activated the payload hash.
                    recorder.holds(&clause, header.hash.is_none(), "no payload hash");
                    let first = context.is_first("nonce", &header.nonce);
                    recorder.holds(FRESH, first, "a new nonce");
                }
            }
        }
    }
}

/// Whether the contract demands a Hawk signature for an operation.
fn is_signed(operation: &Operation) -> bool {
    let mut schemes = operation.security.iter();
    schemes.any(|scheme| scheme.eq_ignore_ascii_case("hawk"))
}

/// Every operation gets the basic cases, one of them all: what a server does with a signature
/// rarely depends on the operation, and each case is a request.
///
/// The order matters. All wrong signatures come first, with one idempotency key; then the same
/// key with another body must be accepted, which shows that none of them did anything.
async fn refused(recorder: &mut Recorder<'_>) {
    let operations = &recorder.context.specification.contract().operations;
    let mut operations: Vec<&Operation> = operations.iter().filter(|it| is_signed(it)).collect();
    // One with a body shows the most.
    operations.sort_by_key(|operation| operation.body.is_none());
    for (index, operation) in operations.into_iter().enumerate() {
        let mut probe = Probe::new(recorder, operation).await;
        let raw = probe.ready.clone();
        rejected(&mut probe, REQUIRED, "without a signature", &raw, None).await;
        for (what, change) in &CHANGES[..if index == 0 { CHANGES.len() } else { 2 }] {
            let header = signature(&probe, *change);
            rejected(&mut probe, REQUIRED, what, &raw, Some(header)).await;
        }
        if index == 0 {
            thorough(&mut probe).await;
        }
        stale(&mut probe).await;
        // A key of requests without a right signature is free: nothing was done. With another body
        // it is refused, or answered with what it made, if something was.
        if let (Some(_), Some(other)) = (operation.idempotency_key(), probe.other_body()) {
            let mut raw = probe.ready.clone();
            raw.request.body = other;
            let what = "the same key and another body, signed right";
            probe.accepted(REQUIRED, what, &raw).await;
        }
        // Nothing else was wrong with the request.
        accepted(&mut probe, REQUIRED, |_| {}).await;
        // It may have removed what it needs.
        let mut probe = Probe::new(recorder, operation).await;
        let header = accepted(&mut probe, FRESH, |_| {}).await;
        let mut again = vec!["the same signature again"];
        again.extend((index == 0).then_some("the same signature again, later"));
        for (times, what) in again.into_iter().enumerate() {
            if times > 0 {
                // A server that remembers only the last nonce is found by another one.
                accepted(&mut probe, FRESH, |_| {}).await;
                probe.pause().await;
            }
            let raw = probe.ready.clone();
            rejected(&mut probe, FRESH, what, &raw, Some(header.clone())).await;
        }
    }
}

/// The header of a right signature of the probe's request, or of one that is changed before its
/// MAC is computed.
fn signature(probe: &Probe<'_, '_>, change: impl FnOnce(&mut Signature)) -> String {
    let mut signature = probe.context.connection.sign(&probe.ready.request);
    change(&mut signature);
    signature.header()
}

/// Sends a request with this `Authorization` header or none, which must be refused and must
/// do nothing.
///
/// Another 4xx than 401 and 403 is a failure too: the request was refused for another reason
/// than its signature. The challenge of a 401 counts for a separate clause.
///
/// Returns the exchange, whose challenge [`stale`] reads.
async fn rejected(
    probe: &mut Probe<'_, '_>,
    clause: &str,
    what: &str,
    raw: &RawRequest,
    header: Option<String>,
) -> Exchange {
    let mut raw = raw.clone();
    raw.signed = false;
    if let Some(header) = header {
        raw.authorize(&header);
    }
    let sent = probe.refused(clause, what, &raw).await;
    let unauthorized = matches!(sent.status(), 401 | 403);
    if sent.is_refused() {
        probe.check(clause, unauthorized, "401", sent.outcome());
    }
    if unauthorized {
        let challenge = all_values(&sent, "www-authenticate");
        let mut schemes = challenge
            .split(',')
            .filter_map(|it| it.trim_start().get(..4));
        let named = schemes.any(|scheme| scheme.eq_ignore_ascii_case("Hawk"));
        let exact = sent.status() == 401 && named;
        let expected = "401 and WWW-Authenticate: Hawk";
        let actual = format!("{} and `{challenge}`", sent.outcome());
        probe.check(CHALLENGE, exact, expected, actual);
    }
    sent
}

/// Sends the request with a fresh key and a right signature, which is returned. `change` edits
/// the signature in a way that keeps it right, such as by a payload hash.
async fn accepted(
    probe: &mut Probe<'_, '_>,
    clause: &str,
    change: impl Fn(&mut Signature),
) -> String {
    let fresh = probe.ready.with_fresh_key();
    let mut left = 5;
    loop {
        let (mut raw, header) = (fresh.clone(), signature(probe, &change));
        raw.authorize(&header);
        let mut sent = probe.send("signed right", &raw).await;
        sent.wrongly_signed = false;
        probe.sent(&sent);
        left -= 1;
        // After a failure on the way, its repetition may find the signature used.
        if left == 0 || sent.status() != 401 || !sent.repeated {
            // Whether what was created can be found is not about the signature.
            if sent.status() != 404 {
                probe.success(clause, &sent);
            }
            return header;
        }
    }
}

/// The cases that need not be repeated for each operation: edits of the header, the hash of
/// the payload, the query, two signatures, and a nonce that was used.
async fn thorough(probe: &mut Probe<'_, '_>) {
    let raw = probe.ready.clone();
    for (what, edit) in EDITS {
        let right = signature(probe, |_| {});
        let header = edit(&right);
        // An id without letters has no other case: what is right must not be refused.
        if header != right {
            rejected(probe, REQUIRED, what, &raw, Some(header)).await;
        }
    }
    // A body that is signed too must be the one that was signed.
    let media_type = raw.request.header("content-type").unwrap_or_default();
    let [right, wrong] = [&raw.request.body[..], b"{}"].map(|body| payload_hash(media_type, body));
    accepted(probe, PAYLOAD, |it| it.hash = Some(right.clone())).await;
    // Not every server verifies it: the key may be used up.
    let hashed = raw.with_fresh_key();
    let plain = signature(probe, |_| {});
    let removed = signature(probe, |it| it.hash = Some(right.clone()));
    for (what, header) in [
        (
            "signed with another body's hash",
            signature(probe, |it| it.hash = Some(wrong)),
        ),
        (
            "a payload hash that was not signed",
            format!("{plain}, hash=\"{right}\""),
        ),
        (
            "without the payload hash that was signed",
            removed.replace(&format!("hash=\"{right}\", "), ""),
        ),
    ] {
        rejected(probe, PAYLOAD, what, &hashed, Some(header)).await;
    }
    let [mut queried, mut twice] = [raw.clone(), raw.clone()];
    let mark = if raw.request.query().is_some() {
        '&'
    } else {
        '?'
    };
    queried.request.target.push_str(&format!("{mark}page=1"));
    twice.authorize(&signature(probe, |_| {}));
    for (what, raw) in [
        ("signed without the query", queried),
        ("two signatures", twice),
    ] {
        let header = signature(probe, |_| {});
        rejected(probe, REQUIRED, what, &raw, Some(header)).await;
    }
    // A nonce stays bound to its signature after it was used.
    let header = accepted(probe, REQUIRED, |_| {}).await;
    let header = edited(&header, "nonce", |nonce| format!("{nonce}x"));
    let what = "another nonce in a used signature";
    rejected(probe, REQUIRED, what, &raw, Some(header)).await;
}

/// A signature of another time is refused, and at the simulator its nonce is used up.
///
/// Both directions are tried, since a server may compare in one only.
async fn stale(probe: &mut Probe<'_, '_>) {
    let raw = probe.ready.clone();
    for (what, offset) in [("an old time", -3600), ("a future time", 3600)] {
        let mut signature = probe.context.connection.sign(&raw.request);
        signature.ts = signature.ts.saturating_add_signed(offset);
        let sent = rejected(probe, FRESH, what, &raw, Some(signature.header())).await;
        let challenge = all_values(&sent, "www-authenticate");
        let proven = proves_the_time(probe.context, &challenge);
        let expected = "a challenge with the server's time, proven with the caller's key";
        let actual = format!("{} and `{challenge}`", sent.outcome());
        probe.check(CLOCK, proven, expected, actual);
        // Where nonces are kept by time, as Hawk allows, the nonce is a new one.
        if probe.context.connection.is_foreign() {
            continue;
        }
        signature.ts = now();
        let what = "a nonce that was sent with a wrong time";
        rejected(probe, CLOCK, what, &raw, Some(signature.header())).await;
    }
}

/// Whether a challenge has a time (`ts`) and proves it with the caller's key (`tsm`). Without the
/// proof, anyone on the way could set the clocks of callers.
fn proves_the_time(context: &Context, challenge: &str) -> bool {
    let attribute = |name: &str| {
        let (_, rest) = challenge.split_once(&format!(r#"{name}=""#))?;
        rest.split_once('"').map(|(value, _)| value)
    };
    let ts = attribute("ts").and_then(|ts| ts.parse::<u64>().ok());
    ts.is_some_and(|ts| {
        let own = timestamp_mac(context.connection.credentials.key(), ts);
        ts.abs_diff(now()) < TOLERANCE && attribute("tsm") == Some(own.as_str())
    })
}
