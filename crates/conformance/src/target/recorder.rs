//! A proxy between the client and a foreign server that keeps each request as the client
//! sent it. It judges nothing, and changes nothing but the `Host`.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use bvnk::BaseUrl;
use bytes::Bytes;
use http::{Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::{Arrived, Pace};

/// A running recorder. It stops when it is dropped.
pub(super) struct Recorder {
    address: SocketAddr,
    kept: Arc<Mutex<Vec<Arrived>>>,
    accepting: JoinHandle<()>,
}

impl Recorder {
    /// Starts a recorder in front of a server, on a free port of 127.0.0.1.
    pub(super) async fn start(base: &BaseUrl, pace: Arc<Pace>) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let kept: Arc<Mutex<Vec<Arrived>>> = Arc::default();
        let to = Arc::new(Onward {
            http: bvnk::http_client().map_err(io::Error::other)?,
            origin: base.as_url().origin().ascii_serialization(),
            kept: Arc::clone(&kept),
            pace,
        });
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let to = Arc::clone(&to);
                let service = service_fn(move |request| {
                    let to = Arc::clone(&to);
                    async move { Ok::<_, Infallible>(to.pass(request).await) }
                });
                // A connection that breaks is the client's to report.
                tokio::spawn(
                    hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service),
                );
            }
        });
        Ok(Self {
            address,
            kept,
            accepting,
        })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(super) fn url(&self, prefix: &str) -> String {
        format!("http://{}{prefix}", self.address)
    }

    pub(super) fn take(&self) -> Vec<Arrived> {
        std::mem::take(&mut *self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

struct Onward {
    http: reqwest::Client,
    origin: String,
    kept: Arc<Mutex<Vec<Arrived>>>,
    pace: Arc<Pace>,
}

impl Onward {
    async fn pass(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        match self.try_pass(request).await {
            Ok(response) => response,
            Err(reason) => {
                // The client reads it as a failure of the way, which it is.
                let mut response = Response::new(Full::new(reason.into()));
                *response.status_mut() = StatusCode::BAD_GATEWAY;
                response
            }
        }
    }

    async fn try_pass(&self, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, String> {
        let (parts, body) = request.into_parts();
        let body = body.collect().await.map_err(|error| error.to_string())?;
        let arrived = Arrived {
            method: parts.method,
            target: parts.uri.to_string(),
            headers: parts.headers,
            body: body.to_bytes(),
        };
        let mut headers = arrived.headers.clone();
        headers.remove(header::HOST);
        let onward = self
            .http
            .request(
                arrived.method.clone(),
                format!("{}{}", self.origin, arrived.target),
            )
            .headers(headers)
            .body(arrived.body.clone());
        self.kept
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(arrived);
        self.pace.wait().await;
        let told = |error: reqwest::Error| error.without_url().to_string();
        let answer = onward.send().await.map_err(told)?;
        let (status, mut headers) = (answer.status(), answer.headers().clone());
        let bytes = answer.bytes().await.map_err(told)?;
        // The bytes are whole now, whatever framing they came in.
        headers.remove(header::TRANSFER_ENCODING);
        headers.remove(header::CONTENT_LENGTH);
        headers.remove(header::CONNECTION);
        let mut response = Response::new(Full::new(bytes));
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        Ok(response)
    }
}
