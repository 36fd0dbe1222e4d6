//! A server that reads whole requests and answers them all alike, as cheaply as possible:
//! what is measured is the client.
//!
//! It runs in a process of its own. It must not know Hawk, nor look at a body.

use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Barrier;

use crate::Outcome;
use crate::process::end_with_parent;

/// The documentation's own answer, with the headers that any gateway adds.
const ANSWER: &[u8] = b"HTTP/1.1 202 Accepted\r\n\
content-type: application/json\r\n\
content-length: 84\r\n\
date: Sun, 06 Nov 1994 08:49:37 GMT\r\n\
x-request-id: 0b6b1c0f8f0e4f578d0a6f2f5d4c9b21\r\n\
\r\n\
{\"reference\":\"f81a5b62-27b8-4b3b-b51e-eb10edeb1731\",\"status\":\"VERIFICATION_PENDING\"}";

/// Serves until standard input ends, that is, until whoever started it is gone.
/// Answers are held back until `hold` requests are waiting.
///
/// # Errors
///
/// When no port of this machine can be listened on.
#[allow(clippy::print_stdout)] // its address, for whoever started it
pub fn run(hold: usize) -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()?;
    end_with_parent();
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("http://{}", listener.local_addr()?);
        let gate = (hold > 1).then(|| Arc::new(Barrier::new(hold)));
        loop {
            let (stream, _) = listener.accept().await?;
            tokio::spawn(answer(stream, gate.clone()));
        }
    })
}

async fn answer(mut stream: TcpStream, gate: Option<Arc<Barrier>>) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut received = Vec::with_capacity(8 * 1024);
    loop {
        while let Some(length) = whole_request(&received) {
            received.drain(..length);
            if let Some(gate) = &gate {
                gate.wait().await;
            }
            stream.write_all(ANSWER).await?;
        }
        if stream.read_buf(&mut received).await? == 0 {
            return Ok(());
        }
    }
}

/// The length of the first request, once all of it is there.
fn whole_request(received: &[u8]) -> Option<usize> {
    let head = received.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(received.get(..head)?).ok()?;
    let body = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse::<usize>().ok())?
    });
    let length = head + body.unwrap_or(0);
    (received.len() >= length).then_some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_whole_when_its_body_is() {
        let request = b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcGET";
        assert_eq!(whole_request(request), Some(41));
        assert_eq!(whole_request(&request[..40]), None);
        assert_eq!(whole_request(b"GET / HTTP/1.1\r\n\r\n"), Some(18));
    }

    #[test]
    fn the_answer_tells_its_own_length() {
        let text = std::str::from_utf8(ANSWER).unwrap_or_default();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_default();
        assert!(head.contains(&format!("content-length: {}\r\n", body.len())));
    }
}
