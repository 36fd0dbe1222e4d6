//! Requests without the client, signed by hand, so that they can be wrong on purpose. The
//! signature is made by the simulator's Hawk code, which is not the client's.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use bvnk_contract::Operation;
use bvnk_simulator::hawk::{Kind, Signed, mac};
use bytes::Bytes;
use http::Method;
use serde_json::Value;
use uuid::Uuid;

use super::Connection;
use super::recorder::send;
use crate::exchange::{Exchange, Request, Response};
use crate::wire::Wire;

/// A request before it is signed.
#[derive(Clone, Debug)]
pub(crate) struct RawRequest {
    pub(crate) operation: String,
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) body: Option<Bytes>,
    /// Headers, in lower case; a name may be there twice.
    pub(crate) headers: Vec<(String, String)>,
    /// The header that carries the idempotency key, where the operation has one.
    key_header: Option<String>,
}

/// What a signature is made of; a check may change it before it is used.
#[derive(Clone)]
pub(crate) struct Signature {
    pub(crate) id: String,
    pub(crate) key: String,
    pub(crate) ts: u64,
    pub(crate) nonce: String,
    pub(crate) method: String,
    pub(crate) resource: String,
    pub(crate) host: String,
    pub(crate) port: u16,
    /// The payload hash, where the body is signed too.
    pub(crate) hash: Option<String>,
}

impl RawRequest {
    /// A valid request of an operation, with a fresh idempotency key where it has one.
    pub(crate) fn new(
        operation: &Operation,
        parameters: &BTreeMap<String, Value>,
        body: Option<&Value>,
        prefix: &str,
    ) -> Self {
        let wire = Wire::new(operation, parameters);
        let key_header = operation
            .idempotency_key()
            .map(|key| key.name.to_ascii_lowercase());
        let mut raw = Self {
            operation: operation.id.clone(),
            method: wire.method.clone(),
            target: wire.target(prefix),
            body: body.map(|body| body.to_string().into()),
            headers: wire.headers,
            key_header,
        };
        raw.headers
            .push(("accept".to_owned(), "application/json".to_owned()));
        if let (Some(_), Some(body)) = (body, &operation.body) {
            raw.set("content-type", &body.media_type);
        }
        raw.set_key(Some(&Uuid::new_v4().to_string()));
        raw
    }

