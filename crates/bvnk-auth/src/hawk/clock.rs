//! Corrects the clock offset after a rejected timestamp, if the server's time is proven. The
//! machine's clock is not changed, and the text of an error is not read.

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::header::{AGE, DATE, WWW_AUTHENTICATE};
use http::{HeaderMap, Response, StatusCode};

use super::attributes;
use super::sign::{Sent, Signed, seconds};
use crate::{Body, Error, ErrorKind, telemetry};

/// A `Date` is rounded to seconds and takes some time to arrive.
const DATE_TOLERANCE: u64 = 10;

/// Fails with [`ErrorKind::Clock`] if the response rejects the timestamp and has a time that is
/// proven or trusted; the offset has been set then, if it is within the limits.
pub(super) fn check(sent: Sent<'_>, response: &Response<Body>) -> Result<(), Error> {
    if response.status() != StatusCode::UNAUTHORIZED {
        return Ok(());
    }
    let (signed, layer) = (sent.signed, sent.layer);
    let here = seconds(layer.runtime.now());
    let challenges = response.headers().get_all(WWW_AUTHENTICATE).iter();
    let proofs = challenges.filter_map(|value| {
        let challenge = attributes::parse(value)?;
        Some((*challenge.get("ts")?, *challenge.get("tsm")?))
    });
    let proofs: Vec<(&str, &str)> = proofs.collect();
    let proven = proofs.iter().find_map(|(ts, tsm)| proven(signed, ts, tsm));
    // Nothing in a response with a wrong proof is used.
    let may_trust_date = proofs.is_empty() && layer.trust_date_header && sent.is_tls();
    let trusted = || {
        let date = date(response.headers()).filter(|_| may_trust_date)?;
        let signed_then = here.saturating_add_signed(signed.offset);
        // Far away from what was signed: otherwise this 401 has other reasons.
        (date.abs_diff(signed_then) > DATE_TOLERANCE).then_some(date)
    };
    let Some(there) = proven.or_else(trusted) else {
        return Ok(());
    };
    let offset = i64::try_from(i128::from(there) - i128::from(here)).unwrap_or(i64::MAX);
    let limit = match offset {
        0.. => layer.max_ahead,
        _ => layer.max_behind,
    };
    let bounded = Duration::from_secs(offset.unsigned_abs()) <= limit;
    if bounded && let Some(origin) = sent.origin() {
        signed.identity.set_offset(origin, offset);
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

/// The time that `ts` says, if `tsm` is its MAC (source: mozilla/hawk, API document,
/// "Time Synchronization").
fn proven(signed: &Signed, ts: &str, tsm: &str) -> Option<u64> {
    let theirs = BASE64_STANDARD.decode(tsm).ok()?;
    if !is_timestamp_mac(&signed.identity.credentials.hawk().key, ts, theirs) {
        return None;
    }
    ts.parse().ok()
}

/// Compares in constant time.
pub(super) fn is_timestamp_mac(key: &::hawk::Key, ts: &str, theirs: Vec<u8>) -> bool {
    use ::hawk::mac::Mac;
    let Ok(ours) = key.sign(format!("hawk.1.ts\n{ts}\n").as_bytes()) else {
        return false;
    };
    Mac::from(ours) == Mac::from(theirs)
}

/// The one `Date` of a response that does not come from a cache.
fn date(headers: &HeaderMap) -> Option<u64> {
    let mut dates = headers.get_all(DATE).iter();
    let (Some(date), None) = (dates.next(), dates.next()) else {
        return None;
    };
    if headers.contains_key(AGE) {
        return None;
    }
    let date = httpdate::parse_http_date(date.to_str().ok()?).ok()?;
    Some(seconds(date))
}
