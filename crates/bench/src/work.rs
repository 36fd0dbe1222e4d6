//! The units of work that are measured, and their floors.
//!
//! Everything that a service would have at hand (the client, the request's value, the
//! bytes of the floor) is made before measuring. It must not know how it is measured.

use std::hint::black_box;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bvnk::types::CreateCustomerRequest;
use bvnk_auth::{BoxError, Credentials, HawkLayer, HawkService};
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Method};
use reqwest::Request;
use ring::{digest, hmac};
use serde_json::Value;
use tower::{Layer, Service};

use crate::by_hand::ByHand;
use crate::{Failure, Outcome};

pub(crate) const ID: &str = "dh37fgj492je";
pub(crate) const KEY: &str = "werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxn";

/// Where the documented API has its customers.
pub const PATH: &str = "/platform/v1/customers";

/// The documentation's own request.
///
/// # Errors
///
/// When the contract has no example.
pub fn example() -> Outcome<CreateCustomerRequest> {
    let contract: Value = serde_json::from_str(include_str!("../../bvnk-simulator/contract.json"))?;
    let example = contract
        .pointer(
            "/paths/~1platform~1v1~1customers/post/requestBody/content/application~1json/example",
        )
        .ok_or("the contract has no example of a creation")?;
    Ok(bvnk::from_json(example.to_string().as_bytes())?)
}

/// One attempt's signature, through the layer: clock, nonce, MAC and header.
#[derive(Debug)]
pub struct Sign {
    layer: HawkService<Returned>,
    slot: Returned,
    request: Option<Request>,
}

impl Sign {
    /// Signs one request again and again; `body` is its body, and hashed too where
    /// there is one.
    ///
    /// # Errors
    ///
    /// When the credentials are refused.
    pub fn new(body: Option<Bytes>) -> Outcome<Self> {
        let url = format!("https://api.sandbox.bvnk.com{PATH}");
        let mut sign = Self::with(Credentials::new(ID, KEY)?, body.is_some());
        sign.request = Some(creation(&url, body)?);
        Ok(sign)
    }

    /// Signs whatever it is given.
    pub fn with(credentials: Credentials, hashed: bool) -> Self {
        let slot = Returned::default();
        let layer = HawkLayer::new(credentials).payload_hash(hashed);
        Self {
            layer: layer.layer(slot.clone()),
            slot,
            request: None,
        }
    }

    /// Signs a request. The future is dropped: the layer signs before it gives it back.
    ///
    /// # Errors
    ///
    /// When the layer refuses to sign.
    pub fn sign(&mut self, request: Request) -> Outcome<Request> {
        drop(black_box(self.layer.call(request)));
        Ok(self.slot.take().ok_or("the layer refused to sign")?)
    }

    /// Signs its own request once more.
    ///
    /// # Errors
    ///
    /// As for [`Sign::sign`].
    pub fn round(&mut self) -> Outcome<()> {
        let request = self.request.take().ok_or("there is no request")?;
        self.request = Some(self.sign(request)?);
        Ok(())
    }
}

/// A creation as a request.
///
/// # Errors
///
/// When the URL is none.
pub fn creation(url: &str, body: Option<Bytes>) -> Outcome<Request> {
    let mut request = Request::new(Method::POST, url.parse()?);
    let json = HeaderValue::from_static("application/json");
    request.headers_mut().insert(CONTENT_TYPE, json);
    *request.body_mut() = body.map(Into::into);
    Ok(request)
}

/// Stands where the client would be and keeps the request for the next round.
#[derive(Clone, Debug, Default)]
struct Returned(Arc<Mutex<Option<Request>>>);

impl Returned {
    fn put(&self, request: Request) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(request);
    }

    fn take(&self) -> Option<Request> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Service<Request> for Returned {
    type Response = reqwest::Response;
    type Error = BoxError;
    type Future = std::future::Pending<Result<reqwest::Response, BoxError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        self.put(request);
        std::future::pending()
    }
}

/// The floor of [`Sign`]: ring's MAC of a string like the one that is signed, and ring's
/// hash of the body.
#[derive(Debug)]
pub struct Mac {
    key: hmac::Key,
    text: String,
    body: Option<Bytes>,
}

impl Mac {
    /// The floor for the same `body`.
    pub fn new(body: Option<Bytes>) -> Self {
        let hash = match body {
            Some(_) => "Yi9LfIIFRtBEPt74PVmbTF/xVAwPn7ub15ePICfgnuY=",
            None => "",
        };
        let nonce = "5f0c1f1e6f3a4a0e9a530a1b2c3d4e5f";
        let text = format!(
            "hawk.1.header\n1353832234\n{nonce}\nPOST\n{PATH}\napi.sandbox.bvnk.com\n443\n{hash}\n\n"
        );
        Self {
            key: hmac::Key::new(hmac::HMAC_SHA256, KEY.as_bytes()),
            text,
            body,
        }
    }

