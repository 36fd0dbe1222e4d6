//! A proxy between the client and another server that keeps each request as the client
//! sent it. It changes nothing but the `Host`, and bounds what it reads and how long.
//!
//! A layer in the client would see requests before the HTTP library has added headers and framed
//! the body; the proxy sees what is on the wire. It speaks HTTP/1 without encryption and listens on
//! this machine only; what it forwards is encrypted if the server's URL is.

use std::convert::Infallible;
use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bvnk::{Body, BoxError};
use http::{StatusCode, header};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::Mutex as AsyncMutex;
use tokio::task::JoinSet;
use tokio::time::{Interval, MissedTickBehavior, interval};

use crate::exchange::{Request, Response};

/// The largest body that is read, from either side.
pub(super) const BODY_LIMIT: usize = 1 << 20;
/// How long a server may take for a response, its body included.
pub(super) const RESPONSE_LIMIT: Duration = Duration::from_secs(20);

/// How many requests in a row may have no response until no other is sent.
const UNANSWERED_LIMIT: u32 = 32;

/// Limits how many requests a second a server gets, and how many once it has stopped to
/// respond: a run has thousands, each with its time limit. Counts the failures that may pass.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// Ticks when one more request may be sent.
    turns: Option<AsyncMutex<Interval>>,
    /// How many requests in a row have no response, those under way included.
    unanswered: AtomicU32,
    /// How many requests met a failure that may pass.
    transient: AtomicU64,
}

impl Pace {
    /// At most `rate` requests a second; no limit without it.
    pub(super) fn new(rate: Option<u32>) -> Self {
        let turns = rate.map(|rate| {
            let mut turns = interval(Duration::from_secs(1) / rate.max(1));
            // A pause is not made up for by a burst.
            turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
            AsyncMutex::new(turns)
        });
        Self {
            turns,
            ..Self::default()
        }
    }

    /// How many requests met a failure that may pass.
    pub(super) fn transient(&self) -> u64 {
        self.transient.load(Ordering::Relaxed)
    }

    /// Whether the server has stopped to respond.
    pub(super) fn has_stopped(&self) -> bool {
        self.unanswered.load(Ordering::Relaxed) >= UNANSWERED_LIMIT
    }

    /// Waits until one more request may be sent, sends it and reads the response, up
    /// to a limit of time and bytes.
    pub(super) async fn send(&self, request: reqwest::RequestBuilder) -> Result<Response, String> {
        if let Some(turns) = &self.turns {
            turns.lock().await.tick().await;
        }
        // Counted before: a caller may give up in between.
        if self.unanswered.fetch_add(1, Ordering::Relaxed) >= UNANSWERED_LIMIT {
            let reason = format!("not sent, as the last {UNANSWERED_LIMIT} had no response");
            return Err(reason);
        }
        let response = send(request).await;
        if is_transient(&response) {
            self.transient.fetch_add(1, Ordering::Relaxed);
        }
        if response.is_ok() {
            self.unanswered.store(0, Ordering::Relaxed);
        }
        response
    }
}

/// A running proxy. It stops when it is dropped.
pub(super) struct Proxy {
    /// Where the client sends its requests, in place of the server's address.
    pub(super) address: SocketAddr,
    forwarder: Arc<Forwarder>,
    /// Accepts connections until it is dropped.
    _accepting: JoinSet<()>,
}

/// What connections share.
struct Forwarder {
    http: reqwest::Client,
    /// The scheme, host and port of the server.
    origin: String,
    /// The requests that nothing took yet.
    kept: Mutex<Vec<Request>>,
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

    /// Returns the requests since the last call, and forgets them.
    pub(super) fn take(&self) -> Vec<Request> {
        std::mem::take(&mut *self.forwarder.kept())
    }
}

impl Forwarder {
    /// The requests that nothing took yet. A panic of another task does not spoil them.
    fn kept(&self) -> MutexGuard<'_, Vec<Request>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers every request. What fails on the way is a 502, as from a gateway: the client
    /// takes that for a failure on the way, which it is.
    async fn forward(
        self: Arc<Self>,
        request: http::Request<Incoming>,
    ) -> Result<http::Response<Body>, Infallible> {
        let forwarded = self.try_forward(request).await;
        let forwarded = forwarded.unwrap_or_else(|reason| {
            let mut response = Response::new(StatusCode::BAD_GATEWAY);
            response.body = reason.to_string().into();
            response
        });
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
        self.kept().push(request);
        Ok(self.pace.send(forwarded).await?)
    }
}

/// Whether there is no response, or one that is no verdict on the request (429, 502, 503, 504): a
/// repetition may succeed. A 500 is the server's answer to this request, and stays one.
pub(super) fn is_transient(response: &Result<Response, String>) -> bool {
    let status = response.as_ref().map(|response| response.status.as_u16());
    matches!(status, Err(_) | Ok(429 | 502..=504))
}

/// Sends a request and reads the response completely, up to a limit of time and bytes. The error
/// does not show the URL.
async fn send(request: reqwest::RequestBuilder) -> Result<Response, String> {
    let response = request
        .timeout(RESPONSE_LIMIT)
        .send()
        .await
        .map_err(|error| causes(&error.without_url()))?;
    let mut received = Response::new(response.status());
    received.headers.clone_from(response.headers());
    let body = Limited::new(reqwest::Body::from(response), BODY_LIMIT)
        .collect()
        .await;
    let body =
        body.map_err(|error| format!("the body cannot be read: {}", causes(error.as_ref())))?;
    received.body = body.to_bytes();
    Ok(received)
}

/// An error with its causes: only the last one distinguishes a time-out from a broken connection.
fn causes(error: &(dyn Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| (*error).source());
    let causes: Vec<String> = causes.map(ToString::to_string).collect();
    causes.join(": ")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[tokio::test]
    async fn the_reason_for_no_response_names_its_cause() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        drop(listener);
        let http = bvnk::http_client(&url.parse().unwrap()).unwrap();
        let error = Pace::new(None).send(http.get(&url)).await.err().unwrap();
        assert!(error.contains("refused"), "{error}");
    }

    #[tokio::test]
    async fn a_server_that_does_not_respond_is_not_asked_for_ever() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        drop(listener);
        let http = bvnk::http_client(&url.parse().unwrap()).unwrap();
        let pace = Pace::new(None);
        for number in 0..UNANSWERED_LIMIT + 5 {
            let error = pace.send(http.get(&url)).await.err().unwrap();
            let is_sent = !error.starts_with("not sent");
            assert_eq!(is_sent, number < UNANSWERED_LIMIT, "{number}: {error}");
        }
    }
}
