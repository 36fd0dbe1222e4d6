//! What went wrong, in the caller's terms.

use bvnk_auth::ErrorKind as LayerErrorKind;
use bvnk_gen::RawResponse;
use http::StatusCode;

use crate::details::Details;
use crate::headers::is_html;

/// The code of a creation whose reference of the partner was used before, under another key.
const ALREADY_EXISTS: &str = "ACCOUNTS-2000";

/// What went wrong, in the caller's terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The client cannot be built: see [`BuildError`](crate::BuildError).
    Configuration,
    /// The request cannot be sent as it is; nothing was sent.
    InvalidRequest,
    /// No connection could be made; nothing was sent.
    Connect,
    /// There was no complete response in time, or the server reports that for the request
    /// (408), or a wait reached its time limit.
    Timeout,
    /// The connection broke while the call was under way.
    Interrupted,
    /// The server rejected the time of the signature: the clocks differ.
    Clock {
        /// By how many seconds this machine's clock is behind the server's (negative: ahead).
        offset_seconds: i64,
        /// Whether the difference is corrected from now on: the same call again has a valid
        /// signature. Otherwise it exceeds the limit, or the server did not prove its time, and
        /// the clock must be set.
        corrected: bool,
    },
    /// 401 or 403: the credentials are invalid, or lack a permission.
    Unauthorized,
    /// 401 or 403 with a page of HTML: a firewall at the edge blocks the address of this
    /// machine. The credentials were not examined.
    Blocked,
    /// 404: there is no such object.
    NotFound,
    /// 409: the request conflicts with an earlier one.
    Conflict,
    /// The object exists already: the partner's reference was used under another key.
    AlreadyExists,
    /// 429: too many requests.
    RateLimited,
    /// Any other 4xx: the API rejects the request, perhaps because its key was used before.
    Rejected,
    /// A 5xx, or a 425: the API cannot carry out the request now.
    Server,
    /// There is a response, but not one that the contract declares; or it is too large, or
    /// its origin is not proven.
    InvalidResponse,
    /// Anything else: see [`std::error::Error::source`].
    Other,
}

impl ErrorKind {
    /// Returns the kind of a response with an error status.
    pub(crate) fn of_response(response: &RawResponse, details: &Details) -> Self {
        match of_status(response.status()) {
            Self::Unauthorized if is_html(response.headers(), response.body()) => Self::Blocked,
            Self::Rejected | Self::Conflict if details.code.as_deref() == Some(ALREADY_EXISTS) => {
                Self::AlreadyExists
            }
            kind => kind,
        }
    }

    /// Returns the kind of an error of the layers.
    pub(crate) fn of_layers(error: &bvnk_auth::Error) -> Self {
        match error.kind() {
            LayerErrorKind::InvalidRequest => Self::InvalidRequest,
            LayerErrorKind::Connect => Self::Connect,
            LayerErrorKind::Timeout => Self::Timeout,
            LayerErrorKind::Interrupted => Self::Interrupted,
            LayerErrorKind::Clock {
                offset_seconds,
                corrected,
            } => Self::Clock {
                offset_seconds,
                corrected,
            },
            LayerErrorKind::Unverified => Self::InvalidResponse,
            // Its status has arrived, and is an error at any size.
            LayerErrorKind::TooLarge => error.status().map_or(Self::InvalidResponse, of_status),
            _ => Self::Other,
        }
    }
}

fn of_status(status: StatusCode) -> ErrorKind {
    match status.as_u16() {
        401 | 403 => ErrorKind::Unauthorized,
        404 => ErrorKind::NotFound,
        // What the layers repeat is not a rejection when they have given up.
        408 => ErrorKind::Timeout,
        425 => ErrorKind::Server,
        409 => ErrorKind::Conflict,
        429 => ErrorKind::RateLimited,
        400..=499 => ErrorKind::Rejected,
        500..=599 => ErrorKind::Server,
        // A redirect, or a status that no API uses.
        _ => ErrorKind::InvalidResponse,
    }
}
