//! What the tests share: a client on a fake service, and a person of canaries. Time is
//! tokio's, and paused, so that no test waits.

#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::panic)]

use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, UNIX_EPOCH};

use bvnk::types::CreateCustomerRequest;
use bvnk::webhook::{Event, Scheme, VerificationError, Verifier, WebhookSecret};
use bvnk::{Body, BoxError, Client, Credentials, RetryPolicy, TestRuntime};
use hmac_sha256::HMAC;
use http::{HeaderMap, Request, Response};
use serde_json::{Value, json};

pub const HAWK_KEY: &str = "c4nary-key";

/// The contract, as a document.
pub fn contract() -> &'static Value {
    &bvnk_simulator::contract().unwrap().document
}

pub fn runtime() -> Arc<TestRuntime> {
    let now = UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    Arc::new(TestRuntime::new(now, 42))
}

pub fn builder() -> bvnk::ClientBuilder {
    Client::builder()
        .credentials(Credentials::new("an-id", HAWK_KEY).unwrap())
        .runtime(runtime())
        .http_client(http())
}

/// A client of a simulator, without delays.
pub fn client_of(server: &bvnk_simulator::Server) -> bvnk::ClientBuilder {
    Client::builder()
        .base_url(server.url().parse().unwrap())
        .credentials(Credentials::new(server.id(), server.key()).unwrap())
        .retry(RetryPolicy::new().backoff(Duration::ZERO, Duration::ZERO))
        .http_client(http())
}

/// One for all: reading the platform's roots takes its time.
pub fn http() -> reqwest::Client {
    static HTTP: LazyLock<reqwest::Client> = LazyLock::new(|| {
        let local = "http://127.0.0.1".parse().unwrap();
        bvnk::http_client(&local).unwrap()
    });
    HTTP.clone()
}

/// A client with the layers that every client has, on a function instead of a network.
pub fn layered<F, A>(policy: RetryPolicy, answer: F) -> Client
where
    F: Fn(Request<Body>) -> A + Clone + Send + Sync + 'static,
    A: Future<Output = Result<Response<Body>, BoxError>> + Send + 'static,
{
    let builder = builder().base_url("http://localhost:9".parse().unwrap());
    let service = tower::service_fn(answer);
    builder.retry(policy).service(service).build().unwrap()
}

/// The same for a function that answers at once, and without retries.
pub fn fake<F>(answer: F) -> Client
where
    F: Fn(Request<Body>) -> Result<Response<Body>, BoxError> + Clone + Send + Sync + 'static,
{
    layered(RetryPolicy::new().max_attempts(1), move |request| {
        let answer = answer(request);
        async move { answer }
    })
}

pub fn response(status: u16, body: impl Into<bytes::Bytes>) -> Response<Body> {
    let response = Response::builder().status(status);
    response.body(Body::new(body.into())).unwrap()
}

pub fn response_with(
    status: u16,
    headers: &[(&str, &str)],
    body: impl Into<bytes::Bytes>,
) -> Response<Body> {
    let mut response = response(status, body);
    for (name, value) in headers {
        let name: http::HeaderName = name.parse().unwrap();
        response.headers_mut().append(name, value.parse().unwrap());
    }
    response
}

