//! The server on the wire, seen through a bare socket.

use std::io::ErrorKind;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::common::*;
use bvnk_simulator::hawk::Rejection;
use bvnk_simulator::{
    Clock, Config, Fault, Hook, HookContext, Listen, ManualClock, Request, Rules, Server,
};
use http::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

async fn server() -> Server {
    let listen = Listen {
        clock: Clock::new(|| NOW),
        ..Listen::default()
    };
    Server::start_on(listen, config()).await.unwrap()
}

/// Signs for the server and writes the request as HTTP/1.1.
fn wire(server: &Server, mut request: Request) -> Vec<u8> {
    set(&mut request, "host", &server.address().to_string());
    let request = sign(request);
    let mut text = format!("{} {} HTTP/1.1\r\n", request.method, request.target);
    for (name, value) in &request.headers {
        text.push_str(&format!("{name}: {}\r\n", value.to_str().unwrap()));
    }
    text.push_str(&format!("content-length: {}\r\n\r\n", request.body.len()));
    let mut bytes = text.into_bytes();
    bytes.extend_from_slice(&request.body);
    bytes
}

struct Answer {
    status: u16,
    head: String,
    body: Value,
}

/// Reads one answer and leaves the connection as it is.
async fn read(stream: &mut TcpStream) -> Answer {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    let head = String::from_utf8(head).unwrap().to_ascii_lowercase();
    let length = head.split("content-length: ").nth(1).unwrap();
    let length = length.split("\r\n").next().unwrap().parse().unwrap();
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.unwrap();
    Answer {
        status: head.split(' ').nth(1).unwrap().parse().unwrap(),
        head,
        body: serde_json::from_slice(&body).unwrap_or_default(),
    }
}

async fn connect(server: &Server) -> TcpStream {
    TcpStream::connect(server.address()).await.unwrap()
}

async fn call(server: &Server, request: Request) -> Answer {
    let mut stream = connect(server).await;
    stream.write_all(&wire(server, request)).await.unwrap();
    read(&mut stream).await
}

#[tokio::test]
async fn one_connection_carries_a_customer_to_its_end() {
    let server = server().await;
    let mut stream = connect(&server).await;
    let first = wire(&server, creation(&example(), Some(UUID_A)));
    stream.write_all(&first).await.unwrap();
    let answer = read(&mut stream).await;
    assert_eq!(answer.status, 202);
    assert!(
        answer
            .head
            .contains("\r\ndate: tue, 14 nov 2023 22:13:20 gmt\r\n")
    );
    assert!(
        answer
            .head
            .contains("\r\ncontent-type: application/json\r\n")
    );
    let statuses = server.with(|simulator| statuses(simulator, "customer-1"));
    // The last one stays.
    for expected in statuses[1..].iter().chain(statuses.last()) {
        let next = wire(&server, get("customer-1"));
        stream.write_all(&next).await.unwrap();
        assert_eq!(read(&mut stream).await.body["status"], **expected);
    }
}

#[tokio::test]
async fn the_signature_covers_the_target_as_it_is_on_the_wire() {
    let server = server().await;
    create_over(&server).await;
    for query in ["?", "?a=%20%41&&b", "?x=/../?"] {
        let mut request = get("customer-1");
        request.target.push_str(query);
        let target = request.target.clone();
        assert_eq!(call(&server, request).await.status, 200, "{query}");
        assert_eq!(server.received().last().unwrap().target, target);
    }
}

async fn create_over(server: &Server) {
    let answer = call(server, creation(&example(), None)).await;
    assert_eq!(answer.status, 202);
}

#[tokio::test]
async fn creations_with_one_key_at_once_make_one_customer() {
    let server = server().await;
    let answers = at_once(&server).await;
    for answer in answers {
        assert_eq!(
            (answer.status, &answer.body["reference"]),
            (202, &json!("customer-1"))
        );
    }
    assert_eq!(server.with(|simulator| simulator.customers().len()), 1);
    assert_eq!(server.received().len(), 8);
}

/// A service that remembers a key only when the connection that brought it is used again.
#[derive(Default)]
struct Racing {
    /// Keys with the connection that brought them, until it is used again.
    fresh: Vec<(String, u64)>,
}

impl Hook for Racing {
    fn rules(&mut self, context: &HookContext<'_>, rules: &mut Rules) {
        let connection = context.request.connection;
        self.fresh.retain(|(_, other)| *other != connection);
        if let Some(key) = rules.key.clone() {
            if self.fresh.iter().any(|(other, _)| *other == key) {
                rules.key = None;
            }
            self.fresh.push((key, connection));
        }
    }
}

