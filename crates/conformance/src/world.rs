//! What checks may look at, and call: the contract, the clauses, the server, the client, and
//! individuals to send.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use bvnk::{Client, Runtime};
use bvnk_simulator::webhook::WebhookFault;
use serde_json::Value;

use crate::clauses::Clauses;
use crate::contract::Contract;
use crate::data::{Generator, Optional};
use crate::listener::{Listener, WHOLE};
use crate::onboarding::{Index, Onboarding};
use crate::target::Target;

/// Makes the client that is judged, for a server, with what it sends through and with the
/// time that it lives in.
pub type MakeClient = fn(&Target, &reqwest::Client, Arc<dyn Runtime>) -> Result<Client, String>;

/// What checks may look at, and call.
pub(crate) struct World {
    pub(crate) contract: Arc<Contract>,
    pub(crate) clauses: Clauses,
    pub(crate) target: Target,
    pub(crate) client: Client,
    make: MakeClient,
    pub(crate) http: reqwest::Client,
    /// Probes generate their bodies from it too.
    pub(crate) seed: u64,
    /// What is wrong with each webhook that the simulator sends.
    pub(crate) webhook_fault: Option<WebhookFault>,
    pub(crate) listener: Listener,
    seen: Mutex<BTreeSet<String>>,
}

impl World {
    /// # Errors
    ///
    /// When the client cannot be made or the clauses cannot be read.
    pub(crate) fn new(
        contract: Arc<Contract>,
        target: Target,
        make: MakeClient,
        http: reqwest::Client,
        runtime: Arc<dyn Runtime>,
    ) -> Result<Self, String> {
        let client = make(&target, &http, runtime)?;
        Ok(Self {
            contract,
            clauses: Clauses::embedded()?,
            target,
            client,
            make,
            http,
            seed: 0,
            webhook_fault: None,
            listener: WHOLE,
            seen: Mutex::default(),
        })
    }

    /// The method of an operation, and its path at the target.
    pub(crate) fn route(&self, operation: &str) -> Result<(String, String), String> {
        let (method, path) = self
            .contract
            .route(operation)
            .ok_or_else(|| format!("the contract has no operation {operation}"))?;
        Ok((method, format!("{}{path}", self.target.prefix())))
    }

    /// The name of the idempotency header, as header maps spell it.
    pub(crate) fn key_header(&self) -> &'static str {
        "x-idempotency-key"
    }

    /// Whether a value of some kind was never seen before in this run.
    pub(crate) fn first_use(&self, kind: &str, value: &str) -> bool {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.insert(format!("{kind} {value}"))
    }

    /// A generated request body with all that is optional.
    pub(crate) fn maximal(&self) -> Result<Value, String> {
        self.generator(Optional::All)?.generate()
    }

    /// Two generated request bodies that differ.
    pub(crate) fn two_bodies(&self) -> Result<(Value, Value), String> {
        let mut generator = self.generator(Optional::Some)?;
        let first = generator.generate()?;
        loop {
            let second = generator.generate()?;
            if second != first {
                return Ok((first, second));
            }
        }
    }

    pub(crate) fn generator(&self, optional: Optional) -> Result<Generator, String> {
        let body = self
            .contract
            .body("create_customer", "request")
            .ok_or("the contract has no request body")?;
        Generator::new(body.schema(), optional, self.seed)
    }

    /// A client like the one that is judged, in a time of its own.
    pub(crate) fn client_on(&self, runtime: Arc<dyn Runtime>) -> Result<Client, String> {
        (self.make)(&self.target, &self.http, runtime)
    }

    /// Onboards one individual and finds the requests that belong to it.
    pub(crate) async fn onboard(&self, body: Value) -> Onboarding {
        let mut onboarding = Onboarding::of(&self.client, body).await;
        onboarding.requests = Index::new(self.target.take(), self.key_header()).of(&onboarding);
        onboarding
    }
}
