//! What a generated call can fail with: one type for all operations, with the response
//! kept whole and nothing of it printed.

use std::fmt;

use bytes::Bytes;
use http::{Extensions, HeaderMap, Response, StatusCode};

use crate::{BoxError, FromJson, ValidationError};

/// Why a call returned no value.
///
/// Neither `Display` nor `Debug` shows anything of the request or of the response's body. Of
/// a transport's own error both show what its `Display` shows.
///
/// ```
/// use bvnk_gen::Error;
///
/// fn advice(error: &Error) -> &'static str {
///     match error {
///         Error::InvalidRequest(_) => "correct the request; nothing was sent",
///         Error::ErrorResponse(response) if response.status() == 429 => "send it later",
///         // The status was a success, so the call may have been carried out.
///         Error::InvalidResponse { .. } => "look for the effect of the call",
///         _ => "see the response, if there is one",
///     }
/// }
/// # let error = bvnk_gen::types::Address::builder().build().unwrap_err().into();
/// # assert!(advice(&error).starts_with("correct"));
/// ```
#[non_exhaustive]
pub enum Error {
    /// The request does not have the form that the contract describes; nothing was sent.
    InvalidRequest(ValidationError),
    /// The transport failed: there is no response.
    Transport(BoxError),
    /// The API responded with a status other than success.
    ErrorResponse(Box<RawResponse>),
    /// The API responded with success, but the body does not have the form that the
    /// contract describes.
    InvalidResponse {
        /// The response as it arrived.
        response: Box<RawResponse>,
        /// What does not fit and where, without any value of the body.
        reason: ValidationError,
    },
}

impl Error {
    /// Returns the response, where there is one.
    pub fn response(&self) -> Option<&RawResponse> {
        match self {
            Self::ErrorResponse(response) | Self::InvalidResponse { response, .. } => {
                Some(response)
            }
            Self::InvalidRequest(_) | Self::Transport(_) => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidRequest(error) => write!(f, "invalid request, nothing was sent: {error}"),
            Self::Transport(error) => write!(f, "no response: {error}"),
            Self::ErrorResponse(response) => write!(f, "the API responded {}", response.status()),
            Self::InvalidResponse { response, reason } => {
                let status = response.status();
                write!(f, "invalid body of the {status} response: {reason}")
            }
        }
    }
}

impl fmt::Debug for Error {
    /// Shows what `Display` shows: the transport's own `Debug` may show everything that it has.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({self})")
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            // `Display` shows the error itself.
            Self::Transport(error) => error.source(),
            _ => None,
        }
    }
}

impl From<ValidationError> for Error {
    fn from(error: ValidationError) -> Self {
        Self::InvalidRequest(error)
    }
}

/// A response as it arrived, read whole.
///
/// `Debug` shows the status and the body's length only.
#[derive(Clone)]
pub struct RawResponse(pub(crate) Response<Bytes>);

impl RawResponse {
    /// Returns the status.
    pub fn status(&self) -> StatusCode {
        self.0.status()
    }

    /// Returns the headers.
    pub fn headers(&self) -> &HeaderMap {
        self.0.headers()
    }

    /// Returns what the transport's layers know of the call, by type.
    pub fn extensions(&self) -> &Extensions {
        self.0.extensions()
    }

    /// Returns the body's bytes. They may hold personal data: keep them out of logs.
    pub fn body(&self) -> &Bytes {
        self.0.body()
    }

    /// Decodes the body, for instance as the error that the contract declares for the status.
    ///
    /// # Errors
    ///
    /// What does not fit.
    pub fn decode<T: FromJson>(&self) -> Result<T, ValidationError> {
        crate::from_json_lenient(self.body())
    }
}

impl From<Response<Bytes>> for RawResponse {
    fn from(response: Response<Bytes>) -> Self {
        Self(response)
    }
}

impl fmt::Debug for RawResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawResponse")
            .field("status", &self.status())
            .field(
                "body",
                &format_args!("<{} bytes hidden>", self.body().len()),
            )
            .finish_non_exhaustive()
    }
}
