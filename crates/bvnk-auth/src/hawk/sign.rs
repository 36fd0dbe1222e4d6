//! What is signed for a request, and the `Authorization` header that says so.

use std::borrow::Cow;
use std::fmt::Write;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use ::hawk::PayloadHasher;
use ::hawk::mac::Mac;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method, Request, Uri};
use url::{Position, Url};
use uuid::Uuid;

use super::{HawkLayer, SigningOrigin};
use crate::credentials::Identity;
use crate::{Body, Error, target};

/// The first lines of what is signed.
pub(super) const HEADER: &str = "hawk.1.header";
pub(super) const RESPONSE: &str = "hawk.1.response";

/// What of a request a signature covers, and the origin it is signed for: the host in
/// lower case, an IPv6 address in brackets, the port always there.
pub(super) struct Covered<'a> {
    pub(super) method: &'a str,
    pub(super) scheme: &'a str,
    pub(super) host: &'a str,
    pub(super) port: u16,
    pub(super) resource: Cow<'a, str>,
}

impl<'a> Covered<'a> {
    /// Of a request to `url`, which is signed for `origin` if there is one.
    fn of(
        method: &'a Method,
        url: &'a Url,
        origin: Option<&'a SigningOrigin>,
    ) -> Result<Self, Error> {
        let method = method.as_str();
        // Not the fragment: it does not leave. A `?` without a query does.
        let resource = &url[Position::BeforePath..Position::AfterQuery];
        let Some(origin) = origin else {
            return Ok(Self {
                method,
                scheme: url.scheme(),
                host: url.host_str().unwrap_or_default(),
                port: url.port_or_known_default().unwrap_or_default(),
                resource: Cow::Borrowed(resource),
            });
        };
        let resource = origin.resource(resource).ok_or_else(|| {
            Error::invalid("its path does not start with the prefix that the signing origin strips")
        })?;
        Ok(Self {
            method,
            scheme: &origin.scheme,
            host: &origin.host,
            port: origin.port,
            resource: Cow::Owned(resource),
        })
    }

    /// What a clock correction belongs to: `https://host:443`.
    fn origin(&self) -> String {
        format!("{}://{}:{}", self.scheme, self.host, self.port)
    }

    /// The MAC of a request or of its response, over the normalized string (source:
    /// mozilla/hawk, API document, "Protocol Example"): each part on a line of its own.
    pub(super) fn mac(
        &self,
        kind: &str,
        key: &::hawk::Key,
        stamp: Stamp<'_>,
        hash: Option<&[u8]>,
        ext: Option<&str>,
        text: &mut String,
    ) -> Option<Mac> {
        text.clear();
        // Writing to a text cannot fail.
        let _ = write!(text, "{kind}\n{}\n", stamp.ts);
        push(text, &[stamp.nonce, "\n"]);
        text.extend(self.method.chars().map(|c| c.to_ascii_uppercase()));
        push(text, &["\n", &self.resource, "\n", self.host, "\n"]);
        let _ = writeln!(text, "{}", self.port);
        if let Some(hash) = hash {
            BASE64_STANDARD.encode_string(hash, text);
        }
        push(text, &["\n", ext.unwrap_or_default(), "\n"]);
        key.sign(text.as_bytes()).ok().map(Mac::from)
    }
}

/// What makes a signature unique.
#[derive(Clone, Copy)]
pub(super) struct Stamp<'a> {
    pub(super) ts: u64,
    pub(super) nonce: &'a str,
}

fn push(text: &mut String, parts: &[&str]) {
    for part in parts {
        text.push_str(part);
    }
}

/// What a signature was made with, kept for checking the response.
pub(crate) struct Signed {
    pub(crate) identity: Arc<Identity>,
    /// The correction that `ts` contains, in seconds.
    pub(crate) offset: i64,
    ts: u64,
    nonce: Uuid,
    method: Method,
    uri: Uri,
}

