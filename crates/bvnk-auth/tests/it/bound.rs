//! The bound: an answer comes whole or not at all, however it is cut into chunks.

#![allow(clippy::unwrap_used)]

use std::convert::Infallible;

use bvnk_auth::{BoundLayer, BoxError, Error, ErrorKind};
use bytes::Bytes;
use futures_util::stream;
use http_body_util::StreamBody;
use http_body_util::combinators::BoxBody;
use proptest::prelude::*;
use reqwest::{Body, Request, Response};
use tower::{Layer, ServiceExt, service_fn};

fn chunked(chunks: Vec<Vec<u8>>) -> Response {
    let frames = chunks
        .into_iter()
        .map(|chunk| Ok::<_, Infallible>(http_body::Frame::data(Bytes::from(chunk))));
    let body = BoxBody::new(StreamBody::new(stream::iter(frames.collect::<Vec<_>>())));
    http::Response::new(Body::wrap(body)).into()
}

async fn answered(chunks: Vec<Vec<u8>>, limit: usize) -> Result<Bytes, BoxError> {
    let inner = service_fn(move |_: Request| {
        let chunks = chunks.clone();
        async move { Ok::<_, BoxError>(chunked(chunks)) }
    });
    let request = Request::new(http::Method::GET, "http://127.0.0.1/".parse().unwrap());
    let answer = BoundLayer::new(limit).layer(inner).oneshot(request).await?;
    Ok(answer.bytes().await?)
}

proptest! {
    #[test]
    fn a_body_comes_whole_or_is_too_large(
        chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..6), 0..6),
        limit in 0..24_usize,
    ) {
        let whole = chunks.concat();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        match runtime.block_on(answered(chunks, limit)) {
            Ok(body) => {
                prop_assert!(whole.len() <= limit);
                prop_assert_eq!(body, whole);
            }
            Err(error) => {
                prop_assert!(whole.len() > limit);
                let error = error.downcast_ref::<Error>().unwrap();
                prop_assert_eq!(error.kind(), ErrorKind::TooLarge);
            }
        }
    }
}

#[tokio::test]
async fn a_mebibyte_is_the_most_unless_told_otherwise() {
    let most = 1024 * 1024;
    for (length, fits) in [(most, true), (most + 1, false)] {
        let inner = service_fn(move |_: Request| async move {
            Ok::<_, BoxError>(chunked(vec![vec![b'x'; length]]))
        });
        let request = Request::new(http::Method::GET, "http://127.0.0.1/".parse().unwrap());
        let answer = BoundLayer::default().layer(inner).oneshot(request).await;
        assert_eq!(answer.is_ok(), fits, "{length}");
    }
}

/// What was answered is not known when it is too much to read; a rejection is one at any
/// size, and a safe method changes nothing.
#[tokio::test]
async fn too_large_an_answer_leaves_open_what_it_was() {
    for (method, status, doubt) in [
        ("POST", 202, true),
        ("POST", 500, true),
        ("POST", 400, false),
        ("GET", 200, false),
    ] {
        let inner = service_fn(move |_: Request| async move {
            let answer = http::Response::builder().status(status).body("too much");
            Ok::<_, BoxError>(Response::from(answer.unwrap()))
        });
        let method = http::Method::from_bytes(method.as_bytes()).unwrap();
        let request = Request::new(method.clone(), "http://127.0.0.1/".parse().unwrap());
        let error = BoundLayer::new(3).layer(inner).oneshot(request).await;
        let error = error.unwrap_err();
        let error = error.downcast_ref::<Error>().unwrap();
        assert_eq!(error.kind(), ErrorKind::TooLarge);
        assert_eq!(error.outcome_unknown(), doubt, "{method} {status}");
    }
}
