//! A decoded answer together with what came along with it.

use std::fmt;
use std::ops::{Deref, DerefMut};

use http::Extensions;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;

use crate::error::{Error, RawResponse};

/// A successful answer: the decoded value, the status, the headers, and what the
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
    /// The decoded value.
    pub fn into_inner(self) -> T {
        self.value
    }

    /// The status of the answer, always a success.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The headers of the answer.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// What the transport's layers know of the call, by type.
    pub fn extensions(&self) -> &Extensions {
        &self.extensions
    }
}

impl<T: DeserializeOwned> ResponseValue<T> {
    /// Reads and decodes an answer whose status the contract counts as success.
    pub(crate) async fn from_response(response: reqwest::Response) -> Result<Self, Error> {
        let raw = RawResponse::read(response).await?;
        match crate::from_json(raw.body()) {
            Ok(value) => {
                let (status, headers, extensions) = raw.into_head();
                Ok(Self {
                    value,
                    status,
                    headers,
                    extensions,
                })
            }
            Err(error) => Err(Error::unreadable(raw, error)),
        }
    }
}

impl ResponseValue<()> {
    /// Takes an answer for which the contract documents no body.
    #[allow(dead_code)] // used as soon as the contract has such an operation
    pub(crate) fn empty(response: reqwest::Response) -> Self {
        let http: http::Response<reqwest::Body> = response.into();
        let (parts, _) = http.into_parts();
        Self {
            value: (),
            status: parts.status,
            headers: parts.headers,
            extensions: parts.extensions,
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
    /// Shows status and value; headers are left out, as nobody vouches for them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseValue")
            .field("status", &self.status)
            .field("value", &self.value)
            .finish_non_exhaustive()
    }
}
