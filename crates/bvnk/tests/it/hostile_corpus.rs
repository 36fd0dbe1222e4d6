//! A corpus of hostile responses against every place that decodes one: create, get, wait,
//! doctor and webhooks. Nothing panics, memory stays small, time limits hold in virtual time,
//! and no text of the server is shown.

#![allow(clippy::unwrap_used)]

use std::error::Error as StdError;
use std::fmt::Write;
use std::time::Duration;

use bvnk::webhook::StatusUpdates;
use bvnk::{Body, Client, ErrorKind, RetryPolicy};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode};
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use tokio::time::Instant;

use crate::support::{self, layered, request};

/// Responses of each part of the corpus. There are two parts, which are tested at the same time.
const CASES: u32 = 1_000;
/// Above the start, for one call with any response within the limit of 1 MiB.
const PEAK: u64 = 32 * 1024 * 1024;
/// Planted in bodies and headers.
const CANARY: &str = "c4nary";

/// A response, before it is one.
#[derive(Clone, Debug)]
struct Case {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Bytes,
}

impl Case {
    fn response(&self) -> Response<Body> {
        let mut response = Response::new(Body::new(self.body.clone()));
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap();
        for (name, value) in &self.headers {
            if let Ok(value) = HeaderValue::from_str(value) {
                response
                    .headers_mut()
                    .append(HeaderName::from_static(name), value);
            }
        }
        response
    }
}

/// Texts that try to act on a terminal, a log or a CI, that name a person, or are odd.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(CANARY.to_owned()),
        Just(format!("\u{1b}[2J\u{7}{CANARY}\u{202e}")),
        Just(format!("\r\n::error file=x::{CANARY}\n::stop-commands::x")),
        Just(format!("{CANARY} <{CANARY}@example.com>")),
        Just("r-1".to_owned()),
        Just("VERIFIED".to_owned()),
        Just("ACCOUNTS-2000".to_owned()),
        Just(String::new()),
        Just("\u{0}".to_owned()),
        any::<String>(),
    ]
}

fn names() -> impl Strategy<Value = String> {
    let known = vec![
        "reference",
        "status",
        "data",
        "error",
        "errors",
        "errorList",
        "details",
        "code",
        "message",
        "traceId",
        "parameter",
        "field",
        "fieldErrors",
        "violations",
        "event",
        "eventId",
        "timestamp",
        "customerId",
        "",
    ];
    prop_oneof![
        4 => prop::sample::select(known).prop_map(str::to_owned),
        1 => text(),
    ]
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    use serde_json::Value;
    let leaf = prop_oneof![
        4 => text().prop_map(Value::String),
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::Bool),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((names(), inner), 0..6).prop_map(|members| members
                .into_iter()
                .collect::<serde_json::Map<_, _>>()
                .into()),
        ]
    })
}

