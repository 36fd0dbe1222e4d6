//! Requests and responses as plain values.
//!
//! It must not know how they travel. A body may be a person's data, so that `Debug` tells
//! only its length.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};

use crate::customers::Late;
use crate::fault::Faults;
use crate::hawk::Refusal;

/// A request as it arrived.
#[derive(Clone)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// Path and query as on the wire; the signature covers each byte.
    pub target: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, whole.
    pub body: Bytes,
}

impl Request {
    /// The path without the query.
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or("")
    }

    /// The query without its question mark, if there is one.
    pub fn query(&self) -> Option<&str> {
        self.target.split_once('?').map(|(_, query)| query)
    }

    /// A header that is given exactly once and is text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.get_all(name).iter();
        values
            .next()
            .filter(|_| values.next().is_none())
            .and_then(|value| value.to_str().ok())
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

/// The answer to a request.
#[derive(Clone)]
#[non_exhaustive]
pub struct Response {
    /// The status.
    pub status: StatusCode,
    /// The headers, without those that belong to the connection.
    pub headers: HeaderMap,
    /// The body, whole.
    pub body: Bytes,
    /// How much of the answer reaches the caller.
    pub delivery: Delivery,
    /// Why the signature was refused, if it was.
    pub refusal: Option<Refusal>,
    /// The faults that the request met.
    pub faults: Faults,
    /// What the simulator is to remember when the answer is on its way.
    pub(crate) late: Option<Late>,
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("headers", &self.headers)
            .field("body_bytes", &self.body.len())
            .field("delivery", &self.delivery)
            .field("refusal", &self.refusal)
            .field("faults", &self.faults)
            .finish()
    }
}

/// How much of an answer reaches the caller; the work of whoever owns the connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Delivery {
    /// All of it.
    #[default]
    Whole,
    /// The head and half of the body that the head announces; then the connection ends.
    Truncated,
    /// All of it; then the connection ends, though the head did not say so.
    ThenClosed,
    /// Bytes that are no HTTP; then the connection ends.
    Malformed,
    /// Nothing: the connection is reset.
    Reset,
    /// Nothing, and the connection stays open.
    Stalled,
}
