//! Diagnoses the setup with one harmless call: network, clock and credentials.
//!
//! The diagnosis follows from what a response proves. "No such customer", in an error of the
//! API's shape, proves that the request reached the API in time and with a valid signature.

use std::fmt;
use std::time::{Duration, SystemTime};

use bvnk_auth::CallOptions;
use bvnk_gen::{RawResponse, tracking};
use http::StatusCode;
use http::header::{HeaderMap, WWW_AUTHENTICATE};

use crate::headers::{date, is_html, is_json};
use crate::printable::root_cause;
use crate::{Client, Error, ErrorKind, details};

/// The reference of no customer: the API chooses references, and would not choose this one.
const NO_CUSTOMER: &str = "00000000-0000-0000-0000-000000000000";

/// Seconds by which clocks may differ: `Date` has whole seconds, a response takes some time,
/// and Hawk's default is a minute.
const CLOCK_TOLERANCE: u64 = 30;

impl Client {
    /// Fetches a customer that cannot exist, and diagnoses from the response whether network,
    /// clock and credentials are right. It takes at most 25 s and changes nothing.
    ///
    /// ```no_run
    /// # async fn check(client: bvnk::Client) {
    /// let diagnosis = client.doctor().await;
    /// assert!(diagnosis.is_healthy(), "{diagnosis}");
    /// # }
    /// ```
    pub async fn doctor(&self) -> Diagnosis {
        // Two attempts: the first may correct the clock. Time for two that find no connection,
        // 10 s each, so that this is what is diagnosed.
        let options = CallOptions::new()
            .max_attempts(2)
            .total_timeout(Duration::from_secs(25));
        let result = match tracking::Reference::try_from(NO_CUSTOMER) {
            Ok(reference) => tracking::get((**self).clone(), reference, options).await,
            Err(error) => Err(error.into()),
        };
        let now = self.runtime.now();
        let (status, skew) = match &result {
            Ok(response) => (Some(response.status()), skew(response.headers(), now)),
            Err(error) => {
                let skew = match error.kind() {
                    ErrorKind::Clock { offset_seconds, .. } => Some(offset_seconds),
                    _ => error.response().and_then(|it| skew(it.headers(), now)),
                };
                (error.status(), skew)
            }
        };
        let verdict = match &result {
            // No such customer exists: this server does not look references up.
            Ok(_) => Verdict::NotTheApi,
            Err(error) => Verdict::new(error, skew),
        };
        Diagnosis {
            base_url: self.base_url().to_string(),
            verdict,
            status,
            clock_offset_seconds: skew,
            error: result.err(),
        }
    }
}

/// Returns by how many seconds the server's clock is ahead of this machine's.
fn skew(headers: &HeaderMap, now: SystemTime) -> Option<i64> {
    let there = date(headers)?;
    let seconds = |time: Duration| i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
    Some(match there.duration_since(now) {
        Ok(ahead) => seconds(ahead),
        Err(behind) => -seconds(behind.duration()),
    })
}

fn is_wrong(skew: i64) -> bool {
    skew.unsigned_abs() > CLOCK_TOLERANCE
}

/// What the call showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Verdict {
    /// The API looked the reference up: everything is right.
    Healthy,
    /// The API rejects the credentials, or they lack a permission.
    Credentials,
    /// The API rejects the time of the signature.
    Clock,
    /// No connection, or one that breaks: name, route, proxy, firewall, TLS.
    Network,
    /// There was no response in time.
    Timeout,
    /// The response is not the API's: a firewall or a proxy answers, or the base URL is that
    /// of another server.
    NotTheApi,
    /// The API is unavailable, or asks to call later.
    Service,
    /// The client cannot send requests as it is configured.
    Client,
}

impl Verdict {
    fn new(error: &Error, skew: Option<i64>) -> Self {
        let response = error.response();
        // A page for people comes from a firewall or a proxy, with any status.
        let is_page = |response: &RawResponse| is_html(response.headers(), response.body());
        match error.kind() {
            _ if response.is_some_and(is_page) => Self::NotTheApi,
            ErrorKind::Clock { .. } => Self::Clock,
            ErrorKind::Connect | ErrorKind::Interrupted => Self::Network,
            ErrorKind::Timeout => Self::Timeout,
            ErrorKind::RateLimited | ErrorKind::Server => Self::Service,
            _ if error.status().is_none() => Self::Client,
            ErrorKind::Unauthorized => match response {
                Some(response) if may_be_hawk(response) => match skew {
                    // Not every server proves its time when it rejects the client's.
                    Some(skew) if is_wrong(skew) && response.status() == 401 => Self::Clock,
                    _ => Self::Credentials,
                },
                _ => Self::NotTheApi,
            },
            // A request that is rejected for its content was authenticated before.
            _ if response.is_some_and(is_rejection) => Self::Healthy,
            // Also what is too large, or not verified.
            _ => Self::NotTheApi,
        }
    }

