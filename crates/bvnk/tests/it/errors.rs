//! What an error tells to whoever asks by name.

#![allow(clippy::unwrap_used, clippy::panic)]

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
