//! Servers that respond late, without an end, or not at all, in virtual time.

use std::time::Duration;

use conformance::connection::Stop;
use conformance::connection::pace::{BODY_LIMIT, LONGEST_PAUSE, Pace, RESPONSE_LIMIT, asked_pause};
use conformance::exchange::Response;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::time::{Instant, advance, sleep};

const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
const CHUNK: &[u8] = b"10\r\n                \r\n";
const BYTE: &[u8] = b"1\r\n \r\n";

/// The URL of a server that sends a body without an end in small chunks.
async fn endless(pause: Duration) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let _ = stream.read(&mut [0; 4096]).await;
                let chunks = match pause.is_zero() {
                    true => CHUNK.repeat(4096),
                    false => BYTE.to_vec(),
                };
                let mut sent = stream.write_all(HEAD).await;
                while sent.is_ok() {
                    sleep(pause).await;
                    sent = stream.write_all(&chunks).await;
                }
            });
        }
    });
    url
}

/// The URL of a port that nothing listens to.
async fn dead() -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

fn pace() -> Pace {
    Pace::new(None, Stop::default())
}

fn get(url: &str) -> reqwest::RequestBuilder {
    bvnk::http_client(&url.parse().unwrap()).unwrap().get(url)
}

#[tokio::test]
async fn the_reason_for_no_response_names_its_cause() {
    let error = pace().send(get(&dead().await)).await.err().unwrap();
    assert!(error.contains("refused"), "{error}");
}

#[tokio::test]
async fn a_body_without_an_end_is_cut() {
    let url = endless(Duration::ZERO).await;
    let response = pace().send(get(&url)).await.unwrap();
    assert_eq!(response.body.len(), BODY_LIMIT + 1);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_goes_on_and_on_has_a_time_limit() {
    let url = endless(Duration::from_secs(1)).await;
    let started = Instant::now();
    let error = pace().send(get(&url)).await.err().unwrap();
    assert!(error.starts_with("the body cannot be read"), "{error}");
    assert_eq!(started.elapsed().as_secs(), RESPONSE_LIMIT.as_secs());
}

/// Sends requests until the run is stopped, and returns how many.
async fn sent_until_stopped(pace: &Pace, url: &str) -> u64 {
    for _ in 0..1_000 {
        let response = pace.send(get(url)).await;
        if response.is_err_and(|error| error.starts_with("not sent")) {
            break;
        }
    }
    pace.transient()
}

#[tokio::test(start_paused = true)]
async fn a_server_that_does_not_respond_is_not_asked_for_ever() {
    let quick = pace();
    assert_eq!(sent_until_stopped(&quick, &dead().await).await, 50);
    assert!(quick.stop.reason().unwrap().contains("refused"));
    let slow = pace();
    let url = endless(Duration::from_secs(1)).await;
    assert_eq!(sent_until_stopped(&slow, &url).await, 10);
    slow.stop.stopped().await;
}

/// Every second request that fails at once makes a run long, and does not end it; one that
/// takes all of its time, or asks for a long pause, does.
#[tokio::test(start_paused = true)]
async fn time_that_is_lost_all_the_time_ends_a_run() {
    for (taken, asked, stops) in [
        (Duration::ZERO, Duration::ZERO, false),
        (RESPONSE_LIMIT, Duration::ZERO, true),
        (Duration::from_secs(4), LONGEST_PAUSE, true),
    ] {
        let pace = pace();
        for number in 0..300 {
            let started = Instant::now();
            let fails = number % 2 == 0;
            if fails {
                advance(taken).await;
            }
            pace.ended(started, fails.then_some("503"), asked);
        }
        assert_eq!(pace.stop.reason().is_some(), stops, "{taken:?}");
    }
}

/// A server that is slow to each request is given up after a few minutes, one that is a little slow
/// is not.
#[tokio::test(start_paused = true)]
async fn late_responses_end_a_run() {
    for (millis, expected) in [(300, 1_000), (1_000, 1_000), (1_500, 400), (3_000, 100)] {
        let (pace, mut sent) = (pace(), 0);
        while pace.stop.reason().is_none() && sent < 1_000 {
            let started = Instant::now();
            advance(Duration::from_millis(millis)).await;
            pace.ended(started, None, Duration::ZERO);
            sent += 1;
        }
        assert_eq!(sent, expected, "{millis} ms");
        let reason = pace.stop.reason().unwrap_or_default();
        assert_eq!(reason.contains("a response after 3.0 s"), millis == 3_000);
    }
}

/// Requests that hang at the same time lose that time once.
#[tokio::test(start_paused = true)]
async fn requests_at_once_lose_their_time_once() {
    let pace = pace();
    let started = Instant::now();
    advance(RESPONSE_LIMIT).await;
    for _ in 0..32 {
        pace.ended(started, Some("no response in time"), Duration::ZERO);
    }
    assert_eq!(pace.stop.reason(), None);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_its_caller_drops_counts() {
    let (pace, url) = (pace(), endless(Duration::from_secs(1)).await);
    let limit = Duration::from_secs(2);
    let dropped = tokio::time::timeout(limit, pace.send(get(&url))).await;
    assert!(dropped.is_err() && pace.transient() == 1);
}

#[test]
fn a_pause_is_granted_for_seconds_only() {
    for (asked, granted) in [
        ("1", 1),
        ("5", 5),
        ("86400", 5),
        ("99999999999999999999999", 5),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 5),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 0),
        ("-1", 0),
        ("soon", 0),
    ] {
        let mut response = Response::new(http::StatusCode::TOO_MANY_REQUESTS);
        let value = http::HeaderValue::from_static(asked);
        response.headers.insert(http::header::RETRY_AFTER, value);
        assert_eq!(asked_pause(&Ok(response)).as_secs(), granted, "{asked}");
    }
}
