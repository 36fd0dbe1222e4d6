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
//! The plan of faults comes from a seed; the connections, the waiting and the clocks that
//! jump are real. Only the client's policy fits a short run: more attempts, with less time
//! for each and less back-off. A `Retry-After` of a second is waited for.
//!
//! It must not know any layer of the client: the callers use the client that services use.

mod callers;
mod judge;
mod ledger;
mod plan;
mod proxy;
mod report;
mod service;
mod wire;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bvnk::{Client, Credentials, RetryBudget, RetryPolicy};
use bvnk_simulator::Fault;
use tokio::task::JoinSet;

pub use callers::Target;
pub use judge::{
    Commit, DUPLICATES, FAULTED, Finding, INVENTED, KEYS, LOST, NONCES, Records, SUCCESS, Told,
    judge,
};
pub use ledger::Attempt;
pub use report::Outcome;

use callers::{Individuals, create, repeat};
use ledger::Ledger;
use plan::Plan;
use proxy::Proxy;

/// A run to come.
#[derive(Clone, Debug)]
#[must_use]
pub struct Chaos {
    calls: usize,
    seed: u64,
    callers: usize,
    attempt_timeout: Duration,
    longest_wait: Duration,
    client: fn(&Target) -> Result<Client, String>,
    fault: Option<Fault>,
}

impl Chaos {
    /// So many creations. The same seed plans the same faults.
    pub fn new(calls: usize, seed: u64) -> Self {
        Self {
            calls,
            seed,
            callers: 128,
            attempt_timeout: Duration::from_millis(500),
            longest_wait: Duration::from_secs(30),
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

    /// How long an attempt may take, and with it each stall; 500 ms unless told otherwise.
    pub fn attempt_timeout(mut self, limit: Duration) -> Self {
        self.attempt_timeout = limit;
        self
    }

    /// The longest `Retry-After` that is obeyed; more than ever comes unless told
    /// otherwise.
    pub fn longest_wait(mut self, limit: Duration) -> Self {
        self.longest_wait = limit;
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
        let ledger = Arc::new(Ledger::new(Plan::new(self.seed)));
        let server = service::start(&ledger, self.callers, self.fault).await;
        let server = server.map_err(text)?;
        let proxy = Proxy::start(server.address(), Arc::clone(&ledger)).await;
        let proxy = proxy.map_err(text)?;
        let individuals = Arc::new(Individuals::generate(self.seed)?);
        let http = bvnk::http_client().map_err(text)?;
        let clients = (0..self.callers).map(|_| {
            (self.client)(&Target {
                base_url: proxy.url().parse().map_err(text)?,
                credentials: Credentials::new(server.id(), server.key()).map_err(text)?,
                http: http.clone(),
                policy: self.policy(),
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
                    told.push((call, create(&client, individuals.request(call)?).await));
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
            if let Told::InDoubt { key, repeated, .. } = told {
                let client = &clients[call % self.callers];
                let request = individuals.request(*call)?;
                *repeated = repeat(client, request, key.as_deref()).await;
            }
        }
        let told = told.into_values().collect();
        let gathered = service::gather(&ledger, &server, told);
        Ok(Outcome::new(gathered, started.elapsed()))
    }

    /// More attempts than the client's default, for a third of them is spoilt; and no
    /// budget of retries, for that is there to give up in just such a storm.
    fn policy(&self) -> RetryPolicy {
        RetryPolicy::default()
            .max_attempts(8)
            .attempt_timeout(self.attempt_timeout)
            .backoff(Duration::from_millis(5), Duration::from_millis(100))
            .max_retry_after(self.longest_wait)
            .budget(RetryBudget::unlimited())
    }
}

fn text(error: impl fmt::Display) -> String {
    error.to_string()
}
