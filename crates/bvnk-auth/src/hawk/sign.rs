//! What is signed for a request, and the `Authorization` header that says so.

use std::borrow::Cow;
use std::fmt::Write;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use ::hawk::mac::Mac;
use ::hawk::{Key, PayloadHasher, SHA256};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Request};
use url::{Position, Url};
use uuid::Uuid;

use super::HawkLayer;
use crate::credentials::Signer;
use crate::{Body, Error, target};

/// The first lines of what is signed.
pub(super) const HEADER: &str = "hawk.1.header";
pub(super) const RESPONSE: &str = "hawk.1.response";

/// What the MAC of a request or of its response covers.
pub(super) struct Covered<'a> {
    pub(super) method: &'a str,
    pub(super) url: &'a Url,
    pub(super) ts: u64,
    pub(super) nonce: &'a str,
    pub(super) hash: Option<&'a [u8]>,
    /// The layer sends none; responses and the published vectors may have one.
    pub(super) ext: Option<&'a str>,
}

impl Covered<'_> {
    /// Writes the normalized string, which is what is signed (source: mozilla/hawk, API
    /// document, "Protocol Example"): one part a line.
    pub(super) fn normalize(&self, kind: &str, text: &mut String) {
        // Not the fragment: it does not leave. A `?` without a query does.
        let resource = &self.url[Position::BeforePath..Position::AfterQuery];
        let host = self.url.host_str().unwrap_or_default();
        let port = match &self.url[Position::BeforePort..Position::AfterPort] {
            "" if self.url.scheme() == "https" => "443",
            "" => "80",
            port => port,
        };
        push(text, &[kind, "\n"]);
        // Writing to a text cannot fail.
        let _ = write!(text, "{}", self.ts);
        push(text, &["\n", self.nonce, "\n"]);
        let method = text.len();
        push(text, &[self.method, "\n"]);
        text[method..].make_ascii_uppercase();
        push(text, &[resource, "\n", host, "\n", port, "\n"]);
        if let Some(hash) = self.hash {
            BASE64_STANDARD.encode_string(hash, text);
        }
        push(text, &["\n", self.ext.unwrap_or_default(), "\n"]);
    }

    /// `Authorization`, marked as sensitive.
    pub(super) fn header(&self, id: &str, key: &Key) -> Result<HeaderValue, Error> {
        let mut text = String::with_capacity(256);
        self.normalize(HEADER, &mut text);
        let mac = key.sign(text.as_bytes()).map_err(|_| unsigned())?;
        text.clear();
        // Nothing in here can have a quote: credentials are checked, all else is ours.
        push(&mut text, &["Hawk id=\"", id]);
        let _ = write!(text, "\", ts=\"{}", self.ts);
        push(&mut text, &["\", nonce=\"", self.nonce, "\", mac=\""]);
        BASE64_STANDARD.encode_string(mac, &mut text);
        if let Some(ext) = self.ext {
            push(&mut text, &["\", ext=\"", ext]);
        }
        if let Some(hash) = self.hash {
            text.push_str("\", hash=\"");
            BASE64_STANDARD.encode_string(hash, &mut text);
        }
        text.push('"');
        let mut value = HeaderValue::try_from(text).map_err(|_| unsigned())?;
        value.set_sensitive(true);
        Ok(value)
    }
}

fn unsigned() -> Error {
    Error::invalid("the crypto library did not sign it")
}

/// Whether `mac` is the MAC of a text, compared in constant time.
pub(super) fn is_mac(key: &Key, text: &str, mac: Vec<u8>) -> bool {
    let own = key.sign(text.as_bytes());
    own.is_ok_and(|own| Mac::from(own) == Mac::from(mac))
}

fn push(text: &mut String, parts: &[&str]) {
    for part in parts {
        text.push_str(part);
    }
}

/// What a signature was made with, for checking the response.
pub(super) struct Signed {
    pub(super) signer: Arc<Signer>,
    /// The correction that `ts` contains, in seconds.
    pub(super) offset: i64,
    ts: u64,
    nonce: Uuid,
}

/// A signature, the layer that made it and the request that it covers: its method and URI, the
/// rest has left.
#[derive(Clone, Copy)]
pub(super) struct Sent<'a> {
    pub(super) signed: &'a Signed,
    pub(super) request: &'a Request<Body>,
    pub(super) layer: &'a HawkLayer,
}

impl Signed {
    /// Fixes what is signed: the request as it is, now.
    pub(super) fn new(
        request: &mut Request<Body>,
        layer: &HawkLayer,
    ) -> Result<(Self, HeaderValue), Error> {
        target::normalize(request)?;
        let signer = layer.credentials.current();
        let url = signed_url(target::parsed(request)?, layer)?;
        let offset = signer.offset(|| origin_of(&url));
        let ts = seconds(layer.runtime.now()).saturating_add_signed(offset);
        let nonce = layer.runtime.uuid();
        let hash = match layer.payload_hash {
            true => {
                let body = request.body().clone().into_inner().unwrap_or_default();
                let hash = payload_hash(request.headers().get(CONTENT_TYPE), &body);
                Some(hash.ok_or_else(unsigned)?)
            }
            false => None,
        };
        let mut buffer = Uuid::encode_buffer();
        let covered = Covered {
            method: request.method().as_str(),
            url: &url,
            ts,
            nonce: nonce.simple().encode_lower(&mut buffer),
            hash: hash.as_deref(),
            ext: None,
        };
        let header = covered.header(&signer.id, &signer.key)?;
        let signed = Self {
            signer,
            offset,
            ts,
            nonce,
        };
        Ok((signed, header))
    }
}

impl Sent<'_> {
    /// What a clock correction belongs to.
    pub(super) fn origin(&self) -> Option<String> {
        self.url().map(|url| origin_of(&url))
    }

    /// Whether `mac` is that of a `Server-Authorization` for this request.
    pub(super) fn proves(&self, hash: &[u8], ext: Option<&str>, mac: Vec<u8>) -> bool {
        let Some(url) = self.url() else {
            return false;
        };
        let mut buffer = Uuid::encode_buffer();
        let covered = Covered {
            method: self.request.method().as_str(),
            url: &url,
            ts: self.signed.ts,
            nonce: self.signed.nonce.simple().encode_lower(&mut buffer),
            hash: Some(hash),
            ext,
        };
        let mut text = String::new();
        covered.normalize(RESPONSE, &mut text);
        is_mac(&self.signed.signer.key, &text, mac)
    }

    /// The URL left with the request, and few responses need it.
    fn url(&self) -> Option<Url> {
        let url = Url::parse(&self.request.uri().to_string()).ok()?;
        signed_url(&url, self.layer).ok().map(Cow::into_owned)
    }
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

fn origin_of(url: &Url) -> String {
    url.origin().ascii_serialization()
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
