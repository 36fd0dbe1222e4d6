//! What the tests share: a client on a fake transport, and a person of canaries.
//!
//! It must not make any test wait: time is tokio's, and paused.

#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::panic)]

use std::future::Future;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, UNIX_EPOCH};

use bvnk::types::CreateCustomerRequest;
use bvnk::{
    BoxError, Client, Credentials, GeneratedClient, HawkLayer, RetryPolicy, TestRuntime, Transport,
};
use bvnk_auth::{BoundLayer, IdempotencyLayer, RetryLayer};
use reqwest::{Request, Response};
use serde_json::{Value, json};
use tower::ServiceBuilder;

pub fn runtime() -> Arc<TestRuntime> {
    let now = UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    Arc::new(TestRuntime::new(now, 42))
}

pub fn builder() -> bvnk::ClientBuilder {
    Client::builder()
        .credentials(Credentials::new("an-id", "c4nary-key").unwrap())
        .runtime(runtime())
        .http_client(http())
}

/// One for all: reading the platform's roots takes its time.
pub fn http() -> reqwest::Client {
    static HTTP: LazyLock<reqwest::Client> = LazyLock::new(|| bvnk::http_client().unwrap());
    HTTP.clone()
}

/// A client without any layer, on a function.
pub fn bare<F>(answer: F) -> Client
where
    F: Fn(Request) -> Result<Response, BoxError> + Clone + Send + Sync + 'static,
{
    let service = tower::service_fn(move |request| {
        let answer = answer(request);
        async move { answer }
    });
    let base_url = "http://localhost:9".parse().unwrap();
    GeneratedClient::new(&base_url, http(), Transport::new(service)).into()
}

pub fn answer(status: u16, body: impl Into<reqwest::Body>) -> Response {
    let response = http::Response::builder().status(status);
    response.body(body.into()).unwrap().into()
}

/// Every field of the contract's individual, valid, and each string with a canary.
pub fn canaries() -> (Value, Vec<String>) {
    let mut planted = Vec::new();
    let mut plant = |text: &str| {
        planted.push(text.to_owned());
        text.to_owned()
    };
    let body = json!({
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
    (body, planted)
}

pub fn request() -> CreateCustomerRequest {
    serde_json::from_value(canaries().0).unwrap()
}

/// A client with the layers that every client has, on a function instead of a network.
pub fn layered<F, A>(policy: RetryPolicy, answer: F) -> Client
where
    F: Fn(Request) -> A + Clone + Send + Sync + 'static,
    A: Future<Output = Result<Response, BoxError>> + Send + 'static,
{
    let runtime = runtime();
    let credentials = Credentials::new("an-id", "c4nary-key").unwrap();
    let stack = ServiceBuilder::new()
        .layer(IdempotencyLayer::new().runtime(runtime.clone()))
        .layer(RetryLayer::new(policy).runtime(runtime.clone()))
        .layer(HawkLayer::new(credentials).runtime(runtime))
        .layer(BoundLayer::default())
        .service(tower::service_fn(answer));
    let base_url = "http://localhost:9".parse().unwrap();
    GeneratedClient::new(&base_url, http(), Transport::new(stack)).into()
}
