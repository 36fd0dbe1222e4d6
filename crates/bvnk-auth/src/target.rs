//! The URL that a request goes to: the one form in which it is signed and sent.

use std::net::IpAddr;

use http::{Request, Uri};
use url::{Host, Position, Url};

use crate::{Body, Error};

const INVALID: &str = "the URL must be absolute, http or https, with a host";

/// Gives `request` the URI that will be on the wire, and puts its parsed form into the
/// extensions.
///
/// A [`Url`] that is in the extensions already is used if it is exactly the request's URI;
/// else a layer has changed the URI since, and it is parsed again. Parsing normalizes, as
/// reqwest would after the signature: so that is done before.
///
/// # Errors
///
/// When the URI is no http or https URL with a host, or has a user name or a password.
pub(crate) fn normalize(request: &mut Request<Body>) -> Result<(), Error> {
    let known = request.extensions().get::<Url>();
    if let Some(url) = known.filter(|url| is_same(request.uri(), url)) {
        return without_user(url);
    }
    let (uri, url) = parse(request.uri())?;
    without_user(&url)?;
    *request.uri_mut() = uri;
    request.extensions_mut().insert(url);
    Ok(())
}

/// Returns the parsed URL of a normalized request.
pub(crate) fn parsed(request: &Request<Body>) -> Result<&Url, Error> {
    let url = request.extensions().get::<Url>();
    url.ok_or_else(|| Error::invalid(INVALID))
}

/// Takes the parsed URL of a request out of its extensions, or parses it.
pub(crate) fn take(request: &mut Request<Body>) -> Result<Url, Error> {
    let known = request.extensions_mut().remove::<Url>();
    let url = match known.filter(|url| is_same(request.uri(), url)) {
        Some(url) => url,
        None => parse(request.uri())?.1,
    };
    without_user(&url)?;
    Ok(url)
}

fn without_user(url: &Url) -> Result<(), Error> {
    if url.username().is_empty() && url.password().is_none() {
        return Ok(());
    }
    // reqwest would make a second Authorization of it.
    Err(Error::invalid(
        "the URL has a user name or a password; help: remove it, Hawk credentials belong in the layer",
    ))
}

fn parse(uri: &Uri) -> Result<(Uri, Url), Error> {
    let parse = || {
        let mut url = Url::parse(&uri.to_string()).ok()?;
        url.set_fragment(None);
        let is_http = matches!(url.scheme(), "http" | "https");
        let uri = Uri::try_from(url.as_str()).ok()?;
        is_http.then_some((uri, url))
    };
    parse().ok_or_else(|| Error::invalid(INVALID))
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
    fn what_is_sent_is_the_uri() {
        for (uri, url, expected) in CASES {
            let mut request = Request::get(*uri).body(Body::default()).unwrap();
            if let Some(url) = url {
                request.extensions_mut().insert(url.parse::<Url>().unwrap());
            }
            normalize(&mut request).unwrap();
            let on_the_wire = expected.split('#').next().unwrap();
            let uri = request.uri();
            assert_eq!(uri.to_string(), on_the_wire);
            assert_eq!(take(&mut request).unwrap().as_str(), *expected);
        }
        for uri in ["/x", "a.example:443", "ftp://a.example/", "*"] {
            let mut request = Request::get(uri).body(Body::default()).unwrap();
            assert!(normalize(&mut request).is_err(), "{uri}");
        }
    }
}
