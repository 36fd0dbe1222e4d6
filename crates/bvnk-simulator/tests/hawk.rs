//! The Hawk verifier, by published vectors and by tampering.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use bvnk_simulator::hawk::{
    Credentials, Header, Incoming, Kind, Nonces, Refusal, Signed, Verified, mac, payload_hash,
    server_authorization, timestamp_mac, verify,
};
use serde_json::Value;

const KEY: &str = "werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxn";

/// Published vectors of a kind.
fn vectors(kind: &str) -> Vec<Value> {
    let file: Value = serde_json::from_str(include_str!("hawk-vectors.json")).unwrap();
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

fn signed_of(vector: &Value) -> Signed<'_> {
    Signed {
        ts: vector["ts"].as_u64().unwrap(),
        nonce: vector["nonce"].as_str().unwrap(),
        method: vector["method"].as_str().unwrap(),
        resource: vector["resource"].as_str().unwrap(),
        host: vector["host"].as_str().unwrap(),
        port: u16::try_from(vector["port"].as_u64().unwrap()).unwrap(),
        hash: vector["hash"].as_str(),
        ext: vector["ext"].as_str(),
        app: vector["app"].as_str(),
        dlg: vector["dlg"].as_str(),
    }
}

#[test]
fn published_macs_are_computed() {
    for (kind, name) in [(Kind::Header, "header"), (Kind::Response, "response")] {
        for vector in vectors(name) {
            let signed = signed_of(&vector);
            assert_eq!(
                signed.normalized(kind),
                vector["normalized"],
                "{}",
                vector["name"]
            );
            let mac = mac(kind, key_of(&vector), &signed);
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
        let header = published.unwrap_or_else(|| header_of("id", &signed, &vector["expected"]));
        let id = Header::parse(&header).unwrap().id;
        let credentials = Credentials::new(id, key);
        let mut incoming = incoming(&header);
        incoming.method = signed.method;
        incoming.resource = signed.resource;
        incoming.host = signed.host;
        incoming.port = signed.port;
        incoming.content_type = vector["content_type"].as_str();
        incoming.body = vector["payload_utf8"].as_str().unwrap_or("").as_bytes();
        let find = |_: &str| Some(&credentials);
        let outcome = verify(&incoming, find, &mut Nonces::new(900), 60, signed.ts);
        // Some vectors publish a hash, but not the body that it is of.
        let hash_only = vector["hash"].is_string() && vector["payload_utf8"].is_null();
        match outcome {
            Err(Refusal::PayloadHash) if hash_only => {}
            other => assert!(other.is_ok(), "{}: {other:?}", vector["name"]),
        }
        verified += 1;
    }
    assert!(verified >= 15, "{verified}");
}

fn header_of(id: &str, signed: &Signed<'_>, mac: &Value) -> String {
    let mut header = format!(
        r#"Hawk id="{id}", ts="{}", nonce="{}""#,
        signed.ts, signed.nonce
    );
    for (name, value) in [
        ("hash", signed.hash),
        ("ext", signed.ext),
        ("app", signed.app),
        ("dlg", signed.dlg),
    ] {
        if let Some(value) = value {
            header.push_str(&format!(r#", {name}="{value}""#));
        }
    }
    header.push_str(&format!(r#", mac="{}""#, mac.as_str().unwrap()));
    header
}

fn incoming(authorization: &str) -> Incoming<'_> {
    Incoming {
        method: "POST",
        resource: "/things?a=1",
        host: "example.com",
        port: 8000,
        authorization: Some(authorization),
        content_type: Some("application/json"),
        body: b"{}",
    }
}

/// A good header for [`incoming`].
fn good(ts: u64, nonce: &str) -> String {
    let hash = payload_hash("application/json", b"{}");
    let signed = Signed {
        ts,
        nonce,
        method: "POST",
        resource: "/things?a=1",
        host: "example.com",
        port: 8000,
        hash: Some(&hash),
        ext: Some("ext"),
        app: Some("app"),
        dlg: Some("dlg"),
    };
    header_of("me", &signed, &Value::from(mac(Kind::Header, KEY, &signed)))
}

fn judge(incoming: &Incoming<'_>, nonces: &mut Nonces, now: u64) -> Result<Verified, Refusal> {
    let credentials = Credentials::new("me", KEY);
    verify(
        incoming,
        |id| (id == "me").then_some(&credentials),
        nonces,
        60,
        now,
    )
}

#[test]
fn each_signed_part_is_covered() {
    let header = good(1000, "n");
    let base = incoming(&header);
    let fresh = || Nonces::new(900);
    assert!(judge(&base, &mut fresh(), 1000).is_ok());
    // The spelling of host is not part of what is signed.
    let other_case = Incoming {
        host: "EXAMPLE.com",
        ..base
    };
    assert!(judge(&other_case, &mut fresh(), 1000).is_ok());

    let tampered = [
        Incoming {
            method: "PUT",
            ..base
        },
        Incoming {
            resource: "/things?a=2",
            ..base
        },
        Incoming {
            resource: "/things?a=1&",
            ..base
        },
        Incoming {
            resource: "/things",
            ..base
        },
        Incoming {
            host: "example.org",
            ..base
        },
        Incoming { port: 8001, ..base },
    ];
    for incoming in &tampered {
        let outcome = judge(incoming, &mut fresh(), 1000);
        assert!(matches!(outcome, Err(Refusal::Mac { .. })), "{outcome:?}");
    }
    for (from, to) in [
        (r#"ts="1000""#, r#"ts="1001""#),
        (r#"nonce="n""#, r#"nonce="m""#),
        (r#"ext="ext""#, r#"ext="txe""#),
        (r#"app="app""#, r#"app="ppa""#),
        (r#"dlg="dlg""#, r#"dlg="gld""#),
        (r#", ext="ext""#, ""),
        (r#", app="app""#, ""),
        (r#"hash=""#, r#"hash="A"#),
        (r#"mac=""#, r#"mac="A"#),
    ] {
        let header = header.replacen(from, to, 1);
        let outcome = judge(
            &Incoming {
                authorization: Some(&header),
                ..base
            },
            &mut fresh(),
            1000,
        );
        assert!(
            matches!(outcome, Err(Refusal::Mac { .. })),
            "{to}: {outcome:?}"
        );
    }
    for incoming in [
        Incoming {
            body: b"{ }",
            ..base
        },
        Incoming {
            content_type: Some("text/plain"),
            ..base
        },
        Incoming {
            content_type: None,
            ..base
        },
    ] {
        assert_eq!(
            judge(&incoming, &mut fresh(), 1000).err(),
            Some(Refusal::PayloadHash)
        );
    }
    let unknown = header.replacen(r#"id="me""#, r#"id="you""#, 1);
    let outcome = judge(
        &Incoming {
            authorization: Some(&unknown),
            ..base
        },
        &mut fresh(),
        1000,
    );
    assert_eq!(outcome.err(), Some(Refusal::UnknownId));
    let outcome = judge(
        &Incoming {
            authorization: None,
            ..base
        },
        &mut fresh(),
        1000,
    );
    assert_eq!(outcome.err(), Some(Refusal::MissingHeader));
}

#[test]
fn a_mac_refusal_explains_itself_without_the_key() {
    let header = good(1000, "n");
    let incoming = Incoming {
        port: 81,
        ..incoming(&header)
    };
    let refusal = judge(&incoming, &mut Nonces::new(900), 1000).err().unwrap();
    let Refusal::Mac { normalized } = &refusal else {
        panic!("{refusal:?}");
    };
    assert!(normalized.contains("\nexample.com\n81\n"));
    let credentials = Credentials::new("me", KEY);
    for text in [format!("{refusal:?} {refusal}"), format!("{credentials:?}")] {
        assert!(!text.contains(KEY), "{text}");
    }
}

#[test]
fn checks_come_in_the_order_of_the_specification() {
    let mut nonces = Nonces::new(900);
    let header = good(1000, "n");
    let base = incoming(&header);
    // A bad MAC or payload hash does not use the nonce up: they are not known to be the
    // caller's.
    assert!(judge(&Incoming { port: 1, ..base }, &mut nonces, 1000).is_err());
    assert!(judge(&Incoming { body: b"", ..base }, &mut nonces, 1000).is_err());
    assert!(nonces.is_empty());
    // A stale time does.
    let stale = judge(&base, &mut nonces, 5000).err().unwrap();
    assert!(
        matches!(
            stale,
            Refusal::Stale {
                ts: 1000,
                now: 5000,
                ..
            }
        ),
        "{stale:?}"
    );
    assert_eq!(
        judge(&base, &mut nonces, 5000).err(),
        Some(Refusal::ReplayedNonce)
    );
    assert_eq!(
        judge(&base, &mut nonces, 1000).err(),
        Some(Refusal::ReplayedNonce)
    );
}

#[test]
fn the_clock_may_be_off_by_the_tolerance_either_way() {
    for (now, good_enough) in [(1060, true), (1061, false), (940, true), (939, false)] {
        let header = good(1000, "n");
        let outcome = judge(&incoming(&header), &mut Nonces::new(900), now);
        assert_eq!(outcome.is_ok(), good_enough, "{now}");
    }
    let header = good(u64::MAX, "n");
    let refusal = judge(&incoming(&header), &mut Nonces::new(900), 0)
        .err()
        .unwrap();
    assert_eq!(
        refusal.to_string(),
        "the caller's clock is 18446744073709551615 s ahead"
    );
}

#[test]
fn a_nonce_is_remembered_for_its_lifetime_and_by_credentials() {
    let mut nonces = Nonces::new(900);
    assert!(nonces.use_up("me", "n", 1000));
    assert!(nonces.use_up("you", "n", 1000));
    assert!(!nonces.use_up("me", "n", 1900));
    assert!(
        !nonces.use_up("me", "n", 10),
        "a clock that is set back forgets nothing"
    );
    assert!(nonces.use_up("me", "n", 1901));
    assert_eq!(nonces.len(), 1);
}

#[test]
fn the_header_is_read_strictly() {
    let long = format!(
        r#"Hawk id="{}", ts="1", nonce="n", mac="m""#,
        "a".repeat(4096)
    );
    let just_fits = long.replacen(&"a".repeat(long.len() - 4096), "", 1);
    for text in [
        r#"Hawk id="i", ts="1", nonce="n", mac="m""#,
        r#"HAWK mac="m",nonce="n",ts="1",id="i""#,
        "hawk  id=\"i\" ,\tts=\"1\", nonce=\"!#$%&'()*+,-./:;<=>?@[]^`{|}~_ aZ9\", mac=\"m\"  ",
        &just_fits,
    ] {
        assert!(Header::parse(text).is_ok(), "{text}");
    }
    assert_eq!(just_fits.len(), 4096);
    for (text, place, part) in [
        ("", 0, "scheme"),
        ("Bearer abc", 0, "scheme"),
        (r#"Hawkid="i""#, 0, "scheme"),
        ("Hawk", 4, "attribute"),
        ("Hawk ", 5, "attribute"),
        (r#"Hawk id="i", ts="1", nonce="n""#, 30, "no mac"),
        (r#"Hawk ts="1", nonce="n", mac="m""#, 31, "no id"),
        (r#"Hawk id="i", nonce="n", mac="m""#, 31, "no ts"),
        (r#"Hawk id="i", ts="1", mac="m""#, 28, "no nonce"),
        (
            r#"Hawk id="i", id="i", ts="1", nonce="n", mac="m""#,
            13,
            "twice",
        ),
        (
            r#"Hawk id="i", ts="1", nonce="n", mac="m", more="x""#,
            41,
            "unknown",
        ),
        (r#"Hawk ID="i""#, 5, "unknown"),
        (r#"Hawk id="i", ts="+1", nonce="n", mac="m""#, 13, "ts"),
        (r#"Hawk id="i", ts="-1", nonce="n", mac="m""#, 13, "ts"),
        (r#"Hawk id="i", ts="1.5", nonce="n", mac="m""#, 13, "ts"),
        (
            r#"Hawk id="i", ts="99999999999999999999", nonce="n", mac="m""#,
            13,
            "ts",
        ),
        (r#"Hawk id="", ts="1""#, 9, "empty"),
        (r#"Hawk id="a\"b""#, 10, "forbidden"),
        ("Hawk id=\"ä\"", 9, "forbidden"),
        ("Hawk id=\"a\nb\"", 10, "forbidden"),
        (r#"Hawk id="i"#, 10, "closing"),
        ("Hawk id=i", 7, "expected"),
        (r#"Hawk id="i" ts="1""#, 12, "comma"),
        (
            r#"Hawk id="i", ts="1", nonce="n", mac="m","#,
            40,
            "attribute",
        ),
        (&long, 4096, "longer"),
    ] {
        match Header::parse(text) {
            Err(Refusal::Malformed { at, problem }) => {
                assert!(
                    at == place && problem.contains(part),
                    "{text}: {at} {problem}"
                );
            }
            other => panic!("{text}: {other:?}"),
        }
    }
}

#[test]
fn challenges_say_what_the_specification_says() {
    let tsm = timestamp_mac(KEY, 1_365_741_469);
    // Computed with another implementation: HMAC-SHA256 over "hawk.1.ts\n1365741469\n".
    assert_eq!(tsm, "b4Qqhz8OUBq21saghHLV1ktwlXE72T1xtTEZkSlWizA=");
    let stale = Refusal::Stale {
        ts: 1,
        now: 1_365_741_469,
        tsm: tsm.clone(),
    };
    assert_eq!(
        stale.challenge(),
        format!(r#"Hawk ts="1365741469", tsm="{tsm}", error="Stale timestamp""#)
    );
    assert_eq!(Refusal::MissingHeader.challenge(), "Hawk");
    let bad = Refusal::Mac {
        normalized: String::new(),
    };
    assert_eq!(bad.challenge(), r#"Hawk error="Bad mac""#);
}

#[test]
fn an_answer_is_signed_over_the_request_and_its_own_body() {
    let header = good(1000, "n");
    let request = incoming(&header);
    let verified = judge(&request, &mut Nonces::new(900), 1000).unwrap();
    let credentials = Credentials::new("me", KEY);
    let value = server_authorization(&credentials, &request, &verified, "text/plain", b"hello");
    let hash = payload_hash("text/plain", b"hello");
    let normalized = format!(
        "hawk.1.response\n1000\nn\nPOST\n/things?a=1\nexample.com\n8000\n{hash}\n\napp\ndlg\n"
    );
    let signed = Signed {
        hash: Some(&hash),
        ext: None,
        ..request.signed(&verified.header)
    };
    assert_eq!(signed.normalized(Kind::Response), normalized);
    let mac = mac(Kind::Response, KEY, &signed);
    assert_eq!(value, format!(r#"Hawk mac="{mac}", hash="{hash}""#));
}
