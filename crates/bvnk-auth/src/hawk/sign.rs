//! What is signed for a request, and the `Authorization` header that says so.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use ::hawk::mac::Mac;
use ::hawk::{Key, PayloadHasher, SHA256};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use http::{HeaderValue, Request, Uri};
use url::{Position, Url};
use uuid::Uuid;

use super::HawkLayer;
use crate::credentials::Signer;
use crate::{Body, Error, target};

/// The part of a normalized string that a request and its response have in common (source:
/// mozilla/hawk, API document, "Protocol Example"): from the time to the port, one part a line.
pub(super) fn lines(ts: &str, nonce: &str, method: &str, url: &Url) -> String {
    // Not the fragment: it does not leave. A `?` without a query does.
    let resource = &url[Position::BeforePath..Position::AfterQuery];
    let (host, port) = host_and_port(url);
    let mut text = String::with_capacity(192);
    push(&mut text, &[ts, "\n", nonce, "\n"]);
    let start = text.len();
    push(&mut text, &[method, "\n"]);
    text[start..].make_ascii_uppercase();
    push(&mut text, &[resource, "\n", host, "\n", port, "\n"]);
    text
}

/// The normalized string of a `kind`, which is what is signed.
pub(super) fn normalized(kind: &str, lines: &str, hash: Option<&[u8]>, ext: &str) -> String {
    let mut text = String::with_capacity(256);
    push(&mut text, &["hawk.1.", kind, "\n", lines]);
    BASE64_STANDARD.encode_string(hash.unwrap_or_default(), &mut text);
    push(&mut text, &["\n", ext, "\n"]);
    text
}

/// The header of a request, marked as sensitive.
pub(super) fn authorization(
    id: &str,
    key: &Key,
    [ts, nonce]: [&str; 2],
    lines: &str,
    hash: Option<&[u8]>,
) -> Result<HeaderValue, Error> {
    let mut text = normalized("header", lines, hash, "");
    let mac = key.sign(text.as_bytes()).map_err(|_| unsigned())?;
    text.clear();
    // Nothing in here can have a quote: credentials are checked, all else is ours.
    push(&mut text, &["Hawk id=\"", id, "\", ts=\"", ts]);
    push(&mut text, &["\", nonce=\"", nonce, "\", mac=\""]);
    BASE64_STANDARD.encode_string(mac, &mut text);
    if let Some(hash) = hash {
        text.push_str("\", hash=\"");
        BASE64_STANDARD.encode_string(hash, &mut text);
    }
    text.push('"');
    let mut header = HeaderValue::try_from(text).map_err(|_| unsigned())?;
    header.set_sensitive(true);
    Ok(header)
}

/// Whether `mac` is the MAC of a text, compared in constant time.
pub(super) fn is_mac(key: &Key, text: &str, mac: Vec<u8>) -> bool {
    let own = key.sign(text.as_bytes());
    own.is_ok_and(|own| Mac::from(own) == Mac::from(mac))
}

/// What a signature was made with, for checking the response.
pub(super) struct Signed {
    pub(super) signer: Arc<Signer>,
    /// The correction that the time contains, in seconds.
    pub(super) offset: i64,
    pub(super) lines: String,
}

impl Signed {
    /// Signs the request as it is, now.
    pub(super) fn new(request: &mut Request<Body>, layer: &HawkLayer) -> Result<Self, Error> {
        // What leaves would name a host that is not signed.
        if layer.origin.is_none() && request.headers().contains_key(HOST) {
            return Err(Error::invalid(
                "the request has a Host header; help: remove it, or set the signing origin",
            ));
        }
        let hash = match layer.payload_hash {
            true => {
                let body = request.body().clone().into_inner().unwrap_or_default();
                let hash = payload_hash(request.headers().get(CONTENT_TYPE), &body);
                Some(hash.ok_or_else(unsigned)?)
            }
            false => None,
        };
        let signer = layer.credentials.current();
        let url = target::url(request)?;
        let signed = signed_url(&url, layer)?;
        let offset = signer.offset(|| server(host_and_port(&signed)));
        let ts = seconds(layer.runtime.now()).saturating_add_signed(offset);
        let ts = &*ts.to_string();
        let mut buffer = Uuid::encode_buffer();
        let nonce = &*layer.runtime.uuid().simple().encode_lower(&mut buffer);
        let lines = lines(ts, nonce, request.method().as_str(), &signed);
        drop(signed);
        if let Some(url) = target::parsed(url) {
            // In the form in which it is signed it is sent.
            *request.uri_mut() = Uri::try_from(url.as_str()).map_err(|_| unsigned())?;
            request.extensions_mut().insert(url);
        }

        let header = authorization(
            &signer.id,
            &signer.key,
            [ts, nonce],
            &lines,
            hash.as_deref(),
        )?;
        request.headers_mut().insert(AUTHORIZATION, header);
        Ok(Self {
            signer,
            offset,
            lines,
        })
    }

    /// What a correction of the clock belongs to: the host and the port that were signed.
    pub(super) fn server(&self) -> String {
        let mut lines = self.lines.lines().skip(4);
        server((
            lines.next().unwrap_or_default(),
            lines.next().unwrap_or_default(),
        ))
    }
}

fn server((host, port): (&str, &str)) -> String {
    format!("{host}:{port}")
}

fn host_and_port(url: &Url) -> (&str, &str) {
    let port = match &url[Position::BeforePort..Position::AfterPort] {
        "" if url.scheme() == "https" => "443",
        "" => "80",
        port => port,
    };
    (url.host_str().unwrap_or_default(), port)
}

/// The URL that is signed for a request to `url`.
fn signed_url<'a>(url: &'a Url, layer: &HawkLayer) -> Result<Cow<'a, Url>, Error> {
    let Some((public, prefix)) = &layer.origin else {
        return Ok(Cow::Borrowed(url));
    };
    let rest = match url.path().strip_prefix(prefix.as_str()) {
        Some("") => "/",
        Some(rest) if rest.starts_with('/') => rest,
        // Another path, or the prefix ended within a segment.
        _ => {
            return Err(Error::invalid(
                "the path does not start with the prefix that the signing origin replaces",
            ));
        }
    };
    let mut signed = public.clone();
    signed.set_path(&format!("{}{rest}", public.path().trim_end_matches('/')));
    signed.set_query(url.query());
    Ok(Cow::Owned(signed))
}

fn unsigned() -> Error {
    Error::invalid("the crypto library did not sign it")
}

fn push(text: &mut String, parts: &[&str]) {
    for part in parts {
        text.push_str(part);
    }
}

/// Whole seconds since 1970, as Hawk counts; a clock before that counts as 0.
pub(super) fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs()
}

/// SHA-256 over a payload and its media type, which is put in lower case and rid of its
/// parameters here: the `hawk` crate takes it as it is.
pub(super) fn payload_hash(content_type: Option<&HeaderValue>, body: &[u8]) -> Option<Vec<u8>> {
    let media_type = content_type
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    PayloadHasher::hash(media_type, SHA256, body).ok()
}
