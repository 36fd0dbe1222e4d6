//! The callers: what each asks for, with which client, and what it is told.
//!
//! It must not know what happens on the wire.

use bvnk::types::CreateCustomerRequest;
use bvnk::{BaseUrl, Client, Credentials, RetryPolicy};

use super::judge::Told;
use super::{ledger, text};
use crate::Contract;
use crate::data::{Generator, Optional};

/// What a caller's client is made of.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Target {
    /// The proxy's base URL.
    pub base_url: BaseUrl,
    /// The caller's own, so that each caller corrects its clock for itself.
    pub credentials: Credentials,
    /// What all callers send with.
    pub http: reqwest::Client,
    /// What is repeated, how often and for how long.
    pub policy: RetryPolicy,
}

impl Target {
    /// The client that services use.
    pub(super) fn client(&self) -> Result<Client, String> {
        Client::builder()
            .base_url(self.base_url.clone())
            .credentials(self.credentials.clone())
            .http_client(self.http.clone())
            .retry(self.policy.clone())
            .build()
            .map_err(text)
    }
}

/// Whom to create: generated individuals that the calls take turns with.
pub(super) struct Individuals(Vec<CreateCustomerRequest>);

impl Individuals {
    pub(super) fn generate(seed: u64) -> Result<Self, String> {
        const ENOUGH: usize = 64;
        let contract = Contract::embedded()?;
        let body = contract
            .body("create_customer", "request")
            .ok_or("the contract has no request body")?;
        let mut generator = Generator::new(body.schema(), Optional::Some, seed)?;
        let requests = (0..ENOUGH).map(|_| {
            let body = generator.generate()?;
            serde_json::from_value(body).map_err(|error| format!("a generated body: {error}"))
        });
        Ok(Self(requests.collect::<Result<_, _>>()?))
    }

    /// The request of a call, marked so that the wire's record tells the calls apart
    /// without their keys.
    pub(super) fn request(&self, call: usize) -> Result<CreateCustomerRequest, String> {
        let mut request = self.0[call % self.0.len()].clone();
        ledger::mark(&mut request, call)?;
        Ok(request)
    }
}

/// Makes one call.
pub(super) async fn create(client: &Client, request: CreateCustomerRequest) -> Told {
    let error = match client.create_customer().body(request).send().await {
        Ok(created) => return Told::Created(created.reference.to_string()),
        Err(error) => bvnk::Error::from(error),
    };
    let why = match error.status() {
        Some(status) => format!("{:?}, {}", error.kind(), status.as_u16()),
        None => format!("{:?}", error.kind()),
    };
    if !error.outcome_unknown() {
        return Told::Failed(why);
    }
    Told::InDoubt {
        why,
        key: error.idempotency_key().map(|key| key.to_string()),
        repeated: None,
    }
}

/// What a caller in doubt does: the same call with the key that it was given.
pub(super) async fn repeat(
    client: &Client,
    request: CreateCustomerRequest,
    key: Option<&str>,
) -> Option<String> {
    let key: uuid::Uuid = key?.parse().ok()?;
    let call = client.create_customer().x_idempotency_key(key);
    let created = call.body(request).send().await.ok()?;
    Some(created.reference.to_string())
}
