//! One error for every operation, also for those that the contract does not have yet.
//!
//! It joins what the generated code knows (status, body) with what the layers know (key,
//! attempts, doubt). Nothing of a request's or an answer's content is printed.

use std::fmt;
use std::time::Duration;

use bvnk_auth::{CallInfo, ErrorKind as Failure, IdempotencyKey};
use bvnk_gen::{InvalidValue, RawResponse};
use reqwest::StatusCode;

use crate::details::{self, Details, FieldError};
use crate::headers::{retry_after, trace_id};
use crate::kind::{ErrorKind, failure};

/// Why a call gave no value. `?` turns the error of any generated operation into it.
///
/// `Display` and `Debug` show nothing of what was sent or answered but the status: a
/// server's messages may quote a person's data. Ask for them by name.
///
/// ```no_run
/// # async fn create(client: bvnk::Client, request: bvnk::types::CreateCustomerRequest) -> Result<(), bvnk::Error> {
/// match client.create_customer().body(request).send().await.map_err(bvnk::Error::from) {
///     Ok(created) => println!("store {}", created.reference),
///     Err(error) if error.reference().is_some() => println!("created, but oddly answered"),
///     Err(error) if error.outcome_unknown() => println!("repeat with {:?}", error.idempotency_key()),
///     Err(error) if error.is_rejected() => println!("{} fields are wrong", error.field_errors().len()),
///     Err(error) => return Err(error),
/// }
/// # Ok(())
/// # }
/// ```
pub struct Error {
    kind: ErrorKind,
    details: Details,
    inner: bvnk_gen::Error,
}

/// Predicates for the kinds that callers act on.
macro_rules! predicates {
    ($($(#[$doc:meta])* $name:ident = $kind:ident,)*) => {
        impl Error {
            $($(#[$doc])* pub fn $name(&self) -> bool { self.kind == ErrorKind::$kind })*
        }
    };
}

predicates! {
    /// The request cannot be sent as it is: [`Error::invalid_value`] names the field.
    is_invalid_request = InvalidRequest,
    /// No connection could be made; nothing was sent.
    is_connect = Connect,
    /// There was no complete answer in time, or the server says that of the request (408).
    is_timeout = Timeout,
    /// The connection broke while the call was under way.
    is_interrupted = Interrupted,
    /// The server refused the time of the signature: this machine's clock and the server's
    /// differ. See [`Error::clock_is_corrected`].
    is_clock = Clock,
    /// The credentials are refused, or may not do this.
    is_unauthorized = Unauthorized,
    /// There is no such object.
    is_not_found = NotFound,
    /// The call conflicts with an earlier one.
    is_conflict = Conflict,
    /// There were too many calls: [`Error::retry_after`] may say when to come back.
    is_rate_limited = RateLimited,
    /// The API rejects the request: the same again will be rejected again.
    is_rejected = Rejected,
    /// The API is in trouble, or cannot act on it now.
    is_server = Server,
    /// There is an answer, but it is not what the contract says. After a 2xx the deed
    /// is done all the same: see [`Error::reference`].
    is_unreadable = Unreadable,
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

    /// The field that cannot be sent and the rule that it breaks.
    pub fn invalid_value(&self) -> Option<&InvalidValue> {
        match &self.inner {
            bvnk_gen::Error::InvalidRequest(value) => Some(value),
            _ => None,
        }
    }

    /// The code that the error body has, whatever its shape.
    pub fn code(&self) -> Option<&str> {
        self.details.code.as_deref()
    }

    /// The message that the error body has. It may quote personal data.
    pub fn message(&self) -> Option<&str> {
        self.details.message.as_deref()
    }

    /// What the error body says of single fields. It may quote personal data.
    pub fn field_errors(&self) -> &[FieldError] {
        &self.details.fields
    }

    /// What the vendor can find the call by, from the answer's headers or body.
    pub fn trace_id(&self) -> Option<&str> {
        let headers = self.inner.response().map(RawResponse::headers);
        headers
            .and_then(trace_id)
            .or(self.details.trace_id.as_deref())
    }

    /// How long the answer asks to wait. A date counts from the answer's own `Date`.
    pub fn retry_after(&self) -> Option<Duration> {
        retry_after(self.inner.response()?.headers())
    }

    /// The customer's reference in the answer of a create that succeeded (2xx) but
    /// cannot be decoded. Store it: the customer exists.
    pub fn reference(&self) -> Option<String> {
        match &self.inner {
            bvnk_gen::Error::Unreadable { response, .. } => details::reference(response.body()),
            _ => None,
        }
    }

    /// The answer as it came, where there is one. Its body may hold personal data.
    pub fn response(&self) -> Option<&RawResponse> {
        self.inner.response()
    }

    /// The answer's body as it came, empty where there is none. It may hold personal data.
    pub fn body(&self) -> &[u8] {
        self.inner
            .response()
            .map_or(&[], |response| response.body())
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
    /// [`Error::idempotency_key`] to find out, and say that it is a repetition
    /// ([`CallOptions::after_doubt`](crate::CallOptions::after_doubt)): a refusal of a key
    /// that was used before is no proof that nothing was done.
    pub fn outcome_unknown(&self) -> bool {
        let done = matches!(self.inner, bvnk_gen::Error::Unreadable { .. });
        !done
            && self
                .call(CallInfo::outcome_unknown, bvnk_auth::Error::outcome_unknown)
                .unwrap_or(false)
    }

    /// By how many seconds this machine's clock is behind the server's (negative:
    /// ahead), when that is what went wrong.
    pub fn clock_offset_seconds(&self) -> Option<i64> {
        match self.failure()?.kind() {
            Failure::Clock { offset_seconds, .. } => Some(offset_seconds),
            _ => None,
        }
    }

    /// Whether that difference is allowed for from now on: the same call again has a right
    /// signature. Otherwise it is more than may be corrected, or the server did not prove
    /// its time, and somebody has to set the clock.
    pub fn clock_is_corrected(&self) -> bool {
        let kind = self.failure().map(bvnk_auth::Error::kind);
        matches!(
            kind,
            Some(Failure::Clock {
                corrected: true,
                ..
            })
        )
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

impl From<InvalidValue> for Error {
    /// So that what is refused while a request is composed goes the same way.
    fn from(refused: InvalidValue) -> Self {
        bvnk_gen::Error::InvalidRequest(refused).into()
    }
}

impl From<bvnk_gen::Error> for Error {
    fn from(inner: bvnk_gen::Error) -> Self {
        let details = match &inner {
            bvnk_gen::Error::Refused(response) => Details::of(response.body()),
            _ => Details::default(),
        };
        Self {
            kind: ErrorKind::of(&inner),
            details,
            inner,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(failure) = self.failure() {
            // It tells the doubt and the way out of it itself.
            return failure.fmt(f);
        }
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
        self.inner.source()
    }
}
