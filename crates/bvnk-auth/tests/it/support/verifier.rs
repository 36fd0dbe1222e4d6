//! A second implementation of Hawk, straight from the specification
//! (mozilla/hawk, API document), to check the first with.
//!
//! It must not share code with the crate, nor with the `hawk` crate.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic
)]

use std::collections::BTreeMap;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac_sha256::{HMAC, Hash};

/// What a MAC is made over, as text.
#[derive(Clone, Debug, Default)]
pub struct Normalized {
    pub kind: &'static str,
    pub ts: String,
    pub nonce: String,
    pub method: String,
    pub resource: String,
    pub host: String,
    pub port: u16,
    pub hash: String,
    pub ext: String,
    pub app: Option<String>,
    pub dlg: Option<String>,
}

impl Normalized {
    pub fn text(&self) -> String {
        let mut lines = vec![
            format!("hawk.1.{}", self.kind),
            self.ts.clone(),
            self.nonce.clone(),
            self.method.to_uppercase(),
            self.resource.clone(),
            self.host.to_lowercase(),
            self.port.to_string(),
            self.hash.clone(),
            self.ext.replace('\\', "\\\\").replace('\n', "\\n"),
        ];
        if let Some(app) = &self.app {
            lines.push(app.clone());
            lines.push(self.dlg.clone().unwrap_or_default());
        }
        lines.join("\n") + "\n"
    }

    pub fn mac(&self, key: &[u8]) -> String {
        hmac(key, &self.text())
    }
}

pub fn hmac(key: &[u8], text: &str) -> String {
    BASE64_STANDARD.encode(HMAC::mac(text.as_bytes(), key))
}

pub fn tsm(key: &[u8], ts: &str) -> String {
    hmac(key, &format!("hawk.1.ts\n{ts}\n"))
}

pub fn payload_hash(content_type: &str, body: &[u8]) -> String {
    let media_type = content_type
        .split(';')
        .next()
        .unwrap()
        .trim()
        .to_lowercase();
    let mut hasher = Hash::new();
    hasher.update(format!("hawk.1.payload\n{media_type}\n"));
    hasher.update(body);
    hasher.update("\n");
    BASE64_STANDARD.encode(hasher.finalize())
}

/// The attributes of a header that we made ourselves: strict, unlike the crate's.
pub fn attributes(header: &str) -> BTreeMap<String, String> {
    assert!(header.len() <= 4096, "longer than Hawk allows");
    let pairs = header.strip_prefix("Hawk ").expect("the scheme");
    let mut found = BTreeMap::new();
    for pair in pairs.split(", ") {
        let (name, value) = pair.split_once('=').expect("name=value");
        let value = value.strip_prefix('"').and_then(|v| v.strip_suffix('"'));
        let value = value.expect("quotes");
        assert!(!value.is_empty() && !value.contains(['"', '\\']), "{name}");
        assert!(
            found.insert(name.into(), value.into()).is_none(),
            "{name} twice"
        );
    }
    found
}

/// A request as it is on the wire.
#[derive(Clone, Debug)]
pub struct Wire<'a> {
    pub method: &'a str,
    /// Path and query.
    pub resource: &'a str,
    pub host: &'a str,
    pub port: u16,
    pub content_type: &'a str,
    pub body: &'a [u8],
}

/// Fails the test unless `header` is a right Hawk header for `wire`; gives its
/// attributes back.
pub fn verify(wire: &Wire<'_>, header: &str, id: &str, key: &[u8]) -> BTreeMap<String, String> {
    let found = attributes(header);
    assert_eq!(found["id"], id);
    assert!(found["ts"].parse::<u64>().is_ok(), "ts is whole seconds");
    assert!(
        found["nonce"].len() >= 20,
        "80 random bits take 20 hex digits"
    );
    let normalized = Normalized {
        kind: "header",
        ts: found["ts"].clone(),
        nonce: found["nonce"].clone(),
        method: wire.method.into(),
        resource: wire.resource.into(),
        host: wire.host.into(),
        port: wire.port,
        hash: found.get("hash").cloned().unwrap_or_default(),
        ext: found.get("ext").cloned().unwrap_or_default(),
        app: found.get("app").cloned(),
        dlg: found.get("dlg").cloned(),
    };
    assert_eq!(found["mac"], normalized.mac(key), "for {wire:?}");
    if let Some(hash) = found.get("hash") {
        assert_eq!(*hash, payload_hash(wire.content_type, wire.body));
    }
    found
}

/// The `Server-Authorization` that a server makes for the request with `header`.
pub fn server_authorization(
    wire: &Wire<'_>,
    header: &str,
    key: &[u8],
    content_type: &str,
    body: &[u8],
) -> String {
    let request = attributes(header);
    let normalized = Normalized {
        kind: "response",
        ts: request["ts"].clone(),
        nonce: request["nonce"].clone(),
        method: wire.method.into(),
        resource: wire.resource.into(),
        host: wire.host.into(),
        port: wire.port,
        hash: payload_hash(content_type, body),
        ext: "server-data".into(),
        ..Normalized::default()
    };
    format!(
        r#"Hawk mac="{}", hash="{}", ext="server-data""#,
        normalized.mac(key),
        normalized.hash
    )
}
