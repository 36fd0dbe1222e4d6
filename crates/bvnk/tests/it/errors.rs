//! What an error tells to whoever asks by name.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::error::Error as StdError;
use std::time::Duration;

use bvnk::types::CustomerReference;
use bvnk::{Error, InvalidValue};

use crate::support::{bare, request};

/// The error of a creation that is answered so.
async fn refused(status: u16, headers: &'static [(&str, &str)], body: &'static str) -> Error {
    let client = bare(move |_| {
        let mut answer = http::Response::builder().status(status);
        for (name, value) in headers {
            answer = answer.header(*name, *value);
        }
        Ok(answer.body(body).unwrap().into())
    });
    let call = client.create_customer().body(request());
    call.send().await.unwrap_err().into()
}

#[tokio::test]
async fn a_refusal_tells_what_the_answer_says() {
    let body = r#"{"code": "c-1", "message": "m", "traceId": "by-body",
        "details": {"individual.email": ["bad"]}}"#;
    let error = refused(400, &[], body).await;
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
        (field.field.as_str(), field.message.as_str()),
        ("individual.email", "bad")
    );
    assert_eq!(error.invalid_value(), None);
    assert_eq!(error.reference(), None);
    // Nobody has counted, or chosen a key.
    assert_eq!((error.attempts(), error.idempotency_key()), (0, None));

    let headers = &[("x-trace-id", "by-header"), ("retry-after", "7")];
    let error = refused(429, headers, body).await;
    assert!(error.is_rate_limited());
    assert_eq!(error.trace_id(), Some("by-header"));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
}

#[tokio::test]
async fn what_is_not_sent_names_its_value_and_nothing_else() {
    let client = bare(|_| panic!("nothing is sent"));
    let refused = client.get_customer().reference("").send().await;
    let error = Error::from(refused.unwrap_err());
    assert!(error.is_invalid_request());
    assert_eq!(error.invalid_value().unwrap().path(), "reference");
    assert_eq!((error.code(), error.message()), (None, None));
    assert_eq!((error.status(), error.trace_id()), (None, None));
    assert!(error.field_errors().is_empty() && error.body().is_empty());
    assert!(error.response().is_none() && error.retry_after().is_none());
    assert_eq!(error.clock_offset_seconds(), None);

    // What is refused while a request is composed goes the same way.
    let refusal: InvalidValue = CustomerReference::try_from("").unwrap_err();
    let error = Error::from(refusal.clone());
    assert!(error.is_invalid_request());
    assert_eq!(error.invalid_value(), Some(&refusal));
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

/// What a transport failed with is told at once; what lies behind that, as the source.
#[tokio::test]
async fn the_source_is_what_lies_behind_the_transport_s_failure() {
    let client = bare(|_| Err(Lost(std::fmt::Error).into()));
    let call = client.create_customer().body(request());
    let error: Error = call.send().await.unwrap_err().into();
    assert!(error.to_string().contains("lost"), "{error}");
    assert!(error.source().unwrap().is::<std::fmt::Error>());
    let error = refused(400, &[], "").await;
    assert!(error.source().is_none());
}
