//! Creations under fault injection: many at once, at a simulator that breaks connections,
//! fails and has another clock than the callers. Afterwards, what the simulator created is
//! compared with what each caller knows.
//!
//! ```text
//! callers (the real client) ----------> simulator with injected faults
//!      | the outcome of each call           | attempts, customers
//!      +------------> invariants <----------+
//! ```
//!
//! The plan of faults comes from a seed; connections, delays and the clocks that jump are
//! real. The retry policy differs from the default so that a run is short: more attempts,
//! with less time for each and shorter delays.

mod callers;
mod injection;
mod invariants;
mod outcome;
mod plan;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bvnk::{ClientBuilder, RetryBudget, RetryPolicy};
use bvnk_simulator::{Config, Listen, Rules, Server};
use tokio::task::JoinSet;

pub use injection::Attempt;
pub use invariants::{CallOutcome, Commit, Finding, Invariant, Records, check};
pub use outcome::ChaosReport;

use callers::{Caller, Requests};
use injection::{Injector, Ledger};
use plan::Plan;

/// A run with fault injection.
#[derive(Clone)]
#[must_use]
pub struct Chaos {
    calls: usize,
    seed: u64,
    callers: usize,
    attempt_timeout: Duration,
    max_retry_after: Duration,
    client: fn(ClientBuilder) -> ClientBuilder,
    rules: fn(&mut Rules),
    progress: Arc<dyn Fn(u64, u64) + Send + Sync>,
}

impl Chaos {
    /// Plans so many creations. The same seed plans the same faults.
    pub fn new(calls: usize, seed: u64) -> Self {
        Self {
            calls,
            seed,
            callers: 128,
            attempt_timeout: Duration::from_millis(500),
            max_retry_after: Duration::from_secs(30),
            client: |builder| builder,
            rules: |_| {},
            progress: Arc::new(|_, _| {}),
        }
    }

    /// Sets how many callers call at the same time, each with its own client; 128 by default.
    pub fn callers(mut self, callers: usize) -> Self {
        self.callers = callers.max(1);
        self
    }

    /// Sets how long an attempt may take, and with it each stall; 500 ms by default.
    pub fn attempt_timeout(mut self, limit: Duration) -> Self {
        self.attempt_timeout = limit;
        self
    }

    /// Sets the longest `Retry-After` that is obeyed; 30 s by default.
    pub fn max_retry_after(mut self, limit: Duration) -> Self {
        self.max_retry_after = limit;
        self
    }

    /// Changes the callers' clients, for instance into wrong ones.
    pub fn client(mut self, change: fn(ClientBuilder) -> ClientBuilder) -> Self {
        self.client = change;
        self
    }

    /// Changes what the simulator enforces, for instance into a wrong server.
    pub fn server_rules(mut self, change: fn(&mut Rules)) -> Self {
        self.rules = change;
        self
    }

    /// Sets what is called after each creation, with the number of those that are done and
    /// the total.
    pub fn progress(mut self, progress: Arc<dyn Fn(u64, u64) + Send + Sync>) -> Self {
        self.progress = progress;
        self
    }

    /// Makes all calls, repeats those whose outcome is unknown once the faults have ended,
    /// and checks the invariants.
    ///
    /// # Errors
    ///
    /// Why the run was not possible.
    pub async fn run(self) -> Result<ChaosReport, String> {
        let requests = Arc::new(Requests::generate(self.seed)?);
        let plan = Plan::new(self.seed);
        let ledger = Arc::new(Ledger::default());
        let injector = Injector::new(plan, Arc::clone(&ledger), self.callers, self.rules);
        let listen = Listen::default().keep(0).clock(injector.clock());
        let server = Server::start_on(listen, Config::default())
            .await
            .map_err(text)?;
        server.with(|simulator| simulator.set_hook(injector));
        let callers = (0..self.callers)
            .map(|_| Caller::new(&server, &requests, plan, self.policy(), self.client));
        let callers = callers.collect::<Result<Vec<_>, _>>()?;

        let started = Instant::now();
        let mut outcomes = self.create(&callers).await?;
        ledger.stop();
        let unknown = outcomes.iter_mut().enumerate();
        for (call, (outcome, _)) in unknown {
            if let CallOutcome::Unknown { key, repeated, .. } = outcome {
                let caller = &callers[call % self.callers];
                *repeated = caller.repeat(call, key.as_deref()).await;
            }
        }
        let cancelled = outcomes.iter().filter(|(_, cancelled)| *cancelled).count();
        let recorded = ledger.take();
        let commits = server.with(|simulator| {
            let customers = simulator.customers().iter();
            let commits = customers.map(|customer| Commit {
                reference: customer.reference().to_owned(),
                key: recorded
                    .keys
                    .get(customer.reference())
                    .cloned()
                    .unwrap_or_default(),
            });
            commits.collect()
        });
        let outcomes = outcomes.into_iter().map(|(outcome, _)| outcome).collect();
        Ok(ChaosReport::new(
            recorded,
            commits,
            outcomes,
            cancelled,
            started.elapsed(),
        ))
    }

    /// Makes all calls and returns their outcomes, each with whether it was cancelled once.
    async fn create(&self, callers: &[Caller]) -> Result<Vec<(CallOutcome, bool)>, String> {
        let mut running = JoinSet::new();
        let (done, total) = (
            Arc::new(std::sync::atomic::AtomicU64::new(0)),
            self.calls as u64,
        );
        for (place, caller) in callers.iter().enumerate() {
            let own = (place..self.calls).step_by(self.callers);
            let (caller, progress) = (caller.clone(), Arc::clone(&self.progress));
            let done = Arc::clone(&done);
            running.spawn(async move {
                let mut outcomes = Vec::new();
                for call in own {
                    outcomes.push((call, caller.create(call).await?));
                    let done = done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
                    progress(done, total);
                }
                Ok::<_, String>(outcomes)
            });
        }
        let mut outcomes = BTreeMap::new();
        while let Some(caller) = running.join_next().await {
            outcomes.extend(caller.map_err(text)??);
        }
        Ok(outcomes.into_values().collect())
    }

    /// More attempts than the default, because two fifths of them meet a fault; and no budget
    /// of retries, which would end them in just such a situation.
    fn policy(&self) -> RetryPolicy {
        RetryPolicy::default()
            .max_attempts(8)
            .attempt_timeout(self.attempt_timeout)
            .backoff(Duration::from_millis(5), Duration::from_millis(100))
            .max_retry_after(self.max_retry_after)
            .budget(RetryBudget::unlimited())
    }
}

fn text(error: impl fmt::Display) -> String {
    error.to_string()
}
