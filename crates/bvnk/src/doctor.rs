//! One harmless call that tells whether network, clock and credentials are right.
//!
//! It judges by what an answer proves: whoever is told "no such customer" has reached the
//! API, in time, with a good signature. It must not change anything at the other end.

use std::fmt;
use std::time::{Duration, SystemTime};

use bvnk_auth::CallOptions;
use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, HeaderMap};

use crate::headers::date;
use crate::{Client, Error};

/// Names no customer: references are the API's to give, and this one gives itself away.
const NOBODY: &str = "00000000-0000-0000-0000-000000000000";

/// `Date` has whole seconds, and an answer is some time on its way; Hawk's own default
/// lets a minute pass.
const CLOCK_TOLERANCE: u64 = 30;

impl Client {
    /// Looks up a customer that cannot exist, and tells from the answer whether network,
    /// clock and credentials are right. It takes at most 25 s and changes nothing.
    ///
    /// ```no_run
    /// # async fn check(client: bvnk::Client) {
    /// let diagnosis = client.doctor().await;
    /// assert!(diagnosis.is_healthy(), "{diagnosis}");
    /// # }
    /// ```
    pub async fn doctor(&self) -> Diagnosis {
        // Two attempts: a clock that can be corrected is corrected by the first. Time for
        // two that find no connection, which takes 10 s each, so that this is what is told.
        let options = CallOptions::new()
            .max_attempts(2)
            .total_timeout(Duration::from_secs(25));
        let client = self.with(options);
        let answer = client.get_customer().reference(NOBODY).send().await;
        let now = self.runtime().now();
        let base_url = self.base_url().to_owned();
        match answer {
            // Nobody's customer exists: whatever answers does not look references up.
            Ok(answer) => {
                let skew = skew(answer.headers(), now);
                Diagnosis::of(
                    base_url,
                    Verdict::NotTheApi,
                    Some(answer.status()),
                    skew,
                    None,
                )
            }
            Err(error) => {
                let error = Error::from(error);
                let skew = error
                    .clock_offset_seconds()
                    .or_else(|| skew(error.response()?.headers(), now));
                let verdict = Verdict::of(&error, skew);
                Diagnosis::of(base_url, verdict, error.status(), skew, Some(error))
            }
        }
    }
}

/// What the answer's sender thinks this machine's clock lacks, in seconds.
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

/// What the one call showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Verdict {
    /// The API looked the reference up: everything is right.
    Healthy,
    /// The API refuses the credentials, or they may not do this.
    Credentials,
    /// The API refuses the time of the signature.
    Clock,
    /// No connection, or one that breaks: name, route, proxy, firewall, TLS.
    Network,
    /// There was no answer in time.
    Timeout,
    /// Something else answers in the API's place: a firewall, a proxy's page, another
    /// base URL.
    NotTheApi,
    /// The API itself is in trouble, or wants to be asked later.
    Service,
    /// The client cannot send as it is built.
    Client,
}

impl Verdict {
    fn of(error: &Error, skew: Option<i64>) -> Self {
        // Before the status: a page for people is no word about credentials.
        if error
            .response()
            .is_some_and(|response| is_html(response.headers()))
        {
            return Self::NotTheApi;
        }
        if error.is_clock() {
            return Self::Clock;
        }
        if error.is_connect() || error.is_interrupted() {
            return Self::Network;
        }
        if error.is_timeout() {
            return Self::Timeout;
        }
        match error.status().map(|status| status.as_u16()) {
            // Refused for its form, it has been let in all the same.
            Some(400 | 404 | 422) => Self::Healthy,
            // Not every server proves its time when it refuses ours.
            Some(401) if skew.is_some_and(is_wrong) => Self::Clock,
            Some(401 | 403) => Self::Credentials,
            Some(425 | 429 | 500..) => Self::Service,
            Some(_) => Self::NotTheApi,
            None => Self::Client,
        }
    }

    fn advice(self) -> &'static str {
        match self {
            Self::Healthy => "network and credentials are right",
            Self::Credentials => {
                "the credentials are refused: check Hawk id and key, the environment they \
                 belong to, and, behind a proxy, the signing origin"
            }
            Self::Clock => "the time of the signature is refused: set this machine's clock (NTP)",
            Self::Network => {
                "no connection: check the base URL, name resolution, firewall, proxy and TLS roots"
            }
            Self::Timeout => "no answer in time: check firewall and proxy",
            Self::NotTheApi => {
                "something other than the API answers: check the base URL, and whether a \
                 firewall or a proxy blocks this machine's address"
            }
            Self::Service => "the API is in trouble or asks for patience: try again later",
            Self::Client => "the request cannot be sent: see the error",
        }
    }
}

fn is_html(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| {
            value
                .trim_start()
                .to_ascii_lowercase()
                .starts_with("text/html")
        })
}

/// What [`Client::doctor`] found. `Display` is a text for people, with advice; neither it
/// nor `Debug` shows a secret or an answer's body.
#[derive(Debug)]
pub struct Diagnosis {
    base_url: String,
    verdict: Verdict,
    status: Option<StatusCode>,
    skew: Option<i64>,
    error: Option<Error>,
}

impl Diagnosis {
    fn of(
        base_url: String,
        verdict: Verdict,
        status: Option<StatusCode>,
        skew: Option<i64>,
        error: Option<Error>,
    ) -> Self {
        Self {
            base_url,
            verdict,
            status,
            skew,
            error,
        }
    }

    /// What the call showed.
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// Whether calls will work. The clock may still deserve a look: see
    /// [`clock_is_right`](Self::clock_is_right).
    pub fn is_healthy(&self) -> bool {
        self.verdict == Verdict::Healthy
    }

    /// Whether this machine's clock agrees with the server's within 30 s; `None` if no
    /// answer told its time.
    pub fn clock_is_right(&self) -> Option<bool> {
        self.skew.map(|skew| !is_wrong(skew))
    }

    /// By how many seconds this machine's clock is behind the server's (negative: ahead).
    pub fn clock_offset_seconds(&self) -> Option<i64> {
        self.skew
    }

    /// The status of the answer, if there was one.
    pub fn status(&self) -> Option<StatusCode> {
        self.status
    }

    /// Where the call went.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The error that the call ended with; a healthy one is a "not found".
    pub fn error(&self) -> Option<&Error> {
        self.error.as_ref()
    }
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.base_url, self.verdict.advice())?;
        if let Some(status) = self.status {
            write!(f, " (status {})", status.as_u16())?;
        }
        match (self.skew, self.clock_is_right()) {
            (Some(_), Some(true)) => f.write_str("; the clock is right"),
            (Some(skew @ 1..), _) => write!(f, "; this machine's clock is {skew} s behind"),
            (Some(skew), _) => write!(
                f,
                "; this machine's clock is {} s ahead",
                skew.unsigned_abs()
            ),
            (None, _) => f.write_str("; no answer told the time"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_minute_is_let_pass() {
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
