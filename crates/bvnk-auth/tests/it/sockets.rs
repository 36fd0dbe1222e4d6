//! The stack of all layers over real connections: what leaves, and what breaks.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::support;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bvnk_auth::{Credentials, ErrorKind, HawkLayer, IdempotencyLayer, RetryPolicy};
use support::verifier::{Wire, verify};
use support::{ID, KEY, Stack, failure, info, post, text};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tower::{Layer, ServiceBuilder, ServiceExt};

/// What the server does once it has read a request.
#[derive(Clone, Copy)]
enum Act {
    /// Sends these bytes and closes.
    Say(&'static str),
    /// Sends these bytes and resets.
    SayAndReset(&'static str),
    /// Sends nothing, and keeps the connection.
    Hold,
    /// Sends a body without an end.
    Flood,
}
use Act::*;

const OK: &str =
    "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nx-extra: 1\r\nconnection: close\r\n\r\n{}";

/// A server for one connection per act, and the requests that it read.
async fn server(acts: &'static [Act]) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/a%20b?c=%2F&d", listener.local_addr().unwrap());
    let log = Arc::new(Mutex::new(Vec::new()));
    let requests = Arc::clone(&log);
    tokio::spawn(async move {
        let mut held = Vec::new();
        for act in acts {
            let (mut socket, _) = listener.accept().await.unwrap();
            let request = read_request(&mut socket).await;
            requests.lock().unwrap().push(request);
            match act {
                Say(text) => socket.write_all(text.as_bytes()).await.unwrap(),
                SayAndReset(text) => {
                    socket.write_all(text.as_bytes()).await.unwrap();
                    socket.set_zero_linger().unwrap();
                }
                Hold => held.push(socket),
                Flood => {
                    let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
                    socket.write_all(head.as_bytes()).await.unwrap();
                    let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
                    while socket.write_all(chunk.as_bytes()).await.is_ok() {}
                }
            }
        }
        if !held.is_empty() {
            std::future::pending::<()>().await;
        }
    });
    (url, log)
}

async fn read_request(socket: &mut TcpStream) -> String {
    let mut text = Vec::new();
    while !text.ends_with(br#"{"a":1}"#) {
        assert!(socket.read_buf(&mut text).await.unwrap() > 0);
    }
    String::from_utf8(text).unwrap()
}

fn stack() -> Stack {
    stack_within(Duration::from_secs(5))
}

fn stack_within(attempt_timeout: Duration) -> Stack {
    let policy = RetryPolicy::new()
        .max_attempts(2)
        .attempt_timeout(attempt_timeout)
        .backoff(Duration::ZERO, Duration::ZERO);
    Stack::new(
        ServiceBuilder::new()
            .layer(IdempotencyLayer::new())
            .layer(
                HawkLayer::new(Credentials::new(ID, KEY).unwrap())
                    .retry(policy)
                    .payload_hash(true),
            )
            .service(support::http()),
    )
}

/// A request's headers as they were on the wire. Their signature is verified, whatever
/// the test is about.
fn verified(request: &str) -> BTreeMap<String, String> {
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let mut lines = head.split("\r\n");
    let first: Vec<_> = lines.next().unwrap().split(' ').collect();
    let pairs: Vec<_> = lines.map(|line| line.split_once(": ").unwrap()).collect();
    let headers: BTreeMap<_, _> = pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    assert_eq!(headers.len(), pairs.len(), "no header twice: {pairs:?}");
    let (host, port) = headers["host"].split_once(':').unwrap();
    let wire = Wire {
        method: first[0],
        resource: first[1],
        host,
        port: port.parse().unwrap(),
        content_type: &headers["content-type"],
        body: body.as_bytes(),
    };
    let found = verify(&wire, &headers["authorization"], ID, KEY.as_bytes());
    assert!(found.contains_key("hash"));
    headers
}

/// The bytes on the wire: the signature covers them, and there is nothing else.
#[tokio::test]
async fn what_leaves_is_signed_and_no_more() {
    let (url, log) = server(&[Say(OK)]).await;
    let response = stack().oneshot(post(&url)).await.unwrap();
    assert_eq!(response.headers()["x-extra"], "1");
    assert_eq!(text(response), "{}");

    let headers = verified(&log.lock().unwrap()[0]);
    let allowed = [
        "accept",
        "authorization",
        "content-length",
        "content-type",
        "host",
        "user-agent",
        "x-idempotency-key",
    ];
    assert!(headers.keys().eq(allowed.iter()), "{headers:?}");
}

/// Each way to break is a failed attempt, ambiguous, and retried.
#[tokio::test]
async fn what_breaks_is_tried_again() {
    const PART: &str = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"reference";
    const CHUNK: &str = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"ref\r\n";
    let cases: [(&'static [Act], &'static [Act], ErrorKind); 7] = [
        (
            &[Say(PART), Say(OK)],
            &[Say(PART), Say(PART)],
            ErrorKind::Interrupted,
        ),
        (
            &[Say(CHUNK), Say(OK)],
            &[Say(CHUNK), Say(CHUNK)],
            ErrorKind::Interrupted,
        ),
        (
            &[SayAndReset(PART), Say(OK)],
            &[SayAndReset(PART); 2],
            ErrorKind::Interrupted,
        ),
        (
            &[SayAndReset(""), Say(OK)],
            &[SayAndReset(""); 2],
            ErrorKind::Interrupted,
        ),
        (&[Say(""), Say(OK)], &[Say(""); 2], ErrorKind::Interrupted),
        (
            &[Say("no HTTP\r\n\r\n"), Say(OK)],
            &[Say("no HTTP\r\n\r\n"); 2],
            ErrorKind::Interrupted,
        ),
        (&[Hold, Say(OK)], &[Hold, Hold], ErrorKind::Timeout),
    ];
    for (mended, broken, kind) in cases {
        let stack = || match kind {
            ErrorKind::Timeout => stack_within(Duration::from_millis(50)),
            _ => stack(),
        };
        let (url, log) = server(mended).await;
        let response = stack().oneshot(post(&url)).await.unwrap();
        let info = info(&response);
        assert_eq!((info.attempts, info.outcome_unknown), (2, true));
        let requests: Vec<_> = log
            .lock()
            .unwrap()
            .iter()
            .map(|request| verified(request))
            .collect();
        let [one, two] = requests.as_slice() else {
            panic!("{} requests", requests.len());
        };
        assert_eq!(one["x-idempotency-key"], two["x-idempotency-key"]);
        assert_ne!(one["authorization"], two["authorization"]);

        let (url, log) = server(broken).await;
        let error = failure(stack().oneshot(post(&url)).await);
        log.lock().unwrap().iter().for_each(|request| {
            verified(request);
        });
        assert_eq!((error.kind(), error.info().attempts), (kind, 2));
        assert!(error.info().outcome_unknown);
    }
}

#[tokio::test]
async fn a_body_without_an_end_is_left() {
    let (url, log) = server(&[Flood]).await;
    let error = failure(stack().oneshot(post(&url)).await);
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    assert_eq!((error.info().attempts, log.lock().unwrap().len()), (1, 1));
    verified(&log.lock().unwrap()[0]);
}

/// A redirect is an answer: the signed request goes nowhere else.
#[tokio::test]
async fn redirects_are_not_followed() {
    const MOVED: &str = "HTTP/1.1 307 Moved\r\nlocation: /elsewhere\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let (url, log) = server(&[Say(MOVED), Say(OK)]).await;
    let response = stack().oneshot(post(&url)).await.unwrap();
    assert_eq!(
        (response.status().as_u16(), log.lock().unwrap().len()),
        (307, 1)
    );
    verified(&log.lock().unwrap()[0]);
}

#[tokio::test]
async fn a_refused_connection_is_not_ambiguous() {
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", gone.local_addr().unwrap());
    drop(gone);
    let error = failure(stack().oneshot(post(&url)).await);
    assert_eq!(
        (error.kind(), error.info().attempts),
        (ErrorKind::Connect, 2)
    );
    assert!(!error.info().outcome_unknown);
}

/// (the limit, whether a body of two bytes fits)
#[tokio::test]
async fn the_limit_is_exact() {
    for (limit, fits) in [(0, false), (1, false), (2, true), (3, true)] {
        let (url, _) = server(&[Say(OK)]).await;
        let hawk = support::hawk().max_response_bytes(limit);
        match hawk.layer(support::http()).oneshot(post(&url)).await {
            Ok(response) => assert!(fits && text(response) == "{}"),
            error => {
                let error = failure(error);
                assert!(!fits);
                assert_eq!(error.kind(), ErrorKind::TooLarge);
                assert_eq!(error.status().unwrap(), 200);
            }
        }
    }
}

/// A layer may have changed the URI after its URL was parsed: it is the URI that counts.
#[tokio::test]
async fn the_request_goes_to_its_uri() {
    let (url, log) = server(&[Say(OK), Say(OK)]).await;
    let other = url.replace("/a%20b?c=%2F&d", "/other");
    for parsed in [&url, &other] {
        let mut request = post(&url);
        let parsed: url::Url = parsed.parse().unwrap();
        request.extensions_mut().insert(parsed);
        support::http().oneshot(request).await.unwrap();
    }
    for request in log.lock().unwrap().iter() {
        assert!(
            request.starts_with("POST /a%20b?c=%2F&d HTTP/1.1\r\n"),
            "{request}"
        );
    }
    for refused in ["/x", "ftp://127.0.0.1/", "http://user:pw@127.0.0.1/"] {
        let error = failure(support::http().oneshot(support::get(refused)).await);
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    }
}
