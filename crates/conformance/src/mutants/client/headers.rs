//! Clients that send other headers than are needed.

use http::{HeaderName, HeaderValue, header};

use super::{Edit, Rows};

const HEADERS: [(&str, HeaderName, Option<&str>); 9] = [
    (
        "sends a header that nothing needs",
        HeaderName::from_static("api-version"),
        Some("0.1.0"),
    ),
    ("sends a cookie", header::COOKIE, Some("a=b")),
    (
        "sends a referer",
        header::REFERER,
        Some("https://example.com/"),
    ),
    (
        "asks for compression",
        header::ACCEPT_ENCODING,
        Some("gzip"),
    ),
    (
        "sends a trace context",
        HeaderName::from_static("traceparent"),
        Some("00-0-0-00"),
    ),
    ("accepts any media type", header::ACCEPT, Some("*/*")),
    ("accepts nothing", header::ACCEPT, None),
    ("has another user agent", header::USER_AGENT, Some("client")),
    ("does not cache", header::CACHE_CONTROL, Some("no-cache")),
];

pub(super) fn rows(rows: &mut Rows<'_>) {
    for (name, header, value) in HEADERS {
        rows.client(name, &["request.headers"], set(header, value, false));
    }
    let mut media = rows.request_media();
    for (name, value) in [
        ("calls the body text/json", Some("text/json")),
        (
            "calls the body a form",
            Some("application/x-www-form-urlencoded"),
        ),
        ("does not say what the body is", None),
    ] {
        rows.client(name, &media, set(header::CONTENT_TYPE, value, true));
    }
    media.push("request.headers".to_owned());
    rows.client(
        "names a charset",
        &media,
        set(
            header::CONTENT_TYPE,
            Some("application/json; charset=utf-8"),
            true,
        ),
    );
    rows.client(
        "names a media type without a body",
        &["request.headers"],
        Edit::attempt(|request| {
            if !request.headers().contains_key(header::CONTENT_TYPE) {
                request.headers_mut().insert(
                    header::CONTENT_TYPE,
                    HeaderValue::from_static("application/json"),
                );
            }
        }),
    );
}

/// Sets or removes a header, of requests with a body only if so.
fn set(name: HeaderName, value: Option<&'static str>, body: bool) -> Edit {
    Edit::attempt(move |request| {
        if body && !request.headers().contains_key(header::CONTENT_TYPE) {
            return;
        }
        request.headers_mut().remove(&name);
        request
            .headers_mut()
            .extend(value.map(|value| (Some(name.clone()), HeaderValue::from_static(value))));
    })
}
