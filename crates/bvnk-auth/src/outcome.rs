//! What the end of an attempt means: whether the server may have carried out the request,
//! and whether another attempt makes sense. Nothing else decides either.

use http::StatusCode;

use crate::{Error, ErrorKind};

/// The decision after an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Retry {
    No,
    /// After a delay, if limits and budget allow.
    Yes,
    /// At once, and once a call: the timestamp was refused and is corrected now.
    WithNewSignature,
}

/// Whether another attempt makes sense, and whether an unsafe request may have been carried
/// out without a proof of it. The table is in the documentation of
/// [`RetryPolicy`](crate::RetryPolicy).
pub(crate) fn of(end: Result<StatusCode, &Error>) -> (Retry, bool) {
    match end {
        Ok(status) => match status.as_u16() {
            // The server rejects the request for now, or says that it has not acted on it.
            408 | 425 | 429 => (Retry::Yes, false),
            // They may come from a proxy.
            500 | 502 | 503 | 504 => (Retry::Yes, true),
            // Whether a 2xx is the success of the operation, its body shows.
            200..=299 | 400..=499 => (Retry::No, false),
            // 1xx is no final response. A redirect may follow the processing of the request,
            // as a 303 does. The rest is not defined.
            _ => (Retry::No, true),
        },
        Err(error) => match error.kind() {
            ErrorKind::Connect => (Retry::Yes, false),
            ErrorKind::Timeout | ErrorKind::Interrupted => (Retry::Yes, true),
            ErrorKind::Clock {
                corrected: true, ..
            } => (Retry::WithNewSignature, false),
            ErrorKind::Clock { .. } | ErrorKind::InvalidRequest | ErrorKind::Refused => {
                (Retry::No, false)
            }
            // It will be too large again. A client error is a rejection at any size.
            ErrorKind::TooLarge => {
                let is_rejected = error
                    .status()
                    .is_some_and(|status| status.is_client_error());
                (Retry::No, !is_rejected)
            }
            ErrorKind::Unverified | ErrorKind::Other => (Retry::No, true),
        },
    }
}
