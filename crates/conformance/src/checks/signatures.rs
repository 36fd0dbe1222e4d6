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
    for (operation, call) in sent(context, exercise) {
        if !is_signed(operation) {
            continue;
        }
        let clause = context
            .specification
            .about(&format!("security {}", operation.id));
        let what = format!("the signature of {}", operation.id);
        if call.requests.is_empty() {
            recorder.check(
                &clause,
                false,
                &what,
                "one Hawk header that holds",
                "nothing arrived",
            );
        }
        for request in &call.requests {
            let verified = verified(context, request);
            let reason = verified.as_ref().err().map_or("", String::as_str);
            recorder.check(
                &clause,
                verified.is_ok(),
                &what,
                "one Hawk header that holds",
                reason,
            );
            let Ok((nonce, hash)) = verified else {
                continue;
            };
            let expected = "no payload hash, as the vendor has not activated it";
            recorder.check(&clause, hash.is_none(), &what, expected, "a payload hash");
            let fresh = context.is_first("nonce", &nonce);
            recorder.check(
                FRESH,
                fresh,
                "the nonce of a signature",
                "a new one",
                "one used before",
            );
        }
    }
}

pub(super) fn is_signed(operation: &Operation) -> bool {
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
    let has_type = request.headers.contains_key("content-type");
    let incoming = Incoming {
        method: &request.method,
        resource: &request.target,
        host: &host,
        port,
        authorization: Some(authorization),
        content_type: has_type.then(|| request.header("content-type")),
        body: &request.body,
    };
    let find = |id: &str| (id == credentials.id()).then_some(&credentials);
    let mut nonces = Nonces::new(TOLERANCE);
    let verified = verify(&incoming, find, &mut nonces, TOLERANCE, now())
        .map_err(|rejection| rejection.to_string())?;
    Ok((verified.header.nonce, verified.header.hash))
}

/// Requests that are sent without the right signature.
struct Attempts<'a> {
    context: &'a Context,
    recorder: &'a mut Recorder,
    raw: RawRequest,
}

impl Attempts<'_> {
    /// Sends a request that must be refused and must do nothing.
    async fn refused(
        &mut self,
        clause: &str,
        what: &str,
        raw: &RawRequest,
        header: Option<&str>,
    ) -> Exchanged {
        let before = self.context.connection.created();
        let what = format!("{}, {what}", raw.operation);
        let sent = self.context.connection.send_with(raw, header).await;
        self.recorder.about(&sent);
        let refused = matches!(sent.status(), 401 | 403);
        self.recorder
            .check(clause, refused, &what, "401", sent.outcome());
        if refused {
            let challenge = sent
                .response()
                .map_or("", |response| response.header("www-authenticate"));
            let exact = sent.status() == 401 && challenge.starts_with("Hawk");
            let actual = format!("{} and `{}`", sent.status(), bvnk::Escaped::new(challenge));
            self.recorder.check(
                CHALLENGE,
                exact,
                &what,
                "401 and WWW-Authenticate: Hawk",
                actual,
            );
        }
        created(self.context, self.recorder, clause, &what, before, 0);
        sent
    }

    /// Sends a request that must be carried out: nothing but the signature was wrong.
    async fn accepted(&mut self, clause: &str, raw: &RawRequest, header: &str) {
        let sent = self.context.connection.send_with(raw, Some(header)).await;
        self.recorder.about(&sent);
        let what = format!("{}, with a right signature", raw.operation);
        self.recorder
            .check(clause, sent.is_success(), what, "success", sent.outcome());
    }

    fn sign(&self) -> Signature {
        self.context.connection.sign(&self.raw)
    }
}

/// Records that as many resources were created as expected, where that can be seen.
pub(super) fn created(
    context: &Context,
    recorder: &mut Recorder,
    clause: &str,
    what: &str,
    before: Option<usize>,
    expected: usize,
) {
    if let (Some(before), Some(after)) = (before, context.connection.created()) {
        let what = format!("{what}: resources created");
        recorder.check_eq(clause, what, expected, after.saturating_sub(before));
    }
}

