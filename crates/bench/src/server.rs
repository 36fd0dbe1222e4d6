//! A server that reads whole requests and answers all of them alike, as cheaply as possible:
//! what is measured is the client. It knows neither Hawk nor the contract.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::{Result, runtime};

/// The response of the contract's example, with the headers that a gateway adds.
const RESPONSE: &[u8] = b"HTTP/1.1 202 Accepted\r\n\
content-type: application/json\r\n\
content-length: 84\r\n\
date: Sun, 06 Nov 1994 08:49:37 GMT\r\n\
x-request-id: 0b6b1c0f8f0e4f578d0a6f2f5d4c9b21\r\n\
\r\n\
{\"reference\":\"f81a5b62-27b8-4b3b-b51e-eb10edeb1731\",\"status\":\"VERIFICATION_PENDING\"}";

/// Starts the server on a thread that lives as long as the process, and returns its URL.
///
/// # Errors
///
/// When no local port is free.
pub fn start() -> Result<String> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    listener.set_nonblocking(true)?;
    let url = format!("http://{}", listener.local_addr()?);
    let runtime = runtime()?;
    std::thread::spawn(move || {
        runtime.block_on(async {
            let listener = TcpListener::from_std(listener)?;
            loop {
                let (stream, _) = listener.accept().await?;
                tokio::spawn(serve(stream));
            }
            #[allow(unreachable_code)] // the type of the block
            Ok::<(), std::io::Error>(())
        })
    });
    Ok(url)
}

/// Answers the requests of one connection until the client closes it. Several requests may arrive
/// at once, and one may arrive in parts.
async fn serve(mut stream: TcpStream) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut received = Vec::with_capacity(8 * 1024);
    loop {
        while let Some(length) = request_length(&received) {
            received.drain(..length);
            stream.write_all(RESPONSE).await?;
        }
        if stream.read_buf(&mut received).await? == 0 {
            return Ok(());
        }
    }
}

/// Returns the length of the first request, once all of it is there.
fn request_length(received: &[u8]) -> Option<usize> {
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
