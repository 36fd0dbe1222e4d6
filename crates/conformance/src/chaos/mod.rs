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

mod caller;
mod injection;
mod invariants;
pub mod plan;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bvnk::{BoxError, ClientBuilder, RetryPolicy};
use bvnk_simulator::{Config, Listen, Rules, Server};
use tokio::task::JoinSet;

pub use invariants::{Attempt, CallOutcome, Commit, Invariant, InvariantResult, Records, check};

use crate::options::Progress;
use caller::Caller;
use injection::{Injector, Ledger, lock};
use plan::Faults;

/// A run with fault injection.
///
/// # Examples
///
/// ```no_run
/// # async fn example() -> Result<(), bvnk::BoxError> {
/// let report = conformance::chaos::Chaos::new(10_000, 7).run().await?;
/// assert!(report.violated().is_empty(), "{report}");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Chaos {
    /// How many customers are created.
    pub calls: usize,
    /// The same seed plans the same faults.
    pub seed: u64,
    /// How many callers call at the same time, each with its own client.
    pub callers: usize,
    /// How long an attempt may take, and with it each stall.
    pub attempt_timeout: Duration,
    /// The longest `Retry-After` that is obeyed.
    pub max_retry_after: Duration,
    /// Changes the callers' clients, for instance into wrong ones.
    pub client: fn(ClientBuilder) -> ClientBuilder,
    /// Changes what the simulator enforces, for instance into a wrong server.
    pub rules: fn(&mut Rules),
    /// Is called after each creation with how many are done, and of how many.
    pub progress: Progress,
}

impl Chaos {
    /// Plans so many creations.
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

    /// Makes all calls, repeats those whose outcome is unknown once the faults have ended,
    /// and checks the invariants.
    ///
    /// # Errors
    ///
    /// Why the run was not possible.
    pub async fn run(self) -> Result<ChaosReport, BoxError> {
        let (plan, ledger) = (Faults { seed: self.seed }, Ledger::default());
        let injector = Injector::new(plan, ledger.clone(), self.callers, self.rules);
        let listen = Listen {
            keep: 0,
            clock: injector.clock(),
            ..Listen::default()
        };
        let server = Server::start_on(listen, Config::default()).await?;
        server.with(|simulator| simulator.set_hook(injector));
        let callers = Caller::all(&self, plan, &server)?;

        let started = Instant::now();
        let mut outcomes = self.create(&callers, &ledger).await?;
        lock(&ledger).stopped = true;
        for (call, outcome) in outcomes.iter_mut().enumerate() {
            if let CallOutcome::Unknown { key, repeated, .. } = outcome {
                let caller = &callers[call % self.callers];
                *repeated = caller.repeat(call, key.as_deref()).await;
            }
        }
        let mut report = std::mem::take(&mut lock(&ledger).report);
        report.records.outcomes = outcomes;
        report.findings = check(&report.records);
        report.elapsed = started.elapsed();
        Ok(report)
    }

    /// Makes all calls and returns their outcomes in order.
    ///
    /// Each caller makes its calls one after the other: the n-th call belongs to the caller with the
    /// number n modulo the number of callers.
    ///
    /// # Errors
    ///
    /// A generated body that the client does not take.
    async fn create(
        &self,
        callers: &[Caller],
        ledger: &Ledger,
    ) -> Result<Vec<CallOutcome>, BoxError> {
        let mut running = JoinSet::new();
        let (done, total) = (Arc::new(AtomicU64::new(0)), self.calls as u64);
        for (place, caller) in callers.iter().enumerate() {
            let own = (place..self.calls).step_by(self.callers);
            let (caller, ledger, done) = (caller.clone(), ledger.clone(), Arc::clone(&done));
            let progress = Arc::clone(&self.progress);
            running.spawn(async move {
                let mut outcomes = Vec::new();
                for call in own {
                    outcomes.push((call, caller.create(call, &ledger).await?));
                    progress(done.fetch_add(1, Ordering::Relaxed) + 1, total);
                }
                Ok::<_, BoxError>(outcomes)
            });
        }
        let mut outcomes = vec![None; self.calls];
        while let Some(caller) = running.join_next().await {
            for (call, outcome) in caller?? {
                outcomes[call] = Some(outcome);
            }
        }
        Ok(outcomes.into_iter().flatten().collect())
    }

    /// More attempts than the default, because two fifths of them meet a fault; and no budget
    /// of retries, which would end them in just such a situation.
    fn policy(&self) -> RetryPolicy {
        RetryPolicy::default()
            .max_attempts(8)
            .attempt_timeout(self.attempt_timeout)
            .backoff(Duration::from_millis(5), Duration::from_millis(100))
            .max_retry_after(self.max_retry_after)
            .budget(u32::MAX)
    }
}

/// What a run with fault injection found.
#[derive(Clone, Debug, Default)]
pub struct ChaosReport {
    /// How often each fault was injected, by name.
    pub faults: BTreeMap<String, u64>,
    /// How often a repeated key was answered with a status.
    pub replays: BTreeMap<String, u64>,
    /// How many calls were cancelled and repeated.
    pub cancelled: usize,
    /// What was received, created and known.
    pub records: Records,
    /// One for each invariant.
    pub findings: Vec<InvariantResult>,
    /// How long the run took.
    pub elapsed: Duration,
}

impl ChaosReport {
    /// Returns the invariants that do not hold.
    #[must_use]
    pub fn violated(&self) -> Vec<Invariant> {
        let violated = self.findings.iter().filter(|finding| !finding.holds);
        violated.map(|finding| finding.invariant).collect()
    }
}

impl fmt::Display for ChaosReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut outcomes = BTreeMap::new();
        for outcome in &self.records.outcomes {
            let name = match outcome {
                CallOutcome::Created(_) => "created".to_owned(),
                CallOutcome::Unknown { why, .. } => format!("unknown: {why}"),
                CallOutcome::NotDone(why) => format!("not done: {why}"),
            };
            *outcomes.entry(name).or_insert(0) += 1;
        }
        table(f, "fault", "attempts", &self.faults)?;
        table(f, "repeated key answered with", "attempts", &self.replays)?;
        table(f, "outcome", "calls", &outcomes)?;
        writeln!(f, "{:44} {:>8}", "invariant", "found")?;
        for finding in &self.findings {
            writeln!(f, "{finding}")?;
        }
        let records = &self.records;
        let (attempts, customers) = (records.attempts.len(), records.commits.len());
        let seconds = self.elapsed.as_secs_f64();
        let rate = records.outcomes.len() as f64 / seconds.max(f64::EPSILON);
        write!(
            f,
            "\n{attempts} attempts, {} calls cancelled and repeated, ",
            self.cancelled
        )?;
        writeln!(
            f,
            "{customers} customers, in {seconds:.1} s: {rate:.0} calls/s"
        )
    }
}

/// Writes a table with two columns, and an empty line after it.
fn table(
    f: &mut fmt::Formatter<'_>,
    name: &str,
    unit: &str,
    rows: &BTreeMap<String, u64>,
) -> fmt::Result {
    writeln!(f, "{name:44} {unit:>8}")?;
    for (name, count) in rows {
        writeln!(f, "{name:<44} {count:>8}")?;
    }
    writeln!(f)
}
