//! Requests without the client, signed by hand, so that they can be wrong on purpose.
//!
//! The same requests state what the client's must look like on the wire: path, query and header
//! parameters are written here a second time, from the contract alone.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use bvnk_contract::{Location, Operation};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::Value;
use uuid::Uuid;

use super::Connection;
use super::pace::{RESPONSE_LIMIT, asked_pause, failure};
use super::signature::is_ahead;
use crate::cases::text;
use crate::exchange::{Exchange, Request};
use crate::specification::caller_parameters;

/// The pauses before a request is sent again, in milliseconds.
const PAUSES: [u64; 4] = [50, 100, 200, 400];
/// How long a request is sent again: once after a response that did not come in time.
const REPEAT_LIMIT: Duration = RESPONSE_LIMIT.saturating_add(Duration::from_secs(10));
/// Everything but RFC 3986's unreserved characters.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A request before it is signed.
#[derive(Clone, Debug)]
pub(crate) struct RawRequest {
    /// The operation's id, for reports.
    pub(crate) operation: String,
    /// What is sent; the target has the prefix of the base URL, and the body need not be JSON.
    pub(crate) request: Request,
    /// Whether a right signature is added each time it is sent. Otherwise the headers are sent as
    /// they are.
    pub(crate) signed: bool,
    /// The header that carries the idempotency key, where the operation has one.
    key_header: Option<HeaderName>,
}

impl RawRequest {
    /// A valid request of an operation, with a fresh idempotency key where it has one. A list in
    /// the query is one pair for each item if the contract explodes it, else joined by commas; without
    /// items the parameter is left out. `prefix` is what stands before the contract's paths.
    pub(crate) fn new(
        operation: &Operation,
        parameters: &BTreeMap<String, Value>,
        body: Option<&Value>,
        prefix: &str,
    ) -> Self {
        let method = operation.http_method().parse().unwrap_or(Method::GET);
        let mut request = Request::new(method, "");
        let (mut path, mut query) = (format!("{prefix}{}", operation.path), Vec::new());
        let accept = HeaderValue::from_static("application/json");
        request.headers.insert(header::ACCEPT, accept);
        for parameter in caller_parameters(operation) {
            let Some(value) = parameters.get(&parameter.name) else {
                continue;
            };
            let (name, texts) = (&parameter.name, text(value));
            if texts.is_empty() {
                continue;
            }
            let joined = texts.join(",");
            match parameter.location {
                Location::Path => path = path.replace(&format!("{{{name}}}"), &escaped(&joined)),
                Location::Header => {
                    if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), joined.try_into()) {
                        request.headers.insert(name, value);
                    }
                }
                Location::Query => {
                    let values = if parameter.explode {
                        texts
                    } else {
                        vec![joined]
                    };
                    let pair = |value: &String| format!("{}={}", escaped(name), escaped(value));
                    query.extend(values.iter().map(pair));
                }
            }
        }
        let mark = if query.is_empty() { "" } else { "?" };
        request.target = format!("{path}{mark}{}", query.join("&"));
        let key = operation.idempotency_key();
        let mut raw = Self {
            operation: operation.id.clone(),
            request,
            signed: true,
            key_header: key.and_then(|key| HeaderName::try_from(&key.name).ok()),
        };
        if let (Some(value), Some(body)) = (body, &operation.body) {
            raw.request.body = value.to_string().into();
            raw.set_media_type(&body.media_type);
        }
        raw.with_fresh_key()
    }

    /// Sets the `Content-Type`.
    pub(crate) fn set_media_type(&mut self, value: &str) {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.request.headers.insert(header::CONTENT_TYPE, value);
        }
    }

    /// Adds an `Authorization` header with this text, in place of a right signature.
    pub(crate) fn authorize(&mut self, value: &str) {
        self.signed = false;
        if let Ok(value) = HeaderValue::from_str(value) {
            self.request.headers.append(header::AUTHORIZATION, value);
        }
    }

    /// The idempotency key; empty if there is none.
    pub(crate) fn key(&self) -> &str {
        let name = self.key_header.as_ref();
        let key = name.and_then(|name| self.request.header(name));
        key.unwrap_or_default()
    }

    /// The same with these idempotency keys, where the operation has one: none, or several, are
    /// wrong requests.
    pub(crate) fn with_keys(&self, keys: &[&str]) -> Self {
        let mut raw = self.clone();
        if let Some(name) = &self.key_header {
            raw.request.headers.remove(name);
            for key in keys
                .iter()
                .filter_map(|key| HeaderValue::from_str(key).ok())
            {
                raw.request.headers.append(name, key);
            }
        }
        raw
    }

    /// The same with a fresh idempotency key.
    pub(crate) fn with_fresh_key(&self) -> Self {
        self.with_keys(&[&Uuid::new_v4().to_string()])
    }

    /// The same with a fresh idempotency key and another body, as a used key would be answered from
    /// the server's memory.
    pub(crate) fn with_body(&self, body: impl Into<Bytes>) -> Self {
        let mut raw = self.with_fresh_key();
        raw.request.body = body.into();
        raw
    }
}

impl Connection {
    /// Sends a request. Another server may close an idle connection or be busy for a moment,
    /// which breaks no clause: after a failure that may pass, the request is sent again.
    pub(crate) async fn send(&self, raw: &RawRequest) -> Exchange {
        let started = Instant::now();
        let mut sent = self.send_once(raw).await;
        for pause in PAUSES {
            let over = started.elapsed() > REPEAT_LIMIT || !self.may_repeat();
            if over || failure(&sent.response).is_none() {
                break;
            }
            let asked = asked_pause(&sent.response);
            self.wait(Duration::from_millis(pause).max(asked)).await;
            sent = self.send_once(raw).await;
            sent.repeated = true;
        }
        sent
    }

    /// Sends a request, signed afresh if it is to be signed. It is paced and counted.
    async fn send_once(&self, raw: &RawRequest) -> Exchange {
        self.count();
        let mut raw = raw.clone();
        let given = raw.request.header(header::AUTHORIZATION.as_str());
        let wrongly_signed = !raw.signed && !given.is_some_and(is_ahead);
        if raw.signed {
            raw.authorize(&self.sign(&raw.request).header());
        }
        let RawRequest {
            operation, request, ..
        } = raw;
        let url = format!("{}{}", self.origin(), request.target);
        let sending = self.http().request(request.method.clone(), url);
        let sending = sending.headers(request.headers.clone());
        let response = self.pace.send(sending.body(request.body.clone())).await;
        Exchange {
            operation,
            request,
            response,
            repeated: false,
            wrongly_signed,
        }
    }
}

/// Method and target in one form, whatever was escaped and in which order the query is: two
/// requests with the same line mean the same.
pub(crate) fn request_line(request: &Request) -> String {
    let again = |text: &str| escaped(&percent_decode_str(text).decode_utf8_lossy());
    let segments: Vec<String> = request.path().split('/').map(again).collect();
    let query = request.query().unwrap_or_default();
    let pairs = url::form_urlencoded::parse(query.as_bytes());
    let pairs = pairs.map(|(name, value)| format!("{}={}", escaped(&name), escaped(&value)));
    let mut pairs: Vec<String> = pairs.collect();
    pairs.sort();
    let mark = if pairs.is_empty() { "" } else { "?" };
    let (method, path) = (&request.method, segments.join("/"));
    format!("{method} {path}{mark}{}", pairs.join("&"))
}

/// A text as it stands in a path or a query.
fn escaped(text: &str) -> String {
    utf8_percent_encode(text, ESCAPED).to_string()
}
