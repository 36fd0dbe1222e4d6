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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::convert::Infallible;

    use futures_util::stream;
    use http_body::Frame;
    use http_body_util::StreamBody;
    use proptest::prelude::*;

    use super::*;

    fn read(chunks: Vec<Vec<u8>>, limit: Limit) -> Result<Bytes, Error> {
        let frames = chunks
            .into_iter()
            .map(|chunk| Ok::<_, Infallible>(Frame::data(Bytes::from(chunk))));
        let body = StreamBody::new(stream::iter(frames));
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        runtime.unwrap().block_on(super::read(body, limit))
    }

    proptest! {
        /// However it is cut into chunks.
        #[test]
        fn a_body_is_complete_or_too_large(
            chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..6), 0..6),
            limit in 0..24_usize,
        ) {
            let whole = chunks.concat();
            match read(chunks, Limit::Bytes(limit)) {
                Ok(body) => {
                    prop_assert!(whole.len() <= limit);
                    prop_assert_eq!(body, whole);
                }
                Err(error) => {
                    prop_assert!(whole.len() > limit);
                    prop_assert_eq!(error.kind(), ErrorKind::TooLarge);
                }
            }
        }
    }

    #[tokio::test]
    async fn what_is_in_memory_is_taken_and_what_is_not_is_limited() {
        let most = DEFAULT_LIMIT;
        for (length, fits) in [(most, true), (most + 1, false)] {
            let chunks = || vec![vec![b'x'; length - 1], vec![b'x']];
            assert_eq!(spawn(chunks(), Limit::Collected).await, fits);
            assert_eq!(spawn(chunks(), Limit::Bytes(most)).await, fits);
            let body = Body::from(vec![b'x'; length]);
            let collected = super::read(body, Limit::Collected).await.unwrap();
            assert_eq!(collected.len(), length);
        }
    }

    async fn spawn(chunks: Vec<Vec<u8>>, limit: Limit) -> bool {
        let read = tokio::task::spawn_blocking(move || read(chunks, limit).is_ok());
        read.await.unwrap()
    }
}
