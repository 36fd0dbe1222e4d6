//! A program that uses reqwest itself, beside bvnk with its default features: its clients must
//! work, on TLS too, without a crypto provider that the program installs.
//!
//! With the feature `rustls-no-provider` of reqwest, which bvnk once enabled by default,
//! `reqwest::Client::new()` panics here.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};

/// Accepts one connection, and returns the first bytes that the client sends.
fn first_bytes(listener: TcpListener) -> [u8; 3] {
    let (mut stream, _) = listener.accept().expect("a connection");
    let mut bytes = [0; 3];
    stream.read_exact(&mut bytes).expect("a request");
    stream.write_all(b"x").ok();
    bytes
}

fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("its address");
    (listener, address)
}

fn main() {
    let foreign = reqwest::Client::new();
    let base_url: bvnk::BaseUrl = bvnk::Environment::Sandbox.url().parse().expect("a URL");
    let own = bvnk::http_client(base_url.as_url()).expect("a client");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    for client in [foreign, own] {
        let (listener, address) = listen();
        let server = std::thread::spawn(move || first_bytes(listener));
        let result = runtime.block_on(client.get(format!("https://{address}")).send());
        assert!(result.is_err(), "the server does not complete the handshake");
        // A TLS record with a handshake: the client got that far without a panic.
        assert_eq!(server.join().expect("the server")[..2], [22, 3]);
    }
    println!("other clients of the program have TLS");
}
