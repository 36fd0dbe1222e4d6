//! The error of the layers. It never shows what a request or a response contains: no query,
//! body, header value or secret.

use std::fmt;

use http::StatusCode;

use crate::{BoxError, CallInfo, outcome};

/// A call without a usable response.
///
/// The layers pass it as a [`BoxError`]; `downcast_ref::<Error>()` gives it back. A response
/// with an error status is not an `Error`: it is returned as the response that it is.
///
/// `Display` says what is wrong and what to do. Neither it nor `Debug` shows a URL, a body or
/// a header; [`source`](std::error::Error::source) is kept, with the URL taken out of
/// reqwest's own errors.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    detail: &'static str,
    status: Option<StatusCode>,
    info: Option<CallInfo>,
    source: Option<BoxError>,
}

/// What went wrong, in the caller's terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The request cannot be sent as it is. Nothing was sent.
    #[error("the request was not sent")]
    InvalidRequest,
    /// A foreign layer refused to send the request (see [`Error::refused`]).
    #[error("a layer refused to send the request")]
    Refused,
    /// No connection could be made: nothing was sent.
    #[error("no connection to the server; help: check the network and the base URL")]
    Connect,
    /// There was no complete response within the time of an attempt or of the call. How far
    /// the request had come is not known.
    #[error("no complete response within the time allowed")]
    Timeout,
    /// The connection broke, or the response ended early, after sending had begun.
    #[error("the connection broke before a complete response arrived")]
    Interrupted,
    /// The response is larger than the limit.
    #[error("the response is larger than the limit; help: raise the limit if that is expected")]
    TooLarge,
    /// The server refused the timestamp: the clocks differ.
    #[error("{}", clock(*offset_seconds, *corrected))]
    Clock {
        /// The server's time less this machine's, in seconds: positive when this
        /// machine is behind.
        offset_seconds: i64,
        /// Whether later attempts are signed with the server's time. If not, the difference
        /// is over the limit, or had been corrected before.
        corrected: bool,
    },
    /// The response is not proven to be the server's (`Server-Authorization`).
    #[error(
        "the response is not proven to come from the server: Server-Authorization is missing or wrong"
    )]
    Unverified,
    /// A foreign layer failed.
    #[error("a layer failed while the request was being sent")]
    Other,
}

impl ErrorKind {
    /// Whether the error says that the request was not sent.
    pub(crate) fn is_unsent(self) -> bool {
        matches!(self, Self::InvalidRequest | Self::Refused)
    }
}

impl Error {
    pub(crate) fn new(kind: ErrorKind) -> Self {
        Self(Box::new(Inner {
            kind,
            detail: "",
            status: None,
            info: None,
            source: None,
        }))
    }

    /// Creates the error for a request that must not be sent.
    pub(crate) fn invalid(detail: &'static str) -> Self {
        let mut error = Self::new(ErrorKind::InvalidRequest);
        error.0.detail = detail;
        error
    }

    /// Creates the error for layers of your own that refuse a request *before* it is sent (a
    /// circuit breaker, a rate limit): the call is then known not to have been carried out.
    /// Any other error of a foreign layer leaves the outcome unknown.
    ///
    /// ```
    /// let error = bvnk_auth::Error::refused("the circuit is open");
    /// assert_eq!(error.kind(), bvnk_auth::ErrorKind::Refused);
    /// assert!(!error.info().outcome_unknown);
    /// ```
    pub fn refused(source: impl Into<BoxError>) -> Self {
        Self::new(ErrorKind::Refused).with_source(source.into())
    }

    /// Converts an error of the services below: of these layers, of reqwest, or of another
    /// layer, which is [`ErrorKind::Other`] then.
    pub fn from_below(error: BoxError) -> Self {
        Self::from_any(error, ErrorKind::Other)
    }

    /// Converts an error of the services or the body below; `foreign` is the kind of one that is
    /// neither of these layers nor of reqwest.
    pub(crate) fn from_any(error: BoxError, foreign: ErrorKind) -> Self {
        match error.downcast::<Self>() {
            Ok(own) => *own,
            Err(error) => match error.downcast::<reqwest::Error>() {
                Ok(error) => Self::from_reqwest(*error),
                Err(error) => Self::new(foreign).with_source(error),
            },
        }
    }

    pub(crate) fn from_reqwest(error: reqwest::Error) -> Self {
        // The order matters: a connection that times out is both, and was not sent.
        let kind = if error.is_connect() {
            Self::new(ErrorKind::Connect)
        } else if error.is_builder() {
            Self::invalid("reqwest refuses the URL, its scheme or a header")
        } else if error.is_timeout() {
            Self::new(ErrorKind::Timeout)
        } else {
            Self::new(ErrorKind::Interrupted)
        };
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

    pub(crate) fn with_info(mut self, info: CallInfo) -> Self {
        self.0.info = Some(info);
        self
    }

    /// Whether the error has been through a layer that knows the call.
    pub(crate) fn knows_call(&self) -> bool {
        self.0.info.is_some()
    }

    /// Returns what went wrong.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Returns what was known about the call when it failed.
    ///
    /// An error that has been through neither an [`IdempotencyLayer`](crate::IdempotencyLayer)
    /// nor a [`HawkLayer`](crate::HawkLayer) knows of no call: its kind alone decides then.
    pub fn info(&self) -> CallInfo {
        self.0.info.unwrap_or_else(|| CallInfo {
            idempotency_key: None,
            attempts: u32::from(!self.kind().is_unsent()),
            outcome_unknown: outcome::of(Err(self)).1,
        })
    }

    /// Returns what `Display` shows, without what it means for the call.
    #[must_use]
    pub fn reason(&self) -> String {
        let detail = self.0.detail;
        let colon = if detail.is_empty() { "" } else { ": " };
        let text = format!("{}{colon}{detail}", self.0.kind);
        match self.0.status {
            Some(status) => format!("{text} (status {})", status.as_u16()),
            None => text,
        }
    }

    /// Returns the status of the response that could not be used, if there was one.
    pub fn status(&self) -> Option<StatusCode> {
        self.0.status
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason())?;
        let info = self.info();
        if info.outcome_unknown {
            f.write_str("; the request may have been carried out; help: ")?;
            match info.idempotency_key {
                Some(key) => write!(f, "repeat it with the idempotency key {key}")?,
                None => f.write_str("get the object before you repeat it")?,
            }
        }
        Ok(())
    }
}

fn clock(offset: i64, corrected: bool) -> String {
    let effect = match corrected {
        true => ", which later requests allow for",
        false => "",
    };
    format!(
        "the server refused the timestamp: its clock differs by {offset:+} s from this machine's{effect}; help: set the clock (NTP)"
    )
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the source: a foreign Debug may show anything.
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("status", &self.0.status)
            .field("info", &self.info())
            .finish_non_exhaustive()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
