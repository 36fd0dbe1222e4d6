//! `suite`: how much the proof does in a second, and how the simulator compares with a
//! mock that is made from the contract.
//!
//! It runs the programs as anybody would and reads what they print.

use std::time::Instant;

use bvnk_auth::{Credentials, IdempotencyKey};
use bytes::Bytes;
use http::header::AUTHORIZATION;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::Outcome;
use crate::process::{self, Server, end_with_parent};
use crate::stats::median;
use crate::table::{Table, whole};
use crate::work::{self, PATH, Sign, creation};

const ROUNDS: usize = 5;
const REQUESTS: usize = 10_000;
const CONNECTIONS: usize = 16;
const CASES: u32 = 2_000;

/// The simulator's default credentials.
const SIMULATOR_ID: &str = "simulated-partner";
const SIMULATOR_KEY: &str = "simulated-key-that-opens-nothing-else";

/// Checked requests per second, and the simulator's requests per second beside those of
/// the mock at `prism`.
///
/// # Errors
///
/// When a program cannot be built or fails.
pub fn run(prism: Option<&str>) -> Outcome<String> {
    let mut table = Table::new(["suite", "per second"]);
    let cases = CASES.to_string();
    let printed = conformance(&["--cases", &cases, "--seed", "7"])?;
    let rate = rate(&printed, " requests in ").ok_or("the suite did not say its requests")?;
    table.row(["checked requests".to_owned(), whole(rate)]);
    let mutants = match conformance(&["mutants"]) {
        Ok(printed) => rate_of_mutants(&printed),
        Err(_) => "no such command".to_owned(),
    };
    table.row(["mutants".to_owned(), mutants]);
    let runtime = work::runtime()?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let server = Server::simulator()?;
        let requests = signed(server.url(), REQUESTS)?;
        ours.push(runtime.block_on(flood(server.url(), requests))?);
        if let Some(prism) = prism {
            let requests = signed(prism, REQUESTS / 10)?;
            theirs.push(runtime.block_on(flood(prism, requests))?);
        }
    }
    let simulator = median(ours);
    table.row(["simulator's requests".to_owned(), whole(simulator)]);
    let prism = match median(theirs) {
        0.0 => "give --prism URL".to_owned(),
        rate => format!("{} ({:.1} times less)", whole(rate), simulator / rate),
    };
    table.row(["Prism's requests".to_owned(), prism]);
    Ok(table.to_string())
}

/// What the suite prints, built as `cargo conformance` builds it. A check that fails is no
/// reason not to take the time.
fn conformance(arguments: &[&str]) -> Outcome<String> {
    let mut command = process::cargo();
    command.args(["conformance"]).args(arguments);
    process::output(&mut command)
}

/// `3000 requests in 1.5 s`, as a rate.
fn rate(printed: &str, middle: &str) -> Option<f64> {
    printed.lines().find_map(|line| {
        let (count, rest) = line.split_once(middle)?;
        let count: f64 = count.trim().replace(',', "").parse().ok()?;
        let seconds: f64 = rest.split_whitespace().next()?.parse().ok()?;
        (seconds > 0.0).then(|| count / seconds)
    })
}

fn rate_of_mutants(printed: &str) -> String {
    rate(printed, " mutants in ").map_or_else(|| "not told".to_owned(), |rate| format!("{rate:.1}"))
}

/// Serves the simulator until whoever started it is gone.
///
/// # Errors
///
/// When no port of this machine can be listened on.
#[allow(clippy::print_stdout)] // its address, for whoever started it
pub fn serve() -> Outcome<()> {
    end_with_parent();
    work::runtime()?.block_on(async {
        let server = bvnk_simulator::Server::start(bvnk_simulator::Config::default()).await?;
        println!("{}", server.url());
        std::future::pending().await
    })
}

/// Creations for the server at `url` as they are on the wire, each with a signature and a
/// key of its own.
fn signed(url: &str, count: usize) -> Outcome<Vec<Bytes>> {
    let authority = url.trim_start_matches("http://").trim_end_matches('/');
    let body = serde_json::to_string(&work::example()?)?;
    let mut sign = Sign::with(Credentials::new(SIMULATOR_ID, SIMULATOR_KEY)?, false);
    (0..count)
        .map(|_| {
            let request = sign.sign(creation(&format!("http://{authority}{PATH}"), None)?)?;
            let header = request.headers().get(AUTHORIZATION).ok_or("not signed")?;
            let key = IdempotencyKey::random();
            Ok(Bytes::from(format!(
                "POST {PATH} HTTP/1.1\r\nhost: {authority}\r\naccept: application/json\r\n\
                 content-type: application/json\r\ncontent-length: {}\r\n\
                 x-idempotency-key: {key}\r\nauthorization: {}\r\n\r\n{body}",
                body.len(),
                header.to_str()?,
            )))
        })
        .collect()
}

/// Sends all requests over some connections, one after the other on each, and gives the
/// answers per second. Each must be a success.
async fn flood(url: &str, requests: Vec<Bytes>) -> Outcome<f64> {
    let authority = url.trim_start_matches("http://").trim_end_matches('/');
    let mut streams = Vec::new();
    for _ in 0..CONNECTIONS {
        let stream = TcpStream::connect(authority).await?;
        stream.set_nodelay(true)?;
        streams.push(stream);
    }
    let count = requests.len();
    let share = count.div_ceil(CONNECTIONS);
    let started = Instant::now();
    let senders: Vec<_> = streams
        .into_iter()
        .zip(requests.chunks(share))
        .map(|(stream, share)| tokio::spawn(send(stream, share.to_vec())))
        .collect();
    for sender in senders {
        sender.await??;
    }
    Ok(count as f64 / started.elapsed().as_secs_f64())
}

async fn send(mut stream: TcpStream, requests: Vec<Bytes>) -> Outcome<()> {
    let mut answer = Vec::with_capacity(4096);
    for request in requests {
        stream.write_all(&request).await?;
        answer.clear();
        while !is_whole(&answer) {
            if stream.read_buf(&mut answer).await? == 0 {
                return Err("the server hung up".into());
            }
        }
        if !answer.starts_with(b"HTTP/1.1 2") {
            let answer = String::from_utf8_lossy(&answer);
            return Err(format!("the server refused a request:\n{answer}").into());
        }
    }
    Ok(())
}

/// Whether an answer is there with all of its body.
fn is_whole(answer: &[u8]) -> bool {
    let Some(head) = answer.windows(4).position(|four| four == b"\r\n\r\n") else {
        return false;
    };
    let (head, body) = answer.split_at(head + 4);
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
    match length {
        Some(length) => body.len() >= length,
        None => body.ends_with(b"0\r\n\r\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read_from_what_programs_print() {
        let printed = "seed 7\n1,000 requests in 0.5 s\n3 mutants in 2.0 s, all found\n";
        assert_eq!(rate(printed, " requests in "), Some(2000.0));
        assert_eq!(rate(printed, " mutants in "), Some(1.5));
        assert_eq!(rate(printed, " checks in "), None);
    }

    #[test]
    fn answers_end_by_length_or_by_the_last_chunk() {
        for (answer, whole) in [
            ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{", false),
            ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", true),
            ("HTTP/1.1 200 OK\r\n\r\n2\r\n{}\r\n", false),
            ("HTTP/1.1 200 OK\r\n\r\n2\r\n{}\r\n0\r\n\r\n", true),
            ("HTTP/1.1 200 OK\r\n", false),
        ] {
            assert_eq!(is_whole(answer.as_bytes()), whole, "{answer}");
        }
    }
}
