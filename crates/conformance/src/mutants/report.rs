//! What became of all mutants, for people and for machines.

use std::fmt;
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::outcome::idle;
use super::{Family, MutantOutcome};

/// What became of all mutants of a run.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    /// The version of this document.
    pub schema: u32,
    /// One line for each family that was run.
    pub families: Vec<FamilyLine>,
    /// The checks that killed none, where both families were run completely.
    pub idle: Vec<&'static str>,
    /// What became of each mutant.
    pub mutants: Vec<MutantOutcome>,
}

/// The mutants of one family.
#[derive(Clone, Debug, Serialize)]
pub struct FamilyLine {
    /// The family.
    pub family: Family,
    /// How many mutants there were.
    pub mutants: usize,
    /// How many were killed.
    pub killed: usize,
}

impl Outcome {
    pub(super) fn new(mutants: Vec<MutantOutcome>) -> Self {
        let line = |family: Family| {
            let own = || {
                mutants
                    .iter()
                    .filter(move |outcome| outcome.family == family)
            };
            FamilyLine {
                family,
                mutants: own().count(),
                killed: own().filter(|outcome| outcome.killed).count(),
            }
        };
        let families: Vec<FamilyLine> = Family::ALL
            .map(line)
            .into_iter()
            .filter(|line| line.mutants > 0)
            .collect();
        Self {
            schema: 2,
            idle: if families.len() == Family::ALL.len() {
                idle(&mutants)
            } else {
                Vec::new()
            },
            families,
            mutants,
        }
    }

    /// Whether every mutant was killed and no check is idle.
    pub fn passed(&self) -> bool {
        self.idle.is_empty() && self.mutants.iter().all(|outcome| outcome.killed)
    }

    /// The mutants that no check killed.
    pub fn survivors(&self) -> impl Iterator<Item = &MutantOutcome> {
        self.mutants.iter().filter(|outcome| !outcome.killed)
    }

    /// The outcome as JSON.
    ///
    /// # Errors
    ///
    /// Never in practice: all of it can be written as JSON.
    pub fn to_json(&self) -> Result<String, String> {
        let text = serde_json::to_string_pretty(self).map_err(|error| error.to_string())?;
        Ok(format!("{text}\n"))
    }

    /// Writes `mutants.json` and `mutants.md` to a folder, which is created if it is missing.
    ///
    /// # Errors
    ///
    /// When a file cannot be written.
    pub fn write_to(&self, folder: &Path) -> io::Result<Vec<PathBuf>> {
        std::fs::create_dir_all(folder)?;
        let json = self.to_json().map_err(io::Error::other)?;
        let mut files = Vec::new();
        for (name, text) in [("mutants.json", json), ("mutants.md", self.markdown())] {
            let file = folder.join(name);
            std::fs::write(&file, text)?;
            files.push(file);
        }
        Ok(files)
    }

    fn markdown(&self) -> String {
        let mut text = "| family | mutants | killed |\n|---|---|---|\n".to_owned();
        for FamilyLine {
            family,
            mutants,
            killed,
        } in &self.families
        {
            let _ = writeln!(text, "| {family} | {mutants} | {killed} |");
        }
        text.push_str("\n| mutant | breaks | killed by |\n|---|---|---|\n");
        for outcome in &self.mutants {
            let name = outcome.name.replace('|', "\\|");
            let checks: Vec<&str> = outcome
                .kills
                .iter()
                .map(|kill| kill.check.as_str())
                .collect();
            let checks = if checks.is_empty() {
                "**no check**".to_owned()
            } else {
                checks.join(", ")
            };
            let _ = writeln!(
                text,
                "| {name} | {} | {checks} |",
                outcome.clauses.join(", ")
            );
        }
        text
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "family  mutants  killed")?;
        for FamilyLine {
            family,
            mutants,
            killed,
        } in &self.families
        {
            writeln!(f, "{family:6}  {mutants:>7}  {killed:>6}")?;
        }
        writeln!(f, "\nmutants killed, by check")?;
        for check in crate::checks::CHECKS {
            let killed = self
                .mutants
                .iter()
                .filter(|outcome| outcome.kills.iter().any(|kill| kill.check == check.id));
            match killed.count() {
                0 => {}
                killed => writeln!(f, "  {:20} {killed:>4}", check.id)?,
            }
        }
        for outcome in self.survivors() {
            writeln!(f, "\nnot killed: {}: {}", outcome.family, outcome.name)?;
            writeln!(f, "  breaks  {}", outcome.clauses.join(", "))?;
            writeln!(
                f,
                "  repeat  cargo conformance mutants --mutant '{}'",
                outcome.name
            )?;
        }
        if !self.idle.is_empty() {
            writeln!(f, "\nchecks that kill no mutant: {}", self.idle.join(", "))?;
        }
        Ok(())
    }
}
