//! What the verifier accepts and rejects, for any bytes and headers.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use bvnk::TestRuntime;
use bvnk::webhook::{Deduplicator, Scheme, VerificationError, Verifier, WebhookSecret};
use hmac_sha256::HMAC;
use http::{HeaderMap, HeaderName, HeaderValue};
use proptest::prelude::*;

const SECRET: &str = "s3cret";
const URL: &str = "https://me.example/hooks/bvnk?tenant=7";
const JSON: &str = "application/json";
const BODY: &str = r#"{"event":"bvnk:platform:customer:status-change","eventId":"e-1","timestamp":"2025-01-01T10:00:00.123456789","data":{"reference":"c-1","status":"VERIFIED"}}"#;

/// The signatures of [`BODY`], as `openssl dgst -sha256 -hmac s3cret` computes them.
const OF_PAYLOAD: &str = "+JZh4OyCxalBgL7BKte+JLNRIAOKu56P8EDwBBqf0Vs=";
const OF_PATH: &str = "a7a27ad83735879916645d11ed9afbadd4787455bf4d9a21c15d5fff6b3cf34f";
const OF_URL: &str = "f19d56cee9be5bb6d3ca97a00af94232e5f9b767a9f85afff465118191fe12f5";

fn verifier(scheme: Scheme) -> Verifier {
    Verifier::new(WebhookSecret::new(SECRET).unwrap(), scheme)
}

fn by_path() -> Verifier {
    verifier(Scheme::url(URL).unwrap())
}

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        headers.append(*name, value.parse().unwrap());
    }
    headers
}

fn signed(content_type: &str, signature: &str) -> HeaderMap {
    headers(&[("content-type", content_type), ("x-signature", signature)])
}

fn mac(parts: &[&[u8]]) -> Vec<u8> {
    let mut mac = HMAC::new(SECRET.as_bytes());
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().to_vec()
}

