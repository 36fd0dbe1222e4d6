//! One error for every operation, also for those that the contract does not have yet.
//!
//! It joins what the generated code knows (status, body) with what the layers know (key,
//! attempts, doubt). Nothing of a request's or an answer's content is printed.

use std::fmt;

use bvnk_auth::{CallInfo, ErrorKind as Failure, IdempotencyKey};
use bvnk_gen::RawResponse;
use reqwest::StatusCode;

/// Why a call gave no value. `?` turns the error of any generated operation into it.
pub struct Error {
    kind: ErrorKind,
    inner: bvnk_gen::Error,
}

/// What went wrong, in the caller's terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The request cannot be sent as it is; nothing was sent.
    InvalidRequest,
    /// No connection could be made; nothing was sent.
    Connect,
    /// There was no complete answer in time.
    Timeout,
    /// The connection broke while the call was under way.
    Interrupted,
    /// The clocks differ by more than may be corrected.
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
    /// A 5xx: the API is in trouble.
    Server,
    /// There is an answer, but it is not what the contract says, or too large, or its
    /// origin is not proven.
    Unreadable,
    /// Something else, told by [`std::error::Error::source`].
    Other,
}

impl Error {
    /// What went wrong.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The status of the answer, where there is one.
    pub fn status(&self) -> Option<StatusCode> {
        match self.inner.response() {
            Some(response) => Some(response.status()),
            None => self.failure().and_then(bvnk_auth::Error::status),
        }
    }

    /// The answer as it came, where there is one. Its body may hold personal data.
    pub fn response(&self) -> Option<&RawResponse> {
        self.inner.response()
    }

    /// How often the request was sent.
    pub fn attempts(&self) -> u32 {
        self.call(CallInfo::attempts, bvnk_auth::Error::attempts)
            .unwrap_or(0)
    }

    /// The key that the call was made with. Repeating a call in doubt with this key is
    /// safe.
    pub fn idempotency_key(&self) -> Option<IdempotencyKey> {
        self.call(CallInfo::idempotency_key, bvnk_auth::Error::idempotency_key)
            .flatten()
    }

    /// Whether the API may have carried the call out all the same. Repeat it with
    /// [`Error::idempotency_key`] to find out.
    pub fn outcome_unknown(&self) -> bool {
        let created = matches!(self.inner, bvnk_gen::Error::Unreadable { .. });
        !created
            && self
                .call(CallInfo::outcome_unknown, bvnk_auth::Error::outcome_unknown)
                .unwrap_or(false)
    }

    fn call<T>(
        &self,
        answered: impl Fn(&CallInfo) -> T,
        failed: impl Fn(&bvnk_auth::Error) -> T,
    ) -> Option<T> {
        match self.inner.response() {
            Some(response) => response.extensions().get().map(answered),
            None => self.failure().map(failed),
        }
    }

    fn failure(&self) -> Option<&bvnk_auth::Error> {
        failure(&self.inner)
    }
}

fn failure(error: &bvnk_gen::Error) -> Option<&bvnk_auth::Error> {
    match error {
        bvnk_gen::Error::Transport(error) => error.downcast_ref(),
        _ => None,
    }
}

fn classify(error: &bvnk_gen::Error) -> ErrorKind {
    match error {
        bvnk_gen::Error::InvalidRequest(_) => ErrorKind::InvalidRequest,
        bvnk_gen::Error::Unreadable { .. } => ErrorKind::Unreadable,
        bvnk_gen::Error::Refused(response) => match response.status().as_u16() {
            401 | 403 => ErrorKind::Unauthorized,
            404 => ErrorKind::NotFound,
            409 => ErrorKind::Conflict,
            429 => ErrorKind::RateLimited,
            400..=499 => ErrorKind::Rejected,
            500..=599 => ErrorKind::Server,
            // A redirect, or anything else that no API answers with.
            _ => ErrorKind::Unreadable,
        },
        bvnk_gen::Error::Transport(_) => match failure(error).map(bvnk_auth::Error::kind) {
            Some(Failure::InvalidRequest) => ErrorKind::InvalidRequest,
            Some(Failure::Connect) => ErrorKind::Connect,
            Some(Failure::Timeout) => ErrorKind::Timeout,
            Some(Failure::Interrupted) => ErrorKind::Interrupted,
            Some(Failure::Clock { .. }) => ErrorKind::Clock,
            Some(Failure::TooLarge | Failure::Unverified) => ErrorKind::Unreadable,
            _ => ErrorKind::Other,
        },
        _ => ErrorKind::Other,
    }
}

impl From<bvnk_gen::Error> for Error {
    fn from(inner: bvnk_gen::Error) -> Self {
        Self {
            kind: classify(&inner),
            inner,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)?;
        if self.outcome_unknown() {
            f.write_str("; whether it was carried out is unknown")?;
            if let Some(key) = self.idempotency_key() {
                write!(f, ", repeat it with the idempotency key {key}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.kind)
            .field("status", &self.status())
            .field("attempts", &self.attempts())
            .field("idempotency_key", &self.idempotency_key())
            .field("outcome_unknown", &self.outcome_unknown())
            .field("inner", &self.inner)
            .finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        std::error::Error::source(&self.inner)
    }
}
