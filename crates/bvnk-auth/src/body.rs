//! Reads the body of a response completely, up to a limit.

use std::pin::Pin;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;

use crate::{BoxError, Error, ErrorKind};

/// 1 MiB.
pub(crate) const DEFAULT_LIMIT: usize = 1024 * 1024;

/// Where the chunks of a body come from.
pub(crate) trait Chunks {
    async fn next(&mut self) -> Result<Option<Bytes>, Error>;

    /// Whether it is known that no chunk follows.
    fn is_end(&self) -> bool {
        false
    }
}

impl Chunks for reqwest::Response {
    async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        self.chunk().await.map_err(Error::from_reqwest)
    }
}

impl<B> Chunks for Pin<&mut B>
where
    B: http_body::Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        while let Some(frame) = self.frame().await {
            let frame = frame.map_err(|error| Error::from_body(error.into()))?;
            if let Ok(data) = frame.into_data() {
                return Ok(Some(data)); // else trailers
            }
        }
        Ok(None)
    }

    fn is_end(&self) -> bool {
        self.is_end_stream()
    }
}

/// Reads all chunks. `limit` is a number of bytes; without one, what has to be collected is
/// limited to 1 MiB, and a single chunk that is in memory already, as that of a layer below
/// which has collected the body, is taken at any size.
pub(crate) async fn read(body: &mut impl Chunks, limit: Option<usize>) -> Result<Bytes, Error> {
    let mut first = Bytes::new();
    let mut rest = BytesMut::new();
    while let Some(chunk) = body.next().await? {
        let is_first = first.is_empty() && rest.is_empty();
        let is_collected = limit.is_none() && is_first && body.is_end();
        let length = first.len() + rest.len() + chunk.len();
        if !is_collected && length > limit.unwrap_or(DEFAULT_LIMIT) {
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
    use std::pin::pin;

    use futures_util::stream;
    use http_body::Frame;
    use http_body_util::StreamBody;
    use proptest::prelude::*;

    use super::*;
    use crate::Body;

    fn read(chunks: Vec<Vec<u8>>, limit: Option<usize>) -> Result<Bytes, Error> {
        let frames = chunks
            .into_iter()
            .map(|chunk| Ok::<_, Infallible>(Frame::data(Bytes::from(chunk))));
        let mut body = pin!(StreamBody::new(stream::iter(frames)));
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        runtime.unwrap().block_on(super::read(&mut body, limit))
    }

    proptest! {
        /// However it is cut into chunks.
        #[test]
        fn a_body_is_complete_or_too_large(
            chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..6), 0..6),
            limit in 0..24_usize,
        ) {
            let whole = chunks.concat();
            match read(chunks, Some(limit)) {
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
            assert_eq!(spawn(chunks(), None).await, fits);
            assert_eq!(spawn(chunks(), Some(most)).await, fits);
            let mut body = pin!(Body::from(vec![b'x'; length]));
            let collected = super::read(&mut body, None).await.unwrap();
            assert_eq!(collected.len(), length);
        }
    }

    async fn spawn(chunks: Vec<Vec<u8>>, limit: Option<usize>) -> bool {
        let read = tokio::task::spawn_blocking(move || read(chunks, limit).is_ok());
        read.await.unwrap()
    }
}
