//! Corrects the clock offset after a rejected timestamp, if the server's time is proven. The
//! machine's clock is not changed, and the text of an error is not read.

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::header::{AGE, DATE, WWW_AUTHENTICATE};
use http::{HeaderMap, Response, StatusCode};

use super::HawkLayer;
use super::attributes::Attributes;
use super::sign::{Sent, Signed, seconds};
use crate::{Body, Error, ErrorKind, telemetry};

/// A `Date` is rounded to seconds and takes some time to arrive.
const DATE_TOLERANCE: u64 = 10;

/// What a 401 says about the server's time.
#[derive(Debug, PartialEq, Eq)]
enum Claim {
    /// With a `tsm` that only a holder of the key can make.
    Proven(u64),
    /// With a `tsm` that is wrong: nothing in this response is used.
    Forged,
    /// Without a proof.
    None,
}

/// Fails with [`ErrorKind::Clock`] if the response rejects the timestamp and has a time that is
/// proven or trusted; the offset has been set then, if it is within the limits.
pub(super) fn check(
    sent: Sent<'_>,
    response: &Response<Body>,
    layer: &HawkLayer,
) -> Result<(), Error> {
    if response.status() != StatusCode::UNAUTHORIZED {
        return Ok(());
    }
    let signed = sent.signed;
    let here = seconds(layer.runtime.now());
    let there = match claim(signed, response.headers()) {
        Claim::Proven(there) => there,
        Claim::None if layer.trust_date_header && sent.is_tls() => {
            let signed_then = here.saturating_add_signed(signed.offset);
            match date(response.headers()) {
                // Far away from what was signed: otherwise this 401 has other reasons.
                Some(date) if date.abs_diff(signed_then) > DATE_TOLERANCE => date,
                _ => return Ok(()),
            }
        }
        Claim::None | Claim::Forged => return Ok(()),
    };
    let offset = i64::try_from(i128::from(there) - i128::from(here)).unwrap_or(i64::MAX);
    let limit = match offset {
        0.. => layer.max_ahead,
        _ => layer.max_behind,
    };
    let bounded = Duration::from_secs(offset.unsigned_abs()) <= limit;
    if bounded && let Some(origin) = sent.origin(layer) {
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

/// Searches all challenges for a time that is proven.
fn claim(signed: &Signed, headers: &HeaderMap) -> Claim {
    let mut claim = Claim::None;
    for value in headers.get_all(WWW_AUTHENTICATE) {
        let Some(challenge) = Attributes::parse(value) else {
            continue;
        };
        let (Some(ts), Some(tsm)) = (challenge.get("ts"), challenge.get("tsm")) else {
            continue;
        };
        match proven(signed, ts, tsm) {
            Some(time) => return Claim::Proven(time),
            None => claim = Claim::Forged,
        }
    }
    claim
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
