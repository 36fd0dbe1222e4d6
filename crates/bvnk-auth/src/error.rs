//! What the layers fail with.
//!
//! It must not show what a request or an answer contains: no query, body, header
//! value or secret, whatever went wrong.

use std::fmt;

use http::{Method, StatusCode};

use crate::{BoxError, IdempotencyKey, classify};

/// A call without a usable answer.
///
/// The layers pass it as a [`BoxError`]; `downcast_ref::<Error>()` gives it back.
/// An answer with an error status is no `Error`: it is returned as the response
/// that it is, with a [`CallInfo`](crate::CallInfo) in its extensions.
///
/// `Display` says what is wrong and what to do. Neither it nor `Debug` shows a URL,
/// a body or a header; [`source`](std::error::Error::source) is kept, with the URL
/// taken out of reqwest's own errors.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    detail: &'static str,
    status: Option<StatusCode>,
    key: Option<IdempotencyKey>,
    attempts: u32,
    outcome_unknown: bool,
    source: Option<BoxError>,
}

/// What went wrong, in the caller's terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The request cannot be sent as it is. Nothing was sent.
    InvalidRequest,
    /// A layer of the user's own refused to send (see [`Error::refused`]).
    Refused,
    /// No connection could be made, so nothing was sent.
    Connect,
    /// No complete answer within the time of an attempt or of the call. How far the
    /// request had come is not known then.
    Timeout,
    /// The connection broke, or the answer ended early, after sending had begun.
    Interrupted,
    /// The answer is larger than the limit.
    TooLarge,
    /// The server refused the timestamp: the clocks differ.
    Clock {
        /// The server's time less this machine's, in seconds: positive when this
        /// machine is behind.
        offset_seconds: i64,
        /// Whether later attempts are signed with the server's time. If not, the
        /// difference is over the bound, or correcting had been tried.
        corrected: bool,
    },
    /// The answer is not proven to be the server's (`Server-Authorization`).
    Unverified,
    /// A layer of the user's own failed with an error of its own.
    Other,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind) -> Self {
        Self(Box::new(Inner {
            kind,
            detail: "",
            status: None,
            key: None,
            attempts: 1,
            outcome_unknown: false,
            source: None,
        }))
    }

    /// A request that must not be sent, and why.
    pub(crate) fn invalid(detail: &'static str) -> Self {
        let mut error = Self::new(ErrorKind::InvalidRequest);
        error.0.detail = detail;
        error.0.attempts = 0;
        error
    }

    /// For layers of your own that refuse a request *before* it is sent (a circuit
    /// breaker, a rate limit): the call is then known not to have been carried out.
    /// Any other foreign error leaves the outcome in doubt, as nobody can tell.
    ///
    /// ```
    /// let error = bvnk_auth::Error::refused("the circuit is open");
    /// assert_eq!(error.kind(), bvnk_auth::ErrorKind::Refused);
    /// assert!(!error.outcome_unknown());
    /// ```
    pub fn refused(source: impl Into<BoxError>) -> Self {
        let mut error = Self::new(ErrorKind::Refused).with_source(source.into());
        error.0.attempts = 0;
        error
    }

    /// Whatever came from below, as an `Error`: one of these layers' own, reqwest's,
    /// or a stranger's.
    pub(crate) fn from_below(error: impl Into<BoxError>, method: &Method) -> Self {
        let error = match error.into().downcast::<Self>() {
            Ok(own) => return *own,
            Err(error) => match error.downcast::<reqwest::Error>() {
                Ok(error) => Self::from_reqwest(*error),
                Err(error) => Self::new(ErrorKind::Other).with_source(error),
            },
        };
        error.settle(method)
    }

    pub(crate) fn from_reqwest(error: reqwest::Error) -> Self {
        // The order matters: a connection that times out is both, and was not sent.
        let mut kind = Self::new(if error.is_connect() {
            ErrorKind::Connect
        } else if error.is_builder() {
            ErrorKind::InvalidRequest
        } else if error.is_timeout() {
            ErrorKind::Timeout
        } else {
            ErrorKind::Interrupted
        });
        if error.is_builder() {
            kind.0.attempts = 0;
            kind.0.detail = "reqwest refuses the URL, its scheme or a header";
        }
        // reqwest prints the URL, and with it the query.
        kind.with_source(Box::new(error.without_url()))
    }

    pub(crate) fn with_source(mut self, source: BoxError) -> Self {
        self.0.source = Some(source);
        self
    }

    pub(crate) fn with_status(mut self, status: StatusCode) -> Self {
        self.0.status = Some(status);
        self
    }

    pub(crate) fn with_key(mut self, key: Option<IdempotencyKey>) -> Self {
        self.0.key = key.or(self.0.key);
        self
    }

    pub(crate) fn with_attempts(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }

    pub(crate) fn with_outcome_unknown(mut self, unknown: bool) -> Self {
        self.0.outcome_unknown = unknown;
        self
    }

    /// Decides from the kind alone whether the request may have been carried out.
    pub(crate) fn settle(self, method: &Method) -> Self {
        let doubt = classify::error(&self).doubt && !method.is_safe();
        self.with_outcome_unknown(doubt)
    }

    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The key that the call was made with. Repeat a call in doubt with it.
    #[must_use]
    pub fn idempotency_key(&self) -> Option<IdempotencyKey> {
        self.0.key
    }

    /// How many times the request was handed over for sending.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// Whether an attempt may have been carried out. Until that is cleared up, treat
    /// the call as neither done nor rejected: repeat it with the same key, or look
    /// the object up. Never true for safe methods such as `GET`.
    #[must_use]
    pub fn outcome_unknown(&self) -> bool {
        self.0.outcome_unknown
    }

    /// The status of the answer that could not be used, if one came.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.0.status
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.kind {
            ErrorKind::InvalidRequest => write!(f, "the request was not sent: {}", self.0.detail)?,
            ErrorKind::Refused => f.write_str("a layer refused to send the request")?,
            ErrorKind::Connect => {
                f.write_str("no connection to the server: check the network and the base URL")?;
            }
            ErrorKind::Timeout => f.write_str("no complete answer within the time allowed")?,
            ErrorKind::Interrupted => {
                f.write_str("the connection broke before a complete answer arrived")?;
            }
            ErrorKind::TooLarge => {
                f.write_str("the answer is larger than the limit: raise it if that is expected")?;
            }
            ErrorKind::Clock { offset_seconds, corrected } => {
                clock(f, offset_seconds, corrected)?;
            }
            ErrorKind::Unverified => f.write_str(
                "the answer is not proven to come from the server: its Server-Authorization is missing or wrong",
            )?,
            ErrorKind::Other => f.write_str("a layer failed while the request was being sent")?,
        }
        if let Some(status) = self.0.status {
            write!(f, " (status {})", status.as_u16())?;
        }
        if self.0.attempts > 1 {
            write!(f, ", after {} attempts", self.0.attempts)?;
        }
        if self.0.outcome_unknown {
            f.write_str("; the request may have been carried out: ")?;
            f.write_str(match self.0.key {
                Some(_) => "repeat it with the same idempotency key, or look the object up",
                None => "look the object up before you repeat it",
            })?;
        }
        Ok(())
    }
}

fn clock(f: &mut fmt::Formatter<'_>, offset: i64, corrected: bool) -> fmt::Result {
    let by = offset.unsigned_abs();
    f.write_str("the server refused the timestamp: this machine's clock ")?;
    match offset {
        0 => f.write_str("agrees with the server's within a second")?,
        1.. => write!(f, "is {by} s behind the server's")?,
        _ => write!(f, "is {by} s ahead of the server's")?,
    }
    f.write_str(if corrected {
        "; later requests allow for it, but set the clock (NTP)"
    } else {
        "; set the clock (NTP)"
    })
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the source: a stranger's Debug may show anything.
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("status", &self.0.status)
            .field("attempts", &self.0.attempts)
            .field("outcome_unknown", &self.0.outcome_unknown)
            .field("idempotency_key", &self.0.key)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0.source {
            Some(source) => Some(source.as_ref()),
            None => None,
        }
    }
}
