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
#[must_use]
pub struct SigningOrigin {
    url: Url,
    strip: String,
}

impl SigningOrigin {
    /// Takes `prefix` off the connect URL's path before signing. Requests whose path
    /// does not start with it are refused.
    pub fn strip_prefix(mut self, prefix: &str) -> Self {
        self.strip = prefix.trim_end_matches('/').to_owned();
        self
    }

    /// The URL that is signed for a request to `url`.
    pub(super) fn replace(&self, url: &Url) -> Option<Url> {
        let rest = match url.path().strip_prefix(&self.strip)? {
            "" => "/",
            rest if rest.starts_with('/') => rest,
            _ => return None, // the prefix ended within a segment
        };
        let prefix = self.url.path().trim_end_matches('/');
        let mut signed = self.url.clone();
        signed.set_path(&format!("{prefix}{rest}"));
        signed.set_query(url.query());
        Some(signed)
    }
}

impl FromStr for SigningOrigin {
    type Err = InvalidOrigin;

    /// Takes the origin and path prefix of a URL.
    ///
    /// # Errors
    ///
    /// When it is not an http or https URL, or has a user name, a password, a query or a
    /// fragment.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url: Url = text.parse().map_err(|_| InvalidOrigin)?;
        let is_origin = matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        let strip = String::new();
        is_origin
            .then_some(Self { url, strip })
            .ok_or(InvalidOrigin)
    }
}

/// The error for a URL that is not a [`SigningOrigin`]. It does not show the URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a signing origin is an http or https URL without user name, password, query and fragment")]
#[non_exhaustive]
pub struct InvalidOrigin;
