//! Chaos: many creations at once through a proxy that breaks connections, to a simulator
//! that is unwell, by clocks that disagree. Afterwards, what the simulator committed is
//! held against what each caller was told.
//!
//! ```text
//! callers (the real client) -> proxy -> simulator
//!      |                         |          |
//!      | what each was told      | attempts | customers
//!      +------------------> judge <---------+
//! ```
//!
//! It must not know any layer of the client: the callers use the client that services
//! use, with a retry policy whose times fit a short run. Nothing else is scaled: a
//! `Retry-After` of a second is waited for.

mod judge;
mod ledger;
mod plan;
mod proxy;
mod report;
mod wire;

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use bvnk::types::CreateCustomerRequest;
use bvnk::{Client, Credentials, RetryBudget, RetryPolicy};
use bvnk_simulator::{Clock, Config, Fault, Listen, Server, hawk};
use tokio::task::JoinSet;

pub use judge::{
    Commit, DUPLICATES, FAULTED, Finding, INVENTED, KEYS, LOST, NONCES, Records, SUCCESS, Told,
    judge,
};
pub use ledger::Attempt;
pub use report::Outcome;

use crate::Contract;
use crate::data::{Generator, Optional};
use ledger::Ledger;
use plan::Plan;
use proxy::Proxy;

/// How many different individuals there are; the calls take turns.
const INDIVIDUALS: usize = 64;

/// How many requests each caller makes, on the average, before the clocks disagree anew.
const REQUESTS_PER_EPOCH: usize = 20;

/// A run to come.
#[derive(Clone, Debug)]
#[must_use]
pub struct Chaos {
    calls: usize,
    seed: u64,
    callers: usize,
    policy: RetryPolicy,
    client: fn(&Target) -> Result<Client, String>,
    fault: Option<Fault>,
}

/// What a caller's client is made of.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Target {
    /// The proxy's base URL.
    pub base_url: bvnk::BaseUrl,
    /// The caller's own; so each caller corrects its clock for itself.
    pub credentials: Credentials,
    /// What all callers send with.
    pub http: reqwest::Client,
    /// What is repeated.
    pub policy: RetryPolicy,
}

impl Chaos {
    /// So many creations. The same seed plans the same faults.
    ///
    /// More attempts than the client's default, for a third of them is spoilt; and no
    /// budget of retries, for that is there to give up in just such a storm.
    pub fn new(calls: usize, seed: u64) -> Self {
        let policy = RetryPolicy::default()
            .max_attempts(8)
            .attempt_timeout(Duration::from_millis(500))
            .backoff(Duration::from_millis(5), Duration::from_millis(100))
            .budget(RetryBudget::unlimited());
        Self {
            calls,
            seed,
            callers: 128,
            policy,
            client: Target::client,
            fault: None,
        }
    }

    /// How many calls are made at the same time, each by a caller of its own; 128 unless
    /// told otherwise.
    pub fn callers(mut self, callers: usize) -> Self {
        self.callers = callers.max(1);
        self
    }

    /// Changes what is repeated, how often and for how long.
    pub fn policy(mut self, change: impl FnOnce(RetryPolicy) -> RetryPolicy) -> Self {
        self.policy = change(self.policy);
        self
    }

    /// Makes the callers' clients in another way, for instance broken ones.
    pub fn client(mut self, make: fn(&Target) -> Result<Client, String>) -> Self {
        self.client = make;
        self
    }

    /// Breaks the simulator wherever the plan leaves it whole.
    pub fn break_server(mut self, fault: Fault) -> Self {
        self.fault = Some(fault);
        self
    }

    /// Makes all calls, clears doubts up in calm weather, and judges. `progress` is called
    /// once for each call.
    ///
    /// # Errors
    ///
    /// Why it could not run.
    pub async fn run(
        self,
        progress: impl Fn() + Clone + Send + 'static,
    ) -> Result<Outcome, String> {
        let plan = Plan::new(self.seed);
        let ledger = Arc::new(Ledger::new(plan));
        let server = self.server(&ledger).await.map_err(text)?;
        let proxy = Proxy::start(server.address(), Arc::clone(&ledger)).await;
        let proxy = proxy.map_err(text)?;
        let individuals: Arc<[_]> = self.individuals()?.into();
        let http = bvnk::http_client().map_err(text)?;
        let clients = (0..self.callers).map(|_| {
            (self.client)(&Target {
                base_url: proxy.url().parse().map_err(text)?,
                credentials: Credentials::new(server.id(), server.key()).map_err(text)?,
                http: http.clone(),
                policy: self.policy.clone(),
            })
        });
        let clients = clients.collect::<Result<Vec<_>, _>>()?;

        let started = Instant::now();
        let mut callers = JoinSet::new();
        for (place, client) in clients.iter().enumerate() {
            let mine = (place..self.calls).step_by(self.callers);
            let (client, progress) = (client.clone(), progress.clone());
            let individuals = Arc::clone(&individuals);
            callers.spawn(async move {
                let mut told = Vec::new();
                for call in mine {
                    let request = request(&individuals, call)?;
                    told.push((call, create(&client, request).await));
                    progress();
                }
                Ok::<_, String>(told)
            });
        }
        let mut told = BTreeMap::new();
        while let Some(caller) = callers.join_next().await {
            told.extend(caller.map_err(text)??);
        }

        ledger.calm();
        for (call, told) in &mut told {
            if let Told::InDoubt { key, repeated } = told {
                let client = &clients[call % self.callers];
                let request = request(&individuals, *call)?;
                *repeated = repeat(client, request, key.as_deref()).await;
            }
        }
        Ok(outcome(
            &ledger,
            &server,
            told.into_values().collect(),
            started.elapsed(),
        ))
    }

