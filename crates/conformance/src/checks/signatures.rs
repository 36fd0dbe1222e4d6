//! Hawk, from both sides: the client's signatures hold, and the server takes no others.

use bvnk_contract::Operation;
use bvnk_simulator::hawk::{Credentials, Incoming, Nonces, payload_hash, timestamp_mac, verify};

use super::Recorder;
use super::requests::sent;
use crate::collect::{Exchanged, Exercise, RawRequest, Signature, now};
use crate::context::Context;
use crate::exchange::Request;

/// How far the time in a signature may be from the time of the check, in seconds: the run
/// itself may take a while.
const TOLERANCE: u64 = 900;

const REFUSED: &str = "auth.refused";
const CHALLENGE: &str = "auth.challenge";
const PAYLOAD: &str = "auth.payload";
const FRESH: &str = "auth.fresh";
const CLOCK: &str = "auth.clock";

/// Each request has one Hawk header that another implementation verifies.
pub(super) fn signed(context: &Context, exercise: &Exercise, recorder: &mut Recorder) {
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

/// Requests that are sent without the right signature.
struct Attempts<'a> {
    context: &'a Context,
    recorder: &'a mut Recorder,
    raw: RawRequest,
}

impl Attempts<'_> {
    /// Sends the request, which must be refused and must do nothing.
    async fn refused(&mut self, clause: &str, what: &str, header: Option<&str>) -> Exchanged {
        let before = self.context.connection.created();
        let sent = self.context.connection.send_with(&self.raw, header).await;
        let recorder = self.recorder.sent(&sent);
        recorder.on(format!("{}, {what}", self.raw.operation));
        let refused = matches!(sent.status(), 401 | 403);
        recorder.check(clause, refused, "401", sent.outcome());
        if refused {
            let challenge = sent.header("www-authenticate");
            let exact = sent.status() == 401 && challenge.starts_with("Hawk");
            recorder.check(
                CHALLENGE,
                exact,
                "401 and WWW-Authenticate: Hawk",
                challenge,
            );
        }
        created(self.context, self.recorder, clause, before, 0);
        sent
    }

    /// Sends the request with a fresh key and another signature, which must be accepted:
    /// nothing else was wrong with it.
    async fn accepted(&mut self, clause: &str, header: &str) {
        let raw = self.raw.with_fresh_key();
        let sent = self.context.connection.send_with(&raw, Some(header)).await;
        let recorder = self.recorder.sent(&sent);
        recorder.on(format!("{}, signed right", raw.operation));
        recorder.check(clause, sent.is_success(), "success", sent.outcome());
    }

    fn sign(&self, change: fn(&mut Signature)) -> Signature {
        let mut signature = self.context.connection.sign(&self.raw);
        change(&mut signature);
        signature
    }

    fn header(&self) -> String {
        self.sign(|_| {}).header()
    }
}

/// Records that as many resources were created as expected, where that can be seen.
pub(super) fn created(
    context: &Context,
    recorder: &mut Recorder,
    clause: &str,
    before: Option<usize>,
    expected: usize,
) {
    if let (Some(before), Some(after)) = (before, context.connection.created()) {
        let made = |count: usize| format!("{count} resources created");
        recorder.equal(clause, made(expected), made(after.saturating_sub(before)));
    }
}

