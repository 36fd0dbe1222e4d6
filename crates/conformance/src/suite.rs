//! The run: individuals are onboarded through the real client, then every check judges.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Mutex;

use bvnk::{Client, Credentials};
use bvnk_simulator::{Fault, Server};
use futures_util::stream::{self, StreamExt};
use serde_json::Value;

use crate::checks::{CHECKS, Check, Judge, Tally};
use crate::clauses::Clauses;
use crate::contract::Contract;
use crate::data::{Generator, Optional};
use crate::onboarding::{Onboarding, Tap};
use crate::report::{Report, Row};

/// How many individuals are onboarded at the same time.
const AT_ONCE: usize = 16;

/// Whom to onboard.
#[derive(Clone, Debug)]
pub enum Source {
    /// The documentation's own example, and generated individuals.
    Generated {
        /// How many.
        cases: u32,
        /// The same seed makes the same individuals.
        seed: u64,
    },
    /// A request body that somebody gave. Nothing of it is ever shown.
    Given(Value),
}

impl Source {
    /// How many individuals there are.
    #[allow(clippy::len_without_is_empty)] // there is always one
    pub fn len(&self) -> u64 {
        match self {
            Self::Generated { cases, .. } => u64::from(*cases) + 1,
            Self::Given(_) => 1,
        }
    }
}

/// What checks may look at, and call.
pub(crate) struct World {
    pub(crate) contract: Contract,
    pub(crate) clauses: Clauses,
    pub(crate) server: Server,
    pub(crate) client: Client,
    pub(crate) http: reqwest::Client,
    /// Probes generate their bodies from it too.
    pub(crate) seed: u64,
    /// The fault that the server has all along, if it is broken on purpose.
    pub(crate) fault: Option<Fault>,
    seen: Mutex<BTreeSet<String>>,
}

impl World {
    /// The method and the path of an operation.
    pub(crate) fn route(&self, operation: &str) -> Result<(String, String), String> {
        self.contract
            .route(operation)
            .ok_or_else(|| format!("the contract has no operation {operation}"))
    }

    /// The name of the idempotency header, as header maps spell it.
    pub(crate) fn key_header(&self) -> &'static str {
        "x-idempotency-key"
    }

    /// Host and port of the server.
    pub(crate) fn authority(&self) -> &str {
        self.server.url().trim_start_matches("http://")
    }

    /// Whether a value of some kind was never seen before in this run.
    pub(crate) fn first_use(&self, kind: &str, value: &str) -> bool {
        let mut seen = self
            .seen
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
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

    fn generator(&self, optional: Optional) -> Result<Generator, String> {
        let body = self
            .contract
            .body("create_customer", "request")
            .ok_or("the contract has no request body")?;
        Generator::new(body.schema(), optional, self.seed)
    }
}

/// The suite, ready to run against one server.
pub struct Suite(World);

impl Suite {
    /// Prepares a run against a simulator, which must keep all requests that it receives.
    ///
    /// # Errors
    ///
    /// When the client cannot be made or the clauses cannot be read.
    pub fn new(contract: Contract, server: Server) -> Result<Self, String> {
        let credentials =
            Credentials::new(server.id(), server.key()).map_err(|error| error.to_string())?;
        let base_url = server
            .url()
            .parse()
            .map_err(|error: bvnk::InvalidBaseUrl| error.to_string())?;
        let http = bvnk::http_client().map_err(|error| error.to_string())?;
        let client = Client::builder()
            .base_url(base_url)
            .credentials(credentials)
            .http_client(http.clone())
            .layer(Tap)
            .build()
            .map_err(|error| error.to_string())?;
        Self::with_client(contract, server, client, http)
    }

