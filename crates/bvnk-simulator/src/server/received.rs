//! The requests that were received, for tests to inspect. `Debug` shows no body and no value
//! of a header.

use std::collections::VecDeque;
use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};

use crate::fault::Fault;
use crate::hawk::Rejection;
use crate::message::{Request, Response, Transfer};

/// One request that the server received, and its response.
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
    /// The number of the connection that it came on.
    pub connection: u64,
    /// The status of the response, even if the response did not reach the caller.
    pub status: StatusCode,
    /// How much of the response was sent to the caller.
    pub transfer: Transfer,
    /// Why the signature was rejected, if it was.
    pub rejection: Option<Rejection>,
    /// The body of the response, even if it did not reach the caller. The explanation of a
    /// rejected signature is not part of it.
    pub answer: Bytes,
    /// The faults that the request met.
    pub faults: Vec<Fault>,
}

impl Received {
    fn new(request: Request, response: &Response) -> Self {
        Self {
            method: request.method,
            target: request.target,
            headers: request.headers,
            body: request.body,
            connection: request.connection,
            status: response.status,
            transfer: response.transfer,
            rejection: response.rejection.clone(),
            answer: response.body.clone(),
            faults: response.faults.clone(),
        }
    }

    /// About how many bytes it takes.
    fn size(&self) -> usize {
        let headers = self.headers.iter();
        let headers = headers.map(|(name, value)| name.as_str().len() + value.len() + 64);
        // A MAC's rejection has the target once more.
        512 + 3 * self.target.len() + self.body.len() + self.answer.len() + headers.sum::<usize>()
    }
}

impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.target.split('?').next();
        let rejection = self.rejection.as_ref().map(ToString::to_string);
        f.debug_struct("Received")
            .field("method", &self.method)
            .field("path", &path.unwrap_or(""))
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .field("body_bytes", &self.body.len())
            .field("status", &self.status)
            .field("transfer", &self.transfer)
            .field("rejection", &rejection)
            .field("answer_bytes", &self.answer.len())
            .field("faults", &self.faults)
            .finish_non_exhaustive()
    }
}

/// The latest requests, within a number and a size.
#[derive(Default)]
pub(super) struct Log {
    entries: VecDeque<Received>,
    bytes: usize,
}

impl Log {
    pub(super) fn push(
        &mut self,
        request: Request,
        response: &Response,
        keep: usize,
        bytes: usize,
    ) {
        let mut received = Received::new(request, response);
        // What arrives may be a part of a larger buffer, which would be kept whole.
        received.body = Bytes::copy_from_slice(&received.body);
        self.bytes += received.size();
        self.entries.push_back(received);
        while self.entries.len() > keep || (self.bytes > bytes && !self.entries.is_empty()) {
            if let Some(oldest) = self.entries.pop_front() {
                self.bytes -= oldest.size();
            }
        }
    }

    pub(super) fn all(&self) -> Vec<Received> {
        self.entries.iter().cloned().collect()
    }

    pub(super) fn take(&mut self) -> Vec<Received> {
        self.bytes = 0;
        std::mem::take(&mut self.entries).into()
    }
}
