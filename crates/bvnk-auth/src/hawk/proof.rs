//! Checks that an answer was made by a holder of the key, for this very request.
//!
//! It must not know what the answer says.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::header::CONTENT_TYPE;
use http::{HeaderName, Method};

use super::attributes::Attributes;
use super::origin::SigningOrigin;
use super::sign::{Signed, payload_hash};
use crate::bound::{self, DEFAULT_LIMIT, Whole};
use crate::{Error, ErrorKind};

const SERVER_AUTHORIZATION: HeaderName = HeaderName::from_static("server-authorization");

/// The answer, if it is proven or needs no proof (source: mozilla/hawk, API document,
/// "Response Payload Validation").
pub(crate) async fn check(
    signed: &Signed,
    origin: Option<&SigningOrigin>,
    mut response: reqwest::Response,
    method: &Method,
) -> Result<reqwest::Response, Error> {
    let status = response.status();
    if !status.is_success() && !response.headers().contains_key(SERVER_AUTHORIZATION) {
        return Ok(response);
    }
    // The layer below has read the body; without it, read it here, with its limit.
    let (response, body) = match response.extensions().get().cloned() {
        Some(Whole(body)) => (response, body),
        None => {
            let body = bound::read(&mut response, DEFAULT_LIMIT, method).await?;
            (bound::rebuild(&mut response, body.clone())?, body)
        }
    };
    match proven(signed, origin, &response, &body) {
        Some(()) => Ok(response),
        None => Err(Error::new(ErrorKind::Unverified).with_status(status)),
    }
}

fn proven(
    signed: &Signed,
    origin: Option<&SigningOrigin>,
    response: &reqwest::Response,
    body: &[u8],
) -> Option<()> {
    let mut headers = response.headers().get_all(SERVER_AUTHORIZATION).iter();
    let (Some(header), None) = (headers.next(), headers.next()) else {
        return None;
    };
    let proof = Attributes::parse(header)?;
    let mac = BASE64_STANDARD.decode(proof.get("mac")?).ok()?;
    let hash = BASE64_STANDARD.decode(proof.get("hash")?).ok()?;
    // The MAC first: a hash that it does not cover says nothing.
    let expected = signed.response_mac(origin, Some(&hash), proof.get("ext"))?;
    if expected != ::hawk::mac::Mac::from(mac) {
        return None;
    }
    let actual = payload_hash(response.headers().get(CONTENT_TYPE), body)?;
    (actual == hash).then_some(())
}
