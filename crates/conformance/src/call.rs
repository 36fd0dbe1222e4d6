//! Arguments and results of calls by operation id: what the generated table in `dispatch`
//! takes and returns.

use std::collections::BTreeMap;
use std::fmt;

use bvnk::{
    CallInfo, CallOptions, FromJson, IdempotencyKey, ResponseExt, ResponseValue, ValidationError,
};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::collect::RawBody;
use crate::exchange::Response;

/// What a call is made with. What is absent is not set.
#[derive(Clone, Debug, Default)]
pub struct Arguments {
    /// The parameters by their names on the wire.
    pub parameters: BTreeMap<String, Value>,
    /// The body.
    pub body: Option<Value>,
    /// The idempotency key, if the caller chooses it.
    pub idempotency_key: Option<IdempotencyKey>,
    /// The options.
    pub options: CallOptions,
}

/// A call that succeeded.
#[derive(Clone, Debug)]
pub struct Called {
    /// The response as it was received.
    pub response: Response,
    /// The decoded value, written as JSON again.
    pub value: Value,
    /// What the layers know of the call.
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

/// The client's type of the body of an operation's request.
pub(crate) struct RequestType {
    /// Reads a body strictly as the type, and writes it as JSON again.
    pub(crate) read: fn(&[u8]) -> Result<Value, ValidationError>,
    /// The JSON Schema that the type derives.
    pub(crate) schema: fn() -> Value,
}

impl RequestType {
    pub(crate) fn new<T: FromJson + JsonSchema + Serialize>() -> Self {
        Self {
            read: |body| {
                let request: T = bvnk::from_json(body)?;
                Ok(serde_json::to_value(request).unwrap_or_default())
            },
            schema: || schemars::schema_for!(T).to_value(),
        }
    }
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
        let body = self.body.as_ref().map(ToString::to_string);
        let body = body.map(|body| bvnk::from_json(body.as_bytes()));
        body.transpose().map_err(CallError::Refused)
    }

    /// A parameter as its type.
    ///
    /// # Errors
    ///
    /// Why the value is not of the type.
    pub fn parameter<T: FromJson>(&self, name: &str) -> Result<Option<T>, CallError> {
        let value = self.parameters.get(name).map(ToString::to_string);
        let value = value.map(|value| bvnk::from_json(value.as_bytes()));
        value.transpose().map_err(CallError::Refused)
    }
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
        let response = result.map_err(CallError::Failed)?;
        let raw = response.extensions().get::<RawBody>();
        Ok(Self {
            response: Response {
                status: response.status(),
                headers: response.headers().clone(),
                body: raw.map(|raw| raw.0.clone()).unwrap_or_default(),
            },
            info: response.call_info(),
            value: serde_json::to_value(response.into_inner()).unwrap_or_default(),
        })
    }
}
