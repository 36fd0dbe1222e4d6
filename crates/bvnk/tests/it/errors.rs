//! What an error says: its kind and outcome, what `Display` shows, and what is reached by name.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::error::Error as StdError;
use std::time::Duration;

use bvnk::types::CustomerReference;
use bvnk::{BuildError, Error, ErrorKind, IdempotencyKey, Outcome, RetryPolicy};

use crate::support::{fake, layered, request, response, response_with};

/// The error of a creation that gets this response.
async fn error_of(status: u16, headers: &'static [(&str, &str)], body: &'static str) -> Error {
    let client = fake(move |_| Ok(response_with(status, headers, body)));
    let call = client.create_customer().body(request());
    call.send().await.unwrap_err()
}

#[tokio::test]
async fn an_error_has_what_the_response_says() {
    let body = r#"{"code": "c-1", "message": "m", "traceId": "by-body",
        "details": {"individual.email": ["bad"]}}"#;
    let error = error_of(400, &[], body).await;
    assert!(error.is_rejected());
    assert_eq!(error.status().unwrap(), 400);
    assert_eq!((error.code(), error.message()), (Some("c-1"), Some("m")));
    assert_eq!(error.trace_id(), Some("by-body"));
    assert_eq!(error.retry_after(), None);
    assert_eq!(error.body(), body.as_bytes());
    assert_eq!(error.response().unwrap().status(), 400);
    let [field] = error.field_errors() else {
        panic!("{} fields", error.field_errors().len());
    };
    assert_eq!(
        (field.field(), field.message()),
        ("individual.email", "bad")
    );
    assert!(error.violations().is_empty());
    assert_eq!(error.outcome(), &Outcome::NotDone);
    assert_eq!(error.attempts(), 1);
    assert!(error.idempotency_key().is_some());

    let headers = &[("x-trace-id", "by-header"), ("retry-after", "7")];
    let error = error_of(429, headers, body).await;
    assert!(error.kind() == ErrorKind::RateLimited);
    assert_eq!(error.trace_id(), Some("by-header"));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
}

const HTML: &[(&str, &str)] = &[("content-type", "text/html; charset=utf-8")];
const EXISTS: &str = r#"{"code": "ACCOUNTS-2000", "status": "BAD_REQUEST", "message": "m",
    "details": {"errors": {"externalReference": ["already exists"]}}}"#;

#[tokio::test]
async fn kinds_follow_from_status_type_and_code() {
    for (status, headers, body, kind) in [
        (401, &[][..], "{}", ErrorKind::Unauthorized),
        (403, &[], "{}", ErrorKind::Unauthorized),
        (403, HTML, "", ErrorKind::Blocked),
        (401, HTML, "<h1>Blocked</h1>", ErrorKind::Blocked),
        (
            403,
            &[],
            "<!doctype html><h1>Blocked</h1>",
            ErrorKind::Blocked,
        ),
        // A page with another status is an error of that status.
        (400, HTML, "<h1>Bad</h1>", ErrorKind::Rejected),
        (503, HTML, "<h1>Down</h1>", ErrorKind::Server),
        (400, &[], EXISTS, ErrorKind::AlreadyExists),
        (409, &[], EXISTS, ErrorKind::AlreadyExists),
        (404, &[], EXISTS, ErrorKind::NotFound),
        (
            400,
            &[],
            r#"{"code": "ACCOUNTS-2001"}"#,
            ErrorKind::Rejected,
        ),
        (409, &[], "{}", ErrorKind::Conflict),
    ] {
        let error = error_of(status, headers, body).await;
        assert_eq!(error.kind(), kind, "{status} {body}");
        assert_eq!(error.is_rejected(), kind == ErrorKind::Rejected);
    }
}

/// What a person on call needs, in one line.
#[tokio::test]
async fn display_is_enough_to_act() {
    let trace = r#"{"code":"ACCOUNTS-1000","message":"c4nary","traceId":"4f0c1f1e6f3a4a0e"}"#;
    let error = error_of(400, &[], trace).await;
    assert_eq!(
        error.to_string(),
        "create_customer: the API responded 400 Bad Request \
         (code ACCOUNTS-1000, trace id 4f0c1f1e6f3a4a0e, 1 attempt)"
    );
    let error = error_of(403, HTML, "").await;
    assert_eq!(
        error.to_string(),
        "create_customer: the API responded 403 Forbidden with a page of HTML: \
         a firewall blocks this machine's address (1 attempt)"
    );
    let policy = RetryPolicy::new().backoff(Duration::ZERO, Duration::ZERO);
    let client = layered(policy, move |_| async move { Ok(response(503, trace)) });
    let key = IdempotencyKey::derive_from("create-customer", "user-7");
    let call = client
        .create_customer()
        .body(request())
        .idempotency_key(key);
    let error = call.send().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "create_customer: the API responded 503 Service Unavailable \
             (code ACCOUNTS-1000, trace id 4f0c1f1e6f3a4a0e, 3 attempts); it is unknown whether \
             the call was carried out; help: repeat it with the idempotency key {key}"
        )
    );
    let error = error_of(202, &[], r#"{"reference": "r-1"}"#).await;
    assert_eq!(
        error.to_string(),
        "create_customer: invalid body of the 202 Accepted response: status: is required \
         (1 attempt); the call was carried out; help: store the reference of `Error::outcome`"
    );
}

