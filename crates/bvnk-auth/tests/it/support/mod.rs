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

use bvnk_auth::{
    Body, BoxError, BoxFuture, Call, CallInfo, Credentials, Error, HawkLayer, HttpService,
    IdempotencyLayer, RetryPolicy, TestRuntime,
};
use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response};
use http_body_util::StreamBody;
use http_body_util::combinators::BoxBody;
use tokio::time::Instant;
use tower::util::BoxCloneSyncService;
use tower::{Service, ServiceBuilder};

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

/// The adapter as the layers want it. Built together with a crate that turns rustls on
/// without a provider, reqwest panics unless one is installed.
pub fn http() -> HttpService {
    // It fails when it is installed already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let local = "http://127.0.0.1".parse().unwrap();
    let builder = bvnk_auth::configure_http(reqwest::Client::builder(), &local);
    HttpService::new(builder.user_agent("test/1").build().unwrap())
}

/// Any service, ready to be called.
pub type Stack<B = Body> = BoxCloneSyncService<Request<Body>, Response<B>, BoxError>;

pub fn hawk() -> HawkLayer {
    HawkLayer::new(Credentials::new(ID, KEY).unwrap()).runtime(runtime())
}

/// All layers, with a policy, around `inner`.
pub fn stack<S, B>(policy: RetryPolicy, inner: S) -> Stack
where
    S: Service<Request<Body>, Response = Response<B>> + Clone + Send + Sync + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send + 'static,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    full(hawk(), policy, inner)
}

/// All layers, with a policy and a signer, around `inner`.
pub fn full<S, B>(hawk: HawkLayer, policy: RetryPolicy, inner: S) -> Stack
where
    S: Service<Request<Body>, Response = Response<B>> + Clone + Send + Sync + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send + 'static,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    Stack::new(
        ServiceBuilder::new()
            .layer(IdempotencyLayer::new())
            .layer(hawk.retry(policy))
            .service(inner),
    )
}

pub fn request(method: &str, url: &str) -> Request<Body> {
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    let request = Request::builder().method(method).uri(url);
    request.body(Body::default()).unwrap()
}

pub fn post(url: &str) -> Request<Body> {
    let mut request = request("POST", url).map(|_| Body::from(r#"{"a":1}"#));
    let json = "application/json".parse().unwrap();
    request.headers_mut().insert("content-type", json);
    request
}

pub fn get(url: &str) -> Request<Body> {
    request("GET", url)
}

/// The request with a handle of its call.
pub fn with(mut request: Request<Body>, call: &Call) -> Request<Body> {
    request.extensions_mut().insert(call.clone());
    request
}

/// A call with a key in the usual header.
pub fn call(options: bvnk_auth::CallOptions) -> Call {
    call_of(Method::POST, options)
}

pub fn call_of(method: Method, options: bvnk_auth::CallOptions) -> Call {
    let header = http::HeaderName::from_static("x-idempotency-key");
    Call::new("", method, options, Some(header))
}

pub fn answer(status: u16) -> http::response::Builder {
    http::Response::builder().status(status)
}

pub fn done(status: u16) -> Result<Response<Body>, BoxError> {
    Ok(answer(status).body(Body::default()).unwrap())
}

/// A body that arrives in pieces, and may break.
pub type Chunked = http_body_util::combinators::BoxBody<Bytes, BoxError>;

pub fn chunked(chunks: impl IntoIterator<Item = Result<Bytes, BoxError>>) -> Chunked {
    let frames = chunks
        .into_iter()
        .map(|chunk| chunk.map(http_body::Frame::data));
    let frames: Vec<_> = frames.collect();
    BoxBody::new(StreamBody::new(futures_util::stream::iter(frames)))
}

pub fn text<B>(response: Response<B>) -> String
where
    B: Into<Body>,
{
    let bytes = response.into_body().into().into_inner();
    String::from_utf8(bytes.unwrap_or_default().to_vec()).unwrap()
}

/// What the layers know of a call that ended with a response.
pub fn info<B>(response: &Response<B>) -> CallInfo {
    let call: &Call = response.extensions().get().expect("a Call");
    call.info()
}

/// The error of a call through these layers.
pub fn failure<B: std::fmt::Debug>(result: Result<Response<B>, BoxError>) -> Error {
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
    fn of(request: &Request<Body>) -> Self {
        let body = request.body().clone().into_inner();
        Self {
            at: Instant::now(),
            method: request.method().clone(),
            url: request.uri().to_string().parse().unwrap(),
            resource: request.uri().path_and_query().unwrap().to_string(),
            headers: request.headers().clone(),
            body: body.unwrap_or_default().to_vec(),
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
    pub fn service<F, B>(&self, script: F) -> Stack<B>
    where
        F: Fn(usize, &Sent) -> Option<Result<Response<B>, BoxError>> + Send + Sync + 'static,
        B: Send + 'static,
    {
        let log = Arc::clone(&self.0);
        let script = Arc::new(script);
        Stack::new(tower::service_fn(
            move |request: Request<Body>| -> BoxFuture<B> {
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
            },
        ))
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