fn seconds(time: bvnk::DateTime) -> i64 {
    time.as_second()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A payload with the signature of the scheme by path.
fn event(payload: &str) -> Result<bvnk::webhook::Event, VerificationError> {
    let signature = hex(&mac(&[b"/hooks/bvnk", JSON.as_bytes(), payload.as_bytes()]));
    by_path().verify(&signed(JSON, &signature), payload.as_bytes())
}

#[test]
fn both_schemes_are_verified_as_another_program_signs_them() {
    let upper = OF_PATH.to_uppercase();
    for (scheme, signature) in [
        (Scheme::payload(), OF_PAYLOAD),
        (Scheme::url(URL).unwrap(), OF_PATH),
        (Scheme::url(URL).unwrap(), upper.as_str()),
        (Scheme::url(URL).unwrap(), OF_URL),
    ] {
        let event = verifier(scheme.clone())
            .verify(&signed(JSON, signature), BODY.as_bytes())
            .unwrap_or_else(|refusal| panic!("{scheme:?}: {refusal}"));
        assert_eq!(event.id(), "e-1");
        let change = event.customer().unwrap();
        assert_eq!(change.reference.as_str(), "c-1");
        assert!(change.status.is_verified());
    }
}

#[test]
fn each_reason_to_reject_is_distinguished() {
    let right = ("x-signature", OF_PATH);
    let kind = ("content-type", JSON);
    for (headers, refusal) in [
        (headers(&[kind]), VerificationError::MissingSignature),
        (
            headers(&[kind, right, right]),
            VerificationError::RepeatedHeader("x-signature"),
        ),
        (
            headers(&[kind, kind, right]),
            VerificationError::RepeatedHeader("content-type"),
        ),
        (
            headers(&[kind, ("x-signature", "")]),
            VerificationError::WrongSignature,
        ),
        (
            headers(&[kind, ("x-signature", "abc")]),
            VerificationError::InvalidEncoding,
        ),
        (
            headers(&[kind, ("x-signature", &OF_PATH.replace('a', "g"))]),
            VerificationError::InvalidEncoding,
        ),
        (
            headers(&[kind, ("x-signature", OF_PAYLOAD)]),
            VerificationError::WrongSignature,
        ),
        (
            headers(&[kind, ("x-signature", &OF_URL.replace('a', "b"))]),
            VerificationError::WrongSignature,
        ),
        (headers(&[right]), VerificationError::WrongSignature),
        (
            headers(&[("content-type", "text/json"), right]),
            VerificationError::WrongSignature,
        ),
    ] {
        let refused = by_path().verify(&headers, BODY.as_bytes()).unwrap_err();
        assert_eq!(refused, refusal, "{headers:?}");
    }
    for payload in ["", "null", "[1]", "{", "{} x", "\u{feff}{}"] {
        assert_eq!(
            event(payload).unwrap_err(),
            VerificationError::NotAnEvent,
            "{payload}"
        );
    }
    let deep = format!("{}{}", "{\"data\":".repeat(10_000), "}".repeat(10_000));
    assert_eq!(event(&deep).unwrap_err(), VerificationError::NotAnEvent);
}

#[test]
fn a_second_secret_or_scheme_is_good_while_it_is_exchanged() {
    let other = WebhookSecret::new("another").unwrap();
    let verifier = Verifier::new(other.clone(), Scheme::url(URL).unwrap())
        .accept_also(other, Scheme::payload())
        .accept_also(WebhookSecret::new(SECRET).unwrap(), Scheme::payload());
    let event = |signature| verifier.verify(&signed(JSON, signature), BODY.as_bytes());
    assert_eq!(event(OF_PAYLOAD).unwrap().id(), "e-1");
    assert_eq!(
        event(OF_PATH).unwrap_err(),
        VerificationError::WrongSignature
    );
    assert_eq!(event("*").unwrap_err(), VerificationError::InvalidEncoding);
}

/// The content type is followed by the payload without a mark, so that the end of the one
/// could be given out for the start of the other.
#[test]
fn no_byte_moves_between_content_type_and_payload() {
    let inner = r#"{"eventId":"e-2"}"#;
    let both = format!(r#"{{"a":{inner}"#);
    let signature = hex(&mac(&[b"/hooks/bvnk", JSON.as_bytes(), both.as_bytes()]));
    let moved = format!(r#"{JSON}{{"a":"#);
    let refused = by_path().verify(&signed(&moved, &signature), inner.as_bytes());
    assert_eq!(refused.unwrap_err(), VerificationError::WrongSignature);
}

/// Where the payload alone is signed, a proxy may do with the content type what it likes.
#[test]
fn what_is_not_signed_is_not_looked_at() {
    let signature = ("x-signature", OF_PAYLOAD);
    for headers in [
        headers(&[signature]),
        headers(&[("content-type", JSON), ("content-type", JSON), signature]),
        headers(&[("content-type", "text/{json}"), signature]),
    ] {
        let event = verifier(Scheme::payload()).verify(&headers, BODY.as_bytes());
        assert_eq!(event.unwrap().id(), "e-1", "{headers:?}");
    }
}

#[test]
fn a_change_is_recognised_by_its_shape() {
    for (payload, name, customer) in [
        (BODY.to_owned(), "bvnk:platform:customer:status-change", Some("c-1 VERIFIED")),
        (
            r#"{"event":"bvnk:customers:status-change","data":{"customerId":"c-2","status":"ON_HOLD","x":null}}"#.into(),
            "bvnk:customers:status-change",
            Some("c-2 ON_HOLD"),
        ),
        (
            r#"{"event":"platform:accounts:customer:status-change","data":{"reference":"c-3","customerId":"c-4","status":"REJECTED"}}"#.into(),
            "platform:accounts:customer:status-change",
            Some("c-3 REJECTED"),
        ),
        // With any name, or without one.
        (BODY.replace("status-change", "renamed"), "bvnk:platform:customer:renamed", Some("c-1 VERIFIED")),
        (r#"{"data":{"reference":"c-1","status":"X"}}"#.into(), "", Some("c-1 X")),
        // Another shape, with any name.
        (r#"{"event":"bvnk:customers:status-change","data":{"status":"VERIFIED"}}"#.into(), "bvnk:customers:status-change", None),
        (r#"{"event":"bvnk:customers:status-change","data":{"reference":"","status":"VERIFIED"}}"#.into(), "bvnk:customers:status-change", None),
        (r#"{"event":"bvnk:customers:status-change","data":{"customerId":"c-2","status":7}}"#.into(), "bvnk:customers:status-change", None),
        (r#"{"event":"bvnk:customers:status-change"}"#.into(), "bvnk:customers:status-change", None),
        (r#"{"event":["x"],"eventId":null,"timestamp":1735725600,"data":[1]}"#.into(), "", None),
        ("{}".into(), "", None),
    ] {
        let event = event(&payload).unwrap();
        assert_eq!(event.name(), name);
        let change = event.customer().map(|change| format!("{} {}", change.reference, change.status));
        assert_eq!(change.as_deref(), customer, "{payload}");
        let raw: serde_json::Value = serde_json::from_str(&payload).unwrap();
        let data = raw["data"].as_object().cloned().unwrap_or_default();
        assert_eq!(event.data().to_map(), data);
    }
}

#[test]
fn an_event_without_id_is_known_by_its_signature() {
    let [one, again, other] = [r#"{"event":"a"}"#, r#"{"event":"a"}"#, r#"{"event":"b"}"#]
        .map(|payload| event(payload).unwrap().id().to_owned());
    assert_eq!(one, again);
    assert_ne!(one, other);
}

#[test]
fn times_have_nanoseconds_and_may_lack_a_zone() {
    for (text, expected) in [
        ("2025-01-01T10:00:00Z", Some(1_735_725_600)),
        ("2025-01-01T12:00:00.123456789+02:00", Some(1_735_725_600)),
        ("2025-01-01T10:00:00.123456789", Some(1_735_725_600)),
        ("2025-01-01T10:00:00", Some(1_735_725_600)),
        ("yesterday", None),
        ("", None),
    ] {
        let event = event(&format!(r#"{{"timestamp":"{text}"}}"#)).unwrap();
        assert_eq!(event.timestamp().map(seconds), expected, "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_age_limit_leaves_time_for_all_retries() {
    let hour = Duration::from_secs(3_600);
    let retries = Duration::from_secs(100 * 910);
    let happened = UNIX_EPOCH + Duration::from_secs(1_735_725_600);
    for (age, payload, young) in [
        (hour, BODY.to_owned(), true),
        (retries + hour, BODY.to_owned(), true),
        (
            retries + hour + Duration::from_secs(1),
            BODY.to_owned(),
            false,
        ),
        (hour, BODY.replace("timestamp", "time"), false),
        (hour, BODY.replace("2025", "2035"), true),
    ] {
        let runtime = TestRuntime::new(happened + age, 0);
        let verifier = by_path().max_age(hour).runtime(Arc::new(runtime));
        let signature = hex(&mac(&[b"/hooks/bvnk", JSON.as_bytes(), payload.as_bytes()]));
        let event = verifier.verify(&signed(JSON, &signature), payload.as_bytes());
        assert_eq!(
            event.err(),
            (!young).then_some(VerificationError::TooOld),
            "{age:?}"
        );
    }
}

#[test]
fn nothing_secret_or_personal_is_shown() {
    let personal = BODY.replace(r#""status""#, r#""lastName":"c4nary-last","status""#);
    let event = event(&personal).unwrap();
    let refusal = by_path()
        .verify(&signed(JSON, OF_PATH), personal.as_bytes())
        .unwrap_err();
    let shown = format!(
        "{event:#?} {:?} {refusal:?} {refusal} {:?} {:?}",
        event.customer(),
        by_path(),
        WebhookSecret::new(" s3cret").unwrap_err().to_string(),
    );
    for hidden in ["c4nary", SECRET, &OF_PATH[..8], "tenant=7"] {
        assert!(!shown.contains(hidden), "{shown}");
    }
    for public in ["c-1", "VERIFIED", "e-1", "status-change"] {
        assert!(shown.contains(public), "{shown}");
    }
    assert_eq!(event.data().get("lastName").unwrap(), "c4nary-last");
}

#[test]
fn a_url_must_be_one() {
    for wrong in [
        "",
        "/hooks/bvnk",
        "me.example/hooks",
        "ftp://me.example/",
        "https://",
    ] {
        assert!(Scheme::url(wrong).is_err(), "{wrong}");
    }
    assert!(WebhookSecret::new("").is_err());
}

#[test]
fn memory_is_bounded_and_forgets_the_oldest() {
    let deduplicator = Deduplicator::new(2);
    for (id, first) in [
        ("a", true),
        ("b", true),
        ("a", false),
        ("c", true), // "a" goes
        ("b", false),
        ("a", true), // "b" goes
        ("b", true),
    ] {
        assert_eq!(deduplicator.insert(id), first, "{id}");
    }
    assert!(Deduplicator::new(0).insert("a"));
    // However long the ids are.
    let memory = allocation_counter::measure(|| {
        let deduplicator = Deduplicator::new(100);
        for number in 0..100 {
            assert!(deduplicator.insert(&format!("{number:60000}")));
        }
    });
    assert!(memory.bytes_max < 256 * 1024, "{}", memory.bytes_max);
}

#[test]
fn what_was_removed_is_new_and_takes_no_place() {
    let deduplicator = Deduplicator::new(2);
    assert!(deduplicator.insert("a") && deduplicator.insert("b"));
    deduplicator.remove("b");
    deduplicator.remove("never seen");
    assert!(deduplicator.insert("b"));
    assert!(!deduplicator.insert("a"));
    assert!(deduplicator.insert("c")); // "a" goes, as the oldest
    assert!(!deduplicator.insert("b"));
    assert!(deduplicator.insert("a"));
}

fn any_header_value() -> impl Strategy<Value = HeaderValue> {
    let byte = prop_oneof![Just(b'\t'), b' '..=b'~', 0x80_u8..=0xff];
    prop::collection::vec(byte, 0..100).prop_map(|bytes| HeaderValue::from_bytes(&bytes).unwrap())
}

fn any_headers() -> impl Strategy<Value = HeaderMap> {
    let name = prop::sample::select(vec!["x-signature", "content-type", "x-other"]);
    let right = prop::sample::select(vec![OF_PATH, OF_PAYLOAD, JSON]);
    let value = prop_oneof![any_header_value(), right.prop_map(HeaderValue::from_static)];
    prop::collection::vec((name, value), 0..4).prop_map(|pairs| {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(HeaderName::from_static(name), value);
        }
        headers
    })
}

proptest! {
    /// Nothing panics, and nothing is taken that was not signed.
    #[test]
    fn any_bytes_and_headers_are_refused(headers in any_headers(), payload: Vec<u8>) {
        for scheme in [Scheme::payload(), Scheme::url(URL).unwrap()] {
            prop_assert!(verifier(scheme).verify(&headers, &payload).is_err());
        }
    }

    /// Signed bodies of any content do not panic either.
    #[test]
    fn any_signed_bytes_are_read_or_refused(payload: Vec<u8>) {
        let headers = signed(JSON, &hex(&mac(&[&payload])));
        let event = verifier(Scheme::payload()).verify(&headers, &payload);
        prop_assert!(event.is_ok() || event.err() == Some(VerificationError::NotAnEvent));
    }

    #[test]
    fn any_json_with_an_event_s_members_is_read(
        name in "bvnk:(platform:customer|customers):status-change|[a-z:]*",
        id in ".*",
        time in "[0-9T:.Z+-]*|20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9](\\.[0-9]{0,12})?Z?",
        reference in ".*",
        status in ".*",
    ) {
        let payload = serde_json::json!({
            "event": name, "eventId": id, "timestamp": time,
            "data": { "reference": reference, "status": status },
        });
        let event = event(&payload.to_string()).unwrap();
        prop_assert_eq!(event.name(), name);
        prop_assert!(!event.id().is_empty());
        prop_assert!(event.timestamp().is_none_or(|time| seconds(time) > 0));
    }

    /// A change of any covered byte, of the signature or of the secret is rejected.
    #[test]
    fn any_change_is_refused(
        at: prop::sample::Index,
        to: u8,
        covers_all: bool,
        hexadecimal: bool,
        elsewhere in "(hooks/|hook|Hooks|[a-z]{0,4})",
        content_type in "[a-z]{1,9}/[a-z]{1,9}(; charset=[a-zA-Z0-9-]{1,9})?",
        data in "\\PC{0,40}",
    ) {
        let payload = serde_json::json!({ "eventId": "e", "data": data }).to_string();
        let (url, path) = ("https://me.example/hooks", "/hooks");
        let scheme = if covers_all { Scheme::url(url).unwrap() } else { Scheme::payload() };
        let covered: &[&[u8]] = if covers_all {
            &[path.as_bytes(), content_type.as_bytes(), payload.as_bytes()]
        } else {
            &[payload.as_bytes()]
        };
        let mac = mac(covered);
        let write = |mac: &[u8]| {
            use base64::Engine as _;
            if hexadecimal {
                hex(mac)
            } else {
                base64::engine::general_purpose::STANDARD.encode(mac)
            }
        };
        let accepts = |scheme: &Scheme, content_type: &[u8], payload: &[u8], mac: &str| {
            let mut headers = HeaderMap::new();
            let Ok(content_type) = HeaderValue::from_bytes(content_type) else { return false };
            headers.insert("content-type", content_type);
            headers.insert("x-signature", mac.parse().unwrap());
            verifier(scheme.clone()).verify(&headers, payload).is_ok()
        };
        let changed = |bytes: &[u8]| {
            let mut bytes = bytes.to_vec();
            let index = at.index(bytes.len());
            bytes[index] = if bytes[index] == to { to ^ 1 } else { to };
            bytes
        };
        let (kind, body) = (content_type.as_bytes(), payload.as_bytes());
        let signature = write(&mac);
        prop_assert!(accepts(&scheme, kind, body, &signature));
        prop_assert!(!accepts(&scheme, kind, &changed(body), &signature));
        prop_assert!(!accepts(&scheme, kind, body, &write(&changed(&mac))));
        // The written form has one spelling, but for the case of hexadecimal digits.
        let respelt = String::from_utf8(changed(signature.as_bytes())).ok();
        if let Some(respelt) = respelt.filter(|it| it.parse::<HeaderValue>().is_ok()) {
            let same = hexadecimal && respelt.eq_ignore_ascii_case(&signature);
            prop_assert_eq!(accepts(&scheme, kind, body, &respelt), same, "{}", respelt);
        }
        prop_assert!(!accepts(&scheme, kind, body, &signature[1..]));
        let other_kind = changed(kind);
        if HeaderValue::from_bytes(&other_kind).is_ok() {
            prop_assert_eq!(accepts(&scheme, &other_kind, body, &signature), !covers_all);
        }
        let other = Scheme::url(format!("https://me.example/{elsewhere}")).unwrap();
        if covers_all {
            prop_assert!(!accepts(&other, kind, body, &signature));
        }
    }
}
