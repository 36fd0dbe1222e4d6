//! Which kind of error an end of a call is. It goes by the status and by what the layers
//! say, and must not look at a body.

use bvnk_auth::ErrorKind as Failure;
use reqwest::StatusCode;

/// What went wrong, in the caller's terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The request cannot be sent as it is; nothing was sent.
    InvalidRequest,
    /// No connection could be made; nothing was sent.
    Connect,
    /// There was no complete answer in time, or the server says that of the request (408).
    Timeout,
    /// The connection broke while the call was under way.
    Interrupted,
    /// The server refused the time of the signature: the clocks differ.
    Clock,
    /// 401 or 403: the credentials, or what they may do.
    Unauthorized,
    /// 404: there is no such object.
    NotFound,
    /// 409: the request conflicts with an earlier one.
    Conflict,
    /// 429: too many requests.
    RateLimited,
    /// Any other 4xx: the API rejects the request.
    Rejected,
    /// A 5xx, or a 425: the API cannot act on it now.
    Server,
    /// There is an answer, but it is not what the contract says, or too large, or its
    /// origin is not proven.
    Unreadable,
    /// Something else, told by [`std::error::Error::source`].
    Other,
}

/// The layers' own error, where the transport is made of them.
pub(crate) fn failure(error: &bvnk_gen::Error) -> Option<&bvnk_auth::Error> {
    match error {
        bvnk_gen::Error::Transport(error) => error.downcast_ref(),
        _ => None,
    }
}

impl ErrorKind {
    pub(crate) fn of(error: &bvnk_gen::Error) -> Self {
        match error {
            bvnk_gen::Error::InvalidRequest(_) => ErrorKind::InvalidRequest,
            bvnk_gen::Error::Unreadable { .. } => ErrorKind::Unreadable,
            bvnk_gen::Error::Refused(response) => refused(response.status()),
            bvnk_gen::Error::Transport(_) => match failure(error).map(bvnk_auth::Error::kind) {
                Some(Failure::InvalidRequest) => ErrorKind::InvalidRequest,
                Some(Failure::Connect) => ErrorKind::Connect,
                Some(Failure::Timeout) => ErrorKind::Timeout,
                Some(Failure::Interrupted) => ErrorKind::Interrupted,
                Some(Failure::Clock { .. }) => ErrorKind::Clock,
                Some(Failure::Unverified) => ErrorKind::Unreadable,
                // Its status has arrived, and is a refusal at any size.
                Some(Failure::TooLarge) => failure(error)
                    .and_then(bvnk_auth::Error::status)
                    .map_or(ErrorKind::Unreadable, refused),
                _ => ErrorKind::Other,
            },
            _ => ErrorKind::Other,
        }
    }
}

fn refused(status: StatusCode) -> ErrorKind {
    match status.as_u16() {
        401 | 403 => ErrorKind::Unauthorized,
        404 => ErrorKind::NotFound,
        // What the layers repeat is no rejection when they have given up.
        408 => ErrorKind::Timeout,
        425 => ErrorKind::Server,
        409 => ErrorKind::Conflict,
        429 => ErrorKind::RateLimited,
        400..=499 => ErrorKind::Rejected,
        500..=599 => ErrorKind::Server,
        // A redirect, or anything else that no API answers with.
        _ => ErrorKind::Unreadable,
    }
}
