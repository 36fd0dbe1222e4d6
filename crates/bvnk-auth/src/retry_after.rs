//! The parser of `Retry-After`.

use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http::header::{DATE, RETRY_AFTER};

/// Longer times count as this one, so that adding them to a clock cannot overflow.
const MAX: Duration = Duration::from_secs(24 * 60 * 60);

/// Returns how long a response asks to wait (RFC 9110, section 10.2.3), at most 24 hours.
///
/// `Retry-After` is a number of seconds, digits only, or an HTTP date. A date is compared with
/// the response's own `Date` if it has one, as this machine's clock may be wrong, else with
/// `now`; one in the past means no time. Anything else is `None`.
///
/// ```
/// use std::time::{Duration, SystemTime};
///
/// let mut headers = http::HeaderMap::new();
/// headers.insert("retry-after", http::HeaderValue::from_static("120"));
/// let delay = bvnk_auth::retry_after(&headers, SystemTime::now());
/// assert_eq!(delay, Some(Duration::from_secs(120)));
/// ```
#[must_use]
pub fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let delay = if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // Digits that are no u64 are a very long time.
        text.parse().map_or(MAX, Duration::from_secs)
    } else {
        let then = httpdate::parse_http_date(text).ok()?;
        let now = headers
            .get(DATE)
            .and_then(|date| date.to_str().ok())
            .and_then(|date| httpdate::parse_http_date(date).ok())
            .unwrap_or(now);
        then.duration_since(now).unwrap_or_default()
    };
    Some(delay.min(MAX))
}
