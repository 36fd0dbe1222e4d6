//! Verifies Hawk signatures, written from the specification (mozilla/hawk).
//!
//! It shares no code with the client's signer, so that a mistake in one is found by the
//! other. It knows no server and no contract: only text, bytes, a time and the nonces.

mod explain;
mod header;
mod mac;
mod nonces;
mod rejection;

use subtle::ConstantTimeEq;

use crate::hidden::Hidden;

pub(crate) use explain::explain;
pub use header::Header;
pub use mac::{Kind, mac, normalized, payload_hash, timestamp_mac};
pub(crate) use mac::{digest, hex, media_type};
pub use nonces::Nonces;
pub use rejection::Rejection;

/// A Hawk id and its key.
///
/// `Debug` shows the id only.
#[derive(Clone, Debug)]
pub struct Credentials {
    id: String,
    key: Hidden<String>,
}

impl Credentials {
    /// Creates credentials from an id and a key.
    ///
    /// The key is used as its UTF-8 bytes, neither base64 nor hex decoded. An id that no
    /// header can carry (see [`Header::parse`]) is never found.
    pub fn new(id: impl Into<String>, key: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            key: Hidden(key.into()),
        }
    }

    /// Returns the id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the secret key.
    pub fn key(&self) -> &str {
        &self.key.0
    }
}

/// The parts of a request that a signature covers.
#[derive(Clone, Copy, Default)]
pub struct Incoming<'a> {
    /// The method, in upper case as on the wire.
    pub method: &'a str,
    /// Path and raw query exactly as on the wire.
    pub resource: &'a str,
    /// The host the caller signed for, without port; compared in lower case.
    pub host: &'a str,
    /// The port the caller signed for.
    pub port: u16,
    /// The `Authorization` header, if there was one.
    pub authorization: Option<&'a str>,
    /// The `Content-Type` header, if there was one; only a payload hash covers it.
    pub content_type: Option<&'a str>,
    /// The body; only a payload hash covers it.
    pub body: &'a [u8],
}

/// Verifies one request, and returns the attributes of its header.
///
/// `find` looks credentials up by id, `nonces` remembers the used ones, `tolerance` is how
/// many seconds the caller's clock may differ from `now` (Unix seconds) in either direction.
///
/// # Errors
///
/// The first thing that is wrong, in the specification's order: header, id, MAC, payload
/// hash, nonce, time.
///
/// # Examples
///
/// The request of the specification's own example:
///
/// ```
/// use bvnk_simulator::hawk::{Credentials, Incoming, Nonces, Rejection, verify};
///
/// let credentials = Credentials::new(
///     "dh37fgj492je",
///     "werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxn",
/// );
/// let incoming = Incoming {
///     method: "GET",
///     resource: "/resource/1?b=1&a=2",
///     host: "example.com",
///     port: 8000,
///     authorization: Some(concat!(
///         r#"Hawk id="dh37fgj492je", ts="1353832234", nonce="j4h3g2", "#,
///         r#"ext="some-app-ext-data", mac="6R4rV5iE+NPoym+WwjeHzjAGXUtLNIxmo1vpMofpLAE=""#,
///     )),
///     content_type: None,
///     body: b"",
/// };
/// let mut nonces = Nonces::new(900);
/// let find = |id: &str| (id == credentials.id()).then_some(&credentials);
///
/// assert!(verify(&incoming, find, &mut nonces, 60, 1_353_832_234).is_ok());
/// // The very same request again:
/// assert!(matches!(
///     verify(&incoming, find, &mut nonces, 60, 1_353_832_234),
///     Err(Rejection::ReplayedNonce)
/// ));
/// ```
pub fn verify<'c>(
    incoming: &Incoming<'_>,
    find: impl FnOnce(&str) -> Option<&'c Credentials>,
    nonces: &mut Nonces,
    tolerance: u64,
    now: u64,
) -> Result<Header, Rejection> {
    let header = Header::parse(incoming.authorization.ok_or(Rejection::MissingHeader)?)?;
    let credentials = find(&header.id).ok_or(Rejection::UnknownId)?;

    // The MAC comes first: until it is verified, the header may be forged, and a forged
    // header must not use up the nonces of others.
    let expected = mac(Kind::Header, credentials.key(), incoming, &header);
    if !same(&expected, &header.mac) {
        let normalized = normalized(Kind::Header, incoming, &header);
        return Err(Rejection::Mac { normalized });
    }
    if let Some(hash) = &header.hash {
        let actual = payload_hash(incoming.content_type.unwrap_or(""), incoming.body);
        if !same(&actual, hash) {
            return Err(Rejection::PayloadHash);
        }
    }
    // The nonce comes before the time, so that a stale attempt uses up its nonce and the
    // caller has to sign again.
    if !nonces.insert(&header.id, &header.nonce, now) {
        return Err(Rejection::ReplayedNonce);
    }
    if header.ts.abs_diff(now) > tolerance {
        return Err(Rejection::Stale {
            ts: header.ts,
            now,
            tsm: timestamp_mac(credentials.key(), now),
        });
    }
    Ok(header)
}

/// Computes the value of a `Server-Authorization` header: the response's signature. The vendor
/// documents that it is not activated, so that only a [`Hook`](crate::Hook) adds it.
///
/// It covers the request's signed parts with the payload hash of the response in place of
/// the request's, and no `ext`.
pub fn server_authorization(
    credentials: &Credentials,
    incoming: &Incoming<'_>,
    verified: &Header,
    content_type: &str,
    body: &[u8],
) -> String {
    let hash = payload_hash(content_type, body);
    let signed = Header {
        hash: Some(hash.clone()),
        ext: None,
        ..verified.clone()
    };
    let mac = mac(Kind::Response, credentials.key(), incoming, &signed);
    format!(r#"Hawk mac="{mac}", hash="{hash}""#)
}

/// Compares in a time that does not depend on where the texts differ.
fn same(left: &str, right: &str) -> bool {
    left.as_bytes().ct_eq(right.as_bytes()).into()
}
