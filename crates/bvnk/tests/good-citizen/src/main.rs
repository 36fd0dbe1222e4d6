//! A program that uses reqwest itself, next to bvnk with its default features. It proves that
//! neither affects the other:
//!
//! - the program's own clients work, on TLS too, without a crypto provider that the program
//!   installs. With the feature `rustls-no-provider` of reqwest, which bvnk once enabled by
//!   default, `reqwest::Client::new()` panics here;
//! - the features for compressed responses, which this program enables in the reqwest that both
//!   share, do not reach bvnk's client: it sends no `Accept-Encoding`, and returns the bytes that
//!   the server sent;
//! - the feature of `uuid` for a faster generator, which this program enables in the crate that both
//!   share, does not reach bvnk's keys and nonces: after a fork they differ;
//! - nor does the feature of `serde_json` by which an object can claim to be another value: such values
//!   nest without a limit.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::thread::JoinHandle;

use tokio::runtime::Runtime;

/// An empty gzip file. It is no JSON, so a client that decompresses returns other bytes.
const GZIP: [u8; 20] = [
    31, 139, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0,
];

/// Accepts one connection, answers it and returns what the client sent first.
fn serve(answer: Vec<u8>) -> (SocketAddr, JoinHandle<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("its address");
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a connection");
        let mut bytes = vec![0; 4096];
        let length = stream.read(&mut bytes).expect("a request");
        bytes.truncate(length);
        stream.write_all(&answer).expect("a client");
        bytes
    });
    (address, server)
}

/// A client starts a TLS handshake: it gets that far without a panic.
fn starts_tls(runtime: &Runtime, client: &reqwest::Client) {
    let (address, server) = serve(b"no TLS".to_vec());
    let result = runtime.block_on(client.get(format!("https://{address}")).send());
    assert!(result.is_err(), "the server completes no handshake");
    assert_eq!(server.join().expect("the server")[..2], [22, 3]);
}

/// Whether a client asks for compressed responses, and the bytes that it returns for one.
fn compression(runtime: &Runtime, client: &reqwest::Client) -> (bool, Vec<u8>) {
    let mut answer =
        b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 20\r\n\r\n".to_vec();
    answer.extend(GZIP);
    let (address, server) = serve(answer);
    let body = runtime.block_on(async {
        let response = client.get(format!("http://{address}")).send().await;
        response.expect("a response").bytes().await.expect("a body")
    });
    let request = server.join().expect("the server").to_ascii_lowercase();
    let asks = String::from_utf8_lossy(&request).contains("accept-encoding");
    (asks, body.to_vec())
}

/// Draws a UUID of the program and a key of bvnk after a fork: those of the child, then our own.
#[cfg(unix)]
fn after_fork() -> [String; 2] {
    let draw = || {
        format!(
            "{} {}",
            uuid::Uuid::new_v4(),
            bvnk::IdempotencyKey::random()
        )
    };
    // The generator has a state before the fork.
    draw();
    let (mut from_child, mut to_parent) = std::io::pipe().expect("a pipe");
    // SAFETY: there is no other thread yet.
    if unsafe { libc::fork() } == 0 {
        let written = to_parent.write_all(draw().as_bytes());
        std::process::exit(written.is_err().into());
    }
    drop(to_parent);
    let mut child = String::new();
    from_child.read_to_string(&mut child).expect("the child");
    [child, draw()]
}

/// Whether an object that claims to be a list is read as one: by the program, and by bvnk.
fn is_list() -> [bool; 2] {
    let claim = r#"{"$serde_json::private::RawValue": "[1]"}"#;
    let own: serde_json::Value = serde_json::from_str(claim).expect("JSON");
    let customer = format!(r#"{{"reference": "r", "status": "VERIFIED", "more": {claim}}}"#);
    let customer = bvnk::from_json_lenient::<bvnk::types::Customer>(customer.as_bytes());
    let more = customer.expect("a customer").extra.get("more");
    [own.is_array(), more.expect("a member").is_array()]
}

fn main() {
    // That the program reads a list shows that the feature is on.
    assert_eq!(is_list(), [true, false]);
    println!("an object is an object");
    #[cfg(unix)]
    {
        let [child, own] = after_fork().map(|drawn| {
            let (uuid, key) = drawn.split_once(' ').expect("two UUIDs");
            [uuid.to_owned(), key.to_owned()]
        });
        // That the UUIDs of the program are equal shows that the feature is on.
        assert_eq!(child[0], own[0]);
        assert_ne!(child[1], own[1]);
        println!("no two processes have the same key");
    }
    // Without this, a proxy of the environment would be asked for the local addresses.
    let others = reqwest::Client::builder().no_proxy().build();
    let others = others.expect("a client of the program");
    let local = "http://127.0.0.1".parse::<bvnk::BaseUrl>().expect("a URL");
    let own = bvnk::http_client(local.as_url()).expect("a client of bvnk");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");

    starts_tls(&runtime, &others);
    starts_tls(&runtime, &own);
    println!("all clients of the program have TLS");

    // That the first one decompresses shows that the features are on.
    assert_eq!(compression(&runtime, &others), (true, Vec::new()));
    assert_eq!(compression(&runtime, &own), (false, GZIP.to_vec()));
    println!("the client of bvnk neither asks for compressed responses nor changes them");
}
