//! How names, versions and the words of a page are read.

use bvnk_contract::Pattern;
use xtask::check_docs::words::{form, json_type, length, required, values};
use xtask::diff::{Impact, Step};
use xtask::similar::similarity;

#[test]
fn names_are_similar_by_letters_or_words() {
    for (a, b) in [
        ("postCode", "postalCode"),
        ("signed_agreement_id", "signedAgreementId"),
        ("city", "cityName"),
        ("X-Idempotency-Key", "Idempotency-Key"),
        ("PENDING_AGREEMENTS", "AGREEMENTS_PENDING"),
    ] {
        assert!(similarity(a, b) >= 0.5, "{a} {b}: {}", similarity(a, b));
    }
    assert!(similarity("city", "firstName") < 0.4);
}

#[test]
fn the_step_follows_cargo_s_rules() {
    let rows = [
        // version, the greatest impact, the least version that follows
        ("0.1.0", Impact::Breaking, "0.2.0"),
        ("0.1.0", Impact::Compatible, "0.1.1"),
        ("0.1.9", Impact::Documentation, "0.1.10"),
        ("0.0.3", Impact::Breaking, "0.0.4"),
        ("1.2.3", Impact::Breaking, "2.0.0"),
        ("1.2.3", Impact::Compatible, "1.3.0"),
        ("1.2.3", Impact::Documentation, "1.2.4"),
        ("2", Impact::Breaking, "3.0.0"),
        ("0.3.0-beta.1", Impact::Breaking, "0.4.0"),
    ];
    for (version, worst, wanted) in rows {
        let step = Step::after(version, Some(worst));
        assert_eq!(step.version(), wanted, "{version} {worst:?}");
        assert!(step.is_taken_by(wanted));
        assert!(!step.is_taken_by(version));
    }
    assert_eq!(Step::after("0.1.0", None).name, "none");
}

#[test]
fn values_differ_from_abbreviations() {
    let known = ["LOW", "MEDIUM", "HIGH"];
    let rows: &[(&str, &[&str], &[&str])] = &[
        (
            "The KYC rating, e.g., LOW , MEDIUM , HIGH .",
            &known,
            &["LOW", "MEDIUM", "HIGH"],
        ),
        (
            "The rating, e.g. LOW, MEDIUM or EXTREME.",
            &known,
            &["LOW", "MEDIUM", "EXTREME"],
        ),
        (
            "Values include: - LOW - little, - VERY_HIGH - much, - TOP - most",
            &known,
            &["LOW", "VERY_HIGH", "TOP"],
        ),
        ("Must be `LOW`.", &known, &["LOW"]),
        ("A tax number (e.g., SSN or TIN).", &[], &[]),
        ("One of SSN, TIN.", &[], &["SSN", "TIN"]),
        ("A ZIP code.", &[], &[]),
        ("Must be GOLD or SILVER.", &[], &["GOLD", "SILVER"]),
    ];
    for (text, known, expected) in rows {
        let known: Vec<String> = known.iter().map(|value| (*value).to_owned()).collect();
        assert_eq!(values(text, &known), *expected, "{text}");
    }
}

#[test]
fn cells_are_read_in_many_spellings() {
    for (cell, expected) in [
        ("Yes", Some(true)),
        ("No*", Some(false)),
        ("**Required**", Some(true)),
        ("optional", Some(false)),
        ("✓", Some(true)),
        ("", Some(false)),
        ("Not required", Some(false)),
        ("soon", None),
        ("Yes (EU only)", Some(true)),
    ] {
        assert_eq!(required(cell), expected, "{cell}");
    }
    for (cell, expected) in [
        ("string", Some("string")),
        ("String (UUID)", Some("string")),
        ("array of objects", Some("array")),
        ("string[]", Some("array")),
        ("Boolean", Some("boolean")),
        ("decimal", Some("number")),
        ("colour", None),
    ] {
        assert_eq!(json_type(cell), expected, "{cell}");
    }
    for (text, expected) in [
        ("A name, max 35 characters", (None, Some(35))),
        ("At least 2 characters", (Some(2), None)),
        ("The 2 addresses", (None, None)),
    ] {
        assert_eq!(length(text), expected, "{text}");
    }
    for (text, expected) in [
        (
            "Birthday as DD/MM/YYYY",
            Some("^[0-9]{2}/[0-9]{2}/[0-9]{4}$"),
        ),
        ("Birthday as YYYY-MM-DD", Some("date")),
        ("A 3-letter code", Some("^[A-Z]{3}$")),
        ("A name", None),
    ] {
        assert_eq!(form(text), expected, "{text}");
        let pattern = expected.filter(|form| form.starts_with('^'));
        assert!(pattern.is_none_or(|it| Pattern::try_from(it.to_owned()).is_ok()));
    }
}
