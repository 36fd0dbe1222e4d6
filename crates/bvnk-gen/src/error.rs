//! What a generated operation can fail with: one type for all operations, with the
//! answer kept whole and nothing of it printed.
//!
//! It does not know the transport's own errors; they pass through boxed.

use std::fmt;

use bytes::{Bytes, BytesMut};
use http::Extensions;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use crate::InvalidValue;
use crate::transport::BoxError;

/// Why an operation gave no value.
///
/// Neither `Display` nor `Debug` shows anything of the request or of the answer's body. Of
/// a transport's own error both show what its `Display` says.
#[non_exhaustive]
pub enum Error {
    /// The request cannot be sent as it is; nothing was sent.
    InvalidRequest(InvalidValue),
    /// The transport failed: there is no answer.
    Transport(BoxError),
    /// The API answered with a status other than success.
    Refused(Box<RawResponse>),
    /// The API answered with success, but its body is not what the contract says.
    Unreadable {
        /// The answer as it came.
        response: Box<RawResponse>,
        /// What does not fit and where, without any value of the body.
        reason: InvalidValue,
    },
}

impl Error {
    /// The answer, where there is one.
    pub fn response(&self) -> Option<&RawResponse> {
        match self {
            Self::Refused(response) | Self::Unreadable { response, .. } => Some(response),
            Self::InvalidRequest(_) | Self::Transport(_) => None,
        }
    }

    /// Keeps an answer whose status is no documented success.
    pub(crate) async fn refused(response: reqwest::Response) -> Self {
        match RawResponse::read(response).await {
            Ok(raw) => Self::Refused(Box::new(raw)),
            Err(error) => error,
        }
    }

    pub(crate) fn unreadable(response: RawResponse, reason: InvalidValue) -> Self {
        Self::Unreadable {
            response: Box::new(response),
            reason,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidRequest(reason) => write!(f, "the request was not sent: {reason}"),
            Self::Transport(error) => write!(f, "no answer: {error}"),
            Self::Refused(response) => write!(f, "the API answered {}", response.status()),
            Self::Unreadable { response, reason } => {
                write!(
                    f,
                    "cannot decode the {} answer: {reason}",
                    response.status()
                )
            }
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidRequest(reason) => f.debug_tuple("InvalidRequest").field(reason).finish(),
            // Not its `Debug`: that is for whoever wrote it, and shows all there is.
            Self::Transport(error) => f
                .debug_tuple("Transport")
                .field(&format_args!("{error}"))
                .finish(),
            Self::Refused(response) => f.debug_tuple("Refused").field(response).finish(),
            Self::Unreadable { response, reason } => f
                .debug_struct("Unreadable")
                .field("response", response)
                .field("reason", reason)
                .finish(),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            // `Display` has told the rest.
            Self::Transport(error) => error.source(),
            _ => None,
        }
    }
}

impl From<BoxError> for Error {
    fn from(error: BoxError) -> Self {
        Self::Transport(error)
    }
}

impl From<reqwest::Error> for Error {
    /// Only building a request comes here: sending goes through the transport.
    fn from(error: reqwest::Error) -> Self {
        let what = if error.is_builder() {
            "the URL or a header cannot be built"
        } else {
            "the request cannot be built"
        };
        Self::InvalidRequest(what.into())
    }
}

impl From<reqwest::header::InvalidHeaderValue> for Error {
    fn from(_: reqwest::header::InvalidHeaderValue) -> Self {
        Self::InvalidRequest("a header value has characters that HTTP does not allow".into())
    }
}

/// An answer as it came, read whole.
///
/// `Debug` shows the status and the body's length only.
#[derive(Clone)]
pub struct RawResponse {
    status: StatusCode,
    headers: HeaderMap,
    extensions: Extensions,
    body: Bytes,
}

impl RawResponse {
    pub(crate) async fn read(mut response: reqwest::Response) -> Result<Self, Error> {
        let headers = std::mem::take(response.headers_mut());
        let extensions = std::mem::take(response.extensions_mut());
        Ok(Self {
            status: response.status(),
            headers,
            extensions,
            body: body(response).await?,
        })
    }

    /// Status, headers and extensions.
    pub(crate) fn into_head(self) -> (StatusCode, HeaderMap, Extensions) {
        (self.status, self.headers, self.extensions)
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// What the transport's layers know of the call, by type.
    pub fn extensions(&self) -> &Extensions {
        &self.extensions
    }

    /// The body's bytes. They may hold personal data: keep them out of logs.
    pub fn body(&self) -> &Bytes {
        &self.body
    }
}

/// Reads a body whole. Most are one chunk, which is taken as it is.
async fn body(mut response: reqwest::Response) -> Result<Bytes, Error> {
    let unread = |error: reqwest::Error| Error::Transport(error.without_url().into());
    let Some(first) = response.chunk().await.map_err(unread)? else {
        return Ok(Bytes::new());
    };
    let Some(second) = response.chunk().await.map_err(unread)? else {
        return Ok(first);
    };
    let mut parts = BytesMut::from(first);
    parts.extend_from_slice(&second);
    while let Some(chunk) = response.chunk().await.map_err(unread)? {
        parts.extend_from_slice(&chunk);
    }
    Ok(parts.freeze())
}

impl fmt::Debug for RawResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawResponse")
            .field("status", &self.status)
            .field("body_length", &self.body.len())
            .finish_non_exhaustive()
    }
}
