//! A caller for the tests: makes requests, signs them and reads responses.

use std::sync::atomic::{AtomicU64, Ordering};

use bvnk_simulator::hawk::{Credentials, Header, Incoming, Kind, mac};
use bvnk_simulator::{Config, Request, Response, Simulator, contract};
use bytes::Bytes;
use http::{HeaderName, Method};
use serde_json::Value;

pub(crate) const ID: &str = "test-id";
pub(crate) const KEY: &str = "test-key";
pub(crate) const NOW: u64 = 1_700_000_000;
pub(crate) const CUSTOMERS: &str = "/platform/v1/customers";
pub(crate) const IDEMPOTENCY: &str = "x-idempotency-key";
pub(crate) const UUID_A: &str = "86b5f133-9ee8-4f67-8747-7c9d0894a68b";
pub(crate) const UUID_B: &str = "0b5c7a52-4df2-4a2c-9a39-6f2f6d6a0f11";

pub(crate) fn config() -> Config {
    Config {
        credentials: vec![Credentials::new(ID, KEY)],
        references: Some(|number| format!("customer-{number}")),
        ..Config::default()
    }
}

pub(crate) fn simulator() -> Simulator {
    Simulator::new(config()).unwrap()
}

/// The contract's own example of a creation.
pub(crate) fn example() -> Value {
    let operation = contract().unwrap().operation("create_customer").unwrap();
    operation.body.as_ref().unwrap().example.clone().unwrap()
}

pub(crate) fn request(method: Method, target: &str, body: impl Into<Bytes>) -> Request {
    let mut request = Request::new(method, target);
    set(&mut request, "host", "sim.test:8080");
    request.body = body.into();
    request
}

pub(crate) fn set(request: &mut Request, name: &'static str, value: &str) {
    let name = HeaderName::from_static(name);
    request.headers.insert(name, value.parse().unwrap());
}

/// A creation, unsigned.
pub(crate) fn creation(body: &Value, key: Option<&str>) -> Request {
    let mut request = request(Method::POST, CUSTOMERS, body.to_string());
    set(&mut request, "content-type", "application/json");
    if let Some(key) = key {
        set(&mut request, IDEMPOTENCY, key);
    }
    request
}

/// A GET of a customer, unsigned.
pub(crate) fn get(reference: &str) -> Request {
    request(Method::GET, &format!("{CUSTOMERS}/{reference}"), "")
}

/// Signs with a fresh nonce, for the host that the request names.
pub(crate) fn sign(request: Request) -> Request {
    sign_at(request, NOW)
}

pub(crate) fn sign_at(request: Request, ts: u64) -> Request {
    static NONCE: AtomicU64 = AtomicU64::new(0);
    let nonce = format!("n{}", NONCE.fetch_add(1, Ordering::SeqCst));
    sign_as(request, ID, KEY, ts, &nonce, None)
}

pub(crate) fn sign_as(
    mut request: Request,
    id: &str,
    key: &str,
    ts: u64,
    nonce: &str,
    hash: Option<&str>,
) -> Request {
    let authority = request.headers["host"].to_str().unwrap().to_owned();
    let (host, port) = authority.rsplit_once(':').unwrap();
    let incoming = Incoming {
        method: request.method.as_str(),
        resource: &request.target,
        host,
        port: port.parse().unwrap(),
        ..Incoming::default()
    };
    let signed = Header {
        id: id.to_owned(),
        ts,
        nonce: nonce.to_owned(),
        hash: hash.map(str::to_owned),
        ..Header::default()
    };
    let header = header_of(&signed, &mac(Kind::Header, key, &incoming, &signed));
    set(&mut request, "authorization", &header);
    request
}

pub(crate) fn body(response: &Response) -> Value {
    serde_json::from_slice(&response.body).unwrap()
}

/// Signs the request, sends it and returns status and body.
pub(crate) fn send(simulator: &mut Simulator, request: Request) -> (u16, Value) {
    let response = simulator.handle(&sign(request), NOW);
    let body = serde_json::from_slice(&response.body).unwrap_or_default();
    (response.status.as_u16(), body)
}

/// Creates a customer from the contract's example and returns its reference.
pub(crate) fn create(simulator: &mut Simulator, key: Option<&str>) -> String {
    let (status, body) = send(simulator, creation(&example(), key));
    assert_eq!(status, 202, "{body}");
    body["reference"].as_str().unwrap().to_owned()
}

/// Writes a header with these attributes and this MAC.
pub(crate) fn header_of(signed: &Header, mac: &str) -> String {
    let Header { id, ts, nonce, .. } = signed;
    let mut header = format!(r#"Hawk id="{id}", ts="{ts}", nonce="{nonce}""#);
    for (name, value) in [
        ("hash", &signed.hash),
        ("ext", &signed.ext),
        ("app", &signed.app),
        ("dlg", &signed.dlg),
    ] {
        if let Some(value) = value {
            header.push_str(&format!(r#", {name}="{value}""#));
        }
    }
    header.push_str(&format!(r#", mac="{}""#, mac));
    header
}

/// The statuses that a customer passes, the first one first.
pub(crate) fn statuses(simulator: &mut Simulator, reference: &str) -> Vec<String> {
    let customer = simulator.customer(reference).unwrap();
    customer.sequence().statuses().to_vec()
}
