//! Hawk, from both sides: the client's signatures hold, and the server takes no others.

use bvnk_contract::Operation;
use bvnk_simulator::hawk::{Credentials, Incoming, Nonces, payload_hash, timestamp_mac, verify};

use super::wrong_signatures::{CHANGES, Change, EDITS, edited};
use super::{Check, Judge, Probe, Recorder, sent};
use crate::collect::{Authorization, Exercise, RawRequest, Signature, now};
use crate::context::Context;
use crate::exchange::{Exchange, Request};

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
    Judge::Probe(|context, recorder| Box::pin(refused(context, recorder))),
    &[REQUIRED, CHALLENGE, PAYLOAD, FRESH, CLOCK],
);

/// How far the time in a signature may be from the time of the check, in seconds: the run
/// itself may take a while.
const TOLERANCE: u64 = 900;

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

/// Verifies each attempt as it was sent, not as the client reports it.
fn signed(context: &Context, exercise: &Exercise, recorder: &mut Recorder) {
    for (operation, call) in sent(context, exercise).filter(|(operation, _)| is_signed(operation)) {
        let subject = format!("security {}", operation.id);
        let clause = context.specification.about(&subject);
        recorder.on(format!("the signature of {}", operation.id));
        recorder.holds(&clause, !call.requests.is_empty(), "a request");
        for request in &call.requests {
            match verified(context, request) {
                Err(reason) => recorder.check(&clause, false, "one Hawk header that holds", reason),
                Ok((nonce, hash)) => {
                    // The vendor has not activated the payload hash.
                    recorder.holds(&clause, hash.is_none(), "no payload hash");
                    recorder.holds(FRESH, context.is_first("nonce", &nonce), "a new nonce");
                }
            }
        }
    }
}

fn is_signed(operation: &Operation) -> bool {
    let mut schemes = operation.security.iter();
    schemes.any(|scheme| scheme.eq_ignore_ascii_case("hawk"))
}

/// The nonce and the payload hash of a signature that holds.
pub(super) fn verified(
    context: &Context,
    request: &Request,
) -> Result<(String, Option<String>), String> {
    let connection = &context.connection;
    let credentials = Credentials::new(connection.id(), connection.key());
    let headers = request.headers("authorization");
    let [authorization] = headers.as_slice() else {
        return Err(format!("{} Authorization headers", headers.len()));
    };
    let (host, port) = connection.authority();
    let content_type = request.header("content-type");
    let incoming = Incoming {
        method: &request.method,
        resource: &request.target,
        host: &host,
        port,
        authorization: Some(authorization),
        content_type: (!content_type.is_empty()).then_some(content_type),
        body: &request.body,
    };
    let find = |id: &str| (id == credentials.id()).then_some(&credentials);
    let mut nonces = Nonces::new(TOLERANCE);
    match verify(&incoming, find, &mut nonces, TOLERANCE, now()) {
        Ok(verified) => Ok((verified.nonce, verified.hash)),
        Err(rejection) => Err(rejection.to_string()),
    }
}

/// Every operation gets the basic cases, one of them all.
async fn refused(context: &Context, recorder: &mut Recorder) {
    let operations = context.specification.contract().operations().iter();
    let mut operations: Vec<&Operation> = operations.filter(|it| is_signed(it)).collect();
    // One with a body shows the most.
    operations.sort_by_key(|operation| operation.body.is_none());
    for (index, operation) in operations.into_iter().enumerate() {
        let mut probe = Probe::new(context, operation, recorder).await;
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
        unused(&mut probe).await;
        // Nothing else was wrong with the request.
        accepted(&mut probe, REQUIRED, |_| {}).await;
        // It may have removed what it needs.
        let mut probe = Probe::new(context, operation, recorder).await;
        let header = accepted_once(&mut probe).await;
        if index == 0 {
            probe.pause().await;
            let (raw, what) = (probe.ready.clone(), "the same signature again, later");
            rejected(&mut probe, FRESH, what, &raw, Some(header)).await;
        }
    }
}

/// The header of a right signature, or of a changed one.
fn signature(probe: &Probe<'_>, change: impl FnOnce(&mut Signature)) -> String {
    let RawRequest { method, target, .. } = &probe.ready;
    let mut signature = probe.context.connection.sign(method, target);
    change(&mut signature);
    signature.header()
}

/// Sends a request with this `Authorization` header or none, which must be refused and must
/// do nothing.
async fn rejected(
    probe: &mut Probe<'_>,
    clause: &str,
    what: &str,
    raw: &RawRequest,
    header: Option<String>,
) -> Exchange {
    let mut raw = raw.clone();
    raw.authorization = header.map_or(Authorization::Missing, Authorization::Given);
    let sent = probe.refused(clause, what, &raw).await;
    let unauthorized = matches!(sent.status(), 401 | 403);
    if sent.is_refused() {
        let outcome = sent.outcome();
        probe.recorder.check(clause, unauthorized, "401", outcome);
    }
    if unauthorized {
        let challenge = sent.header("www-authenticate");
        let exact = sent.status() == 401 && challenge.starts_with("Hawk");
        let expected = "401 and WWW-Authenticate: Hawk";
        probe.recorder.check(CHALLENGE, exact, expected, challenge);
    }
    sent
}

