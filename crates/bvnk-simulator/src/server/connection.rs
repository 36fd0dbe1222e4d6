//! One connection: reads requests, and delivers answers whole, in part or not at all.
//!
//! It must not know what an answer means.

use std::error::Error;
use std::fmt;
use std::io::Write as _;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::header::{CONNECTION, DATE};
use http::{HeaderValue, StatusCode};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use super::{Shared, control};
use crate::answer;
use crate::customers::Late;
use crate::message::{Delivery, Request, Response};

/// Serves one connection until it ends.
pub(super) async fn serve(stream: TcpStream, shared: Arc<Shared>) {
    // An answer is one small write; waiting for more to send only delays it. A socket
    // that refuses works all the same.
    let _ = stream.set_nodelay(true);
    let caller = Arc::new(Caller {
        shared,
        late: Mutex::default(),
    });
    let service = service_fn(|request| answer(Arc::clone(&caller), request));
    let mut connection = http1::Builder::new()
        .header_read_timeout(None)
        .serve_connection(TokioIo::new(stream), service);
    let ended = Pin::new(&mut connection).await;
    caller.catch_up();
    let Err(error) = ended else {
        return;
    };
    // The service's way to take the connection from the HTTP library: it fails, and the
    // failure says what is still to be done with the bare stream.
    let cut = error.source().and_then(|source| source.downcast_ref());
    if let Some(cut) = cut {
        let stream = connection.into_parts().io.into_inner();
        Cut::carry_out(cut, stream).await;
    }
}

/// The other end of a connection.
struct Caller {
    shared: Arc<Shared>,
    /// What a fault keeps from being remembered until the caller has read the answer. That
    /// shows when the connection is used again or ends; until then whoever comes with the
    /// same key, on a connection of its own, finds nothing.
    late: Mutex<Option<Late>>,
}

impl Caller {
    fn catch_up(&self) {
        let late = self.late().take();
        if late.is_some() {
            self.shared.lock().simulator.remember(late);
        }
    }

    fn late(&self) -> MutexGuard<'_, Option<Late>> {
        self.late.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, request: Request) -> Response {
        if self.shared.listen.control
            && let Some(response) = control::answer(&self.shared, &request)
        {
            return response;
        }
        let mut response = self.shared.answer(request);
        *self.late() = response.late.take();
        response
    }
}

async fn answer(
    caller: Arc<Caller>,
    request: http::Request<Incoming>,
) -> Result<http::Response<Full<Bytes>>, Cut> {
    caller.catch_up();
    let shared = &caller.shared;
    let (head, body) = request.into_parts();
    let target = head.uri.path_and_query();
    let mut request = Request {
        target: target.map_or("/", |target| target.as_str()).to_owned(),
        method: head.method,
        headers: head.headers,
        body: Bytes::new(),
    };
    let response = match Limited::new(body, shared.listen.body_limit).collect().await {
        Ok(body) => {
            request.body = body.to_bytes();
            caller.answer(request)
        }
        Err(error) if error.is::<LengthLimitError>() => {
            let response = too_large();
            shared.record(&mut shared.lock(), request, &response);
            response
        }
        // The caller went away in the middle of its body: there is nobody to answer.
        Err(_) => return Err(Cut::reset()),
    };
    // Callers may take the time from `Date`; it has to be the clock's that judges them.
    let date = answer::http_date(shared.listen.clock.now());
    deliver(response.with(DATE, &date)).await
}

/// The rest of such a body is not read, so that the connection cannot be used again.
fn too_large() -> Response {
    let mut response = answer::error(
        StatusCode::PAYLOAD_TOO_LARGE,
        "payload_too_large",
        "the body is longer than this server reads",
    );
    let close = HeaderValue::from_static("close");
    response.headers.insert(CONNECTION, close);
    response
}

async fn deliver(response: Response) -> Result<http::Response<Full<Bytes>>, Cut> {
    match response.delivery {
        Delivery::Whole => {
            let mut whole = http::Response::new(Full::new(response.body));
            *whole.status_mut() = response.status;
            *whole.headers_mut() = response.headers;
            Ok(whole)
        }
        Delivery::Truncated => Err(Cut::after(wire(&response, response.body.len() / 2))),
        Delivery::ThenClosed => Err(Cut::after(wire(&response, response.body.len()))),
        Delivery::Malformed => Err(Cut::after(Bytes::from_static(b"this is no HTTP\r\n\r\n"))),
        Delivery::Reset => Err(Cut::reset()),
        // Ends when the caller hangs up or the server stops: either drops this future.
        Delivery::Stalled => std::future::pending().await,
    }
}

/// The head, which announces the whole body, and so many bytes of the body.
fn wire(response: &Response, sent: usize) -> Bytes {
    let length = response.body.len();
    let mut wire = Vec::with_capacity(256 + length);
    // Writing to memory cannot fail.
    let _ = write!(wire, "HTTP/1.1 {}\r\n", response.status);
    for (name, value) in &response.headers {
        let _ = write!(wire, "{name}: ");
        wire.extend_from_slice(value.as_bytes());
        wire.extend_from_slice(b"\r\n");
    }
    let _ = write!(wire, "content-length: {length}\r\n\r\n");
    wire.extend_from_slice(response.body.get(..sent).unwrap_or(&[]));
    wire.into()
}

/// The end of a connection, after some last bytes.
#[derive(Debug)]
struct Cut {
    bytes: Bytes,
    reset: bool,
}

impl Cut {
    /// Ends with a TCP reset.
    fn reset() -> Self {
        Self {
            bytes: Bytes::new(),
            reset: true,
        }
    }

    /// Ends in order, after these bytes.
    fn after(bytes: Bytes) -> Self {
        Self {
            bytes,
            reset: false,
        }
    }

    async fn carry_out(&self, mut stream: TcpStream) {
        // The caller may be gone already; then there is nothing left to do to it.
        if self.reset {
            let _ = stream.set_zero_linger();
        } else if stream.write_all(&self.bytes).await.is_ok() {
            let _ = stream.shutdown().await;
        }
    }
}

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection is cut on purpose")
    }
}

impl Error for Cut {}
