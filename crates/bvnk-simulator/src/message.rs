//! Requests and responses as plain values, without a connection.
//!
//! A body may be personal data, so `Debug` shows only its length.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::header::{AsHeaderName, CONTENT_TYPE, IntoHeaderName};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde_json::Value;

use crate::fault::Fault;
use crate::hawk::Rejection;

/// A request as it arrived.
#[derive(Clone)]
#[non_exhaustive]
pub struct Request {
    /// The method.
    pub method: Method,
    /// Path and query as on the wire; the signature covers each byte.
    pub target: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
    /// The number of the connection that it arrived on; 0 without a server.
    pub connection: u64,
}

impl Request {
    /// Creates a request without headers and body.
    pub fn new(method: Method, target: impl Into<String>) -> Self {
        Self {
            method,
            target: target.into(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
            connection: 0,
        }
    }

    /// Returns the path without the query.
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or("")
    }

    /// Returns the query without its question mark.
    pub fn query(&self) -> Option<&str> {
        self.target.split_once('?').map(|(_, query)| query)
    }

    /// Returns a header that is given exactly once and is text.
    pub fn header(&self, name: impl AsHeaderName) -> Option<&str> {
        let mut values = self.headers.get_all(name).iter();
        let value = values.next().filter(|_| values.next().is_none())?;
        value.to_str().ok()
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("path", &self.path())
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// The response to a request.
#[derive(Clone)]
#[non_exhaustive]
pub struct Response {
    /// The status.
    pub status: StatusCode,
    /// The headers, without those that belong to the connection.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
    /// The fault that the server carries out on the connection, such as a reset or half of a body.
    /// Faults of another kind have no effect here.
    pub interruption: Option<Fault>,
    /// How long the server waits, by its clock, before it sends the response; rounded up
    /// to whole seconds.
    pub delay: Duration,
    /// Why the signature was rejected, if it was.
    pub rejection: Option<Rejection>,
    /// The faults that the request met.
    pub faults: Vec<Fault>,
}

impl Response {
    /// Creates a response without headers and body.
    pub fn new(status: StatusCode) -> Self {
        Self {
            status,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            interruption: None,
            delay: Duration::ZERO,
            rejection: None,
            faults: Vec::new(),
        }
    }

    /// Creates a response with a JSON body.
    pub fn json(status: StatusCode, body: &Value) -> Self {
        let mut response = Self::new(status).header(CONTENT_TYPE, "application/json");
        response.body = body.to_string().into();
        response
    }

    /// Sets a header. A value that no header can carry is left out.
    #[must_use]
    pub fn header(mut self, name: impl IntoHeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }

    /// Edits the body as JSON; null if it is not JSON.
    pub fn edit_json(&mut self, edit: impl FnOnce(&mut Value)) {
        let mut body = serde_json::from_slice(&self.body).unwrap_or_default();
        edit(&mut body);
        self.body = body.to_string().into();
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("headers", &self.headers)
            .field("body_bytes", &self.body.len())
            .field("interruption", &self.interruption)
            .field("faults", &self.faults)
            .finish_non_exhaustive()
    }
}
