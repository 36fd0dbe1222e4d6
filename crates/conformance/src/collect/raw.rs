//! Requests without the client, signed by hand, so that they can be wrong on purpose. The
//! signature is made by the simulator's Hawk code, which is not the client's.

use std::collections::BTreeMap;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use bvnk_contract::Operation;
use bvnk_simulator::hawk::{Kind, Signed, mac};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::Value;
use uuid::Uuid;

use super::Connection;
use super::recorder::{RESPONSE_LIMIT, is_transient};
use crate::exchange::{Exchange, Request};
use crate::wire::Wire;

/// The pauses before a request is sent again, in milliseconds.
const PAUSES: [u64; 4] = [50, 100, 200, 400];
/// The longest pause that a server may ask for.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// A request before it is signed.
#[derive(Clone, Debug)]
pub(crate) struct RawRequest {
    /// The operation's id, for reports.
    pub(crate) operation: String,
    pub(crate) method: String,
    /// Path and query as they are sent, with the prefix of the base URL.
    pub(crate) target: String,
    /// The bytes of the body; they need not be JSON.
    pub(crate) body: Option<Bytes>,
    /// Headers, in lower case; a name may be there twice.
    pub(crate) headers: Vec<(String, String)>,
    /// What stands in its `Authorization` header.
    pub(crate) authorization: Authorization,
    /// The header that carries the idempotency key, where the operation has one.
    key_header: Option<String>,
}

/// The `Authorization` header of a request.
#[derive(Clone, Debug)]
pub(crate) enum Authorization {
    /// A right signature, made when the request is sent.
    Signed,
    /// None.
    Missing,
    /// Any text.
    Given(String),
}

/// What a signature is made of; a check may change it before it is used.
#[derive(Clone)]
pub(crate) struct Signature {
    pub(crate) id: String,
    pub(crate) key: String,
    /// Unix seconds.
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
        let key = operation.idempotency_key();
        let mut raw = Self {
            operation: operation.id.clone(),
            method: wire.method.clone(),
            target: format!("{prefix}{}", wire.target),
            body: body.map(|body| body.to_string().into()),
            headers: wire.headers,
            authorization: Authorization::Signed,
            key_header: key.map(|key| key.name.to_ascii_lowercase()),
        };
        raw.set("accept", "application/json");
        if let (Some(_), Some(body)) = (body, &operation.body) {
            raw.set("content-type", &body.media_type);
        }
        raw.with_fresh_key()
    }

    /// Sets a header, in place of others with the name.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.headers.retain(|(own, _)| own != name);
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    /// A header; empty if it is missing.
    pub(crate) fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(own, _)| own == name);
        found.map_or("", |(_, value)| value)
    }

    /// The idempotency key; empty if there is none.
    pub(crate) fn key(&self) -> &str {
        let name = self.key_header.as_deref();
        name.map_or("", |name| self.header(name))
    }

    /// The same with these idempotency keys, where the operation has one.
    pub(crate) fn with_keys(&self, keys: &[&str]) -> Self {
        let mut raw = self.clone();
        if let Some(name) = &self.key_header {
            raw.headers.retain(|(own, _)| own != name);
            let keys = keys.iter().map(|key| (name.clone(), (*key).to_owned()));
            raw.headers.extend(keys);
        }
        raw
    }

    /// The same with a fresh idempotency key.
    pub(crate) fn with_fresh_key(&self) -> Self {
        self.with_keys(&[&Uuid::new_v4().to_string()])
    }

    /// The same with a fresh idempotency key and another body.
    pub(crate) fn with_body(&self, body: impl Into<Bytes>) -> Self {
        let mut raw = self.with_fresh_key();
        raw.body = Some(body.into());
        raw
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
    /// The right signature of a request with this method, path and query.
    pub(crate) fn sign(&self, method: &str, target: &str) -> Signature {
        let (host, port) = self.authority();
        Signature {
            id: self.id().to_owned(),
            key: self.key().to_owned(),
            ts: now(),
            nonce: Uuid::new_v4().simple().to_string(),
            method: method.to_owned(),
            resource: target.to_owned(),
            host,
            port,
            hash: None,
        }
    }

    /// Sends a request. Another server may close an idle connection or be busy for a moment,
    /// which breaks no clause: after a failure that may pass, the request is sent again.
    pub(crate) async fn send(&self, raw: &RawRequest) -> Exchange {
        let started = Instant::now();
        for pause in PAUSES {
            let sent = self.send_once(raw).await;
            let over = started.elapsed() > RESPONSE_LIMIT || !self.may_repeat();
            if over || !is_transient(&sent.response) {
                return sent;
            }
            let asked = sent.header("retry-after").parse().map(Duration::from_secs);
            let asked = asked.unwrap_or_default().min(LONGEST_PAUSE);
            self.wait(Duration::from_millis(pause).max(asked)).await;
        }
        self.send_once(raw).await
    }

    async fn send_once(&self, raw: &RawRequest) -> Exchange {
        self.count();
        let authorization = match &raw.authorization {
            Authorization::Signed => Some(self.sign(&raw.method, &raw.target).header()),
            Authorization::Missing => None,
            Authorization::Given(value) => Some(value.clone()),
        };
        let authorization = authorization.map(|value| ("authorization".to_owned(), value));
        let mut headers = HeaderMap::new();
        for (name, value) in raw.headers.iter().chain(&authorization) {
            let name = HeaderName::from_bytes(name.as_bytes());
            let value = HeaderValue::from_bytes(value.as_bytes());
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
        Exchange {
            operation: raw.operation.clone(),
            origin: self.origin(),
            request: Request {
                method: raw.method.clone(),
                target: raw.target.clone(),
                headers,
                body: raw.body.clone().unwrap_or_default(),
            },
            response: self.pace().send(request).await,
            shown: true,
        }
    }
}

/// Unix seconds.
pub(crate) fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}
