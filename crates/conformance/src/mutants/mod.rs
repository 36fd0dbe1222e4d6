//! Mutants: the server or the client is broken in one place at a time, and a check that
//! proves the broken clause must fail.
//!
//! A mutant that no check kills shows a hole in the suite; a check that kills no mutant shows
//! that it detects nothing. The rows are in `server` and `client`. Operations, attributes and
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
mod rows;
mod server;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::{self, StreamExt};

use crate::cases::Plan;
use crate::checks::{CHECKS, Check};
use crate::options::{Mutation, Progress, RunOptions};
use crate::results::Verdict;
use crate::run::{Target, run as run_suite};
use crate::specification::Specification;
use crate::text::program;

use rows::Rows;

/// How long a run against one mutant may take before it counts as one that cannot be run.
const LONGEST: Duration = Duration::from_secs(120);

/// What is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// The simulator, by a hook.
    Server,
    /// The client, by a layer around or below its own.
    Client,
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Server => "server",
            Self::Client => "client",
        })
    }
}

/// One thing that is broken.
///
/// A mutant for which no clause of the contract exists is not made, so that the rows work for any
/// contract.
#[derive(Clone)]
pub struct Mutant {
    /// What is broken.
    pub family: Family,
    /// What it does wrong, in words, such as `a repeated key creates again`; unique.
    pub name: String,
    /// The clauses that it breaks. A check that kills it must fail for one of these.
    pub clauses: Vec<String>,
    /// How.
    pub mutation: Mutation,
}

/// Returns all mutants of a specification. What breaks no clause of it is left out.
pub fn all(specification: &Specification) -> Vec<Mutant> {
    rows(specification).mutants
}

/// Returns what rows name as broken and no clause is: a row that names nothing else makes no mutant.
///
/// The workspace's tests require that the list is empty.
pub fn unmatched(specification: &Specification) -> Vec<String> {
    rows(specification).unmatched
}

fn rows(specification: &Specification) -> Rows<'_> {
    let mut rows = Rows::new(specification);
    server::rows(&mut rows);
    client::rows(&mut rows);
    rows
}

/// Returns the mutants of the workspace's contract, or the one with a name.
///
/// # Errors
///
/// A contract that cannot be read, or a name that no mutant has.
pub fn select(name: Option<&str>) -> Result<Vec<Mutant>, String> {
    let mutants = all(&Specification::embedded()?);
    let Some(name) = name else {
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

/// What became of all mutants of a run.
pub struct Outcome {
    /// Each mutant with the checks that failed for one of the clauses that it breaks, by id.
    ///
    /// Without such a check it was not killed.
    pub mutants: Vec<(Mutant, BTreeSet<String>)>,
    /// The checks that need a server and prove a clause of the specification, with whether they
    /// observed one, if they ran. A check that never does, such as one of flows where nothing is
    /// created, has nothing to judge.
    checks: Vec<(&'static Check, Option<bool>)>,
}

impl Outcome {
    /// Whether every mutant was killed and no check is idle.
    pub fn passed(&self) -> bool {
        self.idle().is_empty() && self.mutants.iter().all(|(_, kills)| !kills.is_empty())
    }

    /// Returns the checks that killed no mutant, where there were several: of one mutant that
    /// says nothing. A check that needs no server compares two texts; a test tries it with
    /// edits of the contract.
    fn idle(&self) -> Vec<&'static str> {
        let killed = |check: &str| self.mutants.iter().any(|(_, kills)| kills.contains(check));
        let checks = self.checks.iter();
        let idle = checks.filter(|(check, observed)| {
            self.mutants.len() > 1 && !killed(check.id) && *observed != Some(false)
        });
        idle.map(|(check, _)| check.id).collect()
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "family  mutants  killed")?;
        for family in [Family::Server, Family::Client] {
            let own = self.mutants.iter().filter(|(own, _)| own.family == family);
            let killed = own.clone().filter(|(_, kills)| !kills.is_empty());
            writeln!(f, "{family:6}  {:>7}  {:>6}", own.count(), killed.count())?;
        }
        for (own, _) in self.mutants.iter().filter(|(_, kills)| kills.is_empty()) {
            writeln!(f, "\nnot killed: {}: {}", own.family, own.name)?;
            writeln!(f, "  breaks  {}", own.clauses.join(", "))?;
            writeln!(f, "  repeat  {} mutants --mutant '{}'", program(), own.name)?;
        }
        match self.idle() {
            idle if idle.is_empty() => Ok(()),
            idle => writeln!(f, "\nchecks that kill no mutant: {}", idle.join(", ")),
        }
    }
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
    let clauses = specification.clauses();
    let watching = CHECKS
        .iter()
        .filter(|check| !check.is_static() && clauses.iter().any(|clause| check.proves(clause)));
    let mut outcome = Outcome {
        mutants: Vec::new(),
        checks: watching.map(|check| (check, None)).collect(),
    };
    while let Some((report, mutant)) = runs.next().await {
        let cannot_run = |error: &dyn fmt::Display| {
            format!("the mutant `{}` cannot be run: {error}", mutant.name)
        };
        let report = report.map_err(|error| cannot_run(&error))?;
        let report = report.map_err(|_| cannot_run(&"the run does not end"))?;
        let report = report.map_err(|error| cannot_run(&error))?;
        for (check, observed) in &mut outcome.checks {
            let mut broken = mutant.clauses.iter().filter_map(|id| clauses.get(id));
            if broken.any(|clause| check.proves(clause)) {
                let mut cases = report
                    .clauses
                    .iter()
                    .filter_map(|row| row.checks.get(check.id));
                *observed.get_or_insert_default() |= cases.any(|cases| *cases > 0);
            }
        }
        let failures = report.failures.into_iter().filter(|failure| {
            failure.verdict == Verdict::Failed && mutant.clauses.contains(&failure.clause)
        });
        let kills = failures.map(|failure| failure.check).collect();
        outcome.mutants.push((mutant, kills));
        progress(outcome.mutants.len() as u64, total);
    }
    Ok(outcome)
}
