//! A decoded response together with its status, headers and extensions.

use std::fmt;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};

use http::{Extensions, HeaderMap, StatusCode};
use serde_json::value::RawValue;

use crate::{Error, FromJson, RawResponse, ValidationError};

/// A successful response: the decoded value, the status, the headers, and what the
/// transport's layers left in the response's extensions.
///
/// It dereferences to the value.
#[derive(Clone)]
pub struct ResponseValue<T> {
    value: T,
    status: StatusCode,
    headers: HeaderMap,
    extensions: Extensions,
}

impl<T> ResponseValue<T> {
    /// Returns the decoded value.
    pub fn into_inner(self) -> T {
        self.value
    }

    /// Returns the status of the response, always a success.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns the headers of the response.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns what the transport's layers know of the call, by type.
    pub fn extensions(&self) -> &Extensions {
        &self.extensions
    }
}

impl<T> ResponseValue<T> {
    /// Decodes a response.
    pub(crate) fn decode<O: Output<Value = T>>(
        response: RawResponse,
        empty: &[u16],
    ) -> Result<Self, Error> {
        if !response.status.is_success() {
            return Err(Error::ErrorResponse(Box::new(response)));
        }
        match O::decode(response.status.as_u16(), &response.body, empty) {
            Ok(value) => Ok(Self {
                value,
                status: response.status,
                headers: response.headers,
                extensions: response.extensions,
            }),
            Err(reason) => Err(Error::InvalidResponse {
                response: Box::new(response),
                reason,
            }),
        }
    }
}

/// How the body of a success is decoded.
pub trait Output {
    /// What the call returns.
    type Value;

    /// Decodes the body of a success; `empty` are the statuses that are declared without one.
    ///
    /// # Errors
    ///
    /// What keeps the body from being what the contract declares.
    fn decode(status: u16, body: &[u8], empty: &[u16]) -> Result<Self::Value, ValidationError>;
}

/// One type, whatever the status.
pub struct Json<T>(PhantomData<T>);

impl<T: FromJson> Output for Json<T> {
    type Value = T;

    fn decode(_: u16, body: &[u8], _: &[u16]) -> Result<T, ValidationError> {
        crate::from_json_lenient(body)
    }
}

/// One type, or nothing where the status is declared without a body.
pub struct JsonOrNone<T>(PhantomData<T>);

impl<T: FromJson> Output for JsonOrNone<T> {
    type Value = Option<T>;

    fn decode(status: u16, body: &[u8], empty: &[u16]) -> Result<Option<T>, ValidationError> {
        match empty.contains(&status) {
            true => NoBody::decode(status, body, empty).map(|()| None),
            false => crate::from_json_lenient(body).map(Some),
        }
    }
}

/// Nothing. A body is ignored if it is JSON; any other, such as a proxy's page, is not the
/// API's.
pub struct NoBody;

impl Output for NoBody {
    type Value = ();

    fn decode(_: u16, body: &[u8], _: &[u16]) -> Result<(), ValidationError> {
        let ignored = body.is_empty() || serde_json::from_slice::<&RawValue>(body).is_ok();
        match ignored {
            true => Ok(()),
            false => Err("must be empty".into()),
        }
    }
}

impl<T> Deref for ResponseValue<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for ResponseValue<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

impl<T: fmt::Debug> fmt::Debug for ResponseValue<T> {
    /// Shows status and value; headers may hold anything and are left out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseValue")
            .field("status", &self.status)
            .field("value", &self.value)
            .finish_non_exhaustive()
    }
}
