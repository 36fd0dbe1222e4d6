//! Mutants: the server or the client is broken in one place at a time, and a check that
//! proves the broken clause must fail.
//!
//! A mutant that no check kills shows a hole in the suite; a check that kills no mutant shows
//! that it watches nothing. The rows are in `server` and `client`. Operations, attributes and
//! statuses come from the contract and the clauses, so that a new one has mutants without an
//! edit here; what is about one documented fact is in the files called `documented`. Edits of
//! the contract are no mutants: a test of this workspace tries them.
//!
//! A new row goes where its kind of mistake is. It names the clauses that it breaks, then
//! what is done wrong, in words that complete "a server where …" or "a client that …":
//!
//! ```ignore
//! rows.breaks(["idempotency.once"]);
//! rows.rules("a repeated key creates again", |_, rules| rules.key = None);
//! ```
//!
//! One row for each way to break a clause is enough. A row that breaks nothing visible is not
//! equivalent but useless: the run reports it as not killed.

mod client;
mod outcome;
mod rows;
mod server;

use std::fmt;
use std::io;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use bvnk_simulator::{Config, Server};
use futures_util::stream::{self, StreamExt};
use serde::Serialize;

use crate::cases::Plan;
use crate::context::Mutation;
use crate::run::{Progress, RunOptions, Target, run as run_suite};
use crate::specification::Specification;

pub use outcome::{MutantOutcome, Outcome};
use rows::Rows;

/// How long a run against one mutant may take before it counts as one that cannot be run.
const LONGEST: Duration = Duration::from_secs(120);

/// What is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Family {
    /// The simulator, by a hook.
    Server,
    /// The client, by a layer around or below its own.
    Client,
}

impl Family {
    /// Both families.
    pub const ALL: [Self; 2] = [Self::Server, Self::Client];
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Server => "server",
            Self::Client => "client",
        })
    }
}

impl FromStr for Family {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut all = Self::ALL.into_iter();
        let found = all.find(|family| family.to_string() == text);
        found.ok_or_else(|| "not a family of mutants\nhelp: use server or client".to_owned())
    }
}

/// One thing that is broken.
#[derive(Clone, Serialize)]
pub struct Mutant {
    /// What is broken.
    pub family: Family,
    /// What it does wrong, in words; unique.
    pub name: String,
    /// The clauses that it breaks. A check that kills it must fail for one of these.
    pub clauses: Vec<String>,
    /// How.
    #[serde(skip)]
    pub mutation: Mutation,
}

/// Returns all mutants of a specification. What breaks no clause of it is left out.
pub fn all(specification: &Specification) -> Vec<Mutant> {
    let mut rows = Rows::new(specification);
    server::rows(&mut rows);
    client::rows(&mut rows);
    rows.into_mutants()
}

/// Returns the mutants of the workspace's contract, of one family or with one name if that is
/// asked.
///
/// # Errors
///
/// A contract that cannot be read, or a name that no mutant has.
pub fn select(family: Option<Family>, mutant: Option<&str>) -> Result<Vec<Mutant>, String> {
    let mut mutants = all(&Specification::embedded()?);
    mutants.retain(|own| family.is_none_or(|family| own.family == family));
    let Some(name) = mutant else {
        return Ok(mutants);
    };
    let distance = |own: &Mutant| strsim::osa_distance(&own.name, name);
    match mutants.into_iter().min_by_key(distance) {
        Some(own) if own.name == name => Ok(vec![own]),
        near => Err(format!(
            "no mutant is called `{}`\nhelp: {}--list prints all names",
            bvnk::Escaped::new(name),
            near.map_or_else(String::new, |own| format!("did you mean `{}`? ", own.name))
        )),
    }
}

/// Returns the mutants with the clauses that they break, one a line.
pub fn list(mutants: &[Mutant]) -> String {
    let line = |own: &Mutant| {
        let clauses = own.clauses.join(", ");
        format!("{:6} {}: {clauses}\n", own.family, own.name)
    };
    mutants.iter().map(line).collect()
}

/// Runs the suite against each of the mutants, several at a time.
///
/// # Errors
///
/// A mutant that cannot be run, which says nothing about the checks.
pub async fn run(mutants: Vec<Mutant>, progress: Progress) -> Result<Outcome, String> {
    let specification = Arc::new(Specification::embedded()?);
    // The designed cases are enough: each of them meets what is broken.
    let plan = Arc::new(Plan::generated(&specification, 0, 0)?.shortened());
    let total = mutants.len() as u64;
    let at_once = std::thread::available_parallelism().map_or(2, |cores| cores.get() * 2);
    let runs = stream::iter(mutants).map(|mutant| {
        // Only the checks that prove a broken clause: no other can kill the mutant.
        let options = RunOptions {
            cases: 0,
            shrink: false,
            specification: Some(Arc::clone(&specification)),
            plan: Some(Arc::clone(&plan)),
            only: Some(Arc::new(mutant.clauses.iter().cloned().collect())),
            mutation: mutant.mutation.clone(),
            ..RunOptions::default()
        };
        let run = tokio::time::timeout(LONGEST, run_suite(Target::Simulator, options));
        // A separate task, so that several cores are used.
        let run = tokio::spawn(run);
        async move { (run.await, mutant) }
    });
    let mut runs = runs.buffer_unordered(at_once);
    let mut outcomes = Vec::new();
    while let Some((report, mutant)) = runs.next().await {
        let cannot_run = |error: &dyn fmt::Display| {
            format!("the mutant `{}` cannot be run: {error}", mutant.name)
        };
        let report = report.map_err(|error| cannot_run(&error))?;
        let report = report.map_err(|_| cannot_run(&"the run does not end"))?;
        let report = report.map_err(|error| cannot_run(&error))?;
        outcomes.push(MutantOutcome::new(mutant, report));
        progress(outcomes.len() as u64, total);
    }
    Ok(Outcome::new(outcomes))
}

impl Mutant {
    /// Starts the broken server of the workspace's contract.
    ///
    /// # Errors
    ///
    /// When it does not start.
    pub async fn serve(&self) -> io::Result<Server> {
        let server = Server::start(Config::default()).await?;
        if let Some(set_hook) = &self.mutation.hook {
            server.with(|simulator| set_hook(simulator));
        }
        Ok(server)
    }
}
