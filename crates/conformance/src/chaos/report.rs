//! What a run of chaos found, and its table.
//!
//! It must not judge; the findings are the judge's.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use super::judge::{Finding, Records, Told, judge};
use super::service::Gathered;

/// What a run of chaos found.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// How often each fault met an attempt, by where it was made and its name.
    pub faults: BTreeMap<(&'static str, &'static str), usize>,
    /// How the simulator answered repeated keys, by status.
    pub replays: BTreeMap<u16, usize>,
    /// What was committed, sent and told.
    pub records: Records,
    /// One for each promise.
    pub findings: Vec<Finding>,
    /// How long it took, calm weather included.
    pub elapsed: Duration,
}

impl Outcome {
    pub(super) fn new(gathered: Gathered, elapsed: Duration) -> Self {
        Self {
            findings: judge(&gathered.records),
            faults: gathered.faults,
            replays: gathered.replays,
            records: gathered.records,
            elapsed,
        }
    }

    /// How many promises were kept.
    #[must_use]
    pub fn passed(&self) -> usize {
        self.findings.iter().filter(|finding| finding.kept).count()
    }

    /// How many promises were broken.
    #[must_use]
    pub fn failed(&self) -> usize {
        self.findings.len() - self.passed()
    }

    /// What was found on one promise.
    #[must_use]
    pub fn finding(&self, promise: &str) -> Option<&Finding> {
        self.findings
            .iter()
            .find(|finding| finding.promise == promise)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:44} {:>8}", "fault", "attempts")?;
        for ((place, name), times) in &self.faults {
            writeln!(f, "{:44} {times:>8}", format!("{place}: {name}"))?;
        }
        writeln!(f, "\n{:44} {:>8}", "repeated key answered with", "attempts")?;
        for (status, times) in &self.replays {
            writeln!(f, "{status:<44} {times:>8}")?;
        }
        let told = &self.records.told;
        let mut ends = BTreeMap::new();
        for told in told {
            let end = match told {
                Told::Created(_) => "success".to_owned(),
                Told::InDoubt { why, .. } => format!("in doubt: {why}"),
                Told::Failed(why) => format!("failure: {why}"),
            };
            *ends.entry(end).or_insert(0_usize) += 1;
        }
        writeln!(f, "\n{:44} {:>8}", "the callers were told", "calls")?;
        for (end, calls) in ends {
            writeln!(f, "{end:44} {calls:>8}")?;
        }
        writeln!(f, "\n{:44} {:>8}  verdict", "promise", "found")?;
        for finding in &self.findings {
            writeln!(f, "{finding}")?;
        }
        for finding in &self.findings {
            if let Some(breach) = &finding.breach {
                writeln!(f, "\n{}\n  {breach}", finding.promise)?;
            }
        }
        let seconds = self.elapsed.as_secs_f64();
        writeln!(
            f,
            "\n{} attempts ({} with a fault), {} customers, in {seconds:.1} s: {:.0} calls/s",
            self.records.attempts.len(),
            self.records.faulted,
            self.records.commits.len(),
            told.len() as f64 / seconds.max(f64::EPSILON),
        )
    }
}
