//! Every status with every kind of body: no panic, a bound on what is read, the right
//! kind, and the status kept.

#![allow(clippy::unwrap_used, clippy::panic)]

use crate::support;

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use bvnk::{Body, ErrorKind, Outcome, RetryPolicy};
use bytes::Bytes;
use http_body::Frame;
use support::{builder, fake, layered, request, response};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const MIB: usize = 1024 * 1024;
const HUGE: usize = 64 * MIB;
static CHUNK: [u8; 64 * 1024] = [b' '; 64 * 1024];

/// A body of 64 MiB that is made while it is read.
struct Huge {
    made: Arc<AtomicUsize>,
}

impl http_body::Body for Huge {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let made = self.made.fetch_add(CHUNK.len(), Ordering::Relaxed);
        Poll::Ready((made < HUGE).then(|| Ok(Frame::data(Bytes::from_static(&CHUNK)))))
    }
}

/// What the kind must be, by the status alone.
fn kind(status: u16, html: bool) -> ErrorKind {
    match status {
        401 | 403 if html => ErrorKind::Blocked,
        401 | 403 => ErrorKind::Unauthorized,
        404 => ErrorKind::NotFound,
        408 => ErrorKind::Timeout,
        425 => ErrorKind::Server,
        409 => ErrorKind::Conflict,
        429 => ErrorKind::RateLimited,
        400..=499 => ErrorKind::Rejected,
        500..=599 => ErrorKind::Server,
        _ => ErrorKind::InvalidResponse,
    }
}

#[tokio::test(start_paused = true)]
async fn every_status_with_every_body_has_its_kind() {
    let bodies: [&'static [u8]; 8] = [
        b"",
        br#"{"code": "c", "message": "m"}"#,
        br#"[{"code": "c"}]"#,
        br#""text""#,
        b"7",
        b"<!doctype html><h1>Blocked</h1>",
        b"\xff\xfe{\"reference\": \"r\"}",
        br#"{"reference": "r", "sta"#,
    ];
    for body in bodies {
        let client = layered(
            RetryPolicy::new().max_attempts(1),
            move |request| async move { Ok(response(status_of(&request), body)) },
        );
        for status in 200..=599u16 {
            let call = client.get_customer().reference(status.to_string());
            let error = call.send().await.unwrap_err();
            assert_eq!(
                error.kind(),
                kind(status, body.starts_with(b"<")),
                "{status} {body:?}"
            );
            assert_eq!(error.status().unwrap(), status, "{body:?}");
            assert_eq!(error.body(), body, "{status}");
            assert_eq!(error.attempts(), 1);
        }
    }
    let made = Arc::new(AtomicUsize::new(0));
    let body = Arc::clone(&made);
    let huge = tower::service_fn(move |request| {
        let made = Arc::clone(&body);
        async move {
            let response = http::Response::builder().status(status_of(&request));
            response.body(Huge { made })
        }
    });
    let client = builder()
        .retry(RetryPolicy::new().max_attempts(1))
        .service(huge)
        .build()
        .unwrap();
    for status in 200..=599u16 {
        made.store(0, Ordering::Relaxed);
        let call = client.get_customer().reference(status.to_string());
        let error = call.send().await.unwrap_err();
        assert_eq!(error.kind(), kind(status, false), "{status}");
        assert_eq!(error.status().unwrap(), status);
        assert!(
            made.load(Ordering::Relaxed) <= 2 * MIB,
            "{status} is read without limit"
        );
    }
}

/// The status that the reference asks for.
fn status_of(request: &http::Request<Body>) -> u16 {
    let (_, status) = request.uri().path().rsplit_once('/').unwrap();
    status.parse().unwrap()
}

/// A success is not a rejection, and its reference is found. Without one, nothing is known.
#[tokio::test]
async fn a_create_with_an_undecodable_success() {
    for (body, reference) in [
        (r#"{"reference": "r-1"}"#, Some("r-1")),
        (r#"{"reference": "r-1", "status": null}"#, Some("r-1")),
        (r#"{"reference": 71, "status": "VERIFIED"}"#, Some("71")),
        (
            r#"{"data": {"reference": "r-1", "status": "VERIFIED"}}"#,
            Some("r-1"),
        ),
        (
            r#"{"reference": "r-1", "customer": {"reference": "r-2"}}"#,
            Some("r-1"),
        ),
        (
            r#"{"agreement": {"reference": "a-1"}, "customer": {"reference": "r-1"}}"#,
            None,
        ),
        (
            r#"{"customer": {"reference": "r-1"}, "links": {"reference": "r-1"}}"#,
            Some("r-1"),
        ),
        (r#"{"reference": "", "status": "VERIFIED"}"#, None),
        (r#"{"id": "r-1", "status": "VERIFIED"}"#, None),
        ("created", None),
        ("", None),
    ] {
        for status in [200, 201, 202, 204, 299] {
            let client = fake(move |_| Ok(response(status, body)));
            let result = client.create_customer().body(request()).send().await;
            let error = result.unwrap_err();
            assert!(
                error.kind() == ErrorKind::InvalidResponse,
                "{status} {body}: {error}"
            );
            let outcome = match reference {
                Some(reference) => Outcome::Done {
                    reference: reference.try_into().unwrap(),
                },
                None => Outcome::Unknown {
                    key: error.idempotency_key(),
                },
            };
            assert_eq!(error.outcome(), &outcome, "{status} {body}");
        }
    }
    let body = r#"{"reference": "r-1", "status": "NEW", "level": null, "more": {"a": [1]}}"#;
    let client = fake(move |_| Ok(response(200, body)));
    let call = client.create_customer().body(request());
    let created = call.send().await.unwrap();
    assert_eq!(created.status(), 200);
    assert_eq!(created.status.as_str(), "NEW");
    assert_eq!(created.extra.get("more").unwrap()["a"][0], 1);
}

/// Over a real connection: the server cannot get rid of its 64 MiB, and what is cut
/// short is no answer.
#[tokio::test]
async fn a_real_stream_is_bounded_too() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        let mut written = Vec::new();
        for (status, announced, sent) in [
            ("200 OK", HUGE, HUGE),
            ("404 Not Found", HUGE, HUGE),
            ("200 OK", 100, 7),
        ] {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut head = [0; 4096];
            assert!(stream.read(&mut head).await.unwrap() > 0);
            let start = format!("HTTP/1.1 {status}\r\ncontent-length: {announced}\r\n\r\n");
            stream.write_all(start.as_bytes()).await.unwrap();
            let mut done = 0;
            while done < sent {
                let chunk = &CHUNK[..CHUNK.len().min(sent - done)];
                // The client hangs up at its limit.
                match stream.write(chunk).await {
                    Ok(count) => done += count,
                    Err(_) => break,
                }
            }
            written.push(done);
        }
        written
    });
    let client = builder()
        .runtime(Arc::new(bvnk::SystemRuntime))
        .base_url(url.parse().unwrap())
        .retry(RetryPolicy::new().max_attempts(1))
        .build()
        .unwrap();
    for (kind, status) in [
        (ErrorKind::InvalidResponse, Some(200)),
        (ErrorKind::NotFound, Some(404)),
        (ErrorKind::Interrupted, Some(200)),
    ] {
        let result = client.get_customer().reference("r-1").send().await;
        let error = result.unwrap_err();
        assert_eq!(error.kind(), kind);
        assert_eq!(error.status().map(|status| status.as_u16()), status);
    }
    let written = server.await.unwrap();
    assert!(written[0] < HUGE && written[1] < HUGE, "{written:?}");
}
