//! The normalized string, the MACs over it and the payload hash.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac_sha256::{HMAC, Hash};

use super::{Header, Incoming};

/// What a MAC is made for; it is the first line of the normalized string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// The `Authorization` header of a request.
    Header,
    /// The `Server-Authorization` header of a response.
    Response,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Kind::Header => "header",
            Kind::Response => "response",
        }
    }
}

/// Returns the text that is signed for a request with this header. It contains no key.
pub fn normalized(kind: Kind, incoming: &Incoming<'_>, header: &Header) -> String {
    let ext = header.ext.as_deref().unwrap_or("");
    let mut text = format!(
        "hawk.1.{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n",
        kind.as_str(),
        header.ts,
        header.nonce,
        incoming.method.to_ascii_uppercase(),
        incoming.resource,
        incoming.host.to_ascii_lowercase(),
        incoming.port,
        header.hash.as_deref().unwrap_or(""),
        // A line feed in `ext` would make two different requests have the same text.
        ext.replace('\\', "\\\\").replace('\n', "\\n"),
    );
    // The delegating application is covered only together with the application.
    if let Some(app) = &header.app {
        text.push_str(&format!("{app}\n{}\n", header.dlg.as_deref().unwrap_or("")));
    }
    text
}

/// Computes the MAC of a request or a response, in padded standard base64. The MAC that the
/// header has does not count.
pub fn mac(kind: Kind, key: impl AsRef<[u8]>, incoming: &Incoming<'_>, header: &Header) -> String {
    keyed(key.as_ref(), &normalized(kind, incoming, header))
}

/// Computes the `tsm` attribute: it proves to a caller that the time `ts` (Unix seconds)
/// comes from a server that has the key.
pub fn timestamp_mac(key: impl AsRef<[u8]>, ts: u64) -> String {
    keyed(key.as_ref(), &format!("hawk.1.ts\n{ts}\n"))
}

/// Computes the `hash` attribute of a body, in padded standard base64.
///
/// Of the content type only the media type counts, trimmed and in lower case; an absent
/// one is the empty text.
pub fn payload_hash(content_type: &str, body: &[u8]) -> String {
    let mut digest = Hash::new();
    digest.update(b"hawk.1.payload\n");
    digest.update(media_type(content_type));
    digest.update(b"\n");
    digest.update(body);
    digest.update(b"\n");
    STANDARD.encode(digest.finalize())
}

/// The media type of a `Content-Type`, without its parameters, in lower case.
pub(crate) fn media_type(content_type: &str) -> String {
    let media_type = content_type.split(';').next().unwrap_or("");
    media_type.trim().to_ascii_lowercase()
}

fn keyed(key: &[u8], text: &str) -> String {
    STANDARD.encode(digest(key, &[text.as_bytes()]))
}

/// HMAC-SHA256 over parts, as bytes.
pub(crate) fn digest(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let mut mac = HMAC::new(key);
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().to_vec()
}

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
