//! A server that reads whole requests and answers all of them alike, as cheaply as possible:
//! what is measured is the client. It knows neither Hawk nor the contract.

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
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
pub fn start() -> Result<String> {
    let runtime = runtime()?;
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
    let url = format!("http://{}", listener.local_addr()?);
    std::thread::spawn(move || runtime.block_on(accept(listener)));
    Ok(url)
}

/// Serves each connection at the same time as the others.
async fn accept(listener: TcpListener) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(serve(stream));
    }
}

/// Answers the requests of one connection until the client closes it. The names of headers are in
/// lower case, as hyper writes them.
async fn serve(stream: TcpStream) -> Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    let (mut line, mut body) = (String::new(), Vec::new());
    while stream.read_line(&mut line).await? > 0 {
        if let Some(length) = line.strip_prefix("content-length: ") {
            body.resize(length.trim().parse()?, 0);
        }
        // The end of the head.
        if line == "\r\n" {
            stream.read_exact(&mut body).await?;
            stream.write_all(RESPONSE).await?;
        }
        line.clear();
    }
    Ok(())
}
