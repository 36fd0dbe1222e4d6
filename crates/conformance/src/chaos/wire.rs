//! One HTTP/1 message off a stream, byte for byte, and the ways to end a stream.
//!
//! It must not know what a message says beyond its length. It is written for two known
//! peers: both announce a `Content-Length` and neither sends ahead.

use std::str;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A message as it came.
pub(crate) struct Message {
    pub(crate) bytes: Vec<u8>,
    /// How many of them are the head, its empty line included.
    pub(crate) head: usize,
}

impl Message {
    pub(crate) fn body(&self) -> &[u8] {
        &self.bytes[self.head..]
    }

    /// The value of a header, by its name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        header(&self.bytes[..self.head], name)
    }
}

/// What a stream gave.
pub(crate) enum Read {
    Whole(Message),
    /// It ended early, after these bytes: in order, or by a reset.
    Ended {
        bytes: Vec<u8>,
        reset: bool,
    },
}

/// Reads one message.
pub(crate) async fn read(stream: &mut TcpStream) -> Read {
    let mut bytes = Vec::with_capacity(2048);
    let mut whole = None;
    loop {
        if whole.is_none() {
            whole = head_length(&bytes).map(|head| {
                let body = header(&bytes[..head], "content-length");
                (head, head + body.and_then(|n| n.parse().ok()).unwrap_or(0))
            });
        }
        if let Some((head, length)) = whole
            && bytes.len() >= length
        {
            return Read::Whole(Message { bytes, head });
        }
        match stream.read_buf(&mut bytes).await {
            Ok(0) => {
                let reset = false;
                return Read::Ended { bytes, reset };
            }
            Ok(_) => {}
            Err(_) => return Read::Ended { bytes, reset: true },
        }
    }
}

/// Ends a connection with a TCP reset.
pub(crate) fn reset(stream: TcpStream) {
    // A peer that is gone already needs none.
    let _ = stream.set_zero_linger();
}

/// Ends a connection in order, after some last bytes.
pub(crate) async fn end(mut stream: TcpStream, bytes: &[u8]) {
    if stream.write_all(bytes).await.is_ok() {
        let _ = stream.shutdown().await;
    }
}

/// Waits until the peer hangs up.
pub(crate) async fn hung_up(stream: &mut TcpStream) {
    let mut buffer = [0; 64];
    while let Ok(1..) = stream.read(&mut buffer).await {}
}

fn head_length(bytes: &[u8]) -> Option<usize> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    Some(end + 4)
}

fn header<'a>(head: &'a [u8], name: &str) -> Option<&'a str> {
    str::from_utf8(head).ok()?.lines().find_map(|line| {
        let (given, value) = line.split_once(':')?;
        given.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}
