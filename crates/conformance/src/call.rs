//! Calls of the typed client by operation id: what the generated table in `dispatch` takes and
//! returns, and the layer that keeps the bytes of each response.

use std::collections::BTreeMap;
use std::fmt;

use bvnk::{
    Body, BoxError, CallInfo, CallOptions, FromJson, IdempotencyKey, ResponseExt, ResponseValue,
    ValidationError,
};
use bvnk_simulator::Response;
use bytes::Bytes;
use futures_util::future::BoxFuture;
use http_body_util::BodyExt;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use tower::util::AndThenLayer;

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
    /// The response as it was received.
    pub response: Response,
    /// The decoded value, written as JSON again: a difference to the response's body is what
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

/// The client's type of the body of an operation's request.
pub(crate) struct RequestType {
    /// Reads a body strictly as the type, and writes it as JSON again.
    pub(crate) read: fn(&[u8]) -> Result<Value, ValidationError>,
    /// The JSON Schema that the type derives.
    pub(crate) schema: fn() -> Value,
}

impl RequestType {
    /// The functions of a type; the generated table names it.
    #[allow(dead_code, reason = "a contract may have no request with a body")]
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
        let mut response = Response::new(result.status());
        response.headers.clone_from(result.headers());
        if let Some(RawBody(body)) = result.extensions().get() {
            response.body.clone_from(body);
        }
        Ok(Self {
            response,
            info: result.call_info(),
            value: serde_json::to_value(result.into_inner()).unwrap_or_default(),
        })
    }
}

/// The body of a response as it was received, in the response's extensions.
#[derive(Clone)]
struct RawBody(Bytes);

/// Reads the body of a response, and keeps it.
type Keep = fn(http::Response<Body>) -> BoxFuture<'static, Result<http::Response<Body>, BoxError>>;

/// A layer that keeps the bytes of each response for [`Called::from_result`], so that they can
/// be compared with what the client decoded. It stands above the retries and below the layer of the key.
pub fn tap() -> AndThenLayer<Keep> {
    AndThenLayer::new(|response| {
        Box::pin(async move {
            let (mut head, body) = response.into_parts();
            let bytes = body.collect().await?.to_bytes();
            head.extensions.insert(RawBody(bytes.clone()));
            Ok(http::Response::from_parts(head, Body::new(bytes)))
        })
    })
}
