//! A canary in the key, the query, the bodies and the headers shows up nowhere.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::support;

use std::fmt::Write as _;

use bvnk_auth::{BoxError, Credentials, IdempotencyLayer, RetryPolicy};
use support::Network;
use support::canary::{CANARY, all_errors, hawk, request};
use tower::{Layer, ServiceExt};

/// Everything that a program might print of an error.
fn printed(error: &BoxError) -> String {
    let mut text = format!("{error} {error:?} {error:#?}");
    let mut source = error.source();
    while let Some(cause) = source {
        write!(text, " {cause} {cause:?}").unwrap();
        source = cause.source();
    }
    text
}

#[tokio::test(start_paused = true)]
async fn errors_show_no_secret() {
    let errors = all_errors().await;
    let kinds: std::collections::HashSet<_> = errors
        .iter()
        .map(|error| {
            format!(
                "{:?}",
                error.downcast_ref::<bvnk_auth::Error>().unwrap().kind()
            )
        })
        .collect();
    assert!(kinds.len() >= 6, "{kinds:?}");
    for error in &errors {
        assert!(!printed(error).contains(CANARY), "{}", printed(error));
        assert!(!printed(error).contains("a.example"), "{}", printed(error));
    }
}

#[test]
fn debug_shows_no_secret() {
    let credentials = Credentials::new("id", CANARY).unwrap();
    let service = hawk().layer(support::http());
    let retry = hawk().retry(RetryPolicy::new()).layer(support::http());
    let stack = IdempotencyLayer::new().layer(retry);
    let call = support::call(bvnk_auth::CallOptions::new());
    let text = format!(
        "{credentials:?} {:?} {stack:?} {service:#?} {call:?}",
        hawk()
    );
    assert!(text.contains("id") && !text.contains(CANARY), "{text}");
    for bad in [format!("{CANARY}\n"), format!("{CANARY}\"")] {
        let error = Credentials::new("id", bad.clone()).unwrap_err();
        assert!(!format!("{error} {error:?}").contains(CANARY));
        let error = Credentials::new(bad, "key").unwrap_err();
        assert!(!format!("{error} {error:?}").contains(CANARY));
    }
}

/// The `Authorization` that leaves is hidden by everyone who prints headers.
#[tokio::test]
async fn the_header_is_sensitive() {
    let network = Network::default();
    let stack = hawk().layer(network.service(|_, _| Some(support::done(200))));
    stack.oneshot(request("https://a.example/")).await.unwrap();
    let mut headers = network.sent()[0].headers.clone();
    headers.remove("x-own");
    assert!(!format!("{headers:?}").contains("mac="));
}
