//! What a run found: one row for each check.

use std::fmt;

/// What one check found.
#[derive(Clone, Debug)]
pub struct Row {
    /// The check's id.
    pub check: &'static str,
    /// How many cases it judged.
    pub cases: u64,
    /// How many of them failed.
    pub failed: u64,
    /// What the failure with the smallest example was.
    pub failure: Option<String>,
}

/// What a check has to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// All of its cases hold.
    Passed,
    /// Some do not.
    Failed,
    /// There was nothing that it could judge, because something else failed before.
    Skipped,
}

impl Row {
    /// The verdict.
    pub fn verdict(&self) -> Verdict {
        match (self.cases, self.failed) {
            (0, _) => Verdict::Skipped,
            (_, 0) => Verdict::Passed,
            _ => Verdict::Failed,
        }
    }
}

/// What a run found.
#[derive(Clone, Debug)]
pub struct Report {
    /// One row for each check, in the order of the checks.
    pub rows: Vec<Row>,
    /// How many requests the server answered.
    pub requests: usize,
}

impl Report {
    /// How many checks have a verdict.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.rows
            .iter()
            .filter(|row| row.verdict() == verdict)
            .count()
    }

    /// Whether everything was judged and holds: what was not judged is not proven.
    pub fn proven(&self) -> bool {
        self.rows.iter().all(|row| row.verdict() == Verdict::Passed)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:24} {:>7}  verdict", "check", "cases")?;
        for row in &self.rows {
            let verdict = match row.verdict() {
                Verdict::Passed => "passed".to_owned(),
                Verdict::Failed => format!("FAILED in {} of {}", row.failed, row.cases),
                Verdict::Skipped => "skipped: nothing came that it could judge".to_owned(),
            };
            writeln!(f, "{:24} {:>7}  {verdict}", row.check, row.cases)?;
        }
        for row in &self.rows {
            if let Some(failure) = &row.failure {
                writeln!(f, "\n{}\n  {}", row.check, failure.replace('\n', "\n  "))?;
            }
        }
        Ok(())
    }
}