#[tokio::test]
async fn a_hook_can_let_creations_with_one_key_at_once_race() {
    let server = server().await;
    server.with(|simulator| simulator.set_hook(Racing::default()));
    let answers = at_once(&server).await;
    let references = answers
        .iter()
        .map(|answer| answer.body["reference"].to_string());
    let references: std::collections::BTreeSet<_> = references.collect();
    assert_eq!(references.len(), 8);
    // One after the other they do not.
    let mut stream = connect(&server).await;
    for _ in 0..2 {
        let bytes = wire(&server, creation(&example(), Some(UUID_B)));
        stream.write_all(&bytes).await.unwrap();
        read(&mut stream).await;
    }
    assert_eq!(server.with(|simulator| simulator.customers().len()), 9);
}

/// Eight creations with one key at the same time, on connections of their own.
async fn at_once(server: &Server) -> Vec<Answer> {
    let mut streams = Vec::new();
    for _ in 0..8 {
        let mut stream = connect(server).await;
        let bytes = wire(server, creation(&example(), Some(UUID_A)));
        // All but the last byte: every request is under way before one is complete.
        let (last, most) = bytes.split_last().unwrap();
        stream.write_all(most).await.unwrap();
        streams.push((stream, *last));
    }
    let answers = streams.into_iter().map(|(mut stream, last)| {
        tokio::spawn(async move {
            stream.write_all(&[last]).await.unwrap();
            let answer = read(&mut stream).await;
            (stream, answer)
        })
    });
    // No connection ends before all are answered.
    let mut ended = Vec::new();
    for answer in answers.collect::<Vec<_>>() {
        ended.push(answer.await.unwrap());
    }
    let answers = ended.into_iter().map(|(_, answer)| answer);
    answers.collect()
}

#[tokio::test]
async fn the_clock_is_the_injected_one() {
    let time = Arc::new(AtomicU64::new(NOW));
    let clock = Clock::new({
        let time = Arc::clone(&time);
        move || time.load(Ordering::SeqCst)
    });
    let server = Server::start_on(
        Listen {
            clock,
            ..Listen::default()
        },
        config(),
    )
    .await
    .unwrap();
    create_over(&server).await;
    time.fetch_add(3600, Ordering::SeqCst);
    let answer = call(&server, get("customer-1")).await;
    assert_eq!(answer.status, 401);
    assert!(answer.head.contains(&format!("hawk ts=\"{}\"", NOW + 3600)));
    let rejection = server.received().pop().unwrap().response.rejection;
    assert!(
        matches!(rejection, Some(Rejection::Stale { .. })),
        "{rejection:?}"
    );
}

#[tokio::test]
async fn received_requests_can_be_inspected_and_debug_shows_no_secret() {
    let server = Server::start_on(
        Listen {
            clock: Clock::new(|| NOW),
            keep: 2,
            ..Listen::default()
        },
        config(),
    )
    .await
    .unwrap();
    create_over(&server).await;
    let _ = call(&server, creation(&example(), Some(UUID_A))).await;
    let _ = call(
        &server,
        creation(&json!({ "type": "S3CRET" }), Some(UUID_B)),
    )
    .await;
    let received = server.received();
    assert_eq!(received.len(), 2, "the oldest went first");
    assert_eq!(received[0].headers[IDEMPOTENCY], UUID_A);
    assert_eq!(
        (
            received[0].response.status.as_u16(),
            received[1].response.status.as_u16()
        ),
        (202, 400)
    );
    assert_eq!(received[0].method, Method::POST);
    assert_eq!(received[1].body, json!({ "type": "S3CRET" }).to_string());
    let text = format!("{received:?} {server:?}");
    for secret in ["John", "S3CRET", "mac=", server.key()] {
        assert!(!text.contains(secret), "{text}");
    }
    assert_eq!((server.id(), server.key()), (ID, KEY));
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_not_read() {
    let server = server().await;
    let long = json!({ "reference": "x".repeat(1024 * 1024) });
    let answer = call(&server, creation(&long, None)).await;
    assert_eq!(
        (answer.status, &answer.body["code"]),
        (413, &json!("payload_too_large"))
    );
    assert!(answer.head.contains("connection: close"));
    assert_eq!(server.received()[0].response.status, 413);
    assert!(server.with(|simulator| simulator.customers().is_empty()));
}

#[tokio::test]
async fn a_reset_comes_before_or_after_the_commit() {
    for (fault, customers) in [(Fault::ResetBeforeCommit, 0), (Fault::CommitThenReset, 1)] {
        let server = server().await;
        server.with(|simulator| simulator.push_fault(fault));
        let mut stream = connect(&server).await;
        let bytes = wire(&server, creation(&example(), Some(UUID_A)));
        stream.write_all(&bytes).await.unwrap();
        let error = stream.read_u8().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionReset, "{fault}");
        assert_eq!(
            server.with(|simulator| simulator.customers().len()),
            customers
        );
        let interruption = server.received()[0].response.interruption;
        assert_eq!(interruption, Some(fault));
        // The repetition is the same customer, on a server that goes on.
        let answer = call(&server, creation(&example(), Some(UUID_A))).await;
        assert_eq!(answer.body["reference"], "customer-1");
    }
}

