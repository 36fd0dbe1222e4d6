//! The API's base URL: an origin and an optional path prefix, parsed once.
//!
//! A user, a query and a fragment are refused; slashes at the end are removed.

use std::borrow::Cow;
use std::fmt;
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
        let url = Url::parse(text).map_err(|error| InvalidBaseUrl(error.to_string().into()))?;
        for (is_wrong, reason) in [
            (
                !matches!(url.scheme(), "http" | "https"),
                "the scheme is neither https nor http",
            ),
            // reqwest would turn userinfo into Basic authorization next to the signature.
            (
                !url.username().is_empty() || url.password().is_some(),
                "it names a user or a password",
            ),
            (url.query().is_some(), "it has a query"),
            (url.fragment().is_some(), "it has a fragment"),
        ] {
            if is_wrong {
                return Err(InvalidBaseUrl(reason.into()));
            }
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
pub struct InvalidBaseUrl(Cow<'static, str>);

impl fmt::Display for InvalidBaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let help = "give a scheme, a host, and optionally a port and a path prefix, as in https://api.example.com";
        write!(f, "invalid base URL: {}\nhelp: {help}", self.0)
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
        for (given, reason) in [
            ("https://u@h", "it names a user or a password"),
            ("https://:p@h", "it names a user or a password"),
            ("https://h?", "it has a query"),
            ("https://h/#", "it has a fragment"),
            ("ftp://h", "the scheme is neither https nor http"),
            ("s3cret:rest@h", "the scheme is neither https nor http"),
        ] {
            let error = given.parse::<BaseUrl>().unwrap_err().to_string();
            assert!(
                error.starts_with(&format!("invalid base URL: {reason}\n")),
                "{error}"
            );
        }
        for given in ["", "api.bvnk.com", "/platform", "https://"] {
            assert!(given.parse::<BaseUrl>().is_err(), "{given}");
        }
    }
}
