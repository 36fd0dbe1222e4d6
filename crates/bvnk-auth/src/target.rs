//! The URL that a request goes to, in the one form in which it is signed and sent.

use std::borrow::Cow;
use std::net::IpAddr;

use http::{Request, Uri};
use url::{Host, Position, Url};

use crate::{Body, Error};

/// Returns the URL that a request goes to.
///
/// A [`Url`] in the extensions that is exactly the request's URI saves parsing it again; any
/// other is of no account, as a layer has changed the URI since. Parsing normalizes, as reqwest
/// would: the signature and the adapter take the same.
///
/// # Errors
///
/// When the URI is no http or https URL with a host, or has a user name or a password.
pub(crate) fn url(request: &Request<Body>) -> Result<Cow<'_, Url>, Error> {
    let known = request.extensions().get::<Url>();
    let url = match known.filter(|url| is_same(request.uri(), url)) {
        Some(url) => Cow::Borrowed(url),
        None => Url::parse(&request.uri().to_string())
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https"))
            .map(Cow::Owned)
            .ok_or_else(|| {
                Error::invalid("the URL must be absolute, http or https, with a host")
            })?,
    };
    if url.username().is_empty() && url.password().is_none() {
        return Ok(url);
    }
    // reqwest would make a second Authorization of it.
    Err(Error::invalid(
        "the URL has a user name or a password; help: remove it, Hawk credentials belong in the layer",
    ))
}

/// Returns the URL that had to be parsed, if it had to be.
pub(crate) fn parsed(url: Cow<'_, Url>) -> Option<Url> {
    match url {
        Cow::Owned(url) => Some(url),
        Cow::Borrowed(_) => None,
    }
}

/// Whether `url`, without its fragment, is `uri` to the byte.
fn is_same(uri: &Uri, url: &Url) -> bool {
    let rest = &url[..Position::AfterQuery];
    let (Some(scheme), Some(authority), Some(path)) =
        (uri.scheme_str(), uri.authority(), uri.path_and_query())
    else {
        return false;
    };
    rest.strip_prefix(scheme)
        .and_then(|rest| rest.strip_prefix("://"))
        .and_then(|rest| rest.strip_prefix(authority.as_str()))
        == Some(path.as_str())
}

/// Returns whether a URL is on this machine: `localhost`, a name below it, or a loopback or
/// unspecified address.
#[must_use]
pub fn is_local(url: &Url) -> bool {
    let ip = match url.host() {
        Some(Host::Domain(name)) => {
            let name = name.strip_suffix('.').unwrap_or(name);
            return name == "localhost" || name.ends_with(".localhost");
        }
        Some(Host::Ipv4(ip)) => IpAddr::V4(ip),
        Some(Host::Ipv6(ip)) => IpAddr::V6(ip).to_canonical(),
        None => return false,
    };
    ip.is_loopback() || ip.is_unspecified()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn local_hosts() {
        for (url, local) in [
            ("http://localhost:1", true),
            ("http://LOCALHOST.", true),
            ("http://api.localhost", true),
            ("http://127.0.0.9", true),
            ("http://0.0.0.0", true),
            ("http://[::1]:1", true),
            ("http://[::]", true),
            ("http://[::ffff:127.0.0.1]", true),
            ("http://127.1", true),
            ("http://localhost.example", false),
            ("http://notlocalhost", false),
            ("http://127.0.0.1.example", false),
            ("http://10.0.0.1", false),
            ("http://[2001:db8::1]", false),
            ("data:text/plain,x", false),
        ] {
            assert_eq!(is_local(&url.parse().unwrap()), local, "{url}");
        }
    }

    /// (URI of the request, URL in the extensions, URL that is sent)
    const CASES: &[(&str, Option<&str>, &str)] = &[
        ("https://a.example/x?y", None, "https://a.example/x?y"),
        (
            "https://a.example/x",
            Some("https://a.example/x"),
            "https://a.example/x",
        ),
        // A fragment does not leave; a URL that has one is not parsed again.
        (
            "https://a.example/x",
            Some("https://a.example/x#f"),
            "https://a.example/x#f",
        ),
        // The URI was changed: it counts.
        (
            "https://b.example/x",
            Some("https://a.example/x"),
            "https://b.example/x",
        ),
        (
            "https://a.example/x/",
            Some("https://a.example/x"),
            "https://a.example/x/",
        ),
        (
            "https://a.example/",
            Some("https://a.example/?"),
            "https://a.example/",
        ),
        (
            "http://a.example/",
            Some("https://a.example/"),
            "http://a.example/",
        ),
        (
            "https://a.example:8443/",
            Some("https://a.example/"),
            "https://a.example:8443/",
        ),
        // It was not normalized.
        ("HTTPS://A.example:443", None, "https://a.example/"),
        ("https://a.example/b/../c", None, "https://a.example/c"),
        ("https://a.example?q", None, "https://a.example/?q"),
        ("https://a.example/%7e?", None, "https://a.example/%7e?"),
        (
            "http://[::1]:8080/?x=%2F&y",
            None,
            "http://[::1]:8080/?x=%2F&y",
        ),
    ];

    #[test]
    fn the_url_is_the_uri_s() {
        for (uri, url, expected) in CASES {
            let mut request = Request::get(*uri).body(Body::default()).unwrap();
            if let Some(url) = url {
                request.extensions_mut().insert(url.parse::<Url>().unwrap());
            }
            assert_eq!(super::url(&request).unwrap().as_str(), *expected);
        }
        for uri in ["/x", "a.example:443", "ftp://a.example/", "*"] {
            let request = Request::get(uri).body(Body::default()).unwrap();
            assert!(super::url(&request).is_err(), "{uri}");
        }
    }
}
