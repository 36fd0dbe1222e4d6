//! Verifies Hawk signatures, straight from the specification (mozilla/hawk).
//!
//! It must not know HTTP servers, customers or the contract: it sees text, bytes, a time
//! and a memory of nonces, and says who signed or why it refuses. It must never share
//! code with a client's signer, for then a shared mistake would go unseen.

mod explain;
mod header;
mod mac;
mod mistakes;
mod nonces;
mod refusal;

use std::fmt;

use subtle::ConstantTimeEq;

pub(crate) use explain::{Explanation, explain};
pub use header::Header;
pub use mac::{Kind, Signed, mac, payload_hash, timestamp_mac};
pub(crate) use mistakes::{Known, Part, find as mistakes};
pub use nonces::Nonces;
pub use refusal::Refusal;

/// A Hawk id and its key.
///
/// `Debug` shows the id only.
#[derive(Clone)]
pub struct Credentials {
    id: String,
    key: String,
}

impl Credentials {
    /// Joins an id and a key.
    ///
    /// The key is used as its UTF-8 bytes, neither base64 nor hex decoded. An id that no
    /// header can carry (see [`Header::parse`]) is simply never found.
    pub fn new(id: impl Into<String>, key: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            key: key.into(),
        }
    }

    /// The id that a header names.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The secret key.
    pub fn key(&self) -> &str {
        &self.key
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// What arrived, as far as a signature covers it.
#[derive(Clone, Copy)]
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

impl<'a> Incoming<'a> {
    /// The part of the request that the MAC covers, given the header's own attributes.
    pub fn signed<'b>(&'b self, header: &'b Header) -> Signed<'b> {
        Signed {
            ts: header.ts,
            nonce: &header.nonce,
            method: self.method,
            resource: self.resource,
            host: self.host,
            port: self.port,
            hash: header.hash.as_deref(),
            ext: header.ext.as_deref(),
            app: header.app.as_deref(),
            dlg: header.dlg.as_deref(),
        }
    }
}

/// A request whose signature holds.
#[derive(Clone, Debug)]
pub struct Verified {
    /// The attributes of the verified header.
    pub header: Header,
}

/// Verifies one request.
///
/// `find` looks credentials up by id, `nonces` remembers what was used, `tolerance` is
/// how many seconds the caller's clock may differ from `now` (Unix seconds) in either
/// direction.
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
/// use bvnk_simulator::hawk::{Credentials, Incoming, Nonces, Refusal, verify};
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
///     Err(Refusal::ReplayedNonce)
/// ));
/// ```
pub fn verify<'c>(
    incoming: &Incoming<'_>,
    find: impl FnOnce(&str) -> Option<&'c Credentials>,
    nonces: &mut Nonces,
    tolerance: u64,
    now: u64,
) -> Result<Verified, Refusal> {
    let header = Header::parse(incoming.authorization.ok_or(Refusal::MissingHeader)?)?;
    let credentials = find(&header.id).ok_or(Refusal::UnknownId)?;

    // The MAC comes first: until it holds, nothing in the header is known to be the
    // caller's, and a forger must not be able to use up other people's nonces.
    let signed = incoming.signed(&header);
    let expected = mac(Kind::Header, credentials.key(), &signed);
    if !same(&expected, &header.mac) {
        return Err(Refusal::Mac {
            normalized: signed.normalized(Kind::Header),
        });
    }
    if let Some(hash) = &header.hash {
        let actual = payload_hash(incoming.content_type.unwrap_or(""), incoming.body);
        if !same(&actual, hash) {
            return Err(Refusal::PayloadHash);
        }
    }
    // The nonce comes before the time, so that a stale attempt uses up its nonce and a
    // caller that mends its clock has to sign afresh.
    if !nonces.use_up(&header.id, &header.nonce, now) {
        return Err(Refusal::ReplayedNonce);
    }
    if header.ts.abs_diff(now) > tolerance {
        return Err(Refusal::Stale {
            ts: header.ts,
            now,
            tsm: timestamp_mac(credentials.key(), now),
        });
    }
    Ok(Verified { header })
}

/// The value of a `Server-Authorization` header: the answer's own signature.
///
/// It covers the request's signed parts with the payload hash of the answer in place of
/// the request's, and no `ext`.
pub fn server_authorization(
    credentials: &Credentials,
    incoming: &Incoming<'_>,
    verified: &Verified,
    content_type: &str,
    body: &[u8],
) -> String {
    let hash = payload_hash(content_type, body);
    let signed = Signed {
        hash: Some(&hash),
        ext: None,
        ..incoming.signed(&verified.header)
    };
    let mac = mac(Kind::Response, credentials.key(), &signed);
    format!(r#"Hawk mac="{mac}", hash="{hash}""#)
}

/// Compares in a time that does not depend on where the texts differ.
fn same(left: &str, right: &str) -> bool {
    left.as_bytes().ct_eq(right.as_bytes()).into()
}
