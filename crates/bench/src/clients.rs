//! Three ways to create a customer: [`bvnk::Client`], [`ByHand`] and [`Middleware`].
//!
//! The last two share the request and what they read of the response; they differ in who signs
//! and who repeats.

use std::fmt::Write;
use std::hint::black_box;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bvnk::types::CreateCustomerRequest;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{Extensions, HeaderValue};
use reqwest::{Client, IntoUrl, Request, RequestBuilder, Response, Url};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware, Error, Next};
use reqwest_retry::RetryTransientMiddleware;
use reqwest_retry::policies::ExponentialBackoff;
use ring::hmac;
use serde::Deserialize;
use uuid::Uuid;

use crate::{ID, KEY, PATH, Result};

/// One way to create a customer.
pub trait Create: Sized + 'static {
    /// The name in tables.
    const NAME: &str;

    /// Makes a client of the server at `url`.
    ///
    /// # Errors
    ///
    /// When the client cannot be built.
    fn new(url: &str) -> Result<Self>;

    /// Creates a customer.
    ///
    /// # Errors
    ///
    /// When the call fails.
    fn create(&self, request: CreateCustomerRequest) -> impl Future<Output = Result<()>>;
}

/// The client through all of its layers, with the defaults that a service has.
impl Create for bvnk::Client {
    const NAME: &str = "bvnk";

    fn new(url: &str) -> Result<Self> {
        let credentials = bvnk::Credentials::new(ID, KEY)?;
        let client = Self::builder().base_url(url.parse()?);
        Ok(client.credentials(credentials).build()?)
    }

    async fn create(&self, request: CreateCustomerRequest) -> Result<()> {
        black_box(self.create_customer().body(request).send().await?);
        Ok(())
    }
}

/// A creation with serde_json, ring and reqwest: the least that any client of this API does for a
/// call.
///
/// It has no layers: it repeats nothing, limits nothing, corrects no clock, and cannot know
/// whether a failed call was carried out.
pub struct ByHand {
    /// Configured like the client's, so that the difference is not one of settings.
    http: Client,
    /// The complete URL of a creation, parsed once.
    url: Url,
    key: hmac::Key,
}

impl Create for ByHand {
    const NAME: &str = "by hand";

    fn new(url: &str) -> Result<Self> {
        Ok(Self {
            http: bvnk::http_client(&url.parse()?)?,
            url: format!("{url}{PATH}").parse()?,
            key: hmac::Key::new(hmac::HMAC_SHA256, KEY.as_bytes()),
        })
    }

    async fn create(&self, request: CreateCustomerRequest) -> Result<()> {
        let signature = self.sign()?;
        let request = post(&self.http, self.url.clone(), &request)?;
        read(request.header(AUTHORIZATION, signature).send().await?).await
    }
}

impl ByHand {
    /// Returns the `Authorization` of a creation, as short as it can be: no payload hash, no
    /// `ext`, no clock correction, no check of the credentials. The nonce is from the system.
    ///
    /// # Errors
    ///
    /// When the URL has no host or the clock is before 1970.
    pub fn sign(&self) -> Result<HeaderValue> {
        let host = self.url.host_str().ok_or("the URL has no host")?;
        let port = self.url.port_or_known_default();
        let port = port.ok_or("the URL has no port")?;
        let path = self.url.path();
        let ts = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
        let mut nonce = Uuid::encode_buffer();
        let nonce = Uuid::new_v4().simple().encode_lower(&mut nonce);
        let mut text = String::with_capacity(256);
        write!(
            text,
            "hawk.1.header\n{ts}\n{nonce}\nPOST\n{path}\n{host}\n{port}\n\n\n"
        )?;
        let mac = hmac::sign(&self.key, text.as_bytes());
        text.clear();
        write!(
            text,
            "Hawk id=\"{ID}\", ts=\"{ts}\", nonce=\"{nonce}\", mac=\""
        )?;
        BASE64_STANDARD.encode_string(mac, &mut text);
        text.push('"');
        Ok(HeaderValue::try_from(text)?)
    }
}

/// What a service would build otherwise: the work by hand, with reqwest-retry around a
/// signature for every attempt.
///
/// Retries are configured but never needed: the server answers every request with a success.
pub struct Middleware {
    plain: Client,
    /// Retries outside, the signature inside, so that each attempt is signed anew.
    layered: ClientWithMiddleware,
    /// The complete URL of a creation.
    url: String,
}

impl Create for Middleware {
    const NAME: &str = "middleware";

    fn new(url: &str) -> Result<Self> {
        let plain = bvnk::http_client(&url.parse()?)?;
        let policy = ExponentialBackoff::builder().build_with_max_retries(2);
        let layered = ClientBuilder::new(plain.clone())
            .with(RetryTransientMiddleware::new_with_policy(policy))
            .with(Sign(hawk::Credentials {
                id: ID.into(),
                key: hawk::Key::new(KEY, hawk::SHA256)?,
            }))
            .build();
        let url = format!("{url}{PATH}");
        Ok(Self {
            plain,
            layered,
            url,
        })
    }

    async fn create(&self, request: CreateCustomerRequest) -> Result<()> {
        let request = post(&self.plain, &self.url, &request)?.build()?;
        read(self.layered.execute(request).await?).await
    }
}

/// Signs each attempt, below the retries.
struct Sign(hawk::Credentials);

#[async_trait::async_trait]
impl reqwest_middleware::Middleware for Sign {
    async fn handle(
        &self,
        mut request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> reqwest_middleware::Result<Response> {
        let header = hawk::RequestBuilder::from_url(request.method().as_str(), request.url())
            .and_then(|signed| signed.request().make_header(&self.0))
            .map_err(Error::middleware)?;
        let signature =
            HeaderValue::try_from(format!("Hawk {header}")).map_err(Error::middleware)?;
        request.headers_mut().insert(AUTHORIZATION, signature);
        next.run(request, extensions).await
    }
}

/// A creation without a signature: a fresh idempotency key, and the body in a buffer of the size
/// that the client starts with.
fn post(http: &Client, url: impl IntoUrl, body: &CreateCustomerRequest) -> Result<RequestBuilder> {
    let json = HeaderValue::from_static("application/json");
    let mut key = Uuid::encode_buffer();
    let key = Uuid::new_v4().hyphenated().encode_lower(&mut key);
    let mut text = Vec::with_capacity(1024);
    serde_json::to_writer(&mut text, body)?;
    let request = http.post(url).header(ACCEPT, json.clone());
    let request = request.header(CONTENT_TYPE, json);
    Ok(request
        .header("x-idempotency-key", HeaderValue::from_str(key)?)
        .body(text))
}

/// What a service would read of a response if it had no client: the client's own type keeps
/// unknown members and reports every violation.
#[derive(Deserialize)]
struct Created {
    reference: String,
    status: String,
}

/// Reads the customer of a response.
async fn read(response: Response) -> Result<()> {
    let body = response.error_for_status()?.bytes().await?;
    let created: Created = serde_json::from_slice(&body)?;
    black_box((created.reference, created.status));
    Ok(())
}