    /// Sets a header, in place of others with the name.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.headers.retain(|(own, _)| own != name);
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    /// The idempotency key.
    pub(crate) fn key(&self) -> Option<&str> {
        let name = self.key_header.as_deref()?;
        let found = self.headers.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Sets or removes the idempotency key, where the operation has one.
    pub(crate) fn set_key(&mut self, key: Option<&str>) {
        let Some(name) = self.key_header.clone() else {
            return;
        };
        self.headers.retain(|(own, _)| *own != name);
        self.headers.extend(key.map(|key| (name, key.to_owned())));
    }

    /// Adds a second idempotency key.
    pub(crate) fn add_key(&mut self, key: &str) {
        if let Some(name) = self.key_header.clone() {
            self.headers.push((name, key.to_owned()));
        }
    }

    /// The same with a fresh idempotency key.
    pub(crate) fn with_fresh_key(&self) -> Self {
        let mut raw = self.clone();
        raw.set_key(Some(&Uuid::new_v4().to_string()));
        raw
    }

    /// The media type that the request names.
    pub(crate) fn media_type(&self) -> Option<&str> {
        let found = self.headers.iter().find(|(name, _)| name == "content-type");
        found.map(|(_, value)| value.as_str())
    }
}

impl Signature {
    /// The value of the header.
    pub(crate) fn header(&self) -> String {
        let signed = Signed {
            ts: self.ts,
            nonce: &self.nonce,
            method: &self.method,
            resource: &self.resource,
            host: &self.host,
            port: self.port,
            hash: self.hash.as_deref(),
            ext: None,
            app: None,
            dlg: None,
        };
        let mac = mac(Kind::Header, &self.key, &signed);
        let Self { id, ts, nonce, .. } = self;
        let hash = self.hash.as_ref().map(|hash| format!(r#"hash="{hash}", "#));
        let hash = hash.unwrap_or_default();
        format!(r#"Hawk id="{id}", ts="{ts}", nonce="{nonce}", {hash}mac="{mac}""#)
    }
}

impl Connection {
    /// The right signature of a request.
    pub(crate) fn sign(&self, raw: &RawRequest) -> Signature {
        let (host, port) = self.authority();
        Signature {
            id: self.id().to_owned(),
            key: self.key().to_owned(),
            ts: now(),
            nonce: Uuid::new_v4().simple().to_string(),
            method: raw.method.clone(),
            resource: raw.target.clone(),
            host,
            port,
            hash: None,
        }
    }

    /// Sends a request with a right signature.
    pub(crate) async fn send(&self, raw: &RawRequest) -> Exchanged {
        let signature = self.sign(raw).header();
        self.send_with(raw, Some(&signature)).await
    }

    /// Sends a request with any `Authorization` header, or with none.
    pub(crate) async fn send_with(
        &self,
        raw: &RawRequest,
        authorization: Option<&str>,
    ) -> Exchanged {
        self.pace.wait().await;
        self.count();
        let mut headers = http::HeaderMap::new();
        let authorization = authorization.map(|value| ("authorization", value));
        let own = raw
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        for (name, value) in own.chain(authorization) {
            let name = http::HeaderName::from_bytes(name.as_bytes());
            let value = http::HeaderValue::from_bytes(value.as_bytes());
            if let (Ok(name), Ok(value)) = (name, value) {
                headers.append(name, value);
            }
        }
        let method = Method::from_bytes(raw.method.as_bytes()).unwrap_or_default();
        let url = format!("{}{}", self.origin(), raw.target);
        let mut request = self.http().request(method, url).headers(headers.clone());
        if let Some(body) = &raw.body {
            request = request.body(body.clone());
        }
        let again = request.try_clone();
        let mut response = send(request).await;
        if let (Err(_), Some(again)) = (&response, again.filter(|_| self.is_foreign())) {
            // A server may close an idle connection; what was sent then was not read.
            response = send(again).await;
        }
        let request = Request {
            method: raw.method.clone(),
            target: raw.target.clone(),
            headers,
            body: raw.body.clone().unwrap_or_default(),
        };
        let (response, reason) = match response {
            Ok(response) => (Some(response), String::new()),
            Err(reason) => (None, reason),
        };
        Exchanged {
            exchange: Exchange {
                operation: raw.operation.clone(),
                origin: self.origin(),
                request,
                response,
                shown: true,
            },
            reason,
        }
    }
}

/// A request that was sent, and its response or why there is none.
#[derive(Clone, Debug)]
pub(crate) struct Exchanged {
    pub(crate) exchange: Exchange,
    /// Why there is no response.
    pub(crate) reason: String,
}

impl Exchanged {
    pub(crate) fn response(&self) -> Option<&Response> {
        self.exchange.response.as_ref()
    }

    /// The status; 0 without a response.
    pub(crate) fn status(&self) -> u16 {
        self.response()
            .map_or(0, |response| response.status.as_u16())
    }

    /// A header of the response; empty if it is missing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.response().map_or("", |response| response.header(name))
    }

    pub(crate) fn is_refused(&self) -> bool {
        (400..500).contains(&self.status())
    }

    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status())
    }

    /// The status in words, or why there is none.
    pub(crate) fn outcome(&self) -> String {
        match self.status() {
            0 => format!("no response: {}", self.reason),
            status => status.to_string(),
        }
    }

    /// The text at a JSON pointer of the body.
    pub(crate) fn text_at(&self, pointer: &str) -> Option<String> {
        self.response()?.text_at(pointer)
    }
}

/// Unix seconds.
pub(crate) fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}
