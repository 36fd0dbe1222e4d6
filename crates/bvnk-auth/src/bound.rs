//! Reads an answer whole, up to a limit, so that everything above sees complete
//! answers only and a truncated one is a failed attempt.
//!
//! It must not know what an answer says.

use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use http::Method;
use reqwest::ResponseBuilderExt;
use tower::{Layer, Service};

use crate::{BoxError, BoxFuture, Error, ErrorKind};

/// 1 MiB.
pub(crate) const DEFAULT_LIMIT: usize = 1024 * 1024;

/// Reads each answer into memory, up to a number of bytes.
///
/// Answers go up as they came, but with a body that is complete. One that is larger
/// than the limit fails with [`ErrorKind::TooLarge`]; one that ends early fails with
/// [`ErrorKind::Interrupted`]. It bounds no time: the attempt's time-out belongs to
/// [`RetryPolicy::attempt_timeout`](crate::RetryPolicy::attempt_timeout), or to the
/// client when there is no retry layer.
#[derive(Clone, Copy, Debug)]
pub struct BoundLayer {
    max_bytes: usize,
}

impl BoundLayer {
    /// Answers of at most `max_bytes` bytes; the default is 1 MiB.
    #[must_use]
    pub fn new(max_bytes: usize) -> Self {
        Self { max_bytes }
    }
}

impl Default for BoundLayer {
    fn default() -> Self {
        Self::new(DEFAULT_LIMIT)
    }
}

impl<S> Layer<S> for BoundLayer {
    type Service = BoundService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        BoundService {
            inner,
            max_bytes: self.max_bytes,
        }
    }
}

/// The service that [`BoundLayer`] makes.
#[derive(Clone, Debug)]
pub struct BoundService<S> {
    inner: S,
    max_bytes: usize,
}

impl<S> Service<reqwest::Request> for BoundService<S>
where
    S: Service<reqwest::Request, Response = reqwest::Response> + Clone + Send + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send,
{
    type Response = reqwest::Response;
    type Error = BoxError;
    type Future = BoxFuture;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, request: reqwest::Request) -> BoxFuture {
        let method = request.method().clone();
        let max_bytes = self.max_bytes;
        let answer = self.inner.call(request);
        Box::pin(async move {
            let mut response = answer
                .await
                .map_err(|error| Error::from_below(error, &method))?;
            let body = read(&mut response, max_bytes, &method).await?;
            let mut response = rebuild(&mut response, body.clone())?;
            response.extensions_mut().insert(Whole(body));
            Ok(response)
        })
    }
}

/// The body of an answer that was read whole, for the layers above: a
/// `reqwest::Response` lets nobody look into its body without consuming it.
#[derive(Clone)]
pub(crate) struct Whole(pub(crate) Bytes);

/// The body of an answer, which has none afterwards.
pub(crate) async fn read(
    response: &mut reqwest::Response,
    max_bytes: usize,
    method: &Method,
) -> Result<Bytes, Error> {
    let status = response.status();
    // Most answers are one chunk, which is taken as it is; others are put together.
    let mut body = Bytes::new();
    let mut parts = BytesMut::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if chunk.len() > max_bytes - body.len() - parts.len() => {
                return Err(Error::new(ErrorKind::TooLarge)
                    .with_status(status)
                    .settle(method));
            }
            Ok(Some(chunk)) if body.is_empty() && parts.is_empty() => body = chunk,
            Ok(Some(chunk)) => {
                parts.extend_from_slice(&std::mem::take(&mut body));
                parts.extend_from_slice(&chunk);
            }
            Ok(None) => break,
            Err(error) => {
                return Err(Error::from_reqwest(error)
                    .with_status(status)
                    .settle(method));
            }
        }
    }
    Ok(if body.is_empty() {
        parts.freeze()
    } else {
        body
    })
}

/// `response` with `body`. All but the URL is moved; that has to be carried over.
pub(crate) fn rebuild(
    response: &mut reqwest::Response,
    body: Bytes,
) -> Result<reqwest::Response, Error> {
    let mut whole = http::Response::builder()
        .status(response.status())
        .version(response.version());
    if let Some(extensions) = whole.extensions_mut() {
        *extensions = std::mem::take(response.extensions_mut());
    }
    if let Some(headers) = whole.headers_mut() {
        *headers = std::mem::take(response.headers_mut());
    }
    let whole = whole
        .url(response.url().clone())
        .body(body)
        .map_err(|error| Error::new(ErrorKind::Other).with_source(error.into()))?;
    Ok(whole.into())
}
