//! The types of this workspace's contract: strings, unknown values, privacy, memory.

#![allow(clippy::unwrap_used)]

use std::collections::HashMap;

use bvnk_gen::types::{Customer, CustomerReference, CustomerStatus, Individual};
use bvnk_gen::{from_json, from_json_lenient};

#[test]
fn newtypes_behave_like_strings() {
    let text = String::from("c-1");
    let reference = CustomerReference::try_from(&text).unwrap();
    assert_eq!(reference, "c-1");
    assert_eq!(reference, *text);
    assert_eq!(reference.to_string(), "c-1");
    assert_eq!(reference.as_ref(), "c-1");
    let by_reference = HashMap::from([(reference.clone(), 7)]);
    assert_eq!(by_reference.get("c-1"), Some(&7));
    assert_eq!(String::from(reference), text);
    let by_status = HashMap::from([(CustomerStatus::Verified, 1)]);
    assert_eq!(by_status.get("VERIFIED"), Some(&1));
}

#[test]
fn each_status_means_one_thing() {
    for (text, terminal, verified, pending) in [
        ("PENDING_AGREEMENTS", false, false, false),
        ("PENDING_VERIFICATION", false, false, true),
        ("VERIFICATION_PENDING", false, false, true),
        ("VERIFIED", true, true, false),
        ("UNSUCCESSFUL", true, false, false),
        ("REJECTED", true, false, false),
        ("TERMINATED", true, false, false),
        ("ON_HOLD", false, false, false),
        ("verified", false, false, false),
    ] {
        let status = CustomerStatus::from(text);
        assert_eq!(status.is_terminal(), terminal, "{text}");
        assert_eq!(status.is_verified(), verified, "{text}");
        assert_eq!(status.is_pending_verification(), pending, "{text}");
        assert_eq!(status.is_verification_pending(), pending, "{text}");
        let spelling = CustomerStatus::VerificationPending;
        assert_eq!(status.means_same_as(&spelling), pending, "{text}");
    }
}

#[test]
fn unknown_public_values_are_shown_escaped_and_cut() {
    let hostile = format!("\u{1b}[31m\r\n::error::{}", "x".repeat(1 << 20));
    let status = CustomerStatus::from(&hostile);
    for shown in [status.to_string(), format!("{status:?}")] {
        assert!(
            shown.len() < 200 && shown.chars().all(|c| !c.is_control()),
            "{shown}"
        );
    }
    assert_eq!(status.as_str(), hostile);
}

#[test]
fn private_values_are_hidden() {
    let person = Individual::builder()
        .first_name("c4nary")
        .last_name("c4nary")
        .date_of_birth("1990-05-12")
        .email("c4nary@example.com")
        .nationality("c4nary")
        .risk_score("c4nary");
    assert!(!format!("{person:?}").contains("c4nary"));
    let json = r#"{"reference": "c-1", "status": "VERIFIED", "c4nary": ["c4nary"]}"#;
    let customer: Customer = serde_json::from_str(json).unwrap();
    let shown = format!("{customer:?}");
    assert!(
        !shown.contains("c4nary") && shown.contains("c-1"),
        "{shown}"
    );
    assert_eq!(customer.extra.get("c4nary").unwrap()[0], "c4nary");
    let error = person
        .clone()
        .email("c4nary")
        .date_of_birth("c4nary")
        .build()
        .unwrap_err();
    assert!(!format!("{error} {error:?}").contains("c4nary"));
    let paths: Vec<&str> = error
        .violations()
        .iter()
        .map(|violation| violation.path())
        .collect();
    assert_eq!(paths, ["address", "dateOfBirth", "email"]);
}

#[test]
fn unknown_members_are_refused_with_a_suggestion_unless_asked_for() {
    let json = br#"{"firstName": "A", "lastName": "B", "dateOfBirth": "1990-05-12",
        "address": {"addressLine1": "1", "city": "C", "postCode": "1", "countryCode": "GB", "zip": "1"},
        "natonality": "GB", "middleName": "D"}"#;
    let error = from_json::<Individual>(json).unwrap_err();
    assert_eq!(
        error.to_string(),
        "address: unknown field `zip`; unknown field `natonality`, did you mean `nationality`?; \
         unknown field `middleName`"
    );
    assert!(from_json_lenient::<Individual>(json).is_ok());
    // A type that keeps unknown members takes them.
    assert!(from_json::<Customer>(br#"{"reference": "c", "status": "S", "more": 1}"#).is_ok());
}

/// With the feature `raw_value` of serde_json such an object is taken for the text in it, and that is
/// parsed with a new limit of its depth: a response could overflow the stack.
#[test]
fn an_object_cannot_claim_to_be_another_value() {
    let json = r#"{"reference": "c-1", "status": "VERIFIED",
        "x": {"$serde_json::private::RawValue": "[1]"}}"#;
    let customer: Customer = from_json_lenient(json.as_bytes()).unwrap();
    assert!(customer.extra.get("x").unwrap().is_object());
}

#[test]
fn a_customer_can_be_stored_whatever_a_server_adds() {
    let deep = format!("{}{}", "[".repeat(1_000), "]".repeat(1_000));
    for (more, stored) in [
        ("1e400", "null"),
        (&*deep, "null"),
        ("[1, null]", "[1,null]"),
    ] {
        let json = format!(r#"{{"reference":"c-1","status":"VERIFIED","x":{more}}}"#);
        let customer: Customer = from_json_lenient(json.as_bytes()).unwrap();
        let expected = format!(r#"{{"reference":"c-1","status":"VERIFIED","x":{stored}}}"#);
        assert_eq!(serde_json::to_string(&customer).unwrap(), expected);
    }
}

#[test]
fn the_first_member_of_a_repeated_name_counts() {
    let json = r#"{"reference": "c-1", "status": "VERIFIED", "x": 1, "x": 2}"#;
    let customer: Customer = from_json_lenient(json.as_bytes()).unwrap();
    assert_eq!(customer.extra.get("x").unwrap(), 1);
    assert_eq!(customer.extra.to_map()["x"], 1);
}

#[test]
fn everything_that_does_not_fit_is_reported_and_not_quoted() {
    for (json, expected) in [
        ("", "the JSON ends too early, at line 1 column 0"),
        (r#"{"s3cret": s3cret}"#, "is not JSON, at line 1 column 12"),
        (r#""s3cret""#, "must be an object"),
        ("{} s3cret", "is not JSON, at line 1 column 4"),
        (
            r#"{"firstName": 7, "lastName": "s3cret", "lastName": "s3cret", "dateOfBirth": "s3cret",
               "address": {"countryCode": "s3cret", "city": null, "addressLine1": "", "postCode": ""},
               "email": "s3cret", "edd": {"intermediary": "s3cret"}, "description": null}"#,
            "firstName: must be a string; lastName: must occur once; \
             dateOfBirth: must be a date written YYYY-MM-DD; \
             address.countryCode: must match ^[A-Z]{2}$; address.city: must be a string; \
             email: must be an e-mail address; edd.intermediary: must be a boolean; \
             description: must be left out instead of null",
        ),
    ] {
        let error = from_json::<Individual>(json.as_bytes()).unwrap_err();
        assert_eq!(error.to_string(), expected);
        assert!(!format!("{error:?}").contains("s3cret"), "{error:?}");
    }
}
