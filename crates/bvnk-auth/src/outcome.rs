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

/// Whether an unsafe request may have been carried out without a proof of it.
pub(crate) fn is_ambiguous(end: Result<StatusCode, &Error>) -> bool {
    match end {
        Ok(status) => match status.as_u16() {
            // Whether it is the success of the operation, its body shows.
            200..=299 => false,
            // The server rejects the request, or says that it has not acted on it.
            400..=499 => false,
            // 1xx is no final response. A redirect may follow the processing of the request,
            // as a 303 does. A 5xx may come from a proxy. The rest is not defined.
            _ => true,
        },
        Err(error) => match error.kind() {
            ErrorKind::InvalidRequest
            | ErrorKind::Refused
            | ErrorKind::Connect
            | ErrorKind::Clock { .. } => false,
            // A client error is a rejection at any size.
            ErrorKind::TooLarge => !error.status().is_some_and(|s| s.is_client_error()),
            ErrorKind::Timeout
            | ErrorKind::Interrupted
            | ErrorKind::Unverified
            | ErrorKind::Other => true,
        },
    }
}

/// Whether another attempt makes sense.
pub(crate) fn retry(end: Result<StatusCode, &Error>) -> Retry {
    match end {
        Ok(status) => match status.as_u16() {
            408 | 425 | 429 | 500 | 502 | 503 | 504 => Retry::Yes,
            _ => Retry::No,
        },
        Err(error) => match error.kind() {
            ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Interrupted => Retry::Yes,
            ErrorKind::Clock {
                corrected: true, ..
            } => Retry::WithNewSignature,
            // What is too large will be too large again.
            _ => Retry::No,
        },
    }
}
