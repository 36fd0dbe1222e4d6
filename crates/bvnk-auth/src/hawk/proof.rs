//! Checks that a response was made by a holder of the key, for this very request.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::header::CONTENT_TYPE;
use http::{HeaderName, Response};

use super::attributes;
use super::sign::{Sent, payload_hash};
use crate::{Body, Error, ErrorKind};

const SERVER_AUTHORIZATION: HeaderName = HeaderName::from_static("server-authorization");

/// Fails unless the response is proven or needs no proof (source: mozilla/hawk, API document,
/// "Response Payload Validation").
pub(super) fn check(sent: Sent<'_>, response: &Response<Body>) -> Result<(), Error> {
    let status = response.status();
    if !status.is_success() && !response.headers().contains_key(SERVER_AUTHORIZATION) {
        return Ok(());
    }
    proven(sent, response).ok_or_else(|| Error::new(ErrorKind::Unverified).with_status(status))
}

fn proven(sent: Sent<'_>, response: &Response<Body>) -> Option<()> {
    let mut headers = response.headers().get_all(SERVER_AUTHORIZATION).iter();
    let (Some(header), None) = (headers.next(), headers.next()) else {
        return None;
    };
    let proof = attributes::parse(header)?;
    let mac = BASE64_STANDARD.decode(proof.get("mac")?).ok()?;
    let hash = BASE64_STANDARD.decode(proof.get("hash")?).ok()?;
    // The MAC first: a hash that it does not cover says nothing.
    if !sent.proves(&hash, proof.get("ext").copied(), mac) {
        return None;
    }
    let body = response.body().clone().into_inner().unwrap_or_default();
    let actual = payload_hash(response.headers().get(CONTENT_TYPE), &body)?;
    (actual == hash).then_some(())
}
