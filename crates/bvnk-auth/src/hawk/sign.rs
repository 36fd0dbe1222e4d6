//! What is signed for a request, and the header that says so.
//!
//! It must not know answers.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ::hawk::PayloadHasher;
use http::HeaderValue;
use http::header::CONTENT_TYPE;
use url::{Position, Url};

use crate::credentials::Identity;
use crate::{Error, Runtime};

/// The origin that the server believes it has, when it is not the one connected to:
/// behind an egress proxy, requests are signed for the public host.
///
/// Scheme, host, port and path prefix of its URL are signed in place of the connect
/// URL's. A prefix of the connect URL that the proxy takes away is named with
/// [`strip_prefix`](Self::strip_prefix).
///
/// ```
/// use bvnk_auth::SigningOrigin;
///
/// // http://egress.internal/partner/v1/x?y leaves as https://api.example.com/v1/x?y
/// let origin: SigningOrigin = "https://api.example.com".parse()?;
/// let origin = origin.strip_prefix("/partner");
/// # Ok::<(), bvnk_auth::InvalidOrigin>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigningOrigin {
    scheme: String,
    host: String,
    port: u16,
    prefix: String,
    strip: String,
}

impl SigningOrigin {
    /// The origin and path prefix of `url`.
    ///
    /// # Errors
    ///
    /// When it is not an http or https URL, or has a user name, a password, a query
    /// or a fragment.
    pub fn new(url: &Url) -> Result<Self, InvalidOrigin> {
        let authority = Authority::of(url).ok_or(InvalidOrigin)?;
        if has_userinfo(url) || url.query().is_some() || url.fragment().is_some() {
            return Err(InvalidOrigin);
        }
        Ok(Self {
            scheme: url.scheme().to_owned(),
            host: authority.host.to_owned(),
            port: authority.port,
            prefix: url.path().trim_end_matches('/').to_owned(),
            strip: String::new(),
        })
    }

    /// Takes `prefix` off the connect URL's path before signing. Requests whose path
    /// does not start with it are refused.
    #[must_use]
    pub fn strip_prefix(mut self, prefix: &str) -> Self {
        self.strip = prefix.trim_end_matches('/').to_owned();
        self
    }

    /// The path and query that are signed for `resource`.
    fn resource(&self, resource: &str) -> Option<String> {
        let rest = resource.strip_prefix(&self.strip)?;
        match rest.chars().next() {
            Some('/') => Some(format!("{}{rest}", self.prefix)),
            // The prefix was the whole path.
            Some('?') | None => Some(format!("{}/{rest}", self.prefix)),
            // It ended within a segment.
            Some(_) => None,
        }
    }
}

impl FromStr for SigningOrigin {
    type Err = InvalidOrigin;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::new(&text.parse().map_err(|_| InvalidOrigin)?)
    }
}

/// A URL that is no [`SigningOrigin`]. It does not show the URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidOrigin;

impl fmt::Display for InvalidOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "a signing origin is an http or https URL without user name, password, query and fragment",
        )
    }
}

impl std::error::Error for InvalidOrigin {}

/// Host and port as Hawk signs them: the host in lower case, an IPv6 address in
/// brackets, the port always there.
struct Authority<'a> {
    host: &'a str,
    port: u16,
}

impl<'a> Authority<'a> {
    fn of(url: &'a Url) -> Option<Self> {
        if !matches!(url.scheme(), "http" | "https") {
            return None;
        }
        Some(Self {
            host: url.host_str()?,
            port: url.port_or_known_default()?,
        })
    }
}

fn has_userinfo(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

/// The parts of a request that its signature covers, kept for judging the answer.
pub(crate) struct Signed {
    pub(crate) identity: Arc<Identity>,
    /// What a clock correction belongs to: `https://host:443`.
    pub(crate) origin: String,
    /// Whether the connection is TLS; the signing origin says nothing about that.
    pub(crate) tls: bool,
    /// The correction that `ts` contains, in seconds.
    pub(crate) offset: i64,
    pub(super) ts: u64,
    pub(super) nonce: String,
    pub(super) method: String,
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) resource: String,
    pub(super) hash: Option<Vec<u8>>,
}

