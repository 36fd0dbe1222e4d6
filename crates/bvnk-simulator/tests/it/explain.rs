//! What a rejected signature is answered with when explanations are on.

use crate::common::*;
use bvnk_simulator::hawk::payload_hash;
use bvnk_simulator::{Config, Request, Simulator};
use hmac_sha256::HMAC;
use http::Method;

/// The text that signs [`asked`] rightly.
const TEXT: &str =
    "hawk.1.header\n1700000000\nnOnce\nGET\n/platform/v1/customers/A?x=%41\nsim.test\n8080\n\n\n";

fn asked() -> Request {
    request(Method::GET, "/platform/v1/customers/A?x=%41", "")
}

fn keyed(key: &[u8], text: &str) -> Vec<u8> {
    HMAC::mac(text.as_bytes(), key).to_vec()
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The message and the lines to sign, for this `Authorization` header.
fn explained(mut request: Request, authorization: &str) -> (String, String) {
    let mut simulator = Simulator::new(Config {
        explain: true,
        ..config()
    })
    .unwrap();
    set(&mut request, "authorization", authorization);
    let response = simulator.handle(&request, NOW);
    assert_eq!(response.status, 401);
    let body = body(&response);
    assert!(!body.to_string().contains(KEY), "the key is shown");
    let lines = body["details"]["signed"].as_array().cloned();
    let lines = lines.unwrap_or_default();
    let lines = lines
        .iter()
        .map(|line| format!("{}\n", line.as_str().unwrap()));
    (
        body["message"].as_str().unwrap().to_owned(),
        lines.collect(),
    )
}

fn with_mac(mac: &str) -> String {
    format!(r#"Hawk id="{ID}", ts="{NOW}", nonce="nOnce", mac="{mac}""#)
}

/// Each mistake in the text, and the cause that is named.
#[test]
fn a_usual_mistake_is_named() {
    let edits: &[(&str, &str, &str)] = &[
        ("\n8080\n", "\n443\n", "the port is 443"),
        ("\n8080\n", "\n80\n", "the port is 80"),
        ("\n8080\n", "\n\n", "the port is empty"),
        ("sim.test", "SIM.TEST", "the host is SIM.TEST"),
        ("sim.test", "sim.test:8080", "the host is sim.test:8080"),
        ("sim.test", "localhost", "the host is localhost"),
        ("sim.test", "api.bvnk.com", "the host is api.bvnk.com"),
        ("sim.test", "http://sim.test", "the host is http://sim.test"),
        ("GET", "get", "the method is get"),
        ("GET", "POST", "the method is POST"),
        ("?x=%41", "", "the path is /platform/v1/customers/A;"),
        ("?x=%41", "?x=A", "the path is /platform/v1/customers/A?x=A"),
        ("/A?", "/A/?", "no usual mistake"),
        (
            "?x=%41",
            "?x=%41/",
            "the path is /platform/v1/customers/A?x=%41/",
        ),
        ("/platform/v1", "", "the path is /customers/A"),
        (
            "/platform",
            "http://sim.test:8080/platform",
            "the path is http://sim.test:8080/",
        ),
        ("1700000000", "1700000000000", "the time is 1700000000000"),
        ("1700000000", "1699999999", "the time is 1699999999"),
        ("nOnce", "nonce", "the nonce is nonce"),
        ("\n\n\n", "\n\n", "the last line feed is missing"),
        ("\n\n\n", "\n", "the lines of hash and ext are missing"),
        ("\n\n\n", "\n\n\n\n\n", "there are lines for app and dlg"),
        ("\n\n\n", "\n\nnull\n", "the ext is null"),
        (
            "hawk.1.header",
            "hawk.1.response",
            "the first line is hawk.1.response",
        ),
        ("hawk.1.header\n", "", "the first line is missing"),
        ("\n", "\r\n", "lines end with CR LF"),
        ("\n", "\\n", "lines end with a backslash and an n"),
    ];
    for (from, to, expected) in edits {
        let text = TEXT.replace(from, to);
        assert_ne!(text, TEXT);
        let (message, lines) =
            explained(asked(), &with_mac(&base64(&keyed(KEY.as_bytes(), &text))));
        assert!(message.contains(expected), "{to:?}: {message}");
        let holds = message.contains("help: the MAC is right if ");
        assert_eq!(holds, !expected.starts_with("no usual"), "{message}");
        assert_eq!(lines, TEXT);
    }
    let last = TEXT.strip_suffix('\n').unwrap();
    let (message, _) = explained(asked(), &with_mac(&base64(&keyed(KEY.as_bytes(), last))));
    assert!(
        message.contains("the last line feed is missing"),
        "{message}"
    );
}

#[test]
fn a_key_in_another_form_is_named_but_never_shown() {
    let keys = [
        (format!("{KEY}\n"), "a line feed follows the key"),
        (format!("\"{KEY}\""), "the key is in quotes"),
        (base64(KEY.as_bytes()), "the key is encoded in base64"),
        (ID.to_owned(), "the id is used as the key"),
        (String::new(), "the key is empty"),
        ("another".to_owned(), "no usual mistake explains the MAC"),
    ];
    for (key, expected) in keys {
        let (message, _) = explained(asked(), &with_mac(&base64(&keyed(key.as_bytes(), TEXT))));
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn two_mistakes_at_once_are_named_both() {
    let text = TEXT
        .replace("sim.test", "api.bvnk.com")
        .replace("8080", "443");
    let (message, _) = explained(asked(), &with_mac(&base64(&keyed(KEY.as_bytes(), &text))));
    let expected = "the MAC is right if the port is 443 and the host is api.bvnk.com; ";
    assert!(message.contains(expected), "{message}");
}

#[test]
fn a_mac_in_another_spelling_or_of_another_kind_is_named() {
    let honest = keyed(KEY.as_bytes(), TEXT);
    let unpadded = base64(&honest).trim_end_matches('=').to_owned();
    for (mac, expected) in [
        (hex(&honest), "write it in standard base64"),
        (unpadded, "write it in standard base64"),
        (base64(&honest[..20]), "the MAC has 20 bytes"),
        ("???".to_owned(), "the MAC has 0 bytes"),
    ] {
        let (message, _) = explained(asked(), &with_mac(&mac));
        assert!(message.contains(expected), "{mac}: {message}");
    }
}

/// Signs the creation with this hash in the header and in the text.
fn hashed(hash: &str) -> (Request, String) {
    let request = creation(&example(), None);
    let signed = sign_as(request.clone(), ID, KEY, NOW, "n", Some(hash));
    let header = signed.header("authorization").unwrap().to_owned();
    (request, header)
}

#[test]
fn a_wrong_payload_hash_is_explained() {
    let body = example().to_string();
    for (hash, expected) in [
        (payload_hash("", body.as_bytes()), "lacks the content type"),
        (
            payload_hash("application/json", b""),
            "that of an empty body",
        ),
        (payload_hash("", b""), "that of an empty body"),
        (
            payload_hash("application/json", format!("{body}\n").as_bytes()),
            "has a line feed after the body",
        ),
        ("AAAA".to_owned(), "the media type `application/json`"),
    ] {
        let (request, header) = hashed(&hash);
        let (message, _) = explained(request, &header);
        assert!(message.contains(expected), "{message}");
    }
    // Signed, but left out of the header.
    let (request, header) = hashed(&payload_hash("application/json", body.as_bytes()));
    let start = header.find(", hash=").unwrap();
    let end = header.find(", mac=").unwrap();
    let header = format!("{}{}", &header[..start], &header[end..]);
    let (message, _) = explained(request, &header);
    assert!(
        message.contains("the MAC is right if the payload hash is"),
        "{message}"
    );
}

#[test]
fn the_other_rejections_say_what_to_do() {
    let signature = |id: &str, ts: u64| {
        let request = sign_as(asked(), id, KEY, ts, "n", None);
        request.headers["authorization"]
            .to_str()
            .unwrap()
            .to_owned()
    };
    for (header, expected) in [
        (signature("who", NOW), "use the id test-id"),
        (
            signature(ID, NOW - 100),
            "100 s behind\nhelp: this server's time is 1700000000",
        ),
        (signature(ID, NOW * 1000), "ts is in milliseconds"),
        (
            "Bearer x".to_owned(),
            "malformed at byte 0: the scheme is not Hawk",
        ),
    ] {
        let (message, lines) = explained(asked(), &header);
        assert!(message.contains(expected), "{message}");
        assert_eq!(lines, "");
    }
    let mut simulator = Simulator::new(Config {
        explain: true,
        ..config()
    })
    .unwrap();
    let answer = body(&simulator.handle(&asked(), NOW));
    assert_eq!(
        answer["details"]["signed"][4],
        "/platform/v1/customers/A?x=%41"
    );
    assert_eq!(answer["details"]["signed"][1], "<ts>");
    let request = sign(asked());
    simulator.handle(&request, NOW);
    let answer = body(&simulator.handle(&request, NOW));
    let message = answer["message"].as_str().unwrap();
    assert!(message.contains("sign each attempt again"), "{message}");
}

#[test]
fn without_the_option_nothing_is_explained() {
    let response = simulator().handle(&asked(), NOW);
    let expected = r#"{"code":"unauthorized","details":null,"message":"the signature is missing or not valid","status":"UNAUTHORIZED"}"#;
    let expected: serde_json::Value = serde_json::from_str(expected).unwrap();
    assert_eq!(body(&response), expected);
}

/// A path of 32 KB: the work is bounded, so the second of two mistakes is not searched for.
#[test]
fn the_work_is_bounded() {
    let long = format!("/{}", "x".repeat(32 * 1024));
    for (target, found) in [("/short", true), (long.as_str(), false)] {
        let text = format!("hawk.1.header\n1700000001\nnonce\nGET\n{target}\nsim.test\n8080\n\n\n");
        let mac = base64(&keyed(KEY.as_bytes(), &text));
        let header = format!(r#"Hawk id="{ID}", ts="{NOW}", nonce="Nonce", mac="{mac}""#);
        let (message, _) = explained(request(Method::GET, target, ""), &header);
        let expected = "the MAC is right if the time is 1700000001 and the nonce is nonce";
        assert_eq!(message.contains(expected), found, "{message}");
        assert_eq!(message.contains("no usual mistake"), !found, "{message}");
    }
}
