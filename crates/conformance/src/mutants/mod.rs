//! Mutants: the server or the client is broken in one place at a time, and a check that
//! proves the broken clause must fail.
//!
//! A mutant that no check kills shows a hole in the suite; a check that kills no mutant shows
//! that it watches nothing. The tables are in `server` and `client`; places are taken from
//! the contract and the clauses, so a new operation or attribute has mutants without an edit
//! here. What is about one documented fact is in the files called `documented`. Edits of the
//! contract are no mutants: a test of this workspace tries them.

mod client;
mod outcome;
mod report;
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

pub use outcome::{Kill, MutantOutcome};
pub use report::Outcome;
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
        let found = Self::ALL
            .into_iter()
            .find(|family| family.to_string() == text);
        found.ok_or_else(|| "not a family of mutants\nhelp: use server or client".to_owned())
    }
}

/// One thing that is broken.
#[derive(Clone, Debug)]
pub struct Mutant {
    /// What is broken.
    pub family: Family,
    /// What it does wrong, in words; unique.
    pub name: String,
    /// The clauses that it breaks. A check that kills it must fail for one of these.
    pub clauses: Vec<String>,
    /// How.
    pub mutation: Mutation,
}

/// All mutants of a specification. Those whose clauses are all absent from the file break
/// nothing that is expected, so they are left out.
pub fn all(specification: &Specification) -> Vec<Mutant> {
    let mut mutants = tables(specification);
    for mutant in &mut mutants {
        mutant
            .clauses
            .retain(|id| specification.clause(id).is_some());
    }
    mutants.retain(|mutant| !mutant.clauses.is_empty());
    mutants
}

/// The rows of all tables, also those that do not apply to the specification.
fn tables(specification: &Specification) -> Vec<Mutant> {
    let mut rows = Rows::new(specification);
    server::rows(&mut rows);
    client::rows(&mut rows);
    rows.into_mutants()
}

/// The mutants of the workspace's contract, of one family or with one name if that is asked.
///
/// # Errors
///
/// A contract that cannot be read, or a name that no mutant has.
pub fn select(family: Option<Family>, mutant: Option<&str>) -> Result<Vec<Mutant>, String> {
    let specification = Specification::embedded()?;
    let mut mutants = all(&specification);
    mutants.retain(|own| family.is_none_or(|family| own.family == family));
    let Some(name) = mutant else {
        return Ok(mutants);
    };
    match mutants.iter().position(|own| own.name == name) {
        Some(index) => Ok(vec![mutants.swap_remove(index)]),
        None => {
            let distance = |own: &&Mutant| strsim::osa_distance(&own.name, name);
            let near = mutants.iter().min_by_key(distance);
            let near = near.map_or_else(String::new, |near| {
                format!("did you mean `{}`? ", near.name)
            });
            Err(format!(
                "no mutant is called `{}`\nhelp: {near}--list prints all names",
                bvnk::Escaped::new(name)
            ))
        }
    }
}

/// The mutants with the clauses that they break, one a line.
pub fn list(mutants: &[Mutant]) -> String {
    let lines = mutants.iter();
    let lines = lines.map(|own| {
        format!(
            "{:6} {}: {}\n",
            own.family,
            own.name,
            own.clauses.join(", ")
        )
    });
    lines.collect()
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
        let options = mutant.options(&specification, &plan);
        // A task of its own, so that several cores are used.
        let report = tokio::spawn(tokio::time::timeout(
            LONGEST,
            run_suite(Target::Simulator, options),
        ));
        async move { (mutant, report.await) }
    });
    let mut runs = runs.buffer_unordered(at_once);
    let mut outcomes = Vec::new();
    while let Some((mutant, report)) = runs.next().await {
        let report = match report {
            Ok(Ok(report)) => report,
            Ok(Err(_)) => {
                return Err(format!(
                    "the run against the mutant `{}` does not end",
                    mutant.name
                ));
            }
            Err(error) => return Err(error.to_string()),
        };
        let report = report.map_err(|error| format!("the mutant `{}`: {error}", mutant.name))?;
        outcomes.push(MutantOutcome::new(mutant, &report));
        progress(outcomes.len() as u64, total);
    }
    Ok(Outcome::new(outcomes))
}

impl Mutant {
    /// The options of a run of those checks that prove a broken clause: no other check can
    /// kill the mutant.
    fn options(&self, specification: &Arc<Specification>, plan: &Arc<Plan>) -> RunOptions {
        RunOptions {
            cases: 0,
            shrink: false,
            specification: Some(Arc::clone(specification)),
            plan: Some(Arc::clone(plan)),
            only: Some(Arc::new(self.clauses.iter().cloned().collect())),
            mutation: self.mutation.clone(),
            ..RunOptions::default()
        }
    }

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
