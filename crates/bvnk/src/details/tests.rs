//! The shapes of errors, and the memory that they need.

use super::*;

#[test]
fn every_shape_that_the_vendor_has_shown_is_read() {
    let fields = &[("individual.email", "bad")][..];
    for (body, code, message, trace, found) in [
        (
            r#"{"code":"c","status":"BAD_REQUEST","message":"m","details":null}"#,
            Some("c"),
            Some("m"),
            None,
            &[][..],
        ),
        (
            r#"{"code":"c","message":"m","details":{"errors":{"individual.email":["bad"]}}}"#,
            Some("c"),
            Some("m"),
            None,
            fields,
        ),
        (
            r#"{"code":7,"message":"m","details":{"individual.email":"bad"},"traceId":"t"}"#,
            Some("7"),
            Some("m"),
            Some("t"),
            fields,
        ),
        (
            r#"{"errorList":[{"code":"c","parameter":"individual.email","message":"bad"}],"requestId":"t"}"#,
            Some("c"),
            None,
            Some("t"),
            fields,
        ),
        (
            r#"[{"code":"c","message":"m","trace_id":"t"}]"#,
            Some("c"),
            Some("m"),
            Some("t"),
            &[],
        ),
        (
            r#"{"error":{"code":"c","message":"m"}}"#,
            Some("c"),
            Some("m"),
            None,
            &[],
        ),
        (
            r#"{"error":"c","error_description":"m"}"#,
            Some("c"),
            Some("m"),
            None,
            &[],
        ),
        // Objects where texts are usual, and other values than texts.
        (
            r#"{"details":{"any":[{"field":"individual.email","message":"bad"}]}}"#,
            None,
            None,
            None,
            fields,
        ),
        (
            r#"{"details":{"individual.email":["m",7]}}"#,
            None,
            Some("m"),
            None,
            &[],
        ),
        (r#""m""#, None, Some("m"), None, &[]),
        ("7", None, None, None, &[]),
        ("<html>", None, None, None, &[]),
        ("", None, None, None, &[]),
    ] {
        let details = Details::read(body.as_bytes());
        assert_eq!(details.code.as_deref(), code, "{body}");
        assert_eq!(details.message.as_deref(), message, "{body}");
        assert_eq!(details.trace_id.as_deref(), trace, "{body}");
        let read: Vec<_> = details
            .fields
            .iter()
            .map(|error| (error.field(), error.message()))
            .collect();
        assert_eq!(read, found, "{body}");
    }
}

/// A long name, and as many messages as a body can hold: the cause of a gigabyte once.
#[test]
fn memory_does_not_follow_the_body() {
    for length in [16, 128, 1024] {
        let half = length * 1024 / 2;
        let name = "x".repeat(half);
        let messages = vec!["\"\""; half / 3].join(",");
        let body = format!(r#"{{"code":"c","errors":{{"{name}":[{messages}]}}}}"#);
        let details = Details::read(body.as_bytes());
        assert_eq!(details.code.as_deref(), Some("c"));
        assert!(!details.fields.is_empty() && details.fields.len() <= 100);
        let first = &details.fields[0].field;
        assert!(first.len() <= 1_000);
        assert!(
            details
                .fields
                .iter()
                .all(|error| Arc::ptr_eq(&error.field, first))
        );
    }
}

#[test]
fn a_reference_is_found_where_there_is_one() {
    for (body, found) in [
        (r#"{"reference":"r"}"#, Some("r")),
        (r#"{"reference":7,"status":null}"#, Some("7")),
        (r#"{"data":{"reference":"r"}}"#, Some("r")),
        (r#"{"data":{"customer":{"reference":"r"}}}"#, Some("r")),
        // Further in, it may be anything's.
        (
            r#"{"data":{"customer":{"agreement":{"reference":"r"}}}}"#,
            None,
        ),
        (r#"{"reference":"r","reference":"r"}"#, Some("r")),
        (r#"{"reference":"r","reference":"s"}"#, None),
        (r#"{"reference":""}"#, None),
        (r#"{"id":"r"}"#, None),
        ("[]", None),
        ("{", None),
    ] {
        assert_eq!(reference(body.as_bytes()).as_deref(), found, "{body}");
    }
}

#[test]
fn the_vendor_s_errors_are_distinguished_from_those_of_other_servers() {
    for (body, expected) in [
        (
            r#"{"code":"not_found","status":"NOT_FOUND","message":"m","details":null}"#,
            true,
        ),
        (
            r#"{"code":"ACCOUNTS-1000","message":"m","traceId":"t"}"#,
            true,
        ),
        (
            r#"{"errorList":[{"code":"c","parameter":"reference","message":"m"}]}"#,
            true,
        ),
        (r#"[{"code":"c","message":"m"}]"#, true),
        // Go, Express, Nest, FastAPI, Spring, JAX-RS, gRPC, API Gateway, WordPress, CouchDB.
        ("404 page not found\n", false),
        (
            r#"{"message":"Cannot GET /platform/v1/customers/0"}"#,
            false,
        ),
        (
            r#"{"statusCode":404,"message":"Cannot GET /x","error":"Not Found"}"#,
            false,
        ),
        (r#"{"detail":"Not Found"}"#, false),
        (
            r#"{"timestamp":"2026-01-01T00:00:00Z","status":404,"error":"Not Found","path":"/x"}"#,
            false,
        ),
        (r#"{"code":404,"message":"HTTP 404 Not Found"}"#, false),
        (r#"{"code":5,"message":"Not Found","details":[]}"#, false),
        (r#"{"message":"Missing Authentication Token"}"#, false),
        (
            r#"{"code":"rest_no_route","message":"m","data":{"status":404}}"#,
            false,
        ),
        (r#"{"error":"not_found","reason":"missing"}"#, false),
        (r#"{"errorList":[]}"#, false),
        ("[]", false),
        ("{}", false),
        ("\"not found\"", false),
        ("null", false),
        ("", false),
        ("<html>", false),
    ] {
        assert_eq!(is_vendor_error(body.as_bytes()), expected, "{body}");
    }
}
