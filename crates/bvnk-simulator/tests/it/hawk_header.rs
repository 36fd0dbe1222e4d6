//! The Hawk headers: what is read, and what is answered to what cannot be accepted.

use bvnk_simulator::hawk::{Header, Rejection, timestamp_mac};

const KEY: &str = "werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxn";

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
            Err(Rejection::Malformed { at, problem }) => {
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
    let stale = Rejection::Stale {
        ts: 1,
        now: 1_365_741_469,
        tsm: tsm.clone(),
    };
    assert_eq!(
        stale.challenge(),
        format!(r#"Hawk ts="1365741469", tsm="{tsm}", error="Stale timestamp""#)
    );
    assert_eq!(Rejection::MissingHeader.challenge(), "Hawk");
    let bad = Rejection::Mac {
        normalized: String::new(),
    };
    assert_eq!(bad.challenge(), r#"Hawk error="Bad mac""#);
}