#[tokio::test]
async fn a_truncated_response_announces_more_than_arrives() {
    let server = server().await;
    server.with(|simulator| simulator.push_fault(Fault::TruncateBody));
    let mut stream = connect(&server).await;
    let bytes = wire(&server, creation(&example(), None));
    stream.write_all(&bytes).await.unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 202 Accepted\r\n"), "{head}");
    let full = json!({ "reference": "customer-1", "status": "VERIFICATION_PENDING" }).to_string();
    assert!(
        head.contains(&format!("content-length: {}", full.len())),
        "{head}"
    );
    assert_eq!(body, &full[..full.len() / 2]);
}

#[tokio::test]
async fn a_response_may_be_the_last_of_its_connection_or_not_http() {
    let server = server().await;
    server.with(|simulator| simulator.push_fault(Fault::CloseAfterResponse));
    let mut stream = connect(&server).await;
    let bytes = wire(&server, creation(&example(), None));
    stream.write_all(&bytes).await.unwrap();
    let answer = read(&mut stream).await;
    assert_eq!(
        (answer.status, &answer.body["reference"]),
        (202, &json!("customer-1"))
    );
    assert!(
        !answer.head.contains("connection: close"),
        "{}",
        answer.head
    );
    assert_eq!(stream.read(&mut [0]).await.unwrap(), 0);

    server.with(|simulator| simulator.push_fault(Fault::MalformedHttp));
    let mut stream = connect(&server).await;
    let bytes = wire(&server, creation(&example(), None));
    stream.write_all(&bytes).await.unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    assert!(text.starts_with("this is not HTTP"), "{text}");
}

#[tokio::test]
async fn a_stalled_response_leaves_the_connection_open_and_others_alone() {
    for (fault, customers) in [(Fault::Stall, 0), (Fault::CommitThenStall, 1)] {
        let server = server().await;
        server.with(|simulator| simulator.push_fault(fault));
        let mut stalled = connect(&server).await;
        let bytes = wire(&server, creation(&example(), Some(UUID_A)));
        stalled.write_all(&bytes).await.unwrap();
        while server.received().is_empty() {
            tokio::task::yield_now().await;
        }
        assert_eq!(
            server.with(|simulator| simulator.customers().len()),
            customers
        );
        assert_eq!(call(&server, get("unknown")).await.status, 404);
        let nothing = stalled.try_read(&mut [0]).unwrap_err();
        assert_eq!(nothing.kind(), ErrorKind::WouldBlock);
        // It ends with the server.
        server.shutdown().await;
        assert!(stalled.read_u8().await.is_err());
    }
}

#[tokio::test]
async fn a_server_that_ends_frees_its_port_and_its_connections() {
    let first = server().await;
    let address = first.address();
    let mut idle = connect(&first).await;
    idle.write_all(&wire(&first, get("unknown"))).await.unwrap();
    assert_eq!(read(&mut idle).await.status, 404);
    first.shutdown().await;
    assert!(idle.read_u8().await.is_err());

    let again = Server::start_on(
        Listen {
            address,
            ..Listen::default()
        },
        Config::default(),
    )
    .await
    .unwrap();
    assert_eq!(again.url(), format!("http://{address}"));
    let taken = Server::start_on(
        Listen {
            address,
            ..Listen::default()
        },
        Config::default(),
    )
    .await;
    let taken = taken.unwrap_err();
    assert_eq!(taken.kind(), ErrorKind::AddrInUse);
    let message = taken.to_string();
    assert!(
        message.starts_with(&format!("cannot listen on {address}: ")),
        "{message}"
    );
    let mut idle = connect(&again).await;
    drop(again);
    assert!(idle.read_u8().await.is_err());
}

#[tokio::test]
async fn a_panic_in_with_does_not_stop_the_server() {
    let server = Arc::new(server().await);
    let other = Arc::clone(&server);
    let panicked = std::thread::spawn(move || other.with(|_| panic!("a failed assertion")));
    assert!(panicked.join().is_err());
    create_over(&server).await;
}

