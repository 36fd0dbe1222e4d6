//! The origin that a request is signed for.

use std::str::FromStr;

use url::Url;

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
    pub(super) scheme: String,
    pub(super) host: String,
    pub(super) port: u16,
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
        let has_userinfo = !url.username().is_empty() || url.password().is_some();
        let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else {
            return Err(InvalidOrigin);
        };
        if !matches!(url.scheme(), "http" | "https")
            || has_userinfo
            || url.query().is_some()
            || url.fragment().is_some()
        {
            return Err(InvalidOrigin);
        }
        Ok(Self {
            scheme: url.scheme().to_owned(),
            host: host.to_owned(),
            port,
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
    pub(super) fn resource(&self, resource: &str) -> Option<String> {
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

/// The error for a URL that is not a [`SigningOrigin`]. It does not show the URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a signing origin is an http or https URL without user name, password, query and fragment")]
#[non_exhaustive]
pub struct InvalidOrigin;