/// Sends the request with a fresh key and a right signature, which is returned.
async fn accepted(probe: &mut Probe<'_>, clause: &str, change: impl Fn(&mut Signature)) -> String {
    let mut raw = probe.ready.with_fresh_key();
    loop {
        let header = signature(probe, &change);
        raw.authorization = Authorization::Given(header.clone());
        let before = probe.context.connection.transient();
        let sent = probe.send("signed right", &raw).await;
        // After a failure on the way, its repetition may find the signature used.
        let repeated = probe.context.connection.transient() > before;
        if sent.status() != 401 || !repeated {
            let success = sent.is_success();
            probe
                .recorder
                .check(clause, success, "success", sent.outcome());
            return header;
        }
    }
}

/// The cases that need not be repeated for each operation: edits of the header, the hash of
/// the payload, the query, two signatures, and a nonce that was used.
async fn thorough(probe: &mut Probe<'_>) {
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
    let media_type = raw.header("content-type");
    let hash = |body: &[u8]| payload_hash(media_type, body);
    let right = hash(raw.body.as_deref().unwrap_or_default());
    accepted(probe, PAYLOAD, |it| it.hash = Some(right.clone())).await;
    // Not every server verifies it: the key may be used up.
    let hashed = raw.with_fresh_key();
    let other = signature(probe, |it| it.hash = Some(hash(b"{}")));
    let plain = signature(probe, |_| {});
    let removed = signature(probe, |it| it.hash = Some(right.clone()));
    for (what, header) in [
        ("signed with another body's hash", other),
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
    let header = signature(probe, |_| {});
    let mut queried = raw.clone();
    let mark = if raw.target.contains('?') { '&' } else { '?' };
    queried.target.push_str(&format!("{mark}page=1"));
    let what = "signed without the query";
    rejected(probe, REQUIRED, what, &queried, Some(header)).await;
    let mut twice = raw.clone();
    twice.set("authorization", &signature(probe, |_| {}));
    let header = signature(probe, |_| {});
    rejected(probe, REQUIRED, "two signatures", &twice, Some(header)).await;
    // A nonce stays bound to its signature after it was used.
    let header = accepted(probe, REQUIRED, |_| {}).await;
    let header = edited(&header, "nonce", |nonce| format!("{nonce}x"));
    let what = "another nonce in a used signature";
    rejected(probe, REQUIRED, what, &raw, Some(header)).await;
}

/// A signature of another time is refused, and at the simulator its nonce is used up.
async fn stale(probe: &mut Probe<'_>) {
    let raw = probe.ready.clone();
    let changes: [Change; 2] = [
        ("an old time", |signature| signature.ts -= 3600),
        ("a future time", |signature| signature.ts += 3600),
    ];
    for (what, change) in changes {
        let mut signature = probe.context.connection.sign(&raw.method, &raw.target);
        change(&mut signature);
        let sent = rejected(probe, FRESH, what, &raw, Some(signature.header())).await;
        let proven = proves_the_time(probe.context, sent.header("www-authenticate"));
        let expected = "a challenge with the server's time, proven with the caller's key";
        probe.recorder.holds(CLOCK, proven, expected);
        // Where nonces are kept by time, as Hawk allows, the nonce is a new one.
        if probe.context.connection.is_foreign() {
            continue;
        }
        signature.ts = now();
        let what = "a nonce that was sent with a wrong time";
        rejected(probe, CLOCK, what, &raw, Some(signature.header())).await;
    }
}

/// A key that came without a right signature is free: nothing was done. With another body it
/// is refused, or answered with what it made, if something was.
async fn unused(probe: &mut Probe<'_>) {
    let mut raw = probe.ready.clone();
    if let (Some(_), Some(other)) = (probe.operation.idempotency_key(), probe.other_body()) {
        raw.body = Some(other);
        let what = "the same key and another body, signed right";
        probe.accepted(REQUIRED, what, &raw).await;
    }
}

/// A signature serves one request. It is returned.
async fn accepted_once(probe: &mut Probe<'_>) -> String {
    let header = accepted(probe, FRESH, |_| {}).await;
    let (raw, what) = (probe.ready.clone(), "the same signature again");
    rejected(probe, FRESH, what, &raw, Some(header.clone())).await;
    header
}

/// Whether a challenge has a time and proves it with the caller's key.
fn proves_the_time(context: &Context, challenge: &str) -> bool {
    let attribute = |name: &str| {
        let (_, rest) = challenge.split_once(&format!(r#"{name}=""#))?;
        rest.split_once('"').map(|(value, _)| value)
    };
    let ts = attribute("ts").and_then(|ts| ts.parse::<u64>().ok());
    ts.is_some_and(|ts| {
        let own = timestamp_mac(context.connection.key(), ts);
        ts.abs_diff(now()) < TOLERANCE && attribute("tsm") == Some(own.as_str())
    })
}