#[tokio::test]
async fn a_response_is_late_by_the_clock_of_the_server() {
    let time = ManualClock::new(NOW);
    let listen = Listen {
        clock: time.clock(),
        ..Listen::default()
    };
    let server = Server::start_on(listen, config()).await.unwrap();
    server.with(|simulator| simulator.push_fault(Fault::Latency));
    let mut stream = connect(&server).await;
    let bytes = wire(&server, creation(&example(), None));
    stream.write_all(&bytes).await.unwrap();
    while server.take_received().is_empty() {
        tokio::task::yield_now().await;
    }
    time.advance(1);
    tokio::task::yield_now().await;
    let nothing = stream.try_read(&mut [0]).unwrap_err();
    assert_eq!(nothing.kind(), ErrorKind::WouldBlock);
    time.advance(1);
    assert_eq!(read(&mut stream).await.status, 202);
}

#[tokio::test]
async fn a_response_may_end_in_its_head_or_stall_in_its_body() {
    let server = server().await;
    server.with(|simulator| simulator.push_fault(Fault::TruncateHead));
    let mut stream = connect(&server).await;
    let bytes = wire(&server, creation(&example(), None));
    stream.write_all(&bytes).await.unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    assert!(
        text.starts_with("HTTP/1.1 202 ") && !text.contains("\r\n\r\n"),
        "{text}"
    );

    server.with(|simulator| simulator.push_fault(Fault::StallBody));
    let mut stream = connect(&server).await;
    let bytes = wire(&server, get("customer-1"));
    stream.write_all(&bytes).await.unwrap();
    let mut text = Vec::new();
    while !text.ends_with(br#"{"reference":"#) {
        text.push(stream.read_u8().await.unwrap());
    }
    tokio::task::yield_now().await;
    // Half of the body; the rest never comes, and the connection stays open.
    let mut rest = [0; 100];
    let more = stream.try_read(&mut rest).unwrap_or(0);
    assert!(more < 20, "{more}");
}

/// Time is virtual: it jumps when nothing else is to be done.
#[tokio::test(start_paused = true)]
async fn a_slow_request_is_closed_and_a_fast_one_is_not() {
    for (limit, closed) in [(Some(Duration::from_secs(30)), true), (None, false)] {
        for part in [
            "GET / HTTP/1.1\r\nhost: a\r\n",
            "POST / HTTP/1.1\r\ncontent-length: 9\r\n\r\n",
        ] {
            let listen = Listen {
                clock: Clock::new(|| NOW),
                ..Listen::default()
            };
            let listen = Listen {
                read_timeout: limit,
                ..listen
            };
            let server = Server::start_on(listen, config()).await.unwrap();
            let mut stream = connect(&server).await;
            stream.write_all(part.as_bytes()).await.unwrap();
            let mut buffer = [0; 512];
            let ended = stream.read(&mut buffer);
            let ended = tokio::time::timeout(Duration::from_secs(3_600), ended);
            assert_eq!(ended.await.is_ok(), closed, "{part} {limit:?}");
        }
    }
}

#[tokio::test]
async fn a_server_that_is_asked_to_end_lets_open_requests_finish() {
    let time = ManualClock::new(NOW);
    let listen = Listen {
        clock: time.clock(),
        ..Listen::default()
    };
    let server = Server::start_on(listen, config()).await.unwrap();
    let address = server.address();
    let mut idle = connect(&server).await;
    server.with(|simulator| simulator.push_fault(Fault::Latency));
    let mut open = connect(&server).await;
    let bytes = wire(&server, creation(&example(), None));
    open.write_all(&bytes).await.unwrap();
    while server.received().is_empty() {
        tokio::task::yield_now().await;
    }
    let (signal, signalled) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(server.run_until(signalled));
    signal.send(()).unwrap();
    // The idle connection ends at once, the open request when it is answered.
    assert_eq!(idle.read(&mut [0]).await.unwrap_or(0), 0);
    assert!(TcpStream::connect(address).await.is_err());
    assert!(!running.is_finished());
    time.advance(2);
    assert_eq!(read(&mut open).await.status, 202);
    running.await.unwrap();
}

#[tokio::test]
async fn a_server_on_all_addresses_is_reached_by_its_url() {
    let listen = Listen {
        address: "0.0.0.0:0".parse().unwrap(),
        ..Listen::default()
    };
    let server = Server::start_on(listen, config()).await.unwrap();
    let port = server.address().port();
    assert_eq!(server.url(), format!("http://127.0.0.1:{port}"));
}
