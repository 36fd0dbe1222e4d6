//! A caller without the client: signs by hand, so that a request can be wrong on purpose.
//!
//! It signs with the simulator's own Hawk code, which is not the client's.

use std::time::{SystemTime, UNIX_EPOCH};

use bvnk_simulator::hawk::{Kind, Signed, mac};
use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use serde_json::Value;

use crate::checks::Tally;
use crate::world::World;

/// A request before it is signed.
#[derive(Clone)]
pub(crate) struct Raw {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) key: Option<String>,
    pub(crate) media_type: &'static str,
    pub(crate) body: Option<Bytes>,
    /// Headers besides.
    pub(crate) more: Vec<(&'static str, String)>,
}

/// What a signature is made of, to be bent before it is used.
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
        let hash = match &self.hash {
            Some(hash) => format!(r#"hash="{hash}", "#),
            None => String::new(),
        };
        format!(r#"Hawk id="{id}", ts="{ts}", nonce="{nonce}", {hash}mac="{mac}""#)
    }
}

/// An answer, read whole.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl World {
    /// A creation with a fresh idempotency key.
    pub(crate) fn creation(&self, body: &Value) -> Result<Raw, String> {
        let (method, target) = self.route("create_customer")?;
        Ok(Raw {
            method,
            target,
            key: Some(uuid::Uuid::new_v4().to_string()),
            media_type: "application/json",
            body: Some(body.to_string().into()),
            more: Vec::new(),
        })
    }

    /// A look at one customer.
    pub(crate) fn look(&self, reference: &str) -> Result<Raw, String> {
        let (method, target) = self.route("get_customer")?;
        Ok(Raw {
            method,
            target: target.replace("{reference}", reference),
            key: None,
            media_type: "",
            body: None,
            more: Vec::new(),
        })
    }

    /// The right signature of a request.
    pub(crate) fn sign(&self, raw: &Raw) -> Signature {
        let (host, port) = self.target.authority();
        Signature {
            id: self.target.id.clone(),
            key: self.target.key.clone(),
            ts: now(),
            nonce: uuid::Uuid::new_v4().simple().to_string(),
            method: raw.method.clone(),
            resource: raw.target.clone(),
            host,
            port,
            hash: None,
        }
    }

    /// Sends a request with a right signature.
    pub(crate) async fn send(&self, raw: &Raw) -> Result<Reply, String> {
        self.send_with(raw, Some(&self.sign(raw).header())).await
    }

    /// Sends a request with any `Authorization` header, or with none.
    pub(crate) async fn send_with(
        &self,
        raw: &Raw,
        authorization: Option<&str>,
    ) -> Result<Reply, String> {
        self.target.pace().await;
        let method: Method = raw
            .method
            .parse()
            .map_err(|_| "a method that HTTP does not have")?;
        let mut request = self
            .http
            .request(method, format!("{}{}", self.target.origin(), raw.target));
        request = request.header("accept", "application/json");
        if let Some(authorization) = authorization {
            request = request.header("authorization", authorization);
        }
        if let Some(key) = &raw.key {
            request = request.header(self.key_header(), key);
        }
        if let Some(body) = &raw.body {
            request = request
                .header("content-type", raw.media_type)
                .body(body.clone());
        }
        for (name, value) in &raw.more {
            request = request.header(*name, value);
        }
        let again = request.try_clone();
        let response = match (request.send().await, again) {
            // A server may close a connection that rests; what was sent then was not read.
            (Err(error), Some(again)) if error.is_request() => again.send().await,
            (response, _) => response,
        };
        let response = response.map_err(|error| error.without_url().to_string())?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response
            .bytes()
            .await
            .map_err(|error| error.without_url().to_string())?;
        Ok(Reply {
            status,
            headers,
            body: serde_json::from_slice(&body).unwrap_or_default(),
        })
    }

    /// Counts the case that as many customers were made as expected, where that can be seen.
    pub(crate) fn made(
        &self,
        tally: &mut Tally,
        clause: &str,
        what: &str,
        before: Option<usize>,
        expected: usize,
    ) {
        if let (Some(before), Some(after)) = (before, self.target.customers()) {
            tally.equal(
                clause,
                format_args!("{what}: customers made"),
                expected,
                after.saturating_sub(before),
            );
        }
    }
}

/// Unix seconds. The simulator reads the same clock.
pub(crate) fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}
