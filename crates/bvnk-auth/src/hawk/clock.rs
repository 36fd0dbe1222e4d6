//! Corrects the clock offset after a rejected timestamp, if the server's time is proven. The
//! machine's clock is not changed, and the text of an error is not read.

use std::time::Duration;

use ::hawk::Key;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::header::WWW_AUTHENTICATE;
use http::{HeaderValue, Response, StatusCode};

use super::attributes;
use super::sign::{Sent, Signed, is_mac, seconds};
use crate::{Body, Error, ErrorKind, telemetry};

/// Fails with [`ErrorKind::Clock`] if the response rejects the timestamp and proves its server's
/// time; the offset has been set then, if it is within the limits.
pub(super) fn check(sent: Sent<'_>, response: &Response<Body>) -> Result<(), Error> {
    if response.status() != StatusCode::UNAUTHORIZED {
        return Ok(());
    }
    let (signed, layer) = (sent.signed, sent.layer);
    let mut challenges = response.headers().get_all(WWW_AUTHENTICATE).iter();
    let Some(there) = challenges.find_map(|challenge| proven(signed, challenge)) else {
        return Ok(());
    };
    let here = seconds(layer.runtime.now());
    let offset = i64::try_from(i128::from(there) - i128::from(here)).unwrap_or(i64::MAX);
    let limit = match offset {
        0.. => layer.max_ahead,
        _ => layer.max_behind,
    };
    let bounded = Duration::from_secs(offset.unsigned_abs()) <= limit;
    if bounded && let Some(origin) = sent.origin() {
        signed.signer.set_offset(origin, offset);
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
fn proven(signed: &Signed, challenge: &HeaderValue) -> Option<u64> {
    let challenge = attributes::parse(challenge)?;
    let ts = challenge.get("ts")?;
    let theirs = BASE64_STANDARD.decode(challenge.get("tsm")?).ok()?;
    is_timestamp_mac(&signed.signer.key, ts, theirs).then(|| ts.parse().ok())?
}

pub(super) fn is_timestamp_mac(key: &Key, ts: &str, theirs: Vec<u8>) -> bool {
    is_mac(key, &format!("hawk.1.ts\n{ts}\n"), theirs)
}