/// What is wrong, and the change of a signature before it is made.
type Change = (&'static str, fn(&mut Signature));

/// The first two are tried on every operation.
const CHANGES: [Change; 9] = [
    ("signed with a wrong key", |it| it.key.push('x')),
    ("signed for another path", |it| it.resource.push('x')),
    ("signed with an empty key", |it| it.key.clear()),
    ("signed with an unknown id", |it| it.id.push('x')),
    ("signed for another method", |it| it.method = "TRACE".into()),
    ("signed for a query", |it| it.resource.push_str("?a=1")),
    ("signed for another host", |it| {
        it.host = "api.example".into()
    }),
    ("signed for another port", |it| it.port ^= 1),
    ("signed for nothing", |it| it.resource.clear()),
];

/// What is wrong, and the change of a header after it was signed.
type Edit = (&'static str, fn(&str) -> String);

const EDITS: [Edit; 8] = [
    ("another nonce than was signed", |it| {
        edited(it, "nonce", |_| "other".into())
    }),
    ("another time than was signed", |it| edited(it, "ts", later)),
    ("a MAC that is cut short", |it| {
        edited(it, "mac", |mac| mac[..mac.len() / 2].into())
    }),
    ("an empty MAC", |it| edited(it, "mac", |_| String::new())),
    ("the id in the other case", |it| {
        edited(it, "id", other_case)
    }),
    ("an ext that was not signed", |it| {
        format!("{it}, ext=\"more\"")
    }),
    ("the word Hawk alone", |_| "Hawk".into()),
    ("another scheme", |_| "Basic dTpw".into()),
];

/// A request that is not signed, or signed for something else, is refused and does nothing.
/// Every operation gets the basic cases, one of them all.
pub(super) async fn required(context: &Context, recorder: &mut Recorder) {
    let operations = context.specification.contract().operations().iter();
    let mut operations: Vec<&Operation> = operations.filter(|it| is_signed(it)).collect();
    // One with a body shows the most.
    operations.sort_by_key(|operation| operation.body.is_none());
    for (index, operation) in operations.into_iter().enumerate() {
        let raw = context.ready_request(operation).await;
        let mut attempts = Attempts {
            context,
            recorder,
            raw,
        };
        attempts.refused(REFUSED, "without a signature", None).await;
        for (what, change) in &CHANGES[..if index == 0 { CHANGES.len() } else { 2 }] {
            let header = attempts.sign(*change).header();
            attempts.refused(REFUSED, what, Some(&header)).await;
        }
        if index == 0 {
            thorough(&mut attempts).await;
        }
        let header = attempts.header();
        attempts.accepted(REFUSED, &header).await;
    }
}

async fn thorough(attempts: &mut Attempts<'_>) {
    for (what, edit) in EDITS {
        let right = attempts.header();
        let header = edit(&right);
        // An id without letters has no other case: what is right must not be refused.
        if header != right {
            attempts.refused(REFUSED, what, Some(&header)).await;
        }
    }
    // A body that is signed too must be the one that was signed.
    let media_type = attempts.raw.media_type().unwrap_or_default().to_owned();
    let body = attempts.raw.body.clone().unwrap_or_default();
    let right = payload_hash(&media_type, &body);
    let hashed = |attempts: &Attempts<'_>, hash: &str| {
        let mut signature = attempts.sign(|_| {});
        signature.hash = Some(hash.to_owned());
        signature.header()
    };
    let header = hashed(attempts, &payload_hash(&media_type, b"{}"));
    attempts
        .refused(PAYLOAD, "signed with another body's hash", Some(&header))
        .await;
    let header = hashed(attempts, &right);
    attempts.accepted(PAYLOAD, &header).await;
    let header = format!("{}, hash=\"{right}\"", attempts.header());
    attempts
        .refused(PAYLOAD, "a payload hash that was not signed", Some(&header))
        .await;
    let header = hashed(attempts, &right).replace(&format!("hash=\"{right}\", "), "");
    attempts
        .refused(
            PAYLOAD,
            "without the payload hash that was signed",
            Some(&header),
        )
        .await;

    let original = attempts.raw.clone();
    let header = attempts.header();
    let mark = if original.target.contains('?') {
        '&'
    } else {
        '?'
    };
    attempts.raw.target.push_str(&format!("{mark}page=1"));
    attempts
        .refused(REFUSED, "signed without the query", Some(&header))
        .await;
    attempts.raw = original.clone();
    let header = attempts.header();
    attempts
        .raw
        .headers
        .push(("authorization".to_owned(), header));
    let header = attempts.header();
    attempts
        .refused(REFUSED, "two signatures", Some(&header))
        .await;
    attempts.raw = original;
    // A nonce stays bound to its signature after it was used.
    let header = attempts.header();
    attempts.accepted(REFUSED, &header).await;
    let header = edited(&header, "nonce", |nonce| format!("{nonce}x"));
    attempts
        .refused(REFUSED, "another nonce in a used signature", Some(&header))
        .await;
}

/// A signature that was used before, or long ago, is refused and does nothing.
pub(super) async fn fresh(context: &Context, recorder: &mut Recorder) {
    let operations = context.specification.contract().operations().iter();
    for operation in operations.filter(|operation| is_signed(operation)) {
        let raw = context.ready_request(operation).await;
        let mut attempts = Attempts {
            context,
            recorder,
            raw,
        };
        let changes: [Change; 2] = [
            ("an old time", |signature| signature.ts -= 3600),
            ("a future time", |signature| signature.ts += 3600),
        ];
        for (what, change) in changes {
            let mut signature = attempts.sign(change);
            let sent = attempts
                .refused(FRESH, what, Some(&signature.header()))
                .await;
            let proven = proves_the_time(context, sent.header("www-authenticate"));
            let expected = "a challenge with the server's time, proven with the caller's key";
            attempts.recorder.holds(CLOCK, proven, expected);
            // The nonce is used up, also with the time put right.
            signature.ts = now();
            let what = "a nonce that came with a wrong time";
            attempts
                .refused(CLOCK, what, Some(&signature.header()))
                .await;
        }
        let header = attempts.header();
        attempts.accepted(FRESH, &header).await;
        attempts
            .refused(FRESH, "the same signature again", Some(&header))
            .await;
    }
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

/// A header with another value of one attribute.
fn edited(header: &str, name: &str, edit: fn(&str) -> String) -> String {
    let start = format!("{name}=\"");
    let Some((before, rest)) = header.split_once(&start) else {
        return header.to_owned();
    };
    let (value, after) = rest.split_once('"').unwrap_or((rest, ""));
    format!("{before}{start}{}\"{after}", edit(value))
}

/// A few seconds later.
fn later(ts: &str) -> String {
    ts.parse::<u64>().map_or(0, |ts| ts + 5).to_string()
}

/// A text with small letters for capitals, and the other way round.
fn other_case(text: &str) -> String {
    let other = |c: char| match c.is_ascii_lowercase() {
        true => c.to_ascii_uppercase(),
        false => c.to_ascii_lowercase(),
    };
    text.chars().map(other).collect()
}