/// Bodies near the limit that cost much more than their size if they are decoded carelessly.
fn expensive() -> impl Strategy<Value = Vec<u8>> {
    let unit = prop::sample::select(vec![
        r#"{"":0},"#,
        "[],",
        "{},",
        "0,",
        r#""","#,
        "[[[[]]]],",
        r#"{"a":{"b":{}}},"#,
        r#"{"code":"c4nary"},"#,
    ]);
    let frame = prop::sample::select(vec![
        ("[", "0]"),
        (r#"{"errors":["#, "0]}"),
        (r#"{"errorList":["#, "0]}"),
        (r#"{"reference":"r-1","status":"VERIFIED","extra":["#, "0]}"),
        (r#"{"reference":"r-1","extra":["#, "0]}"),
        (
            r#"{"data":{"reference":"r-1","status":"VERIFIED","x":["#,
            "0]}}",
        ),
    ]);
    let size = prop_oneof![4 => Just(16), 4 => Just(128), 1 => Just(1024)];
    let lists = (frame, unit, size).prop_map(|((open, close), unit, kib)| {
        let count = (kib * 1024 - open.len() - close.len()) / unit.len();
        format!("{open}{}{close}", unit.repeat(count)).into_bytes()
    });
    let size = prop_oneof![4 => Just(16_usize), 4 => Just(128), 1 => Just(1024)];
    let one_field = (size, any::<bool>()).prop_map(|(kib, members)| {
        let half = kib * 1024 / 2 - 40;
        let (name, messages) = ("x".repeat(half), r#""","#.repeat(half / 3));
        match members {
            true => format!(r#"{{"errors":{{"{name}":[{messages}""]}}}}"#),
            false => format!(r#"{{{}"reference":"r-1"}}"#, r#""":0,"#.repeat(half / 3)),
        }
        .into_bytes()
    });
    let deep = prop::sample::select(vec!["[", r#"{"":"#, r#"{"data":"#])
        .prop_map(|open| open.repeat(1_000_000 / open.len()).into_bytes());
    prop_oneof![4 => lists, 2 => one_field, 1 => deep]
}

fn body() -> impl Strategy<Value = Bytes> {
    prop_oneof![
        15 => json().prop_map(|json| json.to_string().into_bytes()),
        2 => json().prop_map(|json| {
            let mut text = json.to_string().into_bytes();
            text.truncate(text.len() / 2);
            text
        }),
        1 => any::<Vec<u8>>(),
        1 => Just(format!("<!doctype html><h1>{CANARY}</h1>").into_bytes()),
        1 => expensive(),
    ]
    .prop_map(Bytes::from)
}

fn headers() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    let content_type = prop::sample::select(vec![
        "application/json",
        "text/html",
        "text/plain",
        "application/problem+json",
        "",
    ])
    .prop_map(|value| ("content-type", value.to_owned()));
    let retry_after = prop_oneof![
        any::<u64>().prop_map(|seconds| seconds.to_string()),
        Just("99999999999999999999999".to_owned()),
        Just("+7".to_owned()),
        Just("Fri, 31 Dec 9999 23:59:59 GMT".to_owned()),
        text(),
    ]
    .prop_map(|value| ("retry-after", value));
    let challenge = prop_oneof![
        Just(r#"Hawk ts="18446744073709551615", tsm="x", error="c4nary""#.to_owned()),
        Just(r#"Basic realm="c4nary""#.to_owned()),
        text(),
    ]
    .prop_map(|value| ("www-authenticate", value));
    let date = prop_oneof![Just("Thu, 01 Jan 1970 00:00:00 GMT".to_owned()), text()]
        .prop_map(|value| ("date", value));
    let trace = text().prop_map(|value| ("x-request-id", value));
    let location = text().prop_map(|value| ("location", value));
    let any = prop_oneof![3 => content_type, 2 => retry_after, 1 => challenge, 1 => date, 1 => trace, 1 => location];
    prop::collection::vec(any, 0..4)
}

fn case() -> impl Strategy<Value = Case> {
    let status = prop_oneof![
        4 => prop::sample::select(vec![200_u16, 201, 202, 204, 400, 401, 403, 404, 429, 500, 503]),
        1 => 200..600_u16,
    ];
    (status, headers(), body()).prop_map(|(status, headers, body)| Case {
        status,
        headers,
        body,
    })
}

/// Everything that is shown of an error and its sources.
fn shown(error: &dyn StdError) -> String {
    let mut all = String::new();
    let mut next = Some(error);
    while let Some(error) = next {
        write!(all, "{error}\n{error:?}\n{error:#?}\n").unwrap();
        next = error.source();
    }
    all
}

/// Calls everything that decodes a response, and returns what is shown of it.
async fn exercise(client: &Client) -> String {
    let mut all = String::new();
    match client.create_customer().body(request()).send().await {
        Ok(created) => write!(all, "{created:?}").unwrap(),
        Err(error) => {
            all.push_str(&shown(&error));
            write!(all, "{:?}", error.field_errors()).unwrap();
        }
    }
    if let Err(error) = client.get_customer().reference("r-1").send().await {
        all.push_str(&shown(&error));
    }
    let start = Instant::now();
    let limit = Duration::from_secs(30);
    let interval = Duration::from_secs(10);
    let wait = client
        .wait_for_verification("r-1")
        .settings(bvnk::PollSettings::new().interval(interval, interval))
        .timeout(limit)
        .await;
    assert!(start.elapsed() <= limit, "{:?}", start.elapsed());
    match wait {
        Ok(customer) => assert!(customer.status.is_terminal()),
        Err(error) => {
            all.push_str(&shown(&error));
            // No header ends a wait: its time is used, or there is a reason.
            if error.kind() == ErrorKind::Timeout && std::error::Error::source(&error).is_some() {
                assert!(start.elapsed() >= limit / 2, "{:?}", start.elapsed());
            }
        }
    }
    let start = Instant::now();
    let diagnosis = client.doctor().await;
    assert!(start.elapsed() <= Duration::from_secs(25));
    write!(all, "{diagnosis} {diagnosis:?}").unwrap();
    all
}

/// Verifies, decodes and publishes a body as a webhook's payload.
fn deliver(body: &[u8]) -> String {
    match support::event(body) {
        Ok(event) => {
            StatusUpdates::new().publish(&event);
            format!("{:?}", event.customer().map(|change| &change.reference))
        }
        Err(error) => format!("{error} {error:?}"),
    }
}

#[test]
fn the_first_part_of_the_corpus_is_survived() {
    survives(1);
}

#[test]
fn the_second_part_of_the_corpus_is_survived() {
    survives(2);
}

fn survives(seed: u8) {
    let config = ProptestConfig {
        cases: CASES,
        failure_persistence: None,
        max_shrink_iters: 50,
        ..ProptestConfig::default()
    };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
    TestRunner::new_with_rng(config, rng)
        .run(&case(), |case| {
            let response = case.clone();
            let policy = RetryPolicy::new().max_attempts(1);
            // As in any test of time: paused, so that only virtual time passes.
            let tokio = tokio::runtime::Builder::new_current_thread()
                .enable_time()
                .start_paused(true)
                .build()
                .unwrap();
            let mut output = String::new();
            let memory = allocation_counter::measure(|| {
                output = tokio.block_on(async {
                    let client = layered(policy, move |_| {
                        let response = response.response();
                        async move { Ok(response) }
                    });
                    exercise(&client).await
                });
                output.push_str(&deliver(&case.body));
            });
            prop_assert!(
                memory.bytes_max <= PEAK,
                "{} bytes for {}",
                memory.bytes_max,
                case.body.len()
            );
            prop_assert!(!output.contains(CANARY), "{output}");
            for control in ['\u{1b}', '\u{7}', '\u{202e}', '\r', '\u{0}'] {
                prop_assert!(!output.contains(control), "{output:?}");
            }
            prop_assert!(!output.contains("\n::"), "{output:?}");
            Ok(())
        })
        .unwrap();
}
