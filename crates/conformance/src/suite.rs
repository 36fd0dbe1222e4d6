//! The run: individuals are onboarded through the real client, then every check judges.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use bvnk::{Runtime, SystemRuntime};
use bvnk_simulator::Fault;
use bvnk_simulator::webhook::WebhookFault;
use futures_util::stream::{self, StreamExt};
use serde_json::Value;

use crate::checks::{Asks, CHECKS, Check, Judge, Tally};
use crate::contract::Contract;
use crate::data::{Case, Optional, designed};
use crate::findings::{Findings, lines};
use crate::listener::Listener;
use crate::onboarding::{Index, Onboarding};
use crate::report::{Generated, Report, Row, Run};
use crate::shrink::shrink;
use crate::target::Target;
use crate::world::{MakeClient, World};

/// How many individuals are onboarded at the same time.
const AT_ONCE: usize = 16;

/// Whom to onboard.
#[derive(Clone, Debug)]
pub enum Source {
    /// The documentation's own example, designed individuals, and generated ones.
    Generated {
        /// How many are generated.
        cases: u32,
        /// The same seed makes the same individuals.
        seed: u64,
    },
    /// A request body that somebody gave. Nothing of it is ever shown.
    Given(Value),
}

/// The suite, ready to run against one server.
pub struct Suite {
    world: World,
    strict: bool,
    shrinks: bool,
    still: bool,
}

impl Suite {
    /// Prepares a run of the client that services use.
    ///
    /// # Errors
    ///
    /// When the client cannot be made or the clauses cannot be read.
    pub fn new(contract: Contract, target: Target) -> Result<Self, String> {
        let http = bvnk::http_client().map_err(|error| error.to_string())?;
        let runtime = Arc::new(SystemRuntime::new());
        Self::with_client(Arc::new(contract), target, Target::client, http, runtime)
    }

    /// The same with a client of one's own, for instance a broken one. `http` is what it
    /// sends through, and what checks send through that do without it; `runtime` is the
    /// time that it lives in.
    ///
    /// # Errors
    ///
    /// When the client cannot be made or the clauses cannot be read.
    pub fn with_client(
        contract: Arc<Contract>,
        target: Target,
        make: MakeClient,
        http: reqwest::Client,
        runtime: Arc<dyn Runtime>,
    ) -> Result<Self, String> {
        // A foreign server is not asked more than it takes to judge it.
        let shrinks = target.control().is_some();
        Ok(Self {
            world: World::new(contract, target, make, http, runtime)?,
            strict: false,
            shrinks,
            still: false,
        })
    }

    /// Whether failures of inferred clauses count on a foreign server too; they always
    /// count at the simulator.
    pub fn strict(mut self, on: bool) -> Self {
        self.strict = on;
        self
    }

    /// Whether a failing individual is made smaller before it is shown; it is, at the
    /// simulator, unless told otherwise.
    pub fn shrinks(mut self, on: bool) -> Self {
        self.shrinks = on;
        self
    }

    /// Whether only those checks judge that ask nothing of a server, and nobody is onboarded:
    /// individuals go no further than the client's type.
    pub(crate) fn still(mut self, on: bool) -> Self {
        self.still = on;
        self
    }

    /// Breaks the simulator for the whole run, to see what the checks make of it.
    pub fn break_server(&mut self, fault: Fault) {
        self.world.target.break_server(fault);
    }

    /// Breaks each webhook that the simulator sends.
    pub(crate) fn break_webhooks(&mut self, fault: WebhookFault) {
        self.world.webhook_fault = Some(fault);
    }

    /// Listens to webhooks with other parts than the client's.
    pub(crate) fn listen_with(&mut self, listener: Listener) {
        self.world.listener = listener;
    }

    /// How many individuals a source has.
    pub fn individuals(&self, source: &Source) -> u64 {
        match source {
            Source::Given(_) => 1,
            Source::Generated { cases, .. } => {
                designed(&self.world.contract).map_or(0, |cases| cases.len() as u64)
                    + u64::from(*cases)
            }
        }
    }

