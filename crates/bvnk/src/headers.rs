//! What the headers of a response say about the call.

use std::time::SystemTime;

use http::header::{CONTENT_TYPE, DATE, HeaderMap};

/// Names that services and proxies use; the vendor documents none.
const TRACES: [&str; 6] = [
    "x-trace-id",
    "x-request-id",
    "x-correlation-id",
    "trace-id",
    "request-id",
    "cf-ray",
];

/// Returns the id by which the vendor finds the call.
pub(crate) fn trace_id(headers: &HeaderMap) -> Option<&str> {
    TRACES
        .iter()
        .find_map(|name| headers.get(*name)?.to_str().ok())
}

/// Returns when the response was made, by its server's clock.
pub(crate) fn date(headers: &HeaderMap) -> Option<SystemTime> {
    httpdate::parse_http_date(headers.get(DATE)?.to_str().ok()?).ok()
}

/// Whether a response is a page for people: by its type, or without one by its first byte.
pub(crate) fn is_html(headers: &HeaderMap, body: &[u8]) -> bool {
    match media_type(headers) {
        Some(media_type) => media_type == b"text/html",
        None => body.trim_ascii_start().first() == Some(&b'<'),
    }
}

/// Whether a response is declared as JSON.
pub(crate) fn is_json(headers: &HeaderMap) -> bool {
    media_type(headers).is_some_and(|media_type| {
        media_type == b"application/json" || media_type.ends_with(b"+json")
    })
}

/// The content type in lower case, without its parameters.
fn media_type(headers: &HeaderMap) -> Option<Vec<u8>> {
    let value = headers.get(CONTENT_TYPE)?.as_bytes();
    let media_type = value.split(|byte| *byte == b';').next()?;
    Some(media_type.trim_ascii().to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_first_known_header_is_the_trace_id() {
        let mut all = HeaderMap::new();
        // From the last to the first: each wins over those that come after it.
        for name in TRACES.iter().rev() {
            let value = format!("by-{name}");
            all.insert(*name, value.parse().unwrap());
            assert_eq!(trace_id(&all), Some(value.as_str()));
        }
        assert_eq!(trace_id(&HeaderMap::new()), None);
    }

    #[test]
    fn pages_and_json_are_distinguished() {
        for (content_type, body, html, json) in [
            (Some("text/html; charset=utf-8"), "", true, false),
            (Some("Text/HTML"), "{}", true, false),
            (Some("application/json"), "<p>", false, true),
            (Some("Application/Problem+JSON ; a=b"), "", false, true),
            (Some("text/plain"), "<p>", false, false),
            (None, "\n <!doctype html>", true, false),
            (None, "{}", false, false),
            (None, "", false, false),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(value) = content_type {
                headers.insert(CONTENT_TYPE, value.parse().unwrap());
            }
            assert_eq!(
                is_html(&headers, body.as_bytes()),
                html,
                "{content_type:?} {body}"
            );
            assert_eq!(is_json(&headers), json, "{content_type:?}");
        }
    }
}
