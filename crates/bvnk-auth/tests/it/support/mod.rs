//! What the tests share: a fake network below the layers, and its log.
//!
//! It must not make any test wait: time is tokio's, and paused.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic
)]

pub mod canary;
pub mod verifier;

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bvnk_auth::{BoxError, BoxFuture, Error, TestRuntime};
use http::{HeaderMap, Method};
use reqwest::{Request, Response};
use tokio::time::Instant;
use tower::util::BoxCloneSyncService;

use verifier::Wire;

pub const ID: &str = "dh37fgj492je";
pub const KEY: &str = "werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxn";
/// The wall clock at each test's start.
pub const START: u64 = 1_700_000_000;

pub fn start() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(START)
}

pub fn runtime() -> Arc<TestRuntime> {
    Arc::new(TestRuntime::new(start(), 42))
}

/// A reqwest client as the layers want it. Built together with a crate that turns rustls
/// on without a provider, reqwest panics unless one is installed.
pub fn http() -> reqwest::ClientBuilder {
    // It fails when it is installed already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    bvnk_auth::harden(reqwest::Client::builder())
}

/// Any stack of layers, ready to be called.
pub type Stack = BoxCloneSyncService<Request, Response, BoxError>;

pub fn post(url: &str) -> Request {
    let mut request = Request::new(Method::POST, url.parse().unwrap());
    *request.body_mut() = Some(r#"{"a":1}"#.into());
    let json = "application/json".parse().unwrap();
    request.headers_mut().insert("content-type", json);
    request
}

pub fn get(url: &str) -> Request {
    Request::new(Method::GET, url.parse().unwrap())
}

pub fn answer(status: u16) -> http::response::Builder {
    http::Response::builder().status(status)
}

pub fn done(status: u16) -> Result<Response, BoxError> {
    Ok(answer(status).body("").unwrap().into())
}

/// The error of a call through these layers.
pub fn failure(result: Result<Response, BoxError>) -> Error {
    *result
        .expect_err("an error")
        .downcast()
        .expect("a bvnk_auth::Error")
}

/// What was sent, and when.
#[derive(Clone, Debug)]
pub struct Sent {
    pub at: Instant,
    pub method: Method,
    pub url: url::Url,
    /// As `http` would put it on the wire.
    pub resource: String,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Sent {
    fn of(request: &Request) -> Self {
        let copy = request.try_clone().unwrap();
        let body = copy.body().map(|body| body.as_bytes().unwrap().to_vec());
        let wire: http::Request<reqwest::Body> = copy.try_into().unwrap();
        Self {
            at: Instant::now(),
            method: request.method().clone(),
            url: request.url().clone(),
            resource: wire.uri().path_and_query().unwrap().to_string(),
            headers: request.headers().clone(),
            body: body.unwrap_or_default(),
        }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.get_all(name).iter();
        let value = values.next()?.to_str().unwrap();
        assert!(values.next().is_none(), "{name} twice");
        Some(value)
    }

    pub fn wire(&self) -> Wire<'_> {
        Wire {
            method: self.method.as_str(),
            resource: &self.resource,
            host: self.url.host_str().unwrap(),
            port: self.url.port_or_known_default().unwrap(),
            content_type: self.header("content-type").unwrap_or_default(),
            body: &self.body,
        }
    }

    /// Checks the signature with the second implementation.
    pub fn verify(&self) -> std::collections::BTreeMap<String, String> {
        let header = self.header("authorization").expect("a signature");
        assert!(self.headers["authorization"].is_sensitive());
        verifier::verify(&self.wire(), header, ID, KEY.as_bytes())
    }
}

/// A network that answers by a script and remembers what was sent.
#[derive(Clone, Default)]
pub struct Network(Arc<Mutex<Vec<Sent>>>);

impl Network {
    /// A service that answers the n-th request (from 0) with `script(n, request)`;
    /// `None` never answers.
    pub fn service<F>(&self, script: F) -> Stack
    where
        F: Fn(usize, &Sent) -> Option<Result<Response, BoxError>> + Send + Sync + 'static,
    {
        let log = Arc::clone(&self.0);
        let script = Arc::new(script);
        Stack::new(tower::service_fn(move |request: Request| -> BoxFuture {
            let sent = Sent::of(&request);
            let index = log.lock().unwrap().len();
            log.lock().unwrap().push(sent.clone());
            let answer = script(index, &sent);
            Box::pin(async move {
                match answer {
                    Some(answer) => answer,
                    None => std::future::pending().await,
                }
            })
        }))
    }

    pub fn sent(&self) -> Vec<Sent> {
        self.0.lock().unwrap().clone()
    }

    pub fn count(&self) -> usize {
        self.0.lock().unwrap().len()
    }

    /// The delays between the requests.
    pub fn gaps(&self) -> Vec<Duration> {
        let sent = self.sent();
        sent.windows(2).map(|two| two[1].at - two[0].at).collect()
    }
}