    /// Onboards everybody and lets every check judge. `progress` is called once for each
    /// individual.
    pub async fn run(mut self, source: Source, progress: impl Fn()) -> Report {
        let started = Instant::now();
        let generated = match source {
            Source::Generated { cases, seed } => {
                self.world.seed = seed;
                Some(Generated { cases, seed })
            }
            Source::Given(_) => None,
        };
        let (cases, broken) = match cases(&self.world, &source) {
            Ok(cases) => (cases, None),
            Err(reason) => (Vec::new(), Some(reason)),
        };
        let repeat = self.repeat(generated);
        let onboardings = self.onboard(&cases, &progress).await;
        let mut rows = Vec::with_capacity(CHECKS.len());
        for check in self.checks() {
            let started = Instant::now();
            let mut row = match (&broken, &check.judge) {
                (Some(reason), Judge::Onboarding(..)) => Findings::stuck(check, reason, &repeat),
                _ => self.judge(check, &cases, &onboardings, &repeat).await,
            };
            row.seconds = started.elapsed().as_secs_f64();
            rows.push(row);
        }
        let world = &self.world;
        world.target.take();
        Report {
            clauses: lines(&world.clauses, &rows),
            rows,
            run: Run {
                client: format!("bvnk {}", bvnk::VERSION),
                contract: world.contract.version().to_owned(),
                target: world.target.name(),
                strict: self.strict,
                generated,
                requests: world.target.requests(),
                seconds: started.elapsed().as_secs_f64(),
            },
        }
    }

    fn checks(&self) -> impl Iterator<Item = &'static Check> {
        let still = self.still;
        CHECKS
            .iter()
            .filter(move |check| !still || check.asks == Asks::Nothing)
    }

    /// The command that does the same again.
    fn repeat(&self, generated: Option<Generated>) -> String {
        let mut target = self.world.target.arguments();
        if self.strict {
            target.push_str(" --strict");
        }
        match generated {
            Some(Generated { cases, seed }) => {
                format!("cargo conformance{target} --cases {cases} --seed {seed}")
            }
            None => format!("cargo conformance{target} --individual FILE"),
        }
    }

    async fn onboard(&self, cases: &[Case], progress: &impl Fn()) -> Vec<Onboarding> {
        let world = &self.world;
        let bodies: Vec<Value> = cases.iter().map(|case| case.body.clone()).collect();
        if self.still {
            return bodies.into_iter().map(Onboarding::still).collect();
        }
        let mut onboardings: Vec<Onboarding> = stream::iter(bodies)
            .map(|body| async {
                let onboarding = Onboarding::of(&world.client, body).await;
                progress();
                onboarding
            })
            .buffered(AT_ONCE)
            .collect()
            .await;
        let mut arrived = Index::new(world.target.take(), world.key_header());
        for onboarding in &mut onboardings {
            onboarding.requests = arrived.of(onboarding);
        }
        onboardings
    }

    async fn judge(
        &self,
        check: &'static Check,
        cases: &[Case],
        onboardings: &[Onboarding],
        repeat: &str,
    ) -> Row {
        let world = &self.world;
        if check.asks == Asks::Faults && world.target.control().is_none() {
            return Findings::default().skipped(
                check,
                "it needs a server that fails on demand, as the simulator does",
            );
        }
        let mut findings = Findings::default();
        match &check.judge {
            Judge::Probe(probe) => {
                let mut tally = Tally::default();
                probe(world, &mut tally).await;
                findings.probe(tally);
            }
            Judge::Onboarding(needs, judge) => {
                let fit = onboardings
                    .iter()
                    .zip(cases)
                    .filter(|(onboarding, _)| needs.met(onboarding));
                for (onboarding, case) in fit {
                    let mut tally = Tally::default();
                    judge(world, onboarding, &mut tally);
                    findings.individual(tally, case);
                }
                if self.shrinks {
                    for finding in findings.worth_shrinking() {
                        shrink(world, *needs, *judge, finding).await;
                    }
                }
            }
        }
        let lenient = world.target.control().is_none() && !self.strict;
        let near = world.contract.example("create_customer");
        findings.row(check, &world.clauses, near, lenient, repeat)
    }
}

impl fmt::Debug for Suite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Suite")
            .field("target", &self.world.target)
            .finish_non_exhaustive()
    }
}

/// The individuals of a source.
fn cases(world: &World, source: &Source) -> Result<Vec<Case>, String> {
    match source {
        Source::Given(body) => Ok(vec![Case {
            label: "the given individual".to_owned(),
            body: body.clone(),
            shown: false,
        }]),
        Source::Generated { cases, .. } => {
            let mut all = designed(&world.contract)?;
            let mut generator = world.generator(Optional::Some)?;
            for index in 1..=*cases {
                all.push(Case {
                    label: format!("generated individual {index}"),
                    body: generator.generate()?,
                    shown: true,
                });
            }
            Ok(all)
        }
    }
}
