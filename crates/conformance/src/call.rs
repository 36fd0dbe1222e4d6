//! Calls of the typed client by operation id: what the generated table in `dispatch` takes and
//! returns.

use std::collections::BTreeMap;
use std::fmt;

use bvnk::{
    CallInfo, CallOptions, FromJson, IdempotencyKey, ResponseExt, ResponseValue, ValidationError,
};
use http::{HeaderMap, StatusCode};
use serde::Serialize;
use serde_json::Value;

/// What a call is made with. What is absent is not set.
#[derive(Clone, Debug, Default)]
pub struct Arguments {
    /// The parameters by their names on the wire, without the idempotency key.
    pub parameters: BTreeMap<String, Value>,
    /// The body, as JSON; it need not be valid.
    pub body: Option<Value>,
    /// The idempotency key, if the caller chooses it.
    pub idempotency_key: Option<IdempotencyKey>,
    /// The options.
    pub options: CallOptions,
}

/// A call that succeeded.
#[derive(Clone, Debug)]
pub struct Called {
    /// The status, as the client reports it.
    pub status: StatusCode,
    /// The headers of the response, as the client reports them.
    pub headers: HeaderMap,
    /// The decoded value, written as JSON again: a difference to the body of the exchange is what
    /// decoding lost or changed.
    pub value: Value,
    /// What the layers know of the call, such as its idempotency key.
    pub info: Option<CallInfo>,
}

/// A call that failed.
#[derive(Debug)]
pub enum CallError {
    /// An argument is not of its type, so nothing was sent.
    Refused(ValidationError),
    /// The client failed.
    Failed(bvnk::Error),
}

/// Reads a body strictly as the client's type of it, and writes it as JSON again.
pub type ReadRequest = fn(&[u8]) -> Result<Value, ValidationError>;

/// [`ReadRequest`] of a type; the generated table names it.
///
/// # Errors
///
/// What in the body is not of the type.
#[allow(dead_code, reason = "a contract may have no request with a body")]
pub(crate) fn read_as<T: FromJson + Serialize>(body: &[u8]) -> Result<Value, ValidationError> {
    let request: T = bvnk::from_json(body)?;
    Ok(serde_json::to_value(request).unwrap_or_default())
}

impl CallError {
    /// The client's error, if something was sent.
    pub fn failed(&self) -> Option<&bvnk::Error> {
        match self {
            Self::Refused(_) => None,
            Self::Failed(error) => Some(error),
        }
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(error) => write!(f, "the client's type refuses it: {error}"),
            Self::Failed(error) => error.fmt(f),
        }
    }
}

impl Arguments {
    /// The body as its type, read strictly.
    ///
    /// # Errors
    ///
    /// What in the body is not of the type.
    pub fn body<T: FromJson>(&self) -> Result<Option<T>, CallError> {
        typed(self.body.as_ref())
    }

    /// A parameter as its type.
    ///
    /// # Errors
    ///
    /// Why the value is not of the type.
    pub fn parameter<T: FromJson>(&self, name: &str) -> Result<Option<T>, CallError> {
        typed(self.parameters.get(name))
    }
}

/// Reads a value strictly, as the client reads what it receives.
fn typed<T: FromJson>(value: Option<&Value>) -> Result<Option<T>, CallError> {
    let value = value.map(|value| bvnk::from_json(value.to_string().as_bytes()));
    value.transpose().map_err(CallError::Refused)
}

impl Called {
    /// The result of a generated call.
    ///
    /// # Errors
    ///
    /// The client's error.
    pub fn from_result<T: Serialize>(
        result: Result<ResponseValue<T>, bvnk::Error>,
    ) -> Result<Self, CallError> {
        let result = result.map_err(CallError::Failed)?;
        Ok(Self {
            status: result.status(),
            headers: result.headers().clone(),
            info: result.call_info(),
            value: serde_json::to_value(result.into_inner()).unwrap_or_default(),
        })
    }
}
