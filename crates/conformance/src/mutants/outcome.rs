//! What became of the mutants of a run, for people and for programs.

use std::fmt::{self, Write as _};
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{Family, Mutant};
use crate::checks::CHECKS;
use crate::report::{Failure, Report, Verdict};

/// What became of all mutants of a run. It is its own JSON document.
#[derive(Clone, Serialize)]
pub struct Outcome {
    /// The version of the document.
    pub schema: u32,
    /// The checks that killed none, where both families were run: with a part of the mutants
    /// that says nothing.
    pub idle: Vec<&'static str>,
    /// What became of each mutant.
    pub mutants: Vec<MutantOutcome>,
}

/// What became of one mutant.
#[derive(Clone, Serialize)]
pub struct MutantOutcome {
    /// What was broken.
    #[serde(flatten)]
    pub mutant: Mutant,
    /// Whether a check failed for one of the broken clauses.
    pub killed: bool,
    /// The first failure of each check that did, in the order of the checks: what a report
    /// of the run would show.
    pub kills: Vec<Failure>,
}

impl MutantOutcome {
    pub(super) fn new(mutant: Mutant, report: Report) -> Self {
        let mut kills = report.failures;
        kills.retain(|failure| {
            failure.verdict == Verdict::Failed && mutant.clauses.contains(&failure.clause)
        });
        kills.dedup_by(|next, first| next.check == first.check);
        Self {
            killed: !kills.is_empty(),
            mutant,
            kills,
        }
    }

    fn is_killed_by(&self, check: &str) -> bool {
        self.kills.iter().any(|kill| kill.check == check)
    }
}

impl Outcome {
    pub(super) fn new(mutants: Vec<MutantOutcome>) -> Self {
        let both = Family::ALL.iter().all(|family| {
            let mut families = mutants.iter().map(|own| own.mutant.family);
            families.any(|own| own == *family)
        });
        // What needs no server compares two texts; edits of the contract are tried with it.
        let watching = CHECKS.iter().filter(|check| !check.is_static());
        let idle = watching.filter(|check| !mutants.iter().any(|own| own.is_killed_by(check.id)));
        Self {
            schema: 3,
            idle: idle.filter(|_| both).map(|check| check.id).collect(),
            mutants,
        }
    }

    /// Whether every mutant was killed and no check is idle.
    pub fn passed(&self) -> bool {
        self.idle.is_empty() && self.mutants.iter().all(|own| own.killed)
    }

    /// How many mutants of a family there were, and how many of them were killed.
    fn count(&self, family: Family) -> (usize, usize) {
        let own = self.mutants.iter();
        let own = own.filter(|own| own.mutant.family == family);
        let killed = own.clone().filter(|own| own.killed);
        (own.count(), killed.count())
    }

    /// Returns the outcome as JSON.
    ///
    /// # Errors
    ///
    /// Never in practice: all of it can be written as JSON.
    pub fn to_json(&self) -> Result<String, String> {
        let text = serde_json::to_string_pretty(self).map_err(|error| error.to_string())?;
        Ok(text + "\n")
    }

    /// Writes `mutants.json` and `mutants.md` to a folder, which is created if it is missing.
    ///
    /// # Errors
    ///
    /// When a file cannot be written.
    pub fn write_to(&self, folder: &Path) -> io::Result<Vec<PathBuf>> {
        std::fs::create_dir_all(folder)?;
        let json = self.to_json().map_err(io::Error::other)?;
        let write = |(name, text): (&str, String)| {
            let file = folder.join(name);
            std::fs::write(&file, text).map(|()| file)
        };
        let files = [("mutants.json", json), ("mutants.md", self.markdown())];
        files.into_iter().map(write).collect()
    }

    fn markdown(&self) -> String {
        let mut text = "| family | mutants | killed |\n|---|---|---|\n".to_owned();
        for family in Family::ALL {
            let (mutants, killed) = self.count(family);
            let _ = writeln!(text, "| {family} | {mutants} | {killed} |");
        }
        text.push_str("\n| mutant | breaks | killed by |\n|---|---|---|\n");
        for MutantOutcome { mutant, kills, .. } in &self.mutants {
            let (name, clauses) = (mutant.name.replace('|', "\\|"), mutant.clauses.join(", "));
            let checks: Vec<&str> = kills.iter().map(|kill| kill.check.as_str()).collect();
            let checks = match checks.is_empty() {
                true => "**no check**".to_owned(),
                false => checks.join(", "),
            };
            let _ = writeln!(text, "| {name} | {clauses} | {checks} |");
        }
        text
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "family  mutants  killed")?;
        for family in Family::ALL {
            let (mutants, killed) = self.count(family);
            writeln!(f, "{family:6}  {mutants:>7}  {killed:>6}")?;
        }
        for own in self.mutants.iter().filter(|own| !own.killed) {
            let Mutant {
                family,
                name,
                clauses,
                ..
            } = &own.mutant;
            writeln!(f, "\nnot killed: {family}: {name}")?;
            writeln!(f, "  breaks  {}", clauses.join(", "))?;
            writeln!(f, "  repeat  cargo conformance mutants --mutant '{name}'")?;
        }
        if !self.idle.is_empty() {
            writeln!(f, "\nchecks that kill no mutant: {}", self.idle.join(", "))?;
        }
        Ok(())
    }
}
