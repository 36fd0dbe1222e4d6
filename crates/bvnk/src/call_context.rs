//! What the client keeps of a call in addition to its response: the handle that the layers
//! record in, and what was sent.

use bvnk_auth::{Body, Call};
use bvnk_gen::Operation;
use http::Uri;
use percent_encoding::percent_decode_str;

/// Travels in a response's extensions, or into an error.
#[derive(Clone)]
pub(crate) struct CallContext {
    pub(crate) call: Call,
    pub(crate) operation: &'static Operation,
    /// What was sent; absent for responses that are a success.
    pub(crate) sent: Option<Sent>,
}

/// A request's URI and body.
#[derive(Clone)]
pub(crate) struct Sent {
    pub(crate) uri: Uri,
    pub(crate) body: Body,
}

impl CallContext {
    /// Whether a text of the response repeats a part of the request: of its body, or of its URI,
    /// where a value may be encoded.
    pub(crate) fn repeats_request(&self, text: &str) -> bool {
        let contains = |sent: &[u8]| {
            sent.windows(text.len().max(1))
                .any(|part| part.eq_ignore_ascii_case(text.as_bytes()))
        };
        self.sent.as_ref().is_some_and(|sent| {
            let body = sent.body.clone().into_inner().unwrap_or_default();
            let target = sent.uri.path_and_query().map_or("", |it| it.as_str());
            let decoded: Vec<u8> = percent_decode_str(target).collect();
            contains(&body) || contains(target.as_bytes()) || contains(&decoded)
        })
    }
}
