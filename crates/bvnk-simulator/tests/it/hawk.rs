//! The Hawk verifier by tampering, and the order of its checks.

use crate::common::header_of;
use bvnk_simulator::hawk::{
    Credentials, Header, Incoming, Kind, Nonces, Rejection, mac, payload_hash,
    server_authorization, verify,
};

const KEY: &str = "werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxn";

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
    let text = |text: &str| text.to_owned();
    let signed = Header {
        id: text("me"),
        ts,
        nonce: text(nonce),
        mac: String::new(),
        hash: Some(hash),
        ext: Some(text("ext")),
        app: Some(text("app")),
        dlg: Some(text("dlg")),
    };
    let mac = mac(Kind::Header, KEY, &incoming(""), &signed);
    header_of(&signed, &mac)
}

fn check(incoming: &Incoming<'_>, nonces: &mut Nonces, now: u64) -> Result<Header, Rejection> {
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
    assert!(check(&base, &mut fresh(), 1000).is_ok());
    // The spelling of host is not part of what is signed.
    let other_case = Incoming {
        host: "EXAMPLE.com",
        ..base
    };
    assert!(check(&other_case, &mut fresh(), 1000).is_ok());

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
        let outcome = check(incoming, &mut fresh(), 1000);
        assert!(matches!(outcome, Err(Rejection::Mac { .. })), "{outcome:?}");
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
        let outcome = check(
            &Incoming {
                authorization: Some(&header),
                ..base
            },
            &mut fresh(),
            1000,
        );
        assert!(
            matches!(outcome, Err(Rejection::Mac { .. })),
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
            check(&incoming, &mut fresh(), 1000).err(),
            Some(Rejection::PayloadHash)
        );
    }
    let unknown = header.replacen(r#"id="me""#, r#"id="you""#, 1);
    let outcome = check(
        &Incoming {
            authorization: Some(&unknown),
            ..base
        },
        &mut fresh(),
        1000,
    );
    assert_eq!(outcome.err(), Some(Rejection::UnknownId));
    let outcome = check(
        &Incoming {
            authorization: None,
            ..base
        },
        &mut fresh(),
        1000,
    );
    assert_eq!(outcome.err(), Some(Rejection::MissingHeader));
}

#[test]
fn a_mac_rejection_explains_itself_without_the_key() {
    let header = good(1000, "n");
    let incoming = Incoming {
        port: 81,
        ..incoming(&header)
    };
    let rejection = check(&incoming, &mut Nonces::new(900), 1000).err().unwrap();
    let Rejection::Mac { normalized } = &rejection else {
        panic!("{rejection:?}");
    };
    assert!(normalized.contains("\nexample.com\n81\n"));
    let credentials = Credentials::new("me", KEY);
    for text in [
        format!("{rejection:?} {rejection}"),
        format!("{credentials:?}"),
    ] {
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
    assert!(check(&Incoming { port: 1, ..base }, &mut nonces, 1000).is_err());
    assert!(check(&Incoming { body: b"", ..base }, &mut nonces, 1000).is_err());
    assert!(nonces.latest("me", 1).is_empty());
    // A stale time does.
    let stale = check(&base, &mut nonces, 5000).err().unwrap();
    assert!(
        matches!(
            stale,
            Rejection::Stale {
                ts: 1000,
                now: 5000,
                ..
            }
        ),
        "{stale:?}"
    );
    assert_eq!(
        check(&base, &mut nonces, 5000).err(),
        Some(Rejection::ReplayedNonce)
    );
    assert_eq!(
        check(&base, &mut nonces, 1000).err(),
        Some(Rejection::ReplayedNonce)
    );
}

#[test]
fn the_clock_may_be_off_by_the_tolerance_either_way() {
    for (now, good_enough) in [(1060, true), (1061, false), (940, true), (939, false)] {
        let header = good(1000, "n");
        let outcome = check(&incoming(&header), &mut Nonces::new(900), now);
        assert_eq!(outcome.is_ok(), good_enough, "{now}");
    }
    let header = good(u64::MAX, "n");
    let rejection = check(&incoming(&header), &mut Nonces::new(900), 0)
        .err()
        .unwrap();
    assert_eq!(
        rejection.to_string(),
        "the caller's clock is 18446744073709551615 s ahead"
    );
}

#[test]
fn a_nonce_is_remembered_for_its_lifetime_and_by_credentials() {
    let mut nonces = Nonces::new(900);
    assert!(nonces.insert("me", "n", 1000));
    assert!(nonces.insert("you", "n", 1000));
    assert!(!nonces.insert("me", "n", 1900));
    assert!(
        !nonces.insert("me", "n", 10),
        "a clock that is set back forgets nothing"
    );
    assert!(nonces.insert("me", "n", 1901));
    assert_eq!(nonces.latest("me", 2), ["n"]);
    assert!(nonces.latest("you", 2).is_empty());
}

#[test]
fn an_answer_is_signed_over_the_request_and_its_own_body() {
    let header = good(1000, "n");
    let request = incoming(&header);
    let verified = check(&request, &mut Nonces::new(900), 1000).unwrap();
    let credentials = Credentials::new("me", KEY);
    let value = server_authorization(&credentials, &request, &verified, "text/plain", b"hello");
    let hash = payload_hash("text/plain", b"hello");
    let normalized = format!(
        "hawk.1.response\n1000\nn\nPOST\n/things?a=1\nexample.com\n8000\n{hash}\n\napp\ndlg\n"
    );
    let signed = Header {
        hash: Some(hash.clone()),
        ext: None,
        ..verified
    };
    let actual = bvnk_simulator::hawk::normalized(Kind::Response, &request, &signed);
    assert_eq!(actual, normalized);
    let mac = mac(Kind::Response, KEY, &request, &signed);
    assert_eq!(value, format!(r#"Hawk mac="{mac}", hash="{hash}""#));
}
