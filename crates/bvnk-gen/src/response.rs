//! A decoded response together with its status, headers and extensions.

use std::fmt;
use std::ops::{Deref, DerefMut};

use http::{Extensions, HeaderMap, Response, StatusCode};
use serde::de::IgnoredAny;

use crate::{Error, RawResponse, ValidationError};

/// A successful response: the decoded value, the status, the headers, and what the
/// transport's layers left in the response's extensions.
///
/// It dereferences to the value.
#[derive(Clone)]
pub struct ResponseValue<T>(Response<T>);

impl<T> ResponseValue<T> {
    /// Returns the decoded value.
    pub fn into_inner(self) -> T {
        self.0.into_body()
    }

    /// Returns the status of the response, always a success.
    pub fn status(&self) -> StatusCode {
        self.0.status()
    }

    /// Returns the headers of the response.
    pub fn headers(&self) -> &HeaderMap {
        self.0.headers()
    }

    /// Returns what the transport's layers know of the call, by type.
    pub fn extensions(&self) -> &Extensions {
        self.0.extensions()
    }

    /// Decodes a response.
    pub(crate) fn decode(response: RawResponse, decode: Decode<T>) -> Result<Self, Error> {
        if !response.status().is_success() {
            return Err(Error::ErrorResponse(Box::new(response)));
        }
        match decode(response.status().as_u16(), response.body()) {
            Ok(value) => Ok(Self(response.0.map(|_| value))),
            Err(reason) => Err(Error::InvalidResponse {
                response: Box::new(response),
                reason,
            }),
        }
    }
}

/// Decodes the body of a success, by its status.
pub(crate) type Decode<T> = fn(u16, &[u8]) -> Result<T, ValidationError>;

/// Decodes the body of a success of one kind.
type DecodeBody<T> = fn(&[u8]) -> Result<T, ValidationError>;

/// Decodes the body of a success by the kind that is declared for its status, or else by the
/// first kind that takes it: a repeated request may be answered with the status of another
/// success.
///
/// # Errors
///
/// What keeps the body from being of its kind, or of the first one.
pub fn decode_by_status<T>(
    status: u16,
    body: &[u8],
    kinds: &[(u16, DecodeBody<T>)],
) -> Result<T, ValidationError> {
    if let Some((_, decode)) = kinds.iter().find(|(declared, _)| *declared == status) {
        return decode(body);
    }
    let mut decoded = kinds.iter().map(|(_, decode)| decode(body));
    let first = decoded
        .next()
        .unwrap_or_else(|| Err("must be empty".into()));
    first.or_else(|error| decoded.find_map(Result::ok).ok_or(error))
}

/// Decodes nothing. A body is ignored if it is JSON; any other, such as a proxy's page, is
/// not the API's.
///
/// # Errors
///
/// A body that is not JSON.
pub fn no_body(body: &[u8]) -> Result<(), ValidationError> {
    match body.is_empty() || serde_json::from_slice::<IgnoredAny>(body).is_ok() {
        true => Ok(()),
        false => Err("must be empty".into()),
    }
}

impl<T> Deref for ResponseValue<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.0.body()
    }
}

impl<T> DerefMut for ResponseValue<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.0.body_mut()
    }
}

impl<T: fmt::Debug> fmt::Debug for ResponseValue<T> {
    /// Shows status and value; headers may hold anything and are left out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseValue")
            .field("status", &self.status())
            .field("value", self.0.body())
            .finish_non_exhaustive()
    }
}