    /// The simulator, unwell as planned, with a clock of its own.
    async fn server(&self, ledger: &Arc<Ledger>) -> std::io::Result<Server> {
        let skew = Arc::new(AtomicI64::new(0));
        let clock = Clock::new({
            let (skew, system) = (Arc::clone(&skew), Clock::system());
            move || {
                system
                    .now()
                    .saturating_add_signed(skew.load(Ordering::SeqCst))
            }
        });
        let listen = Listen::default().keep(usize::MAX).clock(clock);
        let server = Server::start_on(listen, Config::default()).await?;
        let (ledger, broken) = (Arc::clone(ledger), self.fault);
        let per_epoch = self.callers * REQUESTS_PER_EPOCH;
        let (mut requests, mut customers) = (0, HashSet::new());
        server.with(|simulator| {
            simulator.before_each(move |simulator, request| {
                let new = &simulator.customers()[customers.len()..];
                let keys = new.iter().map(|new| new.idempotency_key());
                customers.extend(keys.map(|key| key.unwrap_or_default().to_owned()));
                let orders = ledger.orders(request, |key| customers.contains(key));
                simulator.set_replay(orders.replay);
                if let Some(fault) = orders.fault.or(broken) {
                    simulator.push_fault(fault);
                }
                if !ledger.is_calm() {
                    let now = ledger.plan.clock_skew(requests / per_epoch);
                    skew.store(now, Ordering::SeqCst);
                    requests += 1;
                }
            });
        });
        Ok(server)
    }

    fn individuals(&self) -> Result<Vec<CreateCustomerRequest>, String> {
        let contract = Contract::embedded()?;
        let body = contract
            .body("create_customer", "request")
            .ok_or("the contract has no request body")?;
        let mut generator = Generator::new(body.schema(), Optional::Some, self.seed)?;
        (0..INDIVIDUALS.min(self.calls))
            .map(|_| serde_json::from_value(generator.generate()?).map_err(text))
            .collect()
    }
}

impl Target {
    /// The client that services use.
    fn client(&self) -> Result<Client, String> {
        Client::builder()
            .base_url(self.base_url.clone())
            .credentials(self.credentials.clone())
            .http_client(self.http.clone())
            .retry(self.policy.clone())
            .build()
            .map_err(text)
    }
}

/// The request of a call: one of the individuals, marked so that the wire's record tells
/// the calls apart without their keys.
fn request(
    individuals: &[CreateCustomerRequest],
    call: usize,
) -> Result<CreateCustomerRequest, String> {
    let mut request = individuals[call % individuals.len()].clone();
    ledger::mark(&mut request, call)?;
    Ok(request)
}

async fn create(client: &Client, request: CreateCustomerRequest) -> Told {
    match client.create_customer().body(request).send().await {
        Ok(created) => Told::Created(created.reference.to_string()),
        Err(error) => {
            let error = bvnk::Error::from(error);
            if error.outcome_unknown() {
                let key = error.idempotency_key().map(|key| key.to_string());
                let repeated = None;
                Told::InDoubt { key, repeated }
            } else {
                Told::Failed(error.to_string())
            }
        }
    }
}

/// What a caller in doubt does: the same call with the same key.
async fn repeat(
    client: &Client,
    request: CreateCustomerRequest,
    key: Option<&str>,
) -> Option<String> {
    let call = client
        .create_customer()
        .x_idempotency_key(key?.parse::<uuid::Uuid>().ok()?);
    let created = call.body(request).send().await.ok()?;
    Some(created.reference.to_string())
}

/// Gathers what was written down, and judges it.
fn outcome(ledger: &Ledger, server: &Server, told: Vec<Told>, elapsed: Duration) -> Outcome {
    let mut book = ledger.book();
    let book = &mut *book;
    let mut replays = BTreeMap::new();
    for received in server.received() {
        let authorization = received.headers.get("authorization");
        let nonce = ledger::nonce_of(authorization.and_then(|value| value.to_str().ok()));
        if let Some(hawk::Refusal::Stale { .. }) = received.refusal {
            *book.faults.entry(("clock", "off by hours")).or_default() += 1;
            book.faulted.insert(nonce);
        } else if book.replays.contains(&nonce)
            && matches!(received.status.as_u16(), 200 | 202 | 400)
        {
            *replays.entry(received.status.as_u16()).or_default() += 1;
        }
    }
    let faulted = book
        .attempts
        .iter()
        .filter(|attempt| book.faulted.contains(&attempt.nonce))
        .count();
    let commits = server.with(|simulator| {
        let customers = simulator.customers().iter();
        customers
            .map(|customer| Commit {
                reference: customer.reference().to_owned(),
                key: customer.idempotency_key().unwrap_or_default().to_owned(),
            })
            .collect()
    });
    let records = Records {
        attempts: std::mem::take(&mut book.attempts),
        faulted,
        commits,
        told,
    };
    Outcome::new(std::mem::take(&mut book.faults), replays, records, elapsed)
}

fn text(error: impl fmt::Display) -> String {
    error.to_string()
}
