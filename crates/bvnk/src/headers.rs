//! What an answer's headers say about the call.
//!
//! It must not know what is made of it.

use std::time::{Duration, SystemTime};

use reqwest::header::{DATE, HeaderMap, HeaderName, RETRY_AFTER};

/// Names that services and the proxies before them use; the vendor documents none.
const TRACES: [&str; 6] = [
    "x-trace-id",
    "x-request-id",
    "x-correlation-id",
    "trace-id",
    "request-id",
    "cf-ray",
];

/// What the vendor can find the call by.
pub(crate) fn trace_id(headers: &HeaderMap) -> Option<&str> {
    TRACES
        .iter()
        .find_map(|name| headers.get(*name)?.to_str().ok())
}

/// `Retry-After`, in seconds or as a date. A date counts from the answer's own `Date`:
/// this machine's clock may be wrong.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let then = httpdate::parse_http_date(text).ok()?;
    let now = date(headers)?;
    Some(then.duration_since(now).unwrap_or_default())
}

/// When the answer was made, by its server's clock.
pub(crate) fn date(headers: &HeaderMap) -> Option<SystemTime> {
    time(headers, &DATE)
}

fn time(headers: &HeaderMap, name: &HeaderName) -> Option<SystemTime> {
    httpdate::parse_http_date(headers.get(name)?.to_str().ok()?).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_wish_to_wait_is_a_number_or_a_date() {
        let date = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
        for (headers, seconds) in [
            (&[("retry-after", "7")][..], Some(7)),
            (
                &[("retry-after", "Sun, 06 Nov 1994 08:49:47 GMT"), date],
                Some(10),
            ),
            (
                &[("retry-after", "Sun, 06 Nov 1994 08:49:07 GMT"), date],
                Some(0),
            ),
            (&[("retry-after", "Sun, 06 Nov 1994 08:49:47 GMT")], None),
            (&[("retry-after", "soon")], None),
            (&[], None),
        ] {
            let map = headers
                .iter()
                .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
                .collect();
            assert_eq!(
                retry_after(&map),
                seconds.map(Duration::from_secs),
                "{headers:?}"
            );
        }
    }

    #[test]
    fn a_call_is_found_by_whichever_name_the_trace_has() {
        let mut all = HeaderMap::new();
        // From the last to the first: each wins over those that come after it.
        for name in TRACES.iter().rev() {
            let value = format!("by-{name}");
            all.insert(*name, value.parse().unwrap());
            assert_eq!(trace_id(&all), Some(value.as_str()));
        }
        assert_eq!(trace_id(&HeaderMap::new()), None);
    }
}
