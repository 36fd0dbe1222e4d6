//! How many requests a second the server answers, on connections that stay open.
//!
//! `cargo run --release -p bvnk-simulator --example load [requests] [connections]`
//!
//! The requests are signed beforehand, so that the time is that of the server and of the
//! socket.
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::time::Instant;

use bvnk_simulator::hawk::{Header, Incoming, Kind, mac};
use bvnk_simulator::{Clock, Config, Listen, Server, contract};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

const NOW: u64 = 1_700_000_000;
const CUSTOMERS: &str = "/platform/v1/customers";

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut argument = |default| arguments.next().map_or(Ok(default), |text| text.parse());
    let (requests, connections): (usize, usize) = (argument(100_000)?, argument(16)?);

    let config = Config {
        references: Some(|number| format!("customer-{number}")),
        ..Config::default()
    };
    let listen = Listen {
        clock: Clock::new(|| NOW),
        ..Listen::default()
    };
    let server = Server::start_on(listen, config).await?;
    let operation = contract()?.operation("create_customer");
    let body = operation.and_then(|operation| operation.body.as_ref()?.example.as_ref());
    let body = body.ok_or("no example")?.to_string();

    let each = requests / connections;
    let creations = |n: usize| {
        let key = format!("x-idempotency-key: 00000000-0000-4000-8000-{n:012}\r\n");
        let headers = format!("content-type: application/json\r\n{key}");
        signed(&server, "POST", CUSTOMERS, &headers, &body, n)
    };
    measure("creations", &server, connections, each, creations).await?;
    let gets = |n: usize| {
        let target = format!("{CUSTOMERS}/customer-{}", n % each + 1);
        signed(&server, "GET", &target, "", "", n + requests)
    };
    measure("GETs", &server, connections, each, gets).await
}

/// A request as it goes over the wire.
fn signed(
    server: &Server,
    method: &str,
    target: &str,
    headers: &str,
    body: &str,
    n: usize,
) -> Vec<u8> {
    let nonce = format!("{n:022}");
    let incoming = Incoming {
        method,
        resource: target,
        host: "127.0.0.1",
        port: server.address().port(),
        ..Incoming::default()
    };
    let header = Header {
        ts: NOW,
        nonce: nonce.clone(),
        ..Header::default()
    };
    let mac = mac(Kind::Header, server.key(), &incoming, &header);
    let (id, host, length) = (server.id(), server.address(), body.len());
    format!(
        "{method} {target} HTTP/1.1\r\nhost: {host}\r\nuser-agent: load\r\naccept: application/json\r\n\
         authorization: Hawk id=\"{id}\", ts=\"{NOW}\", nonce=\"{nonce}\", mac=\"{mac}\"\r\n\
         {headers}content-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

async fn measure(
    what: &str,
    server: &Server,
    connections: usize,
    each: usize,
    request: impl Fn(usize) -> Vec<u8>,
) -> Result<()> {
    let mut callers = Vec::new();
    for caller in 0..connections {
        let stream = TcpStream::connect(server.address()).await?;
        stream.set_nodelay(true)?;
        let wires: Vec<_> = (0..each).map(|n| request(caller * each + n)).collect();
        callers.push((stream, wires));
    }
    let start = Instant::now();
    let running: Vec<_> = callers
        .into_iter()
        .map(|(stream, wires)| tokio::spawn(call(stream, wires)))
        .collect();
    for caller in running {
        caller.await??;
    }
    let seconds = start.elapsed().as_secs_f64();
    let total = connections * each;
    let rate = total as f64 / seconds;
    println!("{what}: {total} in {seconds:.2} s, {rate:.0} a second");
    Ok(())
}

/// Sends one request after the other; every answer has to be a success.
async fn call(mut stream: TcpStream, wires: Vec<Vec<u8>>) -> Result<()> {
    let mut buffer = vec![0; 4096];
    for wire in wires {
        stream.write_all(&wire).await?;
        let mut filled = 0;
        loop {
            let read = stream
                .read(buffer.get_mut(filled..).unwrap_or_default())
                .await?;
            filled += read;
            let text = std::str::from_utf8(buffer.get(..filled).unwrap_or_default())?;
            if read == 0 || !text.starts_with("HTTP/1.1 20") {
                return Err(format!("unexpected: {text}").into());
            }
            let length = text.split_once("\r\n\r\n").and_then(|(head, body)| {
                let (_, rest) = head.split_once("content-length: ")?;
                let length: usize = rest.split("\r\n").next()?.parse().ok()?;
                Some(body.len() == length)
            });
            if length == Some(true) {
                break;
            }
        }
    }
    Ok(())
}
