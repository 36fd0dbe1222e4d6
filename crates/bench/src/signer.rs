//! A Hawk signature with ring, as short as it can be: no payload hash, no `ext`, no clock
//! correction, no check of the credentials.

use std::fmt::Write;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::HeaderValue;
use reqwest::Url;
use ring::hmac;
use uuid::Uuid;

use crate::{ID, KEY, Result};

/// Signs requests with the key of all benches.
#[derive(Clone, Debug)]
pub struct Signer(hmac::Key);

impl Default for Signer {
    fn default() -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, KEY.as_bytes()))
    }
}

impl Signer {
    /// Returns the `Authorization` of a request, with a nonce from the system.
    ///
    /// # Errors
    ///
    /// When the URL has no host or the clock is before 1970.
    pub fn sign(&self, method: &str, url: &Url) -> Result<HeaderValue> {
        let host = url.host_str().ok_or("the URL has no host")?;
        let port = url.port_or_known_default().ok_or("the URL has no port")?;
        let path = url.path();
        let ts = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
        let mut nonce = Uuid::encode_buffer();
        let nonce = Uuid::new_v4().simple().encode_lower(&mut nonce);
        let mut text = String::with_capacity(256);
        write!(
            text,
            "hawk.1.header\n{ts}\n{nonce}\n{method}\n{path}\n{host}\n{port}\n\n\n"
        )?;
        let mac = hmac::sign(&self.0, text.as_bytes());
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
