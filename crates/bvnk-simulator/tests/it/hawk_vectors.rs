//! The Hawk verifier by published vectors.

use crate::common::header_of;
use bvnk_simulator::hawk::{
    Credentials, Header, Incoming, Kind, Nonces, Rejection, mac, normalized, payload_hash, verify,
};
use serde_json::Value;

/// Published vectors of a kind.
fn vectors(kind: &str) -> Vec<Value> {
    let file: Value = serde_json::from_str(include_str!("../hawk-vectors.json")).unwrap();
    let all = file["vectors"].as_array().unwrap();
    let found: Vec<_> = all
        .iter()
        .filter(|vector| vector["kind"] == kind)
        .cloned()
        .collect();
    assert!(!found.is_empty(), "no vectors of kind {kind}");
    found
}

fn key_of(vector: &Value) -> Vec<u8> {
    let credentials = &vector["credentials"];
    match credentials["key_hex"].as_str() {
        Some(hex) => (0..hex.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
            .collect(),
        None => credentials["key_utf8"].as_str().unwrap().into(),
    }
}

fn incoming_of(vector: &Value) -> Incoming<'_> {
    Incoming {
        method: vector["method"].as_str().unwrap(),
        resource: vector["resource"].as_str().unwrap(),
        host: vector["host"].as_str().unwrap(),
        port: u16::try_from(vector["port"].as_u64().unwrap()).unwrap(),
        authorization: None,
        content_type: vector["content_type"].as_str(),
        body: vector["payload_utf8"].as_str().unwrap_or("").as_bytes(),
    }
}

fn signed_of(vector: &Value) -> Header {
    let text = |name: &str| vector[name].as_str().map(str::to_owned);
    Header {
        id: "id".to_owned(),
        ts: vector["ts"].as_u64().unwrap(),
        nonce: text("nonce").unwrap(),
        mac: String::new(),
        hash: text("hash"),
        ext: text("ext"),
        app: text("app"),
        dlg: text("dlg"),
    }
}

#[test]
fn published_macs_are_computed() {
    for (kind, name) in [(Kind::Header, "header"), (Kind::Response, "response")] {
        for vector in vectors(name) {
            let (incoming, signed) = (incoming_of(&vector), signed_of(&vector));
            let text = normalized(kind, &incoming, &signed);
            assert_eq!(text, vector["normalized"], "{}", vector["name"]);
            let mac = mac(kind, key_of(&vector), &incoming, &signed);
            assert_eq!(mac, vector["expected"], "{}", vector["name"]);
        }
    }
}

#[test]
fn published_payload_hashes_are_computed() {
    for vector in vectors("payload") {
        let media_type = vector["content_type"].as_str().unwrap();
        let body = vector["payload_utf8"].as_str().unwrap().as_bytes();
        assert_eq!(
            payload_hash(media_type, body),
            vector["expected"],
            "{}",
            vector["name"]
        );
        let spelled = format!(" {} ; charset=utf-8", media_type.to_ascii_uppercase());
        assert_eq!(payload_hash(&spelled, body), vector["expected"]);
    }
}

#[test]
fn published_headers_are_verified() {
    let mut verified = 0;
    for vector in vectors("header") {
        // Only credentials whose key is text can be the verifier's.
        let Ok(key) = String::from_utf8(key_of(&vector)) else {
            continue;
        };
        let signed = signed_of(&vector);
        let published = vector["header"].as_str().map(str::to_owned);
        let header =
            published.unwrap_or_else(|| header_of(&signed, vector["expected"].as_str().unwrap()));
        let id = Header::parse(&header).unwrap().id;
        let credentials = Credentials::new(id, key);
        let incoming = Incoming {
            authorization: Some(&header),
            ..incoming_of(&vector)
        };
        let find = |_: &str| Some(&credentials);
        let outcome = verify(&incoming, find, &mut Nonces::new(900), 60, signed.ts);
        // Some vectors publish a hash, but not the body that it is of.
        let hash_only = vector["hash"].is_string() && vector["payload_utf8"].is_null();
        match outcome {
            Err(Rejection::PayloadHash) if hash_only => {}
            other => assert!(other.is_ok(), "{}: {other:?}", vector["name"]),
        }
        verified += 1;
    }
    assert!(verified >= 15, "{verified}");
}
