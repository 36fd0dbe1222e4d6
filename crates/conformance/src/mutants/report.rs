//! What the mutants showed, for people and for machines.

use std::fmt;
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::outcome::idle;
use super::{Family, Fate, Outcome};

/// What became of all mutants of a run.
#[derive(Clone, Debug, Serialize)]
pub struct Mutants {
    /// The form of this document.
    pub schema: u32,
    /// One line for each family that ran.
    pub families: Vec<FamilyLine>,
    /// The checks that killed none, where all families ran.
    pub idle: Vec<&'static str>,
    /// What became of each mutant.
    pub outcomes: Vec<Outcome>,
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
    /// How many are declared as equivalent.
    pub equivalent: usize,
    /// How many survived, or are declared wrongly.
    pub survived: usize,
}

impl Mutants {
    pub(super) fn new(outcomes: Vec<Outcome>) -> Self {
        let line = |family: Family| {
            let count = |fates: &[Fate]| {
                let mine = outcomes.iter().filter(|outcome| outcome.family == family);
                mine.filter(|outcome| fates.contains(&outcome.fate)).count()
            };
            let (killed, equivalent) = (count(&[Fate::Killed]), count(&[Fate::Equivalent]));
            let survived = count(&[Fate::Survived, Fate::Mislabelled]);
            FamilyLine {
                family,
                mutants: killed + equivalent + survived,
                killed,
                equivalent,
                survived,
            }
        };
        let families: Vec<FamilyLine> = Family::ALL
            .into_iter()
            .map(line)
            .filter(|line| line.mutants > 0)
            .collect();
        let whole = families.len() == Family::ALL.len();
        Self {
            schema: 1,
            idle: if whole { idle(&outcomes) } else { Vec::new() },
            families,
            outcomes,
        }
    }

    /// Whether every mutant that can be killed was, few are declared as equivalent, and no
    /// check is idle.
    pub fn proven(&self) -> bool {
        let mutants: usize = self.families.iter().map(|line| line.mutants).sum();
        let equivalent: usize = self.families.iter().map(|line| line.equivalent).sum();
        let survived: usize = self.families.iter().map(|line| line.survived).sum();
        survived == 0 && self.idle.is_empty() && equivalent * 20 <= mutants
    }

    /// How many were killed or are declared as equivalent, and how many were not.
    pub fn count(&self) -> (usize, usize) {
        let survived: usize = self.families.iter().map(|line| line.survived).sum();
        (self.outcomes.len() - survived, survived)
    }

    /// Writes `mutants.json` and `mutants.md` to a folder, which is made if need be.
    ///
    /// # Errors
    ///
    /// When a file cannot be written.
    pub fn write_to(&self, directory: &Path) -> io::Result<Vec<PathBuf>> {
        std::fs::create_dir_all(directory)?;
        let json = serde_json::to_string_pretty(self).map_err(io::Error::other)?;
        let mut files = Vec::new();
        for (name, text) in [("mutants.json", json), ("mutants.md", self.markdown())] {
            let file = directory.join(name);
            std::fs::write(&file, text)?;
            files.push(file);
        }
        Ok(files)
    }

    fn markdown(&self) -> String {
        let mut text =
            "| family | mutants | killed | equivalent | survived |\n|---|---|---|---|---|\n"
                .to_owned();
        for line in &self.families {
            let FamilyLine {
                family,
                mutants,
                killed,
                equivalent,
                survived,
            } = line;
            let _ = writeln!(
                text,
                "| {family} | {mutants} | {killed} | {equivalent} | {survived} |"
            );
        }
        let _ = writeln!(
            text,
            "\n| mutant | breaks | fate | killed by |\n|---|---|---|---|"
        );
        for outcome in &self.outcomes {
            let _ = writeln!(
                text,
                "| `{}` | {} | {} | {} |",
                outcome.name.replace('|', "\\|"),
                outcome.clauses.join(", "),
                fate(outcome.fate),
                Vec::from_iter(outcome.killers()).join(", ")
            );
        }
        text
    }
}

fn fate(fate: Fate) -> &'static str {
    match fate {
        Fate::Killed => "killed",
        Fate::Survived => "SURVIVED",
        Fate::Equivalent => "equivalent",
        Fate::Mislabelled => "killed, though declared equivalent",
    }
}

impl fmt::Display for Mutants {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:10} {:>7} {:>7} {:>10} {:>8}",
            "family", "mutants", "killed", "equivalent", "survived"
        )?;
        for line in &self.families {
            writeln!(
                f,
                "{:10} {:>7} {:>7} {:>10} {:>8}",
                line.family, line.mutants, line.killed, line.equivalent, line.survived
            )?;
        }
        writeln!(f, "\nkilled first by")?;
        for check in crate::checks::CHECKS {
            let first = self
                .outcomes
                .iter()
                .filter(|outcome| outcome.killers().next() == Some(check.id))
                .count();
            let any = self
                .outcomes
                .iter()
                .filter(|outcome| outcome.killers().any(|killer| killer == check.id))
                .count();
            if any > 0 {
                writeln!(f, "  {:24} {first:>4} of the {any} that it kills", check.id)?;
            }
        }
        let wrong = [Fate::Survived, Fate::Mislabelled];
        for outcome in self
            .outcomes
            .iter()
            .filter(|outcome| wrong.contains(&outcome.fate))
        {
            writeln!(
                f,
                "\n{} {}: {}",
                outcome.family,
                outcome.name,
                fate(outcome.fate)
            )?;
            writeln!(f, "  breaks    {}", outcome.place)?;
            writeln!(f, "  clauses   {}", outcome.clauses.join(", "))?;
            if !outcome.others.is_empty() {
                writeln!(
                    f,
                    "  failed    {} (for other clauses)",
                    outcome.others.join(", ")
                )?;
            }
            writeln!(
                f,
                "  repeat    cargo conformance mutants --mutant '{}'",
                outcome.name
            )?;
        }
        if !self.idle.is_empty() {
            writeln!(f, "\nidle, for they kill nothing: {}", self.idle.join(", "))?;
        }
        Ok(())
    }
}