    /// The same with a client of one's own, for instance a broken one. `http` is for the
    /// calls that checks make without it.
    ///
    /// # Errors
    ///
    /// When the clauses cannot be read.
    pub fn with_client(
        contract: Contract,
        server: Server,
        client: Client,
        http: reqwest::Client,
    ) -> Result<Self, String> {
        Ok(Self(World {
            contract,
            clauses: Clauses::embedded()?,
            server,
            client,
            http,
            seed: 0,
            fault: None,
            seen: Mutex::default(),
        }))
    }

    /// Breaks the simulator for the whole run, to see what the checks make of it.
    pub fn break_server(&mut self, fault: Fault) {
        self.0.fault = Some(fault);
        self.0
            .server
            .with(|simulator| simulator.set_fault(Some(fault)));
    }

    /// Onboards everybody and lets every check judge. `progress` is called once for each
    /// individual.
    pub async fn run(mut self, source: Source, progress: impl Fn()) -> Report {
        if let Source::Generated { seed, .. } = source {
            self.0.seed = seed;
        }
        let world = &self.0;
        let (bodies, broken) = bodies(world, &source);
        let mut onboardings: Vec<Onboarding> = stream::iter(bodies)
            .map(|body| async {
                let onboarding = Onboarding::of(&world.client, body).await;
                progress();
                onboarding
            })
            .buffered(AT_ONCE)
            .collect()
            .await;
        let received = world.server.received();
        for onboarding in &mut onboardings {
            onboarding.claim(&received, world.key_header());
        }
        let show = matches!(source, Source::Generated { .. });
        let mut rows = Vec::with_capacity(CHECKS.len());
        for check in CHECKS {
            rows.push(match (&broken, &check.judge) {
                (Some(reason), _) => row(check, 1, vec![reason.clone()]),
                (None, Judge::Onboarding(needs, judge)) => {
                    let fit = onboardings
                        .iter()
                        .filter(|onboarding| needs.met(onboarding));
                    judge_all(world, check, *judge, fit, show)
                }

                (None, Judge::Probe(probe)) => {
                    let mut tally = Tally::default();
                    probe(world, &mut tally).await;
                    row(check, tally.cases, tally.failures)
                }
            });
        }
        Report {
            rows,
            requests: world.server.received().len(),
        }
    }
}

impl fmt::Debug for Suite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Suite")
            .field("server", &self.0.server)
            .finish_non_exhaustive()
    }
}

/// The bodies to onboard, or why there are none.
fn bodies(world: &World, source: &Source) -> (Vec<Value>, Option<String>) {
    match source {
        Source::Given(body) => (vec![body.clone()], None),
        Source::Generated { cases, .. } => {
            let generated = world.generator(Optional::Some).and_then(|mut generator| {
                (0..*cases)
                    .map(|_| generator.generate())
                    .collect::<Result<Vec<_>, _>>()
            });
            match generated {
                Ok(bodies) => {
                    let example = world.contract.example("create_customer").cloned();
                    (example.into_iter().chain(bodies).collect(), None)
                }
                Err(reason) => (Vec::new(), Some(reason)),
            }
        }
    }
}

fn row(check: &Check, cases: u64, failures: Vec<String>) -> Row {
    Row {
        check: check.id,
        cases,
        failed: failures.len() as u64,
        failure: failures.into_iter().next(),
    }
}

fn judge_all<'a>(
    world: &World,
    check: &Check,
    judge: fn(&World, &Onboarding) -> Result<(), String>,
    onboardings: impl Iterator<Item = &'a Onboarding>,
    show: bool,
) -> Row {
    let mut failures: Vec<(usize, String)> = Vec::new();
    let mut cases = 0;
    for onboarding in onboardings {
        cases += 1;
        if let Err(message) = judge(world, onboarding) {
            let body = onboarding.body.to_string();
            let example = if show {
                format!("\nindividual: {body}")
            } else {
                String::new()
            };
            failures.push((body.len(), format!("{message}{example}")));
        }
    }
    // The smallest individual makes the most readable example.
    failures.sort();
    let failures = failures.into_iter().map(|(_, message)| message).collect();
    row(check, cases, failures)
}
