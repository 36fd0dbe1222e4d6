//! Reads the body of a response completely, up to a limit.

use std::pin::pin;

use bytes::{Bytes, BytesMut};
use http::Response;
use http_body_util::BodyExt;

use crate::{Body, BoxError, Error, ErrorKind};

/// 1 MiB.
pub(crate) const DEFAULT_LIMIT: usize = 1024 * 1024;

/// How much of a body is read.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Limit {
    /// So many bytes.
    Bytes(usize),
    /// The default limit for what has to be collected. A body that is a single chunk in
    /// memory already, as one that a layer below has collected, is taken at any size.
    Collected,
}

/// Replaces the body of `response` by one that is complete.
pub(crate) async fn collect<B>(response: Response<B>, limit: Limit) -> Result<Response<Body>, Error>
where
    B: http_body::Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    let (parts, body) = response.into_parts();
    match read(body, limit).await {
        Ok(bytes) => Ok(Response::from_parts(parts, Body::new(bytes))),
        Err(error) => Err(error.with_status(parts.status)),
    }
}

async fn read<B>(body: B, limit: Limit) -> Result<Bytes, Error>
where
    B: http_body::Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    let mut body = pin!(body);
    let mut first = Bytes::new();
    let mut rest = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| Error::from_body(error.into()))?;
        let Ok(chunk) = frame.into_data() else {
            continue; // trailers
        };
        let is_first = first.is_empty() && rest.is_empty();
        let left = match limit {
            Limit::Collected if is_first && body.is_end_stream() => chunk.len(),
            Limit::Collected => DEFAULT_LIMIT.saturating_sub(first.len() + rest.len()),
            Limit::Bytes(limit) => limit.saturating_sub(first.len() + rest.len()),
        };
        if chunk.len() > left {
            return Err(Error::new(ErrorKind::TooLarge));
        }
        // Most bodies are one chunk, which is not copied.
        if is_first {
            first = chunk;
        } else {
            rest.extend_from_slice(&std::mem::take(&mut first));
            rest.extend_from_slice(&chunk);
        }
    }
    Ok(if first.is_empty() {
        rest.freeze()
    } else {
        first
    })
}