    fn advice(self) -> &'static str {
        match self {
            Self::Healthy => "network and credentials are right",
            Self::Credentials => {
                "the credentials are rejected; help: check Hawk id and key, the environment they \
                 belong to, and the signing origin if you call through an egress proxy"
            }
            Self::Clock => {
                "the time of the signature is rejected; help: set this machine's clock (NTP)"
            }
            Self::Network => {
                "no connection; help: check the base URL, name resolution, firewall, proxy and TLS roots"
            }
            Self::Timeout => "no response in time; help: check firewall and proxy",
            Self::NotTheApi => {
                "the response is not the API's; help: check the base URL, and whether a firewall \
                 or a proxy blocks this machine's address"
            }
            Self::Service => "the API is unavailable or asks to call later; help: try again later",
            Self::Client => "the request cannot be sent; help: see the error",
        }
    }
}

fn is_rejection(response: &RawResponse) -> bool {
    matches!(response.status().as_u16(), 400 | 404 | 422)
        && is_json(response.headers())
        && details::is_vendor_error(response.body())
}

/// Whether a 401 asks for Hawk, or does not say what it asks for; a 403 asks for nothing.
fn may_be_hawk(response: &RawResponse) -> bool {
    let mut challenges = response
        .headers()
        .get_all(WWW_AUTHENTICATE)
        .iter()
        .peekable();
    response.status() != 401
        || challenges.peek().is_none()
        || challenges.any(|challenge| {
            let start = challenge.as_bytes().get(..4);
            start.is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"hawk"))
        })
}

/// The result of [`Client::doctor`]. `Display` is a text for people, with advice; neither it
/// nor `Debug` shows a secret or a response's body.
#[derive(Debug)]
#[non_exhaustive]
pub struct Diagnosis {
    /// The base URL of the client.
    pub base_url: String,
    /// What the call showed.
    pub verdict: Verdict,
    /// The status of the response, if there was one.
    pub status: Option<StatusCode>,
    /// By how many seconds this machine's clock is behind the server's (negative: ahead).
    /// `None` if no response had a time.
    pub clock_offset_seconds: Option<i64>,
    /// The error of the call; that of a healthy setup is a "not found".
    pub error: Option<Error>,
}

impl Diagnosis {
    /// Whether calls will work. The clock may still be wrong, and corrected: see
    /// [`clock_is_right`](Self::clock_is_right).
    pub fn is_healthy(&self) -> bool {
        self.verdict == Verdict::Healthy
    }

    /// Whether this machine's clock agrees with the server's within 30 s; `None` if no
    /// response had a time.
    pub fn clock_is_right(&self) -> Option<bool> {
        self.clock_offset_seconds.map(|skew| !is_wrong(skew))
    }
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.base_url, self.verdict.advice())?;
        if let Some(status) = self.status {
            write!(f, " (status {})", status.as_u16())?;
        }
        if let Some(error) = self
            .error
            .as_ref()
            .filter(|error| error.kind() == ErrorKind::Connect)
        {
            write!(f, " ({})", root_cause(error))?;
        }
        match (self.clock_offset_seconds, self.clock_is_right()) {
            (Some(_), Some(true)) => f.write_str("; the clock is right"),
            (Some(skew @ 1..), _) => write!(f, "; this machine's clock is {skew} s behind"),
            (Some(skew), _) => write!(
                f,
                "; this machine's clock is {} s ahead",
                skew.unsigned_abs()
            ),
            (None, _) => f.write_str("; the clock could not be compared"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_may_differ_by_half_a_minute() {
        for (skew, wrong) in [
            (0, false),
            (30, false),
            (-30, false),
            (31, true),
            (-31, true),
        ] {
            assert_eq!(is_wrong(skew), wrong, "{skew}");
        }
    }
}
