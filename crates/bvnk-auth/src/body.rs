//! Reads the body of a response completely, up to a limit.

use std::pin::pin;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;

use crate::{BoxError, Error, ErrorKind};

/// Reads all chunks of a body. `limit` is a number of bytes.
///
/// Chunks are copied as they arrive: a server may send a megabyte as single bytes.
pub(crate) async fn read<B>(body: B, limit: usize) -> Result<Bytes, Error>
where
    B: http_body::Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    let mut body = pin!(body);
    let mut whole = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| Error::from_any(error.into(), ErrorKind::Interrupted))?;
        let Ok(chunk) = frame.into_data() else {
            continue; // trailers
        };
        if whole.len() + chunk.len() > limit {
            return Err(Error::new(ErrorKind::TooLarge));
        }
        whole.extend_from_slice(&chunk);
    }
    Ok(whole.freeze())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use futures_util::stream;
    use http_body::Frame;
    use http_body_util::StreamBody;
    use proptest::prelude::*;
    use std::convert::Infallible;

    use super::*;
    fn read(chunks: Vec<Vec<u8>>, limit: usize) -> Result<Bytes, Error> {
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
            match read(chunks, limit) {
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
}