impl Signed {
    /// Fixes what is signed: the request as it is, now.
    pub(crate) fn new(
        request: &reqwest::Request,
        identity: Arc<Identity>,
        origin: Option<&SigningOrigin>,
        payload_hash: bool,
        runtime: &dyn Runtime,
    ) -> Result<Self, Error> {
        let url = request.url();
        if has_userinfo(url) {
            // reqwest would make a second Authorization of it.
            return Err(Error::invalid(
                "its URL has a user name or a password: Hawk credentials belong in the layer",
            ));
        }
        let Some(authority) = Authority::of(url) else {
            return Err(Error::invalid("its URL must be http or https, with a host"));
        };
        // Not the fragment: it does not leave. A `?` without a query does.
        let resource = &url[Position::BeforePath..Position::AfterQuery];
        let (scheme, host, port, resource) = match origin {
            None => (
                url.scheme(),
                authority.host,
                authority.port,
                resource.to_owned(),
            ),
            Some(origin) => {
                let resource = origin.resource(resource).ok_or(Error::invalid(
                    "its path does not start with the prefix that the signing origin strips",
                ))?;
                (
                    origin.scheme.as_str(),
                    origin.host.as_str(),
                    origin.port,
                    resource,
                )
            }
        };
        let key = format!("{scheme}://{host}:{port}");
        let offset = identity.offset(&key);
        Ok(Self {
            hash: if payload_hash {
                Some(hash(request)?)
            } else {
                None
            },
            ts: seconds(runtime.now()).saturating_add_signed(offset),
            nonce: runtime.uuid().simple().to_string(),
            method: request.method().as_str().to_ascii_uppercase(),
            host: host.to_owned(),
            port,
            resource,
            identity,
            origin: key,
            tls: url.scheme() == "https",
            offset,
        })
    }

    /// `Authorization`, marked as sensitive.
    pub(crate) fn header_value(&self) -> Result<HeaderValue, Error> {
        let header = self
            .header(None)
            .map_err(|_| Error::invalid("the crypto library failed to sign it"))?;
        let mut value = HeaderValue::from_str(&format!("Hawk {header}"))
            .map_err(|_| Error::invalid("its Hawk header is no header value"))?;
        value.set_sensitive(true);
        Ok(value)
    }

    /// The layer sends no `ext`; the published vectors have one.
    pub(super) fn header(&self, ext: Option<&str>) -> ::hawk::Result<::hawk::Header> {
        ::hawk::RequestBuilder::new(&self.method, &self.host, self.port, &self.resource)
            .hash(self.hash.as_deref())
            .ext(ext)
            .request()
            .make_header_full(
                self.identity.credentials.hawk(),
                self.time(),
                self.nonce.as_str(),
            )
    }

    /// The MAC that a `Server-Authorization` for this request must have.
    pub(crate) fn response_mac(
        &self,
        hash: Option<&[u8]>,
        ext: Option<&str>,
    ) -> Option<::hawk::mac::Mac> {
        ::hawk::mac::Mac::new(
            ::hawk::mac::MacType::Response,
            &self.identity.credentials.hawk().key,
            self.time(),
            &self.nonce,
            &self.method,
            &self.host,
            self.port,
            &self.resource,
            hash,
            ext,
        )
        .ok()
    }

    /// The time that was signed.
    fn time(&self) -> SystemTime {
        UNIX_EPOCH
            .checked_add(Duration::from_secs(self.ts))
            .unwrap_or(UNIX_EPOCH)
    }
}

/// Whole seconds since 1970, as Hawk counts; a clock before that counts as 0.
pub(crate) fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs()
}

/// The payload hash of a request's own bytes.
fn hash(request: &reqwest::Request) -> Result<Vec<u8>, Error> {
    let body = match request.body() {
        None => &[],
        Some(body) => body.as_bytes().ok_or(Error::invalid(
            "its body is a stream, which cannot be hashed: buffer it, or turn hashing off",
        ))?,
    };
    payload_hash(request.headers().get(CONTENT_TYPE), body)
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
