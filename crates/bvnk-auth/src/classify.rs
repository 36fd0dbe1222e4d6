//! What one attempt's end means: whether to try again, and whether the request may
//! have been carried out. All of it is on this page.
//!
//! It must not know time, budgets or methods; the loop weighs those.

use http::StatusCode;

use crate::{Error, ErrorKind};

/// Whether another attempt makes sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Again {
    No,
    /// After a delay, if limits and budget allow.
    Later,
    /// At once, and once a call: the signature was wrong and can be made right.
    Resigned,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Verdict {
    pub(crate) again: Again,
    /// The server may have carried out the request.
    pub(crate) doubt: bool,
}

const fn verdict(again: Again, doubt: bool) -> Verdict {
    Verdict { again, doubt }
}

/// An answer that arrived whole.
pub(crate) fn status(status: StatusCode) -> Verdict {
    match status.as_u16() {
        // The server says that it has not acted on the request.
        408 | 425 | 429 => verdict(Again::Later, false),
        500 | 502 | 503 | 504 => verdict(Again::Later, true),
        // It acted, and the result is elsewhere; or it broke, for good.
        303 | 500.. => verdict(Again::No, true),
        _ => verdict(Again::No, false),
    }
}

/// An attempt without a usable answer.
pub(crate) fn error(error: &Error) -> Verdict {
    match error.kind() {
        ErrorKind::InvalidRequest | ErrorKind::Refused => verdict(Again::No, false),
        ErrorKind::Connect => verdict(Again::Later, false),
        ErrorKind::Timeout | ErrorKind::Interrupted => verdict(Again::Later, true),
        // Too large again next time. A client error is a rejection at any size.
        ErrorKind::TooLarge => verdict(
            Again::No,
            !error
                .status()
                .is_some_and(|status| status.is_client_error()),
        ),
        ErrorKind::Clock {
            corrected: true, ..
        } => verdict(Again::Resigned, false),
        ErrorKind::Clock { .. } => verdict(Again::No, false),
        ErrorKind::Unverified | ErrorKind::Other => verdict(Again::No, true),
    }
}
