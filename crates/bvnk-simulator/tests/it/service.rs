//! The service as the contract documents it: creating, looking, refusing.

use crate::common::*;
use bvnk_simulator::{Config, Simulator, StatusSequence};
use http::Method;
use serde_json::{Value, json};

#[test]
fn the_documented_example_advances_to_its_end() {
    let mut simulator = simulator();
    let (status, body) = send(&mut simulator, creation(&example(), Some(UUID_A)));
    assert_eq!(status, 202);
    assert_eq!(
        body,
        json!({ "reference": "customer-1", "status": "VERIFICATION_PENDING" })
    );
    let statuses = statuses(&mut simulator, "customer-1");
    assert_eq!(statuses.last().map(String::as_str), Some("VERIFIED"));
    // The last one stays.
    for expected in statuses[1..].iter().chain(statuses.last()) {
        let (status, body) = send(&mut simulator, get("customer-1"));
        assert_eq!(status, 200);
        assert_eq!(
            body,
            json!({ "reference": "customer-1", "status": expected })
        );
    }
}

/// The statuses come from the contract, and a pushed sequence is not part of the turn.
#[test]
fn sequences_take_turns_and_a_pushed_one_goes_before() {
    let mut simulator = simulator();
    let mut sequences = Vec::new();
    for count in 0..5 {
        if count == 1 {
            simulator.push_sequence(StatusSequence::starting("A").then("B"));
        }
        let reference = create(&mut simulator, None);
        for _ in statuses(&mut simulator, &reference) {
            send(&mut simulator, get(&reference));
        }
        let customer = simulator.customer(&reference).unwrap();
        assert_eq!(
            Some(customer.status()),
            customer.sequence().statuses().last().map(String::as_str)
        );
        sequences.push(customer.sequence().statuses().join(","));
    }
    let schema = &bvnk_simulator::contract().unwrap().document["components"]["schemas"];
    let schema = &schema["CustomerStatus"];
    let ends = schema["x-terminal"].as_array().unwrap();
    let listed = schema["anyOf"][0]["enum"].as_array().unwrap();
    let pending: Vec<&str> = listed
        .iter()
        .filter(|status| !ends.contains(status))
        .filter_map(Value::as_str)
        .collect();
    let first = pending.iter().position(|it| *it == "VERIFICATION_PENDING");
    let sample = format!("{},VERIFIED", pending[first.unwrap()..].join(","));
    let [verified, unsuccessful] =
        ["VERIFIED", "UNSUCCESSFUL"].map(|end| format!("{},{end}", pending.join(",")));
    assert_eq!(
        sequences,
        [&sample, "A,B", &verified, &unsuccessful, &sample]
    );
}

#[test]
fn references_are_fresh_version_4_uuids() {
    let config = Config {
        references: None,
        ..config()
    };
    let mut simulator = Simulator::new(config).unwrap();
    let first = create(&mut simulator, None);
    let second = create(&mut simulator, None);
    assert_ne!(first, second);
    assert_eq!(uuid::Uuid::try_parse(&first).unwrap().get_version_num(), 4);
}

/// Each body that is not valid, and the pointer that the answer has to name.
#[test]
fn an_invalid_body_is_refused_with_the_place_and_without_the_value() {
    let cases: &[(&str, Option<Value>, &str)] = &[
        ("/type", None, "required"),
        ("/type", Some(json!("COMPANY-S3CRET")), "enum"),
        ("/individual", None, "required"),
        ("/individual", Some(json!("S3CRET")), "type"),
        ("/individual/firstName", None, "required"),
        ("/individual/firstName", Some(json!(["S3CRET"])), "type"),
        ("/individual/firstName", Some(Value::Null), "type"),
        ("/individual/lastName", None, "required"),
        ("/individual/dateOfBirth", None, "required"),
        (
            "/individual/dateOfBirth",
            Some(json!("12.05.1990 S3CRET")),
            "format",
        ),
        (
            "/individual/dateOfBirth",
            Some(json!("1990-02-30")),
            "format",
        ),
        ("/individual/email", Some(json!("S3CRET")), "format"),
        (
            "/individual/birthCountryCode",
            Some(json!("S3CRET")),
            "pattern",
        ),
        ("/individual/address", None, "required"),
        ("/individual/address/city", None, "required"),
        (
            "/individual/address/countryCode",
            Some(json!("us")),
            "pattern",
        ),
        (
            "/individual/identification/selfieVerifiedAt",
            Some(json!("2025-01-01 S3CRET")),
            "format",
        ),
        (
            "/individual/edd/intermediary",
            Some(json!("S3CRET")),
            "type",
        ),
        ("/signed_agreement_id", None, "required"),
        ("/signed_agreement_id", Some(json!("")), "minLength"),
    ];
    let mut simulator = simulator();
    for (pointer, value, keyword) in cases {
        let mut body = example();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let parent = body.pointer_mut(parent).unwrap().as_object_mut().unwrap();
        match value {
            Some(value) => parent.insert((*name).to_owned(), value.clone()),
            None => parent.remove(name),
        };
        let (status, answer) = send(&mut simulator, creation(&body, None));
        assert_eq!(status, 400, "{pointer}");
        assert_eq!(answer["code"], "invalid_request");
        assert_eq!(answer["status"], "BAD_REQUEST");
        let errors = answer["details"]["errors"].as_object().unwrap();
        assert_eq!(errors.keys().collect::<Vec<_>>(), [pointer], "{answer}");
        let message = errors[*pointer][0].as_str().unwrap();
        assert!(message.starts_with(keyword), "{pointer}: {message}");
        assert!(!answer.to_string().contains("S3CRET"), "{answer}");
    }
    assert!(simulator.customers().is_empty());
}