/// One answer of the API: a status of the customer `r-1`, or another status of HTTP.
#[derive(Clone, Copy)]
pub enum Reply {
    At(&'static str),
    Http(u16),
    Wait(u64),
    Html,
    Reset,
    Never,
}

/// A client whose n-th call is answered by the n-th reply, the last one again and again; and the
/// number of its calls.
pub fn scripted(script: &'static [Reply]) -> (Client, Arc<AtomicUsize>) {
    let calls = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&calls);
    let client = layered(RetryPolicy::new().max_attempts(1), move |_| {
        let index = counter.fetch_add(1, Ordering::SeqCst);
        let reply = *script.get(index).or(script.last()).unwrap();
        async move {
            match reply {
                Reply::At(status) => {
                    let body = format!(r#"{{"reference": "r-1", "status": "{status}"}}"#);
                    Ok(response(200, body))
                }
                Reply::Http(status) => Ok(response(status, "{}")),
                Reply::Wait(seconds) => {
                    let seconds = seconds.to_string();
                    Ok(response_with(429, &[("retry-after", &seconds)], ""))
                }
                Reply::Html => Ok(response(200, "<html>")),
                Reply::Reset => Err("the connection broke".into()),
                Reply::Never => std::future::pending().await,
            }
        }
    });
    (client, calls)
}

/// Signs a payload, and verifies it: only a signature makes an event.
pub fn event(payload: &[u8]) -> Result<Event, VerificationError> {
    let mac = HMAC::mac(payload, b"s3cret");
    let signature: String = mac.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut headers = HeaderMap::new();
    headers.insert("x-signature", signature.parse().unwrap());
    let secret = WebhookSecret::new("s3cret").unwrap();
    Verifier::new(secret, Scheme::payload()).verify(&headers, payload)
}

/// A local address at which nothing listens.
pub async fn closed() -> std::net::SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap()
}

/// Every field of the contract's individual, valid, and each string with a canary.
pub fn canaries() -> (Value, Vec<String>) {
    let mut planted = Vec::new();
    let mut plant = |text: &str| {
        planted.push(text.to_owned());
        text.to_owned()
    };
    let mut body = json!({
        "type": "INDIVIDUAL",
        "individual": {
            "riskScore": plant("c4nary-risk"),
            "description": plant("c4nary-description"),
            "firstName": plant("c4nary-first"),
            "lastName": plant("c4nary-last"),
            "dateOfBirth": plant("1907-05-23"),
            "birthCountryCode": plant("QX"),
            "nationality": plant("c4nary-nationality"),
            "email": plant("c4nary@example.com"),
            "address": {
                "addressLine1": plant("c4nary-line-1"),
                "addressLine2": plant("c4nary-line-2"),
                "city": plant("c4nary-city"),
                "postCode": plant("c4nary-post-code"),
                "countryCode": plant("QZ"),
            },
            "identification": {
                "documentNumber": plant("c4nary-document"),
                "taxNumber": plant("c4nary-tax"),
                "selfieVerifiedAt": plant("2019-03-04T05:06:07Z"),
            },
            "edd": {
                "expectedMonthlyVolumes": plant("c4nary-volumes"),
                "employmentStatus": plant("c4nary-employment"),
                "lastOccupation": plant("c4nary-occupation"),
                "intermediary": true,
            },
        },
        "signed_agreement_id": plant("c4nary-agreement"),
    });
    let schema = json!({"$ref": "#/components/schemas/CreateCustomerRequest"});
    plant_texts(&schema, &mut body, &mut planted);
    (body, planted)
}

/// Plants the optional texts that are new in the contract. A field with other rules has a type of
/// its own, whose tests show that it is hidden.
fn plant_texts(schema: &Value, body: &mut Value, planted: &mut Vec<String>) {
    let schema = match schema["$ref"].as_str() {
        Some(target) => contract().pointer(&target[1..]).unwrap(),
        None => schema,
    };
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let rules = ["pattern", "enum", "maxLength"];
        let is_free = property["type"] == "string" && rules.iter().all(|it| property[it].is_null());
        match body.get_mut(name) {
            Some(inner) => plant_texts(property, inner, planted),
            None if is_free => {
                let text = match property["format"].as_str() {
                    None => format!("c4nary-{name}"),
                    Some("date") => "1907-05-23".to_owned(),
                    Some("date-time") => "2019-03-04T05:06:07Z".to_owned(),
                    Some("email") => format!("c4nary-{name}@example.com"),
                    Some(_) => continue,
                };
                planted.push(text.clone());
                body[name] = text.into();
            }
            None => {}
        }
    }
}

pub fn request() -> CreateCustomerRequest {
    serde_json::from_value(canaries().0).unwrap()
}
