//! A proxy between the client and another server that keeps each request as the client
//! sent it. It changes nothing but the `Host`.
//!
//! A layer in the client would see requests before the HTTP library has added headers and framed
//! the body; the proxy sees what is on the wire. It speaks HTTP/1 without encryption and listens on
//! this machine only; what it forwards is encrypted if the server's URL is.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use bvnk::{Body, BoxError};
use http::header;
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::pace::{BODY_LIMIT, Pace};
use crate::exchange::{Request, Response};

/// A running proxy. It stops when it is dropped.
pub(super) struct Proxy {
    /// Where the client sends its requests, in place of the server's address.
    pub(super) address: SocketAddr,
    forwarder: Arc<Forwarder>,
    /// Accepts connections until it is dropped.
    _accepting: JoinSet<()>,
}

/// A response once it is there.
type Answered = Arc<OnceLock<Result<Response, String>>>;

/// What connections share.
struct Forwarder {
    http: reqwest::Client,
    /// The scheme, host and port of the server.
    origin: String,
    /// The requests that nothing took yet, and what was answered.
    kept: Mutex<Vec<(Request, Answered)>>,
    pace: Arc<Pace>,
}

impl Proxy {
    /// Starts a proxy in front of `origin`, on a free port of 127.0.0.1.
    ///
    /// # Errors
    ///
    /// When no port is free.
    pub(super) async fn start(
        http: reqwest::Client,
        origin: String,
        pace: Arc<Pace>,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let forwarder = Arc::new(Forwarder {
            http,
            origin,
            kept: Mutex::default(),
            pace,
        });
        let shared = Arc::clone(&forwarder);
        let mut accepting = JoinSet::new();
        accepting.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let forwarder = Arc::clone(&shared);
                let service = service_fn(move |request| Arc::clone(&forwarder).forward(request));
                // A connection that breaks is reported by the client.
                let connection = hyper::server::conn::http1::Builder::new();
                tokio::spawn(connection.serve_connection(TokioIo::new(stream), service));
            }
        });
        Ok(Self {
            address,
            forwarder,
            _accepting: accepting,
        })
    }

    /// Returns the requests since the last call with what was answered, and forgets them.
    pub(super) fn take(&self) -> Vec<(Request, Result<Response, String>)> {
        let kept = std::mem::take(&mut *self.forwarder.kept()).into_iter();
        let late = || Err("no response in time".to_owned());
        let taken = kept.map(|(request, answered)| (request, answered.get().cloned()));
        let taken = taken.map(|(request, answered)| (request, answered.unwrap_or_else(late)));
        taken.collect()
    }
}

impl Forwarder {
    /// The requests that nothing took yet. A panic of another task does not spoil them.
    fn kept(&self) -> MutexGuard<'_, Vec<(Request, Answered)>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers a request as the server did. What fails on the way closes the connection: the client
    /// finds the same, and no status that the server never sent.
    async fn forward(
        self: Arc<Self>,
        request: http::Request<Incoming>,
    ) -> Result<http::Response<Body>, BoxError> {
        let forwarded = self.try_forward(request).await?;
        let mut response = http::Response::new(Body::new(forwarded.body));
        *response.status_mut() = forwarded.status;
        *response.headers_mut() = forwarded.headers;
        // The bytes are complete now, whatever framing they had.
        for name in [
            header::TRANSFER_ENCODING,
            header::CONTENT_LENGTH,
            header::CONNECTION,
        ] {
            response.headers_mut().remove(name);
        }
        Ok(response)
    }

    /// Keeps the request before it waits for its turn, so that a client that gives up was still
    /// seen.
    async fn try_forward(&self, request: http::Request<Incoming>) -> Result<Response, BoxError> {
        let (parts, body) = request.into_parts();
        let mut request = Request::new(parts.method, parts.uri.to_string());
        request.headers = parts.headers;
        request.body = Limited::new(body, BODY_LIMIT).collect().await?.to_bytes();
        let mut headers = request.headers.clone();
        headers.remove(header::HOST);
        let url = format!("{}{}", self.origin, request.target);
        let forwarded = self.http.request(request.method.clone(), url);
        let forwarded = forwarded.headers(headers).body(request.body.clone());
        let answered = Answered::default();
        self.kept().push((request, Arc::clone(&answered)));
        let response = self.pace.send(forwarded).await;
        let _ = answered.set(response.clone());
        Ok(response?)
    }
}
