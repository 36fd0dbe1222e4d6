//! What a test may ask about a request afterwards.
//!
//! The body may be a person's data and the headers hold signatures: they are there to be
//! asked for by name, and `Debug` shows neither.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};

use crate::fault::Faults;
use crate::hawk::Refusal;
use crate::message::{Delivery, Request, Response};

/// One request that the server received, and what became of it.
#[derive(Clone)]
#[non_exhaustive]
pub struct Received {
    /// The method.
    pub method: Method,
    /// Path and query as on the wire.
    pub target: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body; empty if it was too long to be read.
    pub body: Bytes,
    /// The status of the answer, even when the answer did not reach the caller.
    pub status: StatusCode,
    /// How much of the answer reached the caller.
    pub delivery: Delivery,
    /// Why the signature was refused, if it was.
    pub refusal: Option<Refusal>,
    /// The body of the answer, even when it did not reach the caller.
    pub answer: Bytes,
    /// The faults that the request met.
    pub faults: Faults,
}

impl Received {
    pub(super) fn new(request: Request, response: &Response) -> Self {
        Self {
            method: request.method,
            target: request.target,
            headers: request.headers,
            body: request.body,
            status: response.status,
            delivery: response.delivery,
            refusal: response.refusal.clone(),
            answer: response.body.clone(),
            faults: response.faults,
        }
    }
}

impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.target.split('?').next();
        f.debug_struct("Received")
            .field("method", &self.method)
            .field("path", &path.unwrap_or(""))
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .field("body_bytes", &self.body.len())
            .field("status", &self.status)
            .field("delivery", &self.delivery)
            .field("refusal", &self.refusal)
            .field("answer_bytes", &self.answer.len())
            .field("faults", &self.faults)
            .finish()
    }
}
