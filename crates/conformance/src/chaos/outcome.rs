//! What a run with fault injection found, and how it is printed.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use super::injection::Recorded;
use super::invariants::{CallOutcome, Commit, Finding, Invariant, Records, check};

/// What a run with fault injection found.
#[derive(Clone, Debug)]
pub struct ChaosReport {
    /// How often each fault was injected, by name.
    pub faults: BTreeMap<&'static str, usize>,
    /// How often a repeated key was answered with a status.
    pub replays: BTreeMap<u16, usize>,
    /// How many calls were cancelled and repeated.
    pub cancelled: usize,
    /// What was received, created and known.
    pub records: Records,
    /// One for each invariant.
    pub findings: Vec<Finding>,
    /// How long the run took.
    pub elapsed: Duration,
}

impl ChaosReport {
    pub(super) fn new(
        recorded: Recorded,
        commits: Vec<Commit>,
        outcomes: Vec<CallOutcome>,
        cancelled: usize,
        elapsed: Duration,
    ) -> Self {
        let records = Records {
            attempts: recorded.attempts,
            commits,
            outcomes,
        };
        Self {
            findings: check(&records),
            faults: recorded.faults,
            replays: recorded.replays,
            cancelled,
            records,
            elapsed,
        }
    }

    /// Whether every invariant holds.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.findings.iter().all(|finding| finding.holds)
    }

    /// The invariants that do not hold.
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
            *outcomes.entry(name).or_insert(0_usize) += 1;
        }
        table(f, "fault", "attempts", &self.faults)?;
        table(f, "repeated key answered with", "attempts", &self.replays)?;
        table(f, "outcome", "calls", &outcomes)?;
        writeln!(f, "{:44} {:>8}", "invariant", "found")?;
        for finding in &self.findings {
            writeln!(f, "{finding}")?;
        }
        let seconds = self.elapsed.as_secs_f64();
        let calls = self.records.outcomes.len();
        writeln!(
            f,
            "\n{} attempts, {} calls cancelled and repeated, {} customers, in {seconds:.1} s: {:.0} calls/s",
            self.records.attempts.len(),
            self.cancelled,
            self.records.commits.len(),
            calls as f64 / seconds.max(f64::EPSILON),
        )
    }
}

fn table<K: fmt::Display>(
    f: &mut fmt::Formatter<'_>,
    name: &str,
    unit: &str,
    rows: &BTreeMap<K, usize>,
) -> fmt::Result {
    writeln!(f, "{name:44} {unit:>8}")?;
    for (name, count) in rows {
        writeln!(f, "{name:<44} {count:>8}")?;
    }
    writeln!(f)
}
