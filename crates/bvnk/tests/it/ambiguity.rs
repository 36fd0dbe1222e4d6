//! An unknown outcome stays unknown until a success arrives that the contract declares.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bvnk::{Body, CallOptions, Error, IdempotencyKey, Outcome, ResponseExt, RetryPolicy};
use http::Response;

use crate::support::{layered, request, response, response_with};

/// The result of a creation whose first attempt breaks after sending, and whose second gets
/// this response.
async fn after_a_reset(second: fn() -> Response<Body>) -> Result<String, Error> {
    let calls = Arc::new(AtomicUsize::new(0));
    let policy = RetryPolicy::new()
        .max_attempts(2)
        .backoff(Duration::ZERO, Duration::ZERO);
    let client = layered(policy, move |_| {
        // A 502 is as ambiguous as a reset, which only a connection has.
        let first = calls.fetch_add(1, Ordering::SeqCst) == 0;
        let response = if first { response(502, "") } else { second() };
        async move { Ok(response) }
    });
    let created = client.create_customer().body(request()).send().await?;
    assert!(!created.call_info().unwrap().outcome_unknown);
    assert_eq!(created.attempts(), 2);
    Ok(created.reference.to_string())
}

const CUSTOMER: &str = r#"{"reference": "r-1", "status": "VERIFIED"}"#;
const HTML: &[(&str, &str)] = &[("content-type", "text/html")];

#[tokio::test]
async fn only_a_declared_success_ends_ambiguity() {
    for second in [
        (|| response(202, CUSTOMER)) as fn() -> Response<Body>,
        || response(200, CUSTOMER),
        || response(201, CUSTOMER),
    ] {
        assert_eq!(after_a_reset(second).await.unwrap(), "r-1");
    }
    for second in [
        (|| response_with(200, HTML, "<h1>Maintenance</h1>")) as fn() -> Response<Body>,
        || response(204, ""),
        || response(200, ""),
        || response(202, "{}"),
        || response(202, "null"),
        || response(202, r#"{"reference": "", "status": "VERIFIED"}"#),
        || response(202, r#"{"reference": "r-1", "sta"#),
        || response(202, r#"{"a": {"reference": "1"}, "b": {"reference": "2"}}"#),
        // Rejections of a repetition prove nothing.
        || response(400, r#"{"code": "ACCOUNTS-2000"}"#),
        || response(400, "{}"),
        || response(401, "{}"),
        || response(409, "{}"),
        || response_with(403, HTML, "<h1>Blocked</h1>"),
        // A redirect of a POST may come after it was carried out.
        || response(301, ""),
        || response(302, ""),
        || response(303, ""),
        || response(307, ""),
        || response(308, ""),
        || response(500, "{}"),
    ] {
        let expected = second();
        let error = after_a_reset(second).await.unwrap_err();
        assert_eq!(error.status().unwrap(), expected.status());
        let Outcome::Unknown { key } = error.outcome() else {
            panic!("{error}");
        };
        assert_eq!(*key, error.idempotency_key());
        assert!(key.is_some() && !error.is_rejected(), "{error}");
        assert!(
            error.to_string().contains(&key.unwrap().to_string()),
            "{error}"
        );
    }
    // A reference proves that the customer exists, even if the rest cannot be decoded.
    for second in [
        (|| response(202, r#"{"reference": "r-1"}"#)) as fn() -> Response<Body>,
        || {
            response(
                200,
                r#"{"data": {"reference": "r-1", "status": "VERIFIED"}}"#,
            )
        },
    ] {
        let error = after_a_reset(second).await.unwrap_err();
        let reference = "r-1".try_into().unwrap();
        assert_eq!(error.outcome(), &Outcome::Done { reference });
        assert!(!error.outcome_unknown());
    }
}

/// Without an earlier attempt, a success of another body is unknown too: a proxy may have
/// answered, or the API.
#[tokio::test]
async fn one_attempt_is_judged_alike() {
    for (status, body, unknown) in [
        (200, "<h1>Maintenance</h1>", true),
        (204, "", true),
        (302, "", true),
        (500, "", true),
        (400, "{}", false),
        (404, "", false),
        (429, "", false),
    ] {
        let client = layered(RetryPolicy::new().max_attempts(1), move |_| async move {
            Ok(response(status, body))
        });
        let call = client.create_customer().body(request());
        let error = call.send().await.unwrap_err();
        assert_eq!(error.outcome_unknown(), unknown, "{error}");
        // A GET changes nothing.
        let call = client.get_customer().reference("r-1");
        let error = call.send().await.unwrap_err();
        assert_eq!(error.outcome(), &Outcome::NotDone, "{error}");
    }
}

#[tokio::test]
async fn a_declared_repetition_is_unknown_until_it_succeeds() {
    let key = IdempotencyKey::random();
    for (status, body, outcome) in [
        (400, "{}", Outcome::Unknown { key: Some(key) }),
        (
            202,
            r#"{"reference": "r-1"}"#,
            Outcome::Done {
                reference: "r-1".try_into().unwrap(),
            },
        ),
    ] {
        let client = layered(RetryPolicy::new().max_attempts(1), move |_| async move {
            Ok(response(status, body))
        });
        let call = client
            .create_customer()
            .body(request())
            .idempotency_key(key)
            .options(CallOptions::new().retry_of_ambiguous());
        assert_eq!(call.send().await.unwrap_err().outcome(), &outcome);
    }
}