/// How a signature is changed before it is made, and the words for it.
type Change = (&'static str, fn(&mut Signature));

const BASIC: [Change; 2] = [
    ("signed with a wrong key", |signature| {
        signature.key.push('x')
    }),
    ("signed for another path", |signature| {
        signature.resource.push('x')
    }),
];

const THOROUGH: [Change; 7] = [
    ("signed with an empty key", |signature| {
        signature.key.clear()
    }),
    ("signed with an unknown id", |signature| {
        signature.id.push('x')
    }),
    ("signed for another method", |signature| {
        signature.method = "TRACE".to_owned()
    }),
    ("signed for a query", |signature| {
        signature.resource.push_str("?a=1")
    }),
    ("signed for another host", |signature| {
        signature.host = "api.example".to_owned()
    }),
    ("signed for another port", |signature| signature.port ^= 1),
    ("signed for nothing", |signature| signature.resource.clear()),
];

/// How a header is changed after it was signed, and the words for it.
type Edit = (&'static str, fn(&str) -> String);

const EDITS: [Edit; 8] = [
    ("with another nonce than was signed", |header| {
        edited(header, "nonce", |_| "other".to_owned())
    }),
    ("with another time than was signed", |header| {
        edited(header, "ts", |ts| {
            ts.parse::<u64>().map_or(0, |ts| ts + 5).to_string()
        })
    }),
    ("with a MAC that is cut short", |header| {
        edited(header, "mac", |mac| mac[..mac.len() / 2].to_owned())
    }),
    ("with an empty MAC", |header| {
        edited(header, "mac", |_| String::new())
    }),
    ("with the id in the other case", |header| {
        edited(header, "id", other_case)
    }),
    ("with an ext that was not signed", |header| {
        format!("{header}, ext=\"more\"")
    }),
    ("with the word Hawk alone", |_| "Hawk".to_owned()),
    ("with another scheme", |_| "Basic dTpw".to_owned()),
];

/// A request that is not signed, or signed for something else, is refused and does nothing.
/// Every operation gets the basic cases, the first one all of them.
pub(super) async fn required(context: &Context, recorder: &mut Recorder) {
    let specification = std::sync::Arc::clone(&context.specification);
    let operations = specification.contract().operations().iter();
    let mut operations: Vec<&Operation> = operations
        .filter(|operation| is_signed(operation))
        .collect();
    // One with a body shows the most.
    operations.sort_by_key(|operation| operation.body.is_none());
    for (index, operation) in operations.into_iter().enumerate() {
        let raw = context.ready_request(operation).await;
        let mut attempts = Attempts {
            context,
            recorder,
            raw: raw.clone(),
        };
        attempts
            .refused(REFUSED, "without a signature", &raw, None)
            .await;
        let thorough: &[Change] = if index == 0 { &THOROUGH } else { &[] };
        for (what, change) in BASIC.iter().chain(thorough) {
            let mut signature = attempts.sign();
            change(&mut signature);
            attempts
                .refused(REFUSED, what, &raw, Some(&signature.header()))
                .await;
        }
        if index == 0 {
            edited_headers(&mut attempts).await;
            payloads(&mut attempts).await;
            others(&mut attempts).await;
        }
        // The very request is carried out when it is signed right: nothing else was wrong.
        let header = attempts.sign().header();
        let raw = raw.with_fresh_key();
        attempts.accepted(REFUSED, &raw, &header).await;
    }
}

async fn edited_headers(attempts: &mut Attempts<'_>) {
    let raw = attempts.raw.clone();
    for (what, edit) in EDITS {
        let right = attempts.sign().header();
        let header = edit(&right);
        // An id without letters has no other case: what is right must not be refused.
        if header != right {
            attempts.refused(REFUSED, what, &raw, Some(&header)).await;
        }
    }
}

/// A body that is signed too must be the one that was signed.
async fn payloads(attempts: &mut Attempts<'_>) {
    let raw = attempts.raw.clone();
    let Some(body) = raw.body.clone() else { return };
    let media_type = raw.media_type().unwrap_or_default().to_owned();
    let hash = |body: &[u8]| payload_hash(&media_type, body);
    let mut signature = attempts.sign();
    signature.hash = Some(hash(b"{}"));
    let what = "signed with the hash of another body";
    attempts
        .refused(PAYLOAD, what, &raw, Some(&signature.header()))
        .await;
    let mut signature = attempts.sign();
    signature.hash = Some(hash(&body));
    attempts
        .accepted(PAYLOAD, &raw.with_fresh_key(), &signature.header())
        .await;
    let added = format!("{}, hash=\"{}\"", attempts.sign().header(), hash(&body));
    attempts
        .refused(
            PAYLOAD,
            "with a payload hash that was not signed",
            &raw,
            Some(&added),
        )
        .await;
    let mut signature = attempts.sign();
    signature.hash = Some(hash(&body));
    let header = signature.header();
    let (before, after) = header.split_once("hash=").unwrap_or((&header, ""));
    let dropped = format!("{before}{}", after.split_once(", ").unwrap_or_default().1);
    let what = "without the payload hash that was signed";
    attempts.refused(PAYLOAD, what, &raw, Some(&dropped)).await;
}

async fn others(attempts: &mut Attempts<'_>) {
    let raw = attempts.raw.clone();
    let mut queried = raw.clone();
    queried.target.push_str(if raw.target.contains('?') {
        "&page=1"
    } else {
        "?page=1"
    });
    let header = attempts.sign().header();
    attempts
        .refused(REFUSED, "signed without the query", &queried, Some(&header))
        .await;
    let mut twice = raw.clone();
    twice
        .headers
        .push(("authorization".to_owned(), attempts.sign().header()));
    let header = attempts.sign().header();
    attempts
        .refused(REFUSED, "with two signatures", &twice, Some(&header))
        .await;
    // A nonce stays bound to its signature after it was used.
    let signature = attempts.sign();
    let header = signature.header();
    attempts
        .accepted(REFUSED, &raw.with_fresh_key(), &header)
        .await;
    let other = edited(&header, "nonce", |nonce| format!("{nonce}x"));
    let what = "with another nonce in a signature that was used";
    attempts.refused(REFUSED, what, &raw, Some(&other)).await;
}

/// A signature that was used before, or long ago, is refused and does nothing.
pub(super) async fn fresh(context: &Context, recorder: &mut Recorder) {
    let specification = std::sync::Arc::clone(&context.specification);
    let operations = specification.contract().operations().iter();
    for operation in operations.filter(|operation| is_signed(operation)) {
        let raw = context.ready_request(operation).await;
        let mut attempts = Attempts {
            context,
            recorder,
            raw: raw.clone(),
        };
        for (what, ts) in [
            ("with an old time", now() - 3600),
            ("with a future time", now() + 3600),
        ] {
            let mut signature = attempts.sign();
            signature.ts = ts;
            let sent = attempts
                .refused(FRESH, what, &raw, Some(&signature.header()))
                .await;
            let challenge = sent
                .response()
                .map_or("", |response| response.header("www-authenticate"));
            let proven = proves_the_time(context, challenge);
            let what = format!("{}, {what}: the challenge", operation.id);
            let expected = "the server's time, proven with the caller's key";
            attempts
                .recorder
                .check(CLOCK, proven, what, expected, "no time, or no proof");
            // The nonce is used up, also with the time put right.
            signature.ts = now();
            let what = "with a nonce that came with a wrong time";
            attempts
                .refused(CLOCK, what, &raw, Some(&signature.header()))
                .await;
        }
        let header = attempts.sign().header();
        attempts.accepted(FRESH, &raw, &header).await;
        attempts
            .refused(FRESH, "with the same signature again", &raw, Some(&header))
            .await;
    }
}

/// Whether a challenge has a time and proves it with the caller's key.
fn proves_the_time(context: &Context, challenge: &str) -> bool {
    let attribute = |name: &str| {
        let (_, rest) = challenge.split_once(&format!(r#"{name}=""#))?;
        rest.split_once('"').map(|(value, _)| value)
    };
    let Some(ts) = attribute("ts").and_then(|ts| ts.parse::<u64>().ok()) else {
        return false;
    };
    let own = timestamp_mac(context.connection.key(), ts);
    ts.abs_diff(now()) < TOLERANCE && attribute("tsm") == Some(own.as_str())
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

/// A text with small letters for capitals, and the other way round.
fn other_case(text: &str) -> String {
    let other = |c: char| match c.is_ascii_lowercase() {
        true => c.to_ascii_uppercase(),
        false => c.to_ascii_lowercase(),
    };
    text.chars().map(other).collect()
}
