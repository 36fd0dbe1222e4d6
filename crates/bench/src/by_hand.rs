//! The least that a client of this API must do for a call, written straight: the request
//! as JSON, a key, a signature, the answer as a type.
//!
//! It has no layers: it repeats nothing, bounds nothing, corrects no clock and tells no
//! doubt. What lies between it and bare reqwest is the API's price; what lies between it
//! and the client is the layers'. It must not know how it is measured.

use std::fmt::Write;
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bvnk::types::{CreateCustomerRequest, Customer};
use http::HeaderValue;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use reqwest::Url;
use ring::hmac;
use uuid::Uuid;

use crate::Outcome;
use crate::work::{ID, KEY, PATH, http};

/// A creation with serde_json, ring and reqwest, and nothing between them.
#[derive(Clone, Debug)]
pub struct ByHand {
    http: reqwest::Client,
    url: Url,
    host: String,
    port: u16,
    key: hmac::Key,
    nonces: Arc<AtomicU64>,
}

impl ByHand {
    /// A client of the server at `url`.
    ///
    /// # Errors
    ///
    /// When the client cannot be built, or the URL has no host.
    pub fn new(url: &str) -> Outcome<Self> {
        let url: Url = format!("{url}{PATH}").parse()?;
        Ok(Self {
            http: http()?,
            host: url.host_str().ok_or("the URL has no host")?.to_owned(),
            port: url.port_or_known_default().ok_or("the URL has no port")?,
            url,
            key: hmac::Key::new(hmac::HMAC_SHA256, KEY.as_bytes()),
            nonces: Arc::default(),
        })
    }

    /// Creates a customer.
    ///
    /// # Errors
    ///
    /// When sending fails, or the answer is none.
    pub async fn round(&self, request: CreateCustomerRequest) -> Outcome<()> {
        let mut body = Vec::with_capacity(1024);
        serde_json::to_writer(&mut body, &request)?;
        let mut key = Uuid::encode_buffer();
        let key = Uuid::new_v4().hyphenated().encode_lower(&mut key);
        let sent = self
            .http
            .post(self.url.clone())
            .header(ACCEPT, HeaderValue::from_static("application/json"))
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .header("x-idempotency-key", HeaderValue::from_str(key)?)
            .header(AUTHORIZATION, self.signature()?)
            .body(body)
            .send()
            .await?;
        let answer = sent.error_for_status()?.bytes().await?;
        black_box(serde_json::from_slice::<Customer>(&answer)?);
        Ok(())
    }

    fn signature(&self) -> Outcome<HeaderValue> {
        let Self { host, port, .. } = self;
        let ts = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
        let nonce = self.nonces.fetch_add(1, Ordering::Relaxed);
        let mut text = String::with_capacity(256);
        write!(
            text,
            "hawk.1.header\n{ts}\n{nonce:032x}\nPOST\n{PATH}\n{host}\n{port}\n\n\n"
        )?;
        let mac = hmac::sign(&self.key, text.as_bytes());
        text.clear();
        write!(
            text,
            "Hawk id=\"{ID}\", ts=\"{ts}\", nonce=\"{nonce:032x}\", mac=\""
        )?;
        BASE64_STANDARD.encode_string(mac, &mut text);
        text.push('"');
        Ok(HeaderValue::try_from(text)?)
    }
}
