//! The server sends webhooks over HTTP when they are due by its clock.

use std::sync::{Arc, Mutex};

use crate::common::{NOW, config, create};
use bvnk_simulator::webhook::Webhook;
use bvnk_simulator::{Config, Listen, ManualClock, Server, StatusSequence};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// Answers each POST with the next of these, and then with 200. 0 means no answer.
async fn receiver(answers: &'static [u16]) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hooks?tenant=7", listener.local_addr().unwrap());
    let received = Arc::new(Mutex::new(Vec::new()));
    let all = Arc::clone(&received);
    tokio::spawn(async move {
        let mut answers = answers.iter().copied();
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let answer = answers.next().unwrap_or(200);
            let all = Arc::clone(&all);
            tokio::spawn(async move {
                let request = read(&mut stream).await;
                all.lock().unwrap().push(request);
                if answer == 0 {
                    std::future::pending::<()>().await;
                }
                let answer = format!("HTTP/1.1 {answer} x\r\ncontent-length: 0\r\n\r\n");
                stream.write_all(answer.as_bytes()).await.unwrap();
            });
        }
    });
    (url, received)
}

/// A request: its head, and the body that it announces.
async fn read(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "));
            if body.len() == length.unwrap().parse::<usize>().unwrap() {
                return text;
            }
        }
        assert_ne!(stream.read_buf(&mut bytes).await.unwrap(), 0);
    }
}

async fn server(url: &str, time: &ManualClock) -> Server {
    let webhook = Webhook::new(url, "s3cret").unwrap();
    let sequence = StatusSequence::starting("ONE").then("TWO");
    let config = Config {
        sequences: vec![sequence],
        webhook: Some(webhook),
        ..config()
    };
    let listen = Listen {
        clock: time.clock(),
        ..Listen::default()
    };
    Server::start_on(listen, config).await.unwrap()
}

#[tokio::test]
async fn what_is_not_answered_200_is_sent_again_when_it_is_due() {
    let (url, received) = receiver(&[500, 0, 202]).await;
    let time = ManualClock::new(NOW);
    let server = server(&url, &time).await;
    server.with(|simulator| {
        let reference = create(simulator, None);
        simulator.advance(&reference, NOW);
    });
    assert_eq!(server.webhooks_sent().await, Some(NOW + 1), "500");
    time.advance(1);
    // No answer; the vendor waits for 10 s. The request has to be there before time moves,
    // or it would time out before it is sent.
    while received.lock().unwrap().len() < 2 {
        tokio::task::yield_now().await;
    }
    time.advance(10);
    assert_eq!(server.webhooks_sent().await, Some(NOW + 13), "no answer");
    time.advance_to(NOW + 13);
    assert_eq!(server.webhooks_sent().await, Some(NOW + 17), "202");
    time.advance_to(NOW + 17);
    assert_eq!(server.webhooks_sent().await, None, "200");
    let received = received.lock().unwrap();
    assert_eq!(received.len(), 4);
    assert!(received.iter().all(|request| request == &received[0]));
    assert!(received[0].starts_with("POST /hooks?tenant=7 HTTP/1.1\r\n"));
    assert!(received[0].contains("x-signature: "));
}

#[tokio::test]
async fn a_port_without_a_receiver_counts_as_no_answer() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    let time = ManualClock::new(NOW);
    let server = server(&url, &time).await;
    assert_eq!(server.webhooks_sent().await, None);
    server.with(|simulator| {
        let reference = create(simulator, None);
        simulator.advance(&reference, NOW);
    });
    assert_eq!(server.webhooks_sent().await, Some(NOW + 1));
}