#[test]
fn what_is_not_json_is_refused_without_being_quoted() {
    let mut simulator = simulator();
    for (text, why) in [
        (&b""[..], "json: is empty"),
        (
            b"{\"type\": S3CRET}",
            "json: is not JSON at line 1, column 10",
        ),
        (b"S3CRET", "json: is not JSON at line 1, column 1"),
        (b"{", "json: is not JSON at line 1, column 1"),
        (b"\xef\xbb\xbf{}", "json: begins with a byte order mark"),
        (b"\xff\xfe{\0}\0", "json: is not UTF-8"),
        (b"{\"name\": \"J\xf6rg\"}", "json: is not UTF-8"),
    ] {
        let mut request = request(Method::POST, CUSTOMERS, text);
        set(&mut request, "content-type", "application/json");
        let (status, answer) = send(&mut simulator, request);
        assert_eq!(status, 400, "{why}");
        assert_eq!(answer["details"]["errors"][""], json!([why]));
        assert!(!answer.to_string().contains("S3CRET"), "{answer}");
    }
}

#[test]
fn what_is_optional_may_be_absent_and_what_is_open_takes_any_value() {
    let mut simulator = simulator();
    let mut body = example();
    let individual = body["individual"].as_object_mut().unwrap();
    for optional in ["riskScore", "nationality", "email", "identification", "edd"] {
        individual.remove(optional).unwrap();
    }
    assert_eq!(send(&mut simulator, creation(&body, None)).0, 202);
    body["individual"]["riskScore"] = json!("UNHEARD_OF");
    body["individual"]["more"] = json!({ "unknown": true });
    assert_eq!(send(&mut simulator, creation(&body, None)).0, 202);
}

#[test]
fn the_media_type_has_to_be_the_documented_one() {
    let mut simulator = simulator();
    for (value, expected) in [
        ("application/json", 202),
        ("Application/JSON; charset=utf-8", 202),
        ("text/plain", 415),
        ("application/jsonx", 415),
        ("", 415),
    ] {
        let mut request = creation(&example(), None);
        set(&mut request, "content-type", value);
        assert_eq!(send(&mut simulator, request).0, expected, "{value}");
    }
    let mut request = creation(&example(), None);
    request.headers.remove("content-type");
    assert_eq!(send(&mut simulator, request).0, 415);
}

#[test]
fn a_key_is_optional_but_has_to_be_one_uuid() {
    let mut simulator = simulator();
    assert_eq!(send(&mut simulator, creation(&example(), None)).0, 202);
    for key in ["S3CRET", "", "86b5f1339ee84f6787477c9d0894a68b"] {
        let (status, answer) = send(&mut simulator, creation(&example(), Some(key)));
        assert_eq!(status, 400, "{key}");
        let messages = &answer["details"]["errors"]["X-Idempotency-Key"];
        assert!(
            messages[0].as_str().unwrap().starts_with("format"),
            "{answer}"
        );
        assert!(!answer.to_string().contains("S3CRET"));
    }
    let mut twice = creation(&example(), Some(UUID_A));
    twice.headers.append(IDEMPOTENCY, UUID_B.parse().unwrap());
    assert_eq!(send(&mut simulator, twice).0, 400);
    assert_eq!(simulator.customers().len(), 1);
}

#[test]
fn the_order_of_rejections_is_fixed() {
    let mut simulator = simulator();
    // A request with everything wrong is corrected step by step.
    let mut wrong = request(Method::PUT, "/elsewhere", "no json");
    set(&mut wrong, IDEMPOTENCY, "no uuid");
    assert_eq!(simulator.handle(&wrong, NOW).status, 401);
    assert_eq!(send(&mut simulator, wrong.clone()).0, 404);
    wrong.target = CUSTOMERS.to_owned();
    assert_eq!(simulator.handle(&wrong, NOW).status, 401);
    let response = simulator.handle(&sign(wrong.clone()), NOW);
    assert_eq!(response.status, 405);
    let allowed = response.headers["allow"].to_str().unwrap();
    assert!(allowed.split(", ").any(|method| method == "POST"));
    wrong.method = Method::POST;
    assert_eq!(send(&mut simulator, wrong.clone()).0, 415);
    set(&mut wrong, "content-type", "application/json");
    let (status, answer) = send(&mut simulator, wrong.clone());
    assert_eq!(
        (status, &answer["message"]),
        (400, &json!("the body is not valid"))
    );
    wrong.body = example().to_string().into();
    let (status, answer) = send(&mut simulator, wrong.clone());
    assert_eq!(
        (status, &answer["message"]),
        (400, &json!("a parameter is not valid"))
    );
    set(&mut wrong, IDEMPOTENCY, UUID_A);
    assert_eq!(send(&mut simulator, wrong).0, 202);
}

#[test]
fn no_customer_is_found_under_another_reference() {
    let mut simulator = simulator();
    let reference = create(&mut simulator, None);
    for (target, expected) in [
        (format!("{CUSTOMERS}/{reference}"), 200),
        (format!("{CUSTOMERS}/{reference}?verbose=1"), 200),
        (format!("{CUSTOMERS}/customer%2D1"), 200),
        (format!("{CUSTOMERS}/{reference}x"), 404),
        (format!("{CUSTOMERS}/{reference}/more"), 404),
        ("/".to_owned(), 404),
    ] {
        let (status, _) = send(&mut simulator, request(Method::GET, &target, ""));
        assert_eq!(status, expected, "{target}");
    }
    // An empty segment is no reference: it is another path, without methods.
    for method in [Method::GET, Method::POST] {
        let target = format!("{CUSTOMERS}/");
        let (status, answer) = send(&mut simulator, request(method, &target, ""));
        assert_eq!(
            (status, &answer["message"]),
            (404, &json!("the contract has no such path"))
        );
    }
}