    /// Hashes and signs once.
    pub fn round(&self) {
        if let Some(body) = &self.body {
            black_box(digest::digest(&digest::SHA256, black_box(body)));
        }
        black_box(hmac::sign(&self.key, black_box(self.text.as_bytes())));
    }
}

/// A call of the client through all its layers.
#[derive(Clone, Debug)]
pub struct Call(bvnk::Client);

impl Call {
    /// A client of the server at `url`, with the defaults of a service.
    ///
    /// # Errors
    ///
    /// When the client cannot be built.
    pub fn new(url: &str) -> Outcome<Self> {
        let client = bvnk::Client::builder()
            .base_url(url.parse()?)
            .credentials(bvnk::Credentials::new(ID, KEY)?)
            .build()?;
        Ok(Self(client))
    }

    /// Creates a customer.
    ///
    /// # Errors
    ///
    /// When the call fails.
    pub async fn round(&self, request: CreateCustomerRequest) -> Outcome<()> {
        let created = self.0.create_customer().body(request).send().await?;
        black_box(created);
        Ok(())
    }
}

/// reqwest, set up as the client sets it up for a server on this machine: without the
/// environment's proxies.
pub(crate) fn http() -> Outcome<reqwest::Client> {
    Ok(bvnk::http_client_builder()?.no_proxy().build()?)
}

/// The floor of [`Call`]: reqwest, set up alike, sends the same bytes with a fixed header
/// and reads the body.
#[derive(Clone, Debug)]
pub struct Raw {
    http: reqwest::Client,
    url: String,
    body: Bytes,
}

impl Raw {
    /// A client of the server at `url`.
    ///
    /// # Errors
    ///
    /// When the client cannot be built.
    pub fn new(url: &str) -> Outcome<Self> {
        Ok(Self {
            http: http()?,
            url: format!("{url}{PATH}"),
            body: serde_json::to_vec(&example()?)?.into(),
        })
    }

    /// Sends once.
    ///
    /// # Errors
    ///
    /// When sending fails.
    pub async fn round(&self) -> Outcome<()> {
        const FIXED: &str = concat!(
            "Hawk id=\"dh37fgj492je\", ts=\"1353832234\", ",
            "nonce=\"5f0c1f1e6f3a4a0e9a530a1b2c3d4e5f\", ",
            "mac=\"aSe1DERmZuRl3pI36/9BdZmnErTw3sNzOOAUlfeKjVw=\""
        );
        let sent = self.http.post(&self.url);
        let answer = sent
            .header(ACCEPT, HeaderValue::from_static("application/json"))
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .header(
                "x-idempotency-key",
                HeaderValue::from_static("5f0c1f1e-6f3a-4a0e-9a53-0a1b2c3d4e5f"),
            )
            .header(AUTHORIZATION, HeaderValue::from_static(FIXED))
            .body(self.body.clone())
            .send()
            .await?;
        black_box(answer.bytes().await?);
        Ok(())
    }
}

/// A runtime on one thread: the other core is the server's.
///
/// # Errors
///
/// When the system gives none.
pub fn runtime() -> Outcome<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?)
}

/// The requests of some rounds, ready to be given away.
///
/// # Errors
///
/// When the contract has no example.
pub fn requests(count: u64) -> Outcome<Vec<CreateCustomerRequest>> {
    let example = example()?;
    Ok((0..count).map(|_| example.clone()).collect())
}

/// What a worker process does, round for round.
///
/// # Errors
///
/// When there is no such work, or it fails.
pub fn run(what: &str, rounds: u64, prepared: u64, server: &str) -> Outcome<()> {
    let kib = || Some(Bytes::from(vec![b'x'; 1024]));
    match what {
        "sign" | "sign-hashed" => {
            let mut sign = Sign::new((what == "sign-hashed").then(kib).flatten())?;
            (0..rounds).try_for_each(|_| sign.round())
        }
        "mac" | "mac-hashed" => {
            let mac = Mac::new((what == "mac-hashed").then(kib).flatten());
            (0..rounds).for_each(|_| mac.round());
            Ok(())
        }
        "call" => {
            let call = Call::new(server)?;
            creations(rounds, prepared, |request| call.round(request))
        }
        "by-hand" => {
            let call = ByHand::new(server)?;
            creations(rounds, prepared, |request| call.round(request))
        }
        "raw" => {
            let raw = Raw::new(server)?;
            runtime()?.block_on(async {
                for _ in 0..rounds {
                    raw.round().await?;
                }
                Ok(())
            })
        }
        _ => Err(format!("there is no work called {what}").into()),
    }
}

/// Some rounds, each with a request that was made before.
fn creations<F>(
    rounds: u64,
    prepared: u64,
    create: impl Fn(CreateCustomerRequest) -> F,
) -> Outcome<()>
where
    F: Future<Output = Outcome<()>>,
{
    let mut requests = requests(prepared)?.into_iter();
    runtime()?.block_on(async {
        for request in requests.by_ref().take(usize::try_from(rounds)?) {
            create(request).await?;
        }
        Ok::<(), Failure>(())
    })?;
    // Unused requests are nobody's cost.
    std::mem::forget(requests);
    Ok(())
}
