//! Checks what a server proves with the key: the time in a challenge, and that it made a response,
//! for this very request. Input may be any bytes, so nothing here panics.

use std::time::Duration;

use ::hawk::Key;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{HeaderName, HeaderValue, Response, StatusCode};
use http_auth::{ChallengeRef, parse_challenges};

use super::HawkLayer;
use super::sign::{Signed, is_mac, normalized, payload_hash, seconds};
use crate::{Body, Error, ErrorKind, telemetry};

const SERVER_AUTHORIZATION: HeaderName = HeaderName::from_static("server-authorization");

/// Hawk's own limit for a header's length.
const LONGEST: usize = 4096;

/// Fails with [`ErrorKind::Clock`] if the response rejects the timestamp and proves its server's
/// time; the offset has been set then, if it is within the limits. The text of an error is not
/// read.
pub(super) fn check_clock(
    signed: &Signed,
    layer: &HawkLayer,
    response: &Response<Body>,
) -> Result<(), Error> {
    if response.status() != StatusCode::UNAUTHORIZED {
        return Ok(());
    }
    let mut challenges = response.headers().get_all(WWW_AUTHENTICATE).iter();
    let Some(there) = challenges.find_map(|value| server_time(&signed.signer.key, value)) else {
        return Ok(());
    };
    let here = seconds(layer.runtime.now());
    let offset = i64::try_from(i128::from(there) - i128::from(here)).unwrap_or(i64::MAX);
    let limit = match offset {
        0.. => layer.max_ahead,
        _ => layer.max_behind,
    };
    let bounded = Duration::from_secs(offset.unsigned_abs()) <= limit;
    if bounded {
        signed.signer.set_offset(signed.server(), offset);
    }
    // The same offset again would make the same signature: no reason to try.
    let corrected = bounded && offset != signed.offset;
    telemetry::clock(offset, corrected);
    Err(Error::new(ErrorKind::Clock {
        offset_seconds: offset,
        corrected,
    })
    .with_status(response.status()))
}

/// The time `ts` in a challenge, if `tsm` is its MAC (source: mozilla/hawk, API document,
/// "Time Synchronization").
fn server_time(key: &Key, value: &HeaderValue) -> Option<u64> {
    let challenge = hawk_part(value)?;
    let ts = attribute(&challenge, "ts")?;
    let theirs = BASE64_STANDARD.decode(attribute(&challenge, "tsm")?).ok()?;
    is_timestamp_mac(key, &ts, theirs).then(|| ts.parse().ok())?
}

pub(super) fn is_timestamp_mac(key: &Key, ts: &str, theirs: Vec<u8>) -> bool {
    is_mac(key, &format!("hawk.1.ts\n{ts}\n"), theirs)
}

/// Fails unless the response is proven or needs no proof (source: mozilla/hawk, API document,
/// "Response Payload Validation").
pub(super) fn check_response(signed: &Signed, response: &Response<Body>) -> Result<(), Error> {
    let status = response.status();
    if !status.is_success() && !response.headers().contains_key(SERVER_AUTHORIZATION) {
        return Ok(());
    }
    proven(signed, response).ok_or_else(|| Error::new(ErrorKind::Unverified).with_status(status))
}

fn proven(signed: &Signed, response: &Response<Body>) -> Option<()> {
    let mut headers = response.headers().get_all(SERVER_AUTHORIZATION).iter();
    let (Some(header), None) = (headers.next(), headers.next()) else {
        return None;
    };
    let proof = hawk_part(header)?;
    let mac = BASE64_STANDARD.decode(attribute(&proof, "mac")?).ok()?;
    let hash = BASE64_STANDARD.decode(attribute(&proof, "hash")?).ok()?;
    let ext = attribute(&proof, "ext").unwrap_or_default();
    // The MAC first: a hash that it does not cover says nothing.
    let text = normalized("response", &signed.lines, Some(&hash), &ext);
    if !is_mac(&signed.signer.key, &text, mac) {
        return None;
    }
    let body = response.body().clone().into_inner().unwrap_or_default();
    let actual = payload_hash(response.headers().get(CONTENT_TYPE), &body)?;
    (actual == hash).then_some(())
}

/// The Hawk part of a header value, which may list several schemes.
fn hawk_part(value: &HeaderValue) -> Option<ChallengeRef<'_>> {
    if value.len() > LONGEST {
        return None;
    }
    let parts = parse_challenges(value.to_str().ok()?).ok()?;
    parts
        .into_iter()
        .find(|part| part.scheme.eq_ignore_ascii_case("hawk"))
}

/// An attribute that stands there once.
fn attribute(part: &ChallengeRef<'_>, name: &str) -> Option<String> {
    let mut values = part.params.iter().filter(|(own, _)| *own == name);
    let (value, None) = (values.next()?, values.next()) else {
        return None;
    };
    Some(value.1.to_unescaped())
}
