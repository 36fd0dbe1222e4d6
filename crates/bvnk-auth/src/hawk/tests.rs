//! The published vectors, through the signer and through a second implementation.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use ::hawk::{Key, SHA256};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::HeaderValue;
use serde::Deserialize;
use url::{Position, Url};

use super::proof::is_timestamp_mac;
use super::sign::{authorization, lines, normalized, payload_hash};

#[path = "../../tests/it/support/verifier.rs"]
mod verifier;

#[derive(Deserialize)]
struct Published {
    vectors: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    name: String,
    kind: String,
    #[serde(default)]
    credentials: Keys,
    #[serde(default)]
    method: String,
    #[serde(default)]
    host: String,
    #[serde(default)]
    port: u16,
    #[serde(default)]
    resource: String,
    #[serde(default)]
    ts: u64,
    #[serde(default)]
    nonce: String,
    hash: Option<String>,
    ext: Option<String>,
    app: Option<String>,
    dlg: Option<String>,
    content_type: Option<String>,
    payload_utf8: Option<String>,
    spec_mac: Option<String>,
    spec_hash: Option<String>,
    header: Option<String>,
}

#[derive(Default, Deserialize)]
struct Keys {
    #[serde(default)]
    id: String,
    key_utf8: Option<String>,
    key_hex: Option<String>,
}

impl Keys {
    fn bytes(&self) -> Vec<u8> {
        if let Some(key) = &self.key_utf8 {
            return key.clone().into_bytes();
        }
        let hex = self.key_hex.as_deref().unwrap();
        let digits = (0..hex.len()).step_by(2);
        digits
            .map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap())
            .collect()
    }
}

impl Vector {
    fn all(kind: &str) -> Vec<Self> {
        let text = include_str!("../../tests/hawk-vectors.json");
        let all: Published = serde_json::from_str(text).unwrap();
        let some: Vec<_> = all.vectors.into_iter().filter(|v| v.kind == kind).collect();
        assert!(!some.is_empty());
        some
    }

    fn hash_bytes(&self) -> Option<Vec<u8>> {
        self.hash
            .as_ref()
            .map(|hash| BASE64_STANDARD.decode(hash).unwrap())
    }

    fn url(&self) -> Url {
        let url = format!("https://{}:{}{}", self.host, self.port, self.resource);
        let url: Url = url.parse().unwrap();
        assert_eq!(url[Position::BeforePath..], self.resource);
        url
    }

    fn lines(&self) -> String {
        lines(&self.ts.to_string(), &self.nonce, &self.method, &self.url())
    }

    /// The MAC of what the layer signs.
    fn first(&self, kind: &str) -> String {
        let hash = self.hash_bytes();
        let ext = self.ext.as_deref().unwrap_or_default();
        let text = normalized(kind, &self.lines(), hash.as_deref(), ext);
        BASE64_STANDARD.encode(self.key().sign(text.as_bytes()).unwrap())
    }

    /// Some published keys are no text, as those of the layer are.
    fn key(&self) -> Key {
        Key::new(self.credentials.bytes(), SHA256).unwrap()
    }

    /// The MAC of the second implementation.
    fn second(&self, kind: &'static str) -> String {
        let normalized = verifier::Normalized {
            kind,
            ts: self.ts.to_string(),
            nonce: self.nonce.clone(),
            method: self.method.clone(),
            resource: self.resource.clone(),
            host: self.host.clone(),
            port: self.port,
            hash: self.hash.clone().unwrap_or_default(),
            ext: self.ext.clone().unwrap_or_default(),
            app: self.app.clone(),
            dlg: self.dlg.clone(),
        };
        normalized.mac(&self.credentials.bytes())
    }
}

#[test]
fn request_macs() {
    let mut whole = 0;
    for vector in Vector::all("header") {
        let expected = vector.spec_mac.clone().unwrap();
        assert_eq!(vector.second("header"), expected, "{}", vector.name);
        if vector.app.is_some() {
            // The layer sends none.
            continue;
        }
        assert_eq!(vector.first("header"), expected, "{}", vector.name);
        // The layer sends no `ext`.
        if let Some(published) = vector.header.as_ref().filter(|_| vector.ext.is_none()) {
            let (id, hash) = (&vector.credentials.id, vector.hash_bytes());
            let (ts, lines) = (vector.ts.to_string(), vector.lines());
            let header = authorization(
                id,
                &vector.key(),
                [&ts, &vector.nonce],
                &lines,
                hash.as_deref(),
            );
            let ours = verifier::attributes(header.as_ref().unwrap().to_str().unwrap());
            assert_eq!(ours, verifier::attributes(published), "{}", vector.name);
            whole += 1;
        }
    }
    assert!(whole >= 3, "{whole}");
}

#[test]
fn response_macs() {
    for vector in Vector::all("response") {
        let expected = vector.spec_mac.clone().unwrap();
        assert_eq!(vector.second("response"), expected, "{}", vector.name);
        assert_eq!(vector.first("response"), expected, "{}", vector.name);
    }
}

#[test]
fn payload_hashes() {
    let mut seen = 0;
    for kind in ["payload", "header", "response"] {
        for vector in Vector::all(kind) {
            let (Some(payload), Some(content_type)) = (&vector.payload_utf8, &vector.content_type)
            else {
                continue;
            };
            seen += 1;
            let expected = vector.spec_hash.as_ref().or(vector.hash.as_ref()).unwrap();
            let second = verifier::payload_hash(content_type, payload.as_bytes());
            assert_eq!(second, *expected, "{}", vector.name);
            // The same type, as servers and clients write it.
            for spelling in [
                content_type.clone(),
                format!(" {} ; charset=utf-8", content_type.to_uppercase()),
            ] {
                let value = HeaderValue::from_str(&spelling).unwrap();
                let hash = payload_hash(Some(&value), payload.as_bytes()).unwrap();
                assert_eq!(BASE64_STANDARD.encode(hash), *expected, "{}", vector.name);
            }
        }
    }
    assert!(seen >= 5);
}

#[test]
fn timestamp_macs() {
    let all: serde_json::Value =
        serde_json::from_str(include_str!("../../tests/hawk-vectors.json")).unwrap();
    let published = all["vectors"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|v| v["kind"] == "ts");
    for vector in published {
        let keys: Keys = serde_json::from_value(vector["credentials"].clone()).unwrap();
        let ts = vector["ts"].to_string();
        let tsm = vector["spec_mac"].as_str().unwrap();
        assert_eq!(verifier::tsm(&keys.bytes(), &ts), tsm);
        assert_timestamp_mac(&keys.bytes(), &ts);
    }
    // None is published at present, so one more of our own.
    assert_timestamp_mac(b"werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxn", "1365741469");
}

fn assert_timestamp_mac(key: &[u8], ts: &str) {
    let tsm = BASE64_STANDARD.decode(verifier::tsm(key, ts)).unwrap();
    let key = Key::new(key, SHA256).unwrap();
    assert!(is_timestamp_mac(&key, ts, tsm.clone()));
    assert!(!is_timestamp_mac(&key, &format!("{ts}0"), tsm.clone()));
    for i in 0..tsm.len() {
        let mut wrong = tsm.clone();
        wrong[i] ^= 1;
        assert!(!is_timestamp_mac(&key, ts, wrong));
    }
    assert!(!is_timestamp_mac(&key, ts, tsm[1..].to_vec()));
    assert!(!is_timestamp_mac(&key, ts, Vec::new()));
}