#[tokio::test]
async fn a_failed_connection_names_the_host_and_the_reason() {
    let address = crate::support::closed().await;
    let client = crate::support::builder()
        .base_url(format!("http://{address}").parse().unwrap())
        .retry(RetryPolicy::new().max_attempts(1))
        .build()
        .unwrap();
    let error = client
        .get_customer()
        .reference("r-1")
        .send()
        .await
        .unwrap_err();
    assert!(error.kind() == ErrorKind::Connect);
    // The reason is the system's.
    let text = error.to_string();
    let rest = text.strip_prefix(&format!("get_customer: no connection to {address}: "));
    let reason = rest
        .unwrap()
        .strip_suffix(" (1 attempt); help: check the network, the proxy and the base URL");
    assert!(reason.unwrap().to_lowercase().contains("refused"), "{text}");
}

#[tokio::test]
async fn a_request_that_cannot_be_sent_lists_its_violations() {
    let client = fake(|_| panic!("nothing is sent"));
    let error = client
        .get_customer()
        .reference("")
        .send()
        .await
        .unwrap_err();
    assert!(error.kind() == ErrorKind::InvalidRequest);
    assert_eq!(error.violations()[0].path(), "reference");
    assert_eq!(error.outcome(), &Outcome::NotDone);
    assert_eq!((error.code(), error.message()), (None, None));
    assert_eq!((error.status(), error.trace_id()), (None, None));
    assert!(error.field_errors().is_empty() && error.body().is_empty());
    assert!(error.response().is_none() && error.retry_after().is_none());
    assert!(
        error
            .to_string()
            .starts_with("the request was not sent: reference: ")
    );

    // What is refused while a request is composed converts too.
    let error = Error::from(CustomerReference::try_from("").unwrap_err());
    assert!(error.kind() == ErrorKind::InvalidRequest && error.violations().len() == 1);
}

#[tokio::test]
async fn errors_of_building_convert_and_waits_have_the_same_error() {
    fn build() -> Result<bvnk::Client, Error> {
        Ok(bvnk::Client::builder().build()?)
    }
    let error = build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.to_string().starts_with("no credentials"), "{error}");
    assert!(error.source().unwrap().is::<BuildError>());
    // `main` shows the error that it returns with `Debug`.
    assert!(format!("{error:?}").contains("no credentials"), "{error:?}");

    async fn wait(status: u16, timeout: Duration) -> Result<(), Error> {
        let body = r#"{"reference": "r-2", "status": "VERIFIED"}"#;
        let client = fake(move |_| Ok(response(status, body)));
        client.wait_for_verification("r-1").timeout(timeout).await?;
        Ok(())
    }
    // The error of a poll is the error of the wait.
    let error = wait(403, Duration::MAX).await.unwrap_err();
    assert!(error.kind() == ErrorKind::Unauthorized && error.status().unwrap() == 403);
    let error = wait(200, Duration::MAX).await.unwrap_err();
    assert!(error.kind() == ErrorKind::InvalidResponse);
    assert!(
        error.to_string().contains("about another customer"),
        "{error}"
    );
    let error = wait(500, Duration::ZERO).await.unwrap_err();
    assert!(error.kind() == ErrorKind::Timeout && error.outcome() == &Outcome::NotDone);
}

/// A failure that has a reason.
#[derive(Debug)]
struct Lost(std::fmt::Error);

impl std::fmt::Display for Lost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("lost")
    }
}

impl StdError for Lost {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&self.0)
    }
}

#[tokio::test]
async fn the_failure_of_a_service_is_the_source() {
    let client = fake(|_| Err(Lost(std::fmt::Error).into()));
    let call = client.create_customer().body(request());
    let error = call.send().await.unwrap_err();
    assert!(error.outcome_unknown(), "{error}");
    let source = error.source().unwrap();
    assert!(source.is::<Lost>() && source.source().unwrap().is::<std::fmt::Error>());
    assert!(error_of(400, &[], "").await.source().is_none());
}

/// The error of a call goes through `?` as it is, also into boxes.
#[tokio::test]
async fn question_mark_keeps_the_error() {
    async fn create() -> Result<(), Box<dyn StdError + Send + Sync>> {
        let client = fake(|_| Ok(response(500, "{}")));
        client.create_customer().body(request()).send().await?;
        Ok(())
    }
    let error = create().await.unwrap_err();
    assert!(error.downcast_ref::<Error>().unwrap().outcome_unknown());
}
