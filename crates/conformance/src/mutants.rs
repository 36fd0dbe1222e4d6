//! Who checks the checks: one thing is broken at a time, in the server, in the client or in
//! the contract, and a check that proves the broken clause must fail.
//!
//! A mutant that no check kills shows a hole in the suite; a check that kills no mutant shows
//! that it watches nothing. How a check judges is not known here.

mod client;
mod contract;
mod outcome;
mod report;
mod server;
mod webhooks;

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use bvnk_simulator::webhook::WebhookFault;
use bvnk_simulator::{Config, Fault, Listen, Server};
use futures_util::stream::{self, StreamExt};
use serde::Serialize;
use serde_json::Value;

use crate::clauses::Clauses;
use crate::contract::Contract;
use crate::hurry::Hurry;
use crate::listener::Listener;
use crate::report::Report;
use crate::suite::{Source, Suite};
use crate::target::Target;
use crate::world::MakeClient;

pub use outcome::{Fate, Kill, Outcome};
pub use report::{FamilyLine, Mutants};
pub use server::LEGAL;

/// What is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Family {
    /// The simulator, by one of its faults.
    Server,
    /// The client, by a layer that corrupts a request, an answer or the flow.
    Client,
    /// The contract, by an edit of one place that changes what it means.
    Contract,
}

impl Family {
    /// Every family.
    pub const ALL: [Self; 3] = [Self::Server, Self::Client, Self::Contract];
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Server => "server",
            Self::Client => "client",
            Self::Contract => "contract",
        })
    }
}

impl FromStr for Family {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.iter().find(|family| family.to_string() == text);
        found
            .copied()
            .ok_or_else(|| "there are server, client and contract".to_owned())
    }
}

/// One thing that is broken.
#[derive(Clone, Debug)]
pub struct Mutant {
    /// What is broken.
    pub family: Family,
    /// Its name, unique in all families.
    pub name: String,
    /// Where it breaks, in words.
    pub place: String,
    /// The clauses that it breaks. One that kills it must fail for one of these.
    pub clauses: Vec<String>,
    /// Why nobody can tell it from what is right, if nobody can.
    pub equivalent: Option<&'static str>,
    way: Way,
}

#[derive(Clone)]
enum Way {
    Server(Fault),
    Client(MakeClient),
    Webhooks(WebhookFault),
    Listener(Listener),
    Contract(Arc<Value>),
}

impl fmt::Debug for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Server(fault) => write!(f, "Server({fault})"),
            Self::Client(_) => f.write_str("Client"),
            Self::Webhooks(fault) => write!(f, "Webhooks({fault})"),
            Self::Listener(_) => f.write_str("Listener"),
            Self::Contract(_) => f.write_str("Contract"),
        }
    }
}

/// How long a run against one mutant may take, before it counts as one that cannot be run.
const LONGEST: Duration = Duration::from_secs(120);

/// All mutants.
///
/// # Errors
///
/// When the clauses or the contract cannot be read.
pub fn all() -> Result<Vec<Mutant>, String> {
    let clauses = Clauses::embedded()?;
    let mut mutants = server::mutants();
    mutants.extend(client::mutants());
    mutants.extend(webhooks::mutants());
    mutants.extend(contract::mutants(bvnk_simulator::contract(), &clauses));
    let known: BTreeSet<&str> = clauses.iter().map(|clause| clause.id.as_str()).collect();
    let mut names = BTreeSet::new();
    for mutant in &mutants {
        if !names.insert(mutant.name.as_str()) {
            return Err(format!("two mutants are called {}", mutant.name));
        }
        if mutant.clauses.is_empty() {
            return Err(format!("the mutant {} breaks no clause", mutant.name));
        }
        if let Some(id) = mutant
            .clauses
            .iter()
            .find(|id| !known.contains(id.as_str()))
        {
            return Err(format!(
                "the mutant {} breaks the clause {id}, which does not exist",
                mutant.name
            ));
        }
    }
    Ok(mutants)
}

/// Runs the suite against each of the mutants, `at_once` of them at the same time;
/// `progress` is called once for each.
///
/// # Errors
///
/// When a mutant cannot be set up, which says nothing of the checks.
pub async fn run(
    mutants: Vec<Mutant>,
    at_once: usize,
    progress: impl Fn(),
) -> Result<Mutants, String> {
    let contract = Arc::new(Contract::embedded()?);
    // One for all: loading the platform's roots is what a run would spend its time on.
    let http = bvnk::http_client().map_err(|error| error.to_string())?;
    let runs = stream::iter(mutants).map(|mutant| {
        let (contract, http) = (Arc::clone(&contract), http.clone());
        tokio::spawn(async move {
            let name = mutant.name.clone();
            tokio::time::timeout(LONGEST, judge(mutant, contract, http))
                .await
                .unwrap_or_else(|_| Err(format!("the run against the mutant {name} does not end")))
        })
    });
    let mut outcomes = Vec::new();
    let mut runs = runs.buffered(at_once.max(1));
    while let Some(outcome) = runs.next().await {
        outcomes.push(outcome.map_err(|error| error.to_string())??);
        progress();
    }
    Ok(Mutants::new(outcomes))
}

/// Runs the suite against one mutant.
async fn judge(
    mutant: Mutant,
    contract: Arc<Contract>,
    http: reqwest::Client,
) -> Result<Outcome, String> {
    // The designed individuals are enough: each of them meets what is broken.
    let source = Source::Generated { cases: 0, seed: 1 };
    let report = mutant
        .run(contract, http, source)
        .await
        .map_err(|error| format!("the mutant {}: {error}", mutant.name))?;
    Ok(Outcome::of(mutant, &report))
}

impl Mutant {
    /// A server with a fault, whatever it breaks.
    pub fn of_server(fault: Fault) -> Self {
        server::mutant(fault)
    }

    /// The client that is broken, if it is the client.
    pub fn client(&self) -> Option<MakeClient> {
        match &self.way {
            Way::Client(make) => Some(*make),
            _ => None,
        }
    }

    /// Runs the suite against it. `http` is what client and checks send through; one for
    /// many runs spares the loading of the platform's roots.
    ///
    /// # Errors
    ///
    /// When it cannot be set up, which says nothing of the checks.
    pub async fn run(
        &self,
        contract: Arc<Contract>,
        http: reqwest::Client,
        source: Source,
    ) -> Result<Report, String> {
        let listen = Listen::default().keep(usize::MAX);
        let server = Server::start_on(listen, Config::default())
            .await
            .map_err(|error| error.to_string())?;
        let target = Target::simulator(server)?;
        let whole = Target::client as MakeClient;
        let (contract, make) = match &self.way {
            Way::Server(_) | Way::Webhooks(_) | Way::Listener(_) => (contract, whole),
            Way::Client(make) => (contract, *make),
            Way::Contract(document) => (Arc::new(Contract::new(Value::clone(document))?), whole),
        };
        let hurry = Arc::new(Hurry::default());
        let mut suite = Suite::with_client(contract, target, make, http, hurry)?;
        match &self.way {
            Way::Server(fault) => suite.break_server(*fault),
            Way::Client(_) => {}
            Way::Webhooks(fault) => suite.break_webhooks(*fault),
            Way::Listener(listener) => suite.listen_with(*listener),
            Way::Contract(_) => suite = suite.still(true),
        }
        Ok(suite.shrinks(false).run(source, || {}).await)
    }
}
