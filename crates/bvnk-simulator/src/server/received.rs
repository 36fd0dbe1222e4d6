//! The requests that were received, for tests to inspect.

use std::collections::VecDeque;
use std::ops::Deref;

use bytes::Bytes;

use super::Listen;
use crate::message::{Request, Response};

/// One request that the server received, and its response. It dereferences to the request.
///
/// `Debug` shows no body and no value of a header of the request.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Received {
    /// The request; its body is empty if it was too long to be read.
    pub request: Request,
    /// The response, even if it did not reach the caller. The explanation of a rejected
    /// signature is not part of it.
    pub response: Response,
}

impl Deref for Received {
    type Target = Request;

    fn deref(&self) -> &Request {
        &self.request
    }
}

impl Received {
    /// About how many bytes it takes.
    fn size(&self) -> usize {
        let headers = self.request.headers.iter();
        let headers = headers.map(|(name, value)| name.as_str().len() + value.len() + 64);
        // The rejection of a MAC has the target once more.
        let bodies = self.request.body.len() + self.response.body.len();
        512 + 3 * self.request.target.len() + bodies + headers.sum::<usize>()
    }
}

/// The latest requests, within a number and a size.
#[derive(Default)]
pub(super) struct Log {
    entries: VecDeque<Received>,
    bytes: usize,
}

impl Log {
    pub(super) fn push(&mut self, mut request: Request, response: Response, limits: &Listen) {
        // What arrives may be a part of a larger buffer, which would be kept whole.
        request.body = Bytes::copy_from_slice(&request.body);
        let received = Received { request, response };
        self.bytes += received.size();
        self.entries.push_back(received);
        while self.entries.len() > limits.keep || self.bytes > limits.keep_bytes {
            let Some(oldest) = self.entries.pop_front() else {
                break;
            };
            self.bytes -= oldest.size();
        }
    }

    pub(super) fn all(&self) -> Vec<Received> {
        self.entries.iter().cloned().collect()
    }

    pub(super) fn take(&mut self) -> Vec<Received> {
        std::mem::take(self).entries.into()
    }
}