impl Signed {
    /// Fixes what is signed: the request as it is, now.
    pub(super) fn new(
        request: &mut Request<Body>,
        layer: &HawkLayer,
    ) -> Result<(Self, HeaderValue), Error> {
        target::normalize(request)?;
        let identity = layer.credentials.identity();
        let url = target::parsed(request)?;
        let covered = Covered::of(request.method(), url, layer.origin.as_ref())?;
        let offset = identity.offset(|| covered.origin());
        let ts = seconds(layer.runtime.now()).saturating_add_signed(offset);
        let hash = if layer.payload_hash {
            Some(hash(request)?)
        } else {
            None
        };
        let nonce = layer.runtime.uuid();
        let mut buffer = Uuid::encode_buffer();
        let stamp = Stamp {
            ts,
            nonce: nonce.simple().encode_lower(&mut buffer),
        };
        let credentials = identity.credentials.hawk();
        let header = header(&covered, credentials, stamp, hash.as_deref(), None)?;
        let signed = Self {
            identity,
            offset,
            ts,
            nonce,
            method: request.method().clone(),
            uri: request.uri().clone(),
        };
        Ok((signed, header))
    }

    /// Whether the connection is TLS; the signing origin says nothing about that.
    pub(crate) fn is_tls(&self) -> bool {
        self.uri.scheme_str() == Some("https")
    }

    /// The URL was taken along with the request, and few responses need it.
    fn url(&self) -> Option<Url> {
        Url::parse(&self.uri.to_string()).ok()
    }

    /// What a clock correction belongs to.
    pub(crate) fn origin(&self, origin: Option<&SigningOrigin>) -> Option<String> {
        let url = self.url()?;
        Some(Covered::of(&self.method, &url, origin).ok()?.origin())
    }

    /// The MAC that a `Server-Authorization` for this request must have.
    pub(crate) fn response_mac(
        &self,
        origin: Option<&SigningOrigin>,
        hash: Option<&[u8]>,
        ext: Option<&str>,
    ) -> Option<Mac> {
        let key = &self.identity.credentials.hawk().key;
        let mut buffer = Uuid::encode_buffer();
        let stamp = Stamp {
            ts: self.ts,
            nonce: self.nonce.simple().encode_lower(&mut buffer),
        };
        let url = self.url()?;
        let covered = Covered::of(&self.method, &url, origin).ok()?;
        covered.mac(RESPONSE, key, stamp, hash, ext, &mut String::new())
    }
}

/// `Authorization`, marked as sensitive. The layer sends no `ext`; the published vectors
/// have one.
pub(super) fn header(
    covered: &Covered<'_>,
    credentials: &::hawk::Credentials,
    stamp: Stamp<'_>,
    hash: Option<&[u8]>,
    ext: Option<&str>,
) -> Result<HeaderValue, Error> {
    let mut text = String::with_capacity(256);
    let mac = covered
        .mac(HEADER, &credentials.key, stamp, hash, ext, &mut text)
        .ok_or_else(|| Error::invalid("the crypto library failed to sign it"))?;
    text.clear();
    // Nothing in here can have a quote: credentials are checked, all else is ours. Writing to
    // a text cannot fail.
    push(&mut text, &["Hawk id=\"", &credentials.id]);
    let _ = write!(text, "\", ts=\"{}", stamp.ts);
    push(&mut text, &["\", nonce=\"", stamp.nonce, "\", mac=\""]);
    BASE64_STANDARD.encode_string(&*mac, &mut text);
    if let Some(ext) = ext {
        push(&mut text, &["\", ext=\"", ext]);
    }
    if let Some(hash) = hash {
        text.push_str("\", hash=\"");
        BASE64_STANDARD.encode_string(hash, &mut text);
    }
    text.push('"');
    let mut value = HeaderValue::try_from(text)
        .map_err(|_| Error::invalid("its Hawk header is no header value"))?;
    value.set_sensitive(true);
    Ok(value)
}

/// Whole seconds since 1970, as Hawk counts; a clock before that counts as 0.
pub(crate) fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs()
}

/// The payload hash of a request's own bytes.
fn hash(request: &Request<Body>) -> Result<Vec<u8>, Error> {
    let body = request.body().clone().into_inner().unwrap_or_default();
    payload_hash(request.headers().get(CONTENT_TYPE), &body)
        .ok_or_else(|| Error::invalid("the crypto library failed to hash its body"))
}

/// SHA-256 over a payload and its media type, which is put in lower case and rid of
/// its parameters here: the `hawk` crate takes it as it is.
pub(crate) fn payload_hash(content_type: Option<&HeaderValue>, body: &[u8]) -> Option<Vec<u8>> {
    let media_type = content_type
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    PayloadHasher::hash(media_type, ::hawk::SHA256, body).ok()
}
