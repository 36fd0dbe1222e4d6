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
use uuid::Uuid;

use super::Options;
use super::origin::SigningOrigin;
use crate::credentials::Identity;
use crate::{Body, Error, Runtime};

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
    /// Of a request to a normalized `uri`, which is signed for `origin` if there is one.
    fn of(
        method: &'a Method,
        uri: &'a Uri,
        origin: Option<&'a SigningOrigin>,
    ) -> Result<Self, Error> {
        let resource = uri
            .path_and_query()
            .map_or("/", |resource| resource.as_str());
        let method = method.as_str();
        let Some(origin) = origin else {
            let scheme = uri.scheme_str().unwrap_or_default();
            return Ok(Self {
                method,
                scheme,
                host: uri.host().unwrap_or_default(),
                port: uri.port_u16().unwrap_or(default_port(scheme)),
                resource: Cow::Borrowed(resource),
            });
        };
        let resource = origin.resource(resource).ok_or(Error::invalid(
            "its path does not start with the prefix that the signing origin strips",
        ))?;
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

    /// The MAC of a request or of its answer, over the normalized string (source:
    /// mozilla/hawk, API document, "Protocol Example"): each part on a line of its own.
    pub(super) fn mac(
        &self,
        kind: &str,
        key: &::hawk::Key,
        ts: u64,
        nonce: &str,
        hash: Option<&[u8]>,
        ext: Option<&str>,
    ) -> Option<Mac> {
        let mut text = String::with_capacity(256);
        // Writing to a text cannot fail.
        let _ = write!(text, "{kind}\n{ts}\n");
        for part in [nonce, "\n"] {
            text.push_str(part);
        }
        text.extend(self.method.chars().map(|c| c.to_ascii_uppercase()));
        for part in ["\n", &self.resource, "\n", self.host, "\n"] {
            text.push_str(part);
        }
        let _ = writeln!(text, "{}", self.port);
        if let Some(hash) = hash {
            BASE64_STANDARD.encode_string(hash, &mut text);
        }
        for part in ["\n", ext.unwrap_or_default(), "\n"] {
            text.push_str(part);
        }
        key.sign(text.as_bytes()).ok().map(Mac::from)
    }
}

fn default_port(scheme: &str) -> u16 {
    if scheme == "https" { 443 } else { 80 }
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
    pub(crate) fn new(
        request: &Request<Body>,
        identity: Arc<Identity>,
        options: &Options,
        runtime: &dyn Runtime,
    ) -> Result<(Self, HeaderValue), Error> {
        let origin = options.origin.as_ref();
        let covered = Covered::of(request.method(), request.uri(), origin)?;
        let offset = identity.offset(|| covered.origin());
        let hash = if options.payload_hash {
            Some(hash(request)?)
        } else {
            None
        };
        let ts = seconds(runtime.now()).saturating_add_signed(offset);
        let nonce = runtime.uuid();
        let header = header(
            &covered,
            identity.credentials.hawk(),
            ts,
            text(nonce, &mut Uuid::encode_buffer()),
            hash.as_deref(),
            None,
        )?;
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

    /// What a clock correction belongs to.
    pub(crate) fn origin(&self, origin: Option<&SigningOrigin>) -> Option<String> {
        let covered = Covered::of(&self.method, &self.uri, origin).ok()?;
        Some(covered.origin())
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
        let nonce = text(self.nonce, &mut buffer);
        let covered = Covered::of(&self.method, &self.uri, origin).ok()?;
        covered.mac(RESPONSE, key, self.ts, nonce, hash, ext)
    }
}

/// `Authorization`, marked as sensitive. The layer sends no `ext`; the published vectors
/// have one.
pub(super) fn header(
    covered: &Covered<'_>,
    credentials: &::hawk::Credentials,
    ts: u64,
    nonce: &str,
    hash: Option<&[u8]>,
    ext: Option<&str>,
) -> Result<HeaderValue, Error> {
    let mac = covered
        .mac(HEADER, &credentials.key, ts, nonce, hash, ext)
        .ok_or(Error::invalid("the crypto library failed to sign it"))?;
    // Nothing in here can have a quote: credentials are checked, all else is ours.
    let mut text = String::with_capacity(256);
    for part in ["Hawk id=\"", &credentials.id, "\", ts=\""] {
        text.push_str(part);
    }
    // Writing to a text cannot fail.
    let _ = write!(text, "{ts}");
    for part in ["\", nonce=\"", nonce, "\", mac=\""] {
        text.push_str(part);
    }
    BASE64_STANDARD.encode_string(&*mac, &mut text);
    if let Some(ext) = ext {
        text.push_str("\", ext=\"");
        text.push_str(ext);
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

/// A nonce as it is sent.
fn text(nonce: Uuid, buffer: &mut [u8]) -> &str {
    nonce.simple().encode_lower(buffer)
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
        .ok_or(Error::invalid("the crypto library failed to hash its body"))
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
