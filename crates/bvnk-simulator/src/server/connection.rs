//! One connection: reads requests, and sends responses whole, in part or never.

use std::error::Error;
use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use http::header::{CONNECTION, DATE};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use super::{Shared, control};
use crate::answer;
use crate::fault::Fault;
use crate::message::{Request, Response};

/// The longest body that is read, in bytes; a longer one is answered 413.
const MAX_BODY: usize = 1024 * 1024;

/// Serves a connection until it ends.
pub(super) async fn serve(stream: TcpStream, shared: Arc<Shared>, number: u64) {
    // A response is one small write, which waiting for more only delays. A failure does no
    // harm.
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| handle(&shared, number, request));
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(shared.listen.read_timeout)
        .serve_connection(TokioIo::new(stream), service);
    let ended = tokio::select! {
        ended = &mut connection => ended,
        () = shared.ended() => {
            std::pin::Pin::new(&mut connection).graceful_shutdown();
            (&mut connection).await
        }
    };
    let Err(error) = ended else {
        return;
    };
    // The service takes the connection from the HTTP library by failing; the failure has
    // what is still to be done with the bare stream.
    let source = error.source();
    if let Some(cut) = source.and_then(|source| source.downcast_ref::<Cut>()) {
        let stream = connection.into_parts().io.into_inner();
        cut.carry_out(stream, &shared).await;
    }
}

/// Reads one request and answers it.
///
/// # Errors
///
/// A [`Cut`] when the connection ends without a whole response: a fault, a body that does not
/// arrive in time, or a caller that closed the connection.
async fn handle(
    shared: &Shared,
    connection: u64,
    request: http::Request<Incoming>,
) -> Result<http::Response<Full<Bytes>>, Cut> {
    let (head, body) = request.into_parts();
    let target = head.uri.path_and_query().map_or("/", |it| it.as_str());
    let mut request = Request::new(head.method, target);
    request.headers = head.headers;
    request.connection = connection;
    let body = Limited::new(body, MAX_BODY).collect();
    // No timer without a limit: a test's virtual time would jump to it.
    let body = match shared.listen.read_timeout {
        None => Ok(body.await),
        Some(limit) => tokio::time::timeout(limit, body).await,
    };
    let response = match body.map_err(|_| Cut::RESET)? {
        Ok(body) => {
            request.body = body.to_bytes();
            let control = shared.listen.control;
            let controlled = control.then(|| control::answer(shared, &request));
            controlled
                .flatten()
                .unwrap_or_else(|| shared.answer(request))
        }
        Err(error) if error.is::<LengthLimitError>() => {
            let message = "the body is longer than this server reads";
            let response = answer::plain(StatusCode::PAYLOAD_TOO_LARGE, message);
            // The rest is not read, so the connection cannot be used again.
            let response = response.header(CONNECTION, "close");
            let kept = response.clone();
            shared.lock().received.push(request, kept, &shared.listen);
            response
        }
        // The caller closed the connection in the middle of its body.
        Err(_) => return Err(Cut::RESET),
    };
    if response.delay > Duration::ZERO {
        shared.listen.clock.sleep(response.delay).await;
    }
    // Callers may take the time from `Date`; it has to be the clock that verifies them.
    let date = answer::http_date(shared.listen.clock.now());
    send(response.header(DATE, &date)).await
}

/// Gives a whole response to the HTTP library, or the bytes of a broken one to [`Cut`].
async fn send(response: Response) -> Result<http::Response<Full<Bytes>>, Cut> {
    let half = |bytes: &[u8]| bytes.get(..bytes.len() / 2).unwrap_or_default().to_vec();
    let (head, body) = (head(&response), &response.body);
    let bytes = match response.interruption {
        // Ends when the caller closes the connection or the server stops: either drops this
        // future.
        Some(Fault::Stall | Fault::CommitThenStall) => std::future::pending().await,
        Some(Fault::ResetBeforeCommit | Fault::CommitThenReset) => Vec::new(),
        Some(Fault::MalformedHttp) => b"this is not HTTP\r\n\r\n".to_vec(),
        Some(Fault::TruncateHead) => half(&head),
        Some(Fault::TruncateBody | Fault::StallBody) => [head, half(body)].concat(),
        Some(Fault::CloseAfterResponse) => [&head[..], body].concat(),
        _ => {
            let mut whole = http::Response::new(Full::new(response.body));
            *whole.status_mut() = response.status;
            *whole.headers_mut() = response.headers;
            return Ok(whole);
        }
    };
    let stays_open = response.interruption == Some(Fault::StallBody);
    Err(Cut { bytes, stays_open })
}

/// The head, which announces the whole body.
fn head(response: &Response) -> Vec<u8> {
    let mut head = Vec::with_capacity(256);
    // Writing to memory cannot fail.
    let _ = write!(head, "HTTP/1.1 {}\r\n", response.status);
    for (name, value) in &response.headers {
        let _ = write!(head, "{name}: ");
        head.extend_from_slice(value.as_bytes());
        head.extend_from_slice(b"\r\n");
    }
    let _ = write!(head, "content-length: {}\r\n\r\n", response.body.len());
    head
}

/// The end of a connection, after some last bytes.
#[derive(Debug, thiserror::Error)]
#[error("the connection is cut by a fault")]
struct Cut {
    /// Without any, the end is a TCP reset.
    bytes: Vec<u8>,
    stays_open: bool,
}

impl Cut {
    /// Ends with a TCP reset.
    const RESET: Self = Self {
        bytes: Vec::new(),
        stays_open: false,
    };

    async fn carry_out(&self, mut stream: TcpStream, shared: &Shared) {
        // Failures are ignored: the caller may have closed the connection already.
        if self.bytes.is_empty() {
            let _ = stream.set_zero_linger();
            return;
        }
        let is_written = stream.write_all(&self.bytes).await.is_ok();
        if is_written && self.stays_open {
            tokio::select! {
                () = shared.ended() => {}
                // Bytes or the end of the stream: in both cases the caller gave up waiting.
                _ = stream.readable() => {}
            }
            return;
        }
        let _ = stream.shutdown().await;
    }
}
