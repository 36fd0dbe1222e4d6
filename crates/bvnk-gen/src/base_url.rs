//! The API's base URL: an origin and an optional path prefix, parsed once.
//!
//! Generated code joins base URL and path by plain concatenation, so what would make that
//! wrong (a trailing slash, a query, a fragment) is refused here.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;
use std::sync::{Arc, PoisonError, RwLock};

use http::Uri;
use url::Url;

/// An origin (`https://host:port`) with an optional path prefix, and nothing else.
///
/// ```
/// use bvnk_gen::BaseUrl;
///
/// let base: BaseUrl = "https://egress.example:8443/bvnk/".parse()?;
/// assert_eq!(base.as_str(), "https://egress.example:8443/bvnk");
/// assert!("https://user:secret@example.com".parse::<BaseUrl>().is_err());
/// # Ok::<(), bvnk_gen::InvalidBaseUrl>(())
/// ```
///
/// Cloning is cheap.
#[derive(Clone)]
pub struct BaseUrl(Arc<Parsed>);

struct Parsed {
    text: String,
    url: Url,
    /// The URLs of paths without parameters that were called: parsing is expensive.
    fixed: RwLock<Vec<(&'static str, Uri, Url)>>,
}

impl PartialEq for BaseUrl {
    fn eq(&self, other: &Self) -> bool {
        self.0.url == other.0.url
    }
}

impl Eq for BaseUrl {}

impl Hash for BaseUrl {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.url.hash(state);
    }
}

impl BaseUrl {
    /// Returns the base URL without a trailing slash.
    pub fn as_str(&self) -> &str {
        &self.0.text
    }

    /// The URL of a path below it. The path starts with `/`, and each of its segments is
    /// encoded already.
    pub(crate) fn below(&self, path: &str) -> Url {
        let mut url = self.0.url.clone();
        match url.path() {
            "/" => url.set_path(path),
            _ => url.set_path(&format!("{}{path}", url.path().trim_end_matches('/'))),
        }
        url
    }

    /// The URL of an operation's path without parameters, in both forms.
    pub(crate) fn fixed(&self, path: &'static str) -> Option<(Uri, Url)> {
        let fixed = &self.0.fixed;
        let known = fixed.read().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, uri, url)) = known.iter().find(|(known, ..)| *known == path) {
            return Some((uri.clone(), url.clone()));
        }
        drop(known);
        let url = self.below(path);
        let uri: Uri = url.as_str().parse().ok()?;
        let mut known = fixed.write().unwrap_or_else(PoisonError::into_inner);
        known.push((path, uri.clone(), url.clone()));
        Some((uri, url))
    }

    /// Returns the base URL as a [`Url`]. Its path is `/` where there is no prefix.
    pub fn as_url(&self) -> &Url {
        &self.0.url
    }
}

impl FromStr for BaseUrl {
    type Err = InvalidBaseUrl;

    /// # Errors
    ///
    /// [`InvalidBaseUrl`] names the part that a base URL cannot have.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url = Url::parse(text).map_err(|error| InvalidBaseUrl::NotAUrl(error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(InvalidBaseUrl::Scheme);
        }
        // reqwest would turn userinfo into Basic authorization beside the signature.
        if !url.username().is_empty() || url.password().is_some() {
            return Err(InvalidBaseUrl::UserInfo);
        }
        if url.query().is_some() {
            return Err(InvalidBaseUrl::Query);
        }
        if url.fragment().is_some() {
            return Err(InvalidBaseUrl::Fragment);
        }
        let text = url.as_str().trim_end_matches('/').to_owned();
        Ok(Self(Arc::new(Parsed {
            text,
            url,
            fixed: RwLock::default(),
        })))
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.text)
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BaseUrl({})", self.0.text)
    }
}

/// Why a text is not a [`BaseUrl`]. The text itself is not repeated: it may hold a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidBaseUrl {
    /// The text is not an absolute URL; the reason is the parser's.
    NotAUrl(String),
    /// The scheme is neither `http` nor `https`.
    Scheme,
    /// The URL names a user or a password.
    UserInfo,
    /// The URL has a query.
    Query,
    /// The URL has a fragment.
    Fragment,
}

impl fmt::Display for InvalidBaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("invalid base URL: ")?;
        match self {
            Self::NotAUrl(reason) => write!(f, "{reason}")?,
            Self::Scheme => f.write_str("the scheme is neither https nor http")?,
            Self::UserInfo => f.write_str("it names a user or a password")?,
            Self::Query => f.write_str("it has a query")?,
            Self::Fragment => f.write_str("it has a fragment")?,
        }
        f.write_str("\nhelp: give a scheme, a host, and optionally a port and a path prefix, as in https://api.example.com")
    }
}

impl std::error::Error for InvalidBaseUrl {}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn accepts_an_origin_with_an_optional_prefix() {
        for (given, kept) in [
            ("https://api.bvnk.com", "https://api.bvnk.com"),
            ("https://api.bvnk.com/", "https://api.bvnk.com"),
            ("https://api.bvnk.com:443/a/b//", "https://api.bvnk.com/a/b"),
            ("http://[::1]:8080", "http://[::1]:8080"),
            ("HTTP://LOCALHOST:1", "http://localhost:1"),
        ] {
            assert_eq!(given.parse::<BaseUrl>().unwrap().as_str(), kept, "{given}");
        }
    }

    #[test]
    fn a_path_is_joined_as_if_it_were_written_behind() {
        for base in ["https://h", "https://h:1/a/b//", "http://[::1]:8080/%2e/x"] {
            let base: BaseUrl = base.parse().unwrap();
            for path in ["/", "/c", "/c/%2F%3F%23%252e", "/c/d.e/~", "/c/%C3%A9"] {
                let written = Url::parse(&format!("{base}{path}")).unwrap();
                assert_eq!(base.below(path), written, "{base}{path}");
            }
        }
    }

    #[test]
    fn refuses_everything_else() {
        for (given, wanted) in [
            ("https://u@h", InvalidBaseUrl::UserInfo),
            ("https://:p@h", InvalidBaseUrl::UserInfo),
            ("https://h?", InvalidBaseUrl::Query),
            ("https://h/#", InvalidBaseUrl::Fragment),
            ("ftp://h", InvalidBaseUrl::Scheme),
            ("s3cret:rest@h", InvalidBaseUrl::Scheme),
        ] {
            assert_eq!(given.parse::<BaseUrl>(), Err(wanted), "{given}");
        }
        for given in ["", "api.bvnk.com", "/platform", "https://"] {
            let refusal = given.parse::<BaseUrl>().unwrap_err();
            assert!(matches!(refusal, InvalidBaseUrl::NotAUrl(_)), "{given}");
        }
    }
}
