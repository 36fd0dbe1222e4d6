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

impl Row {
    /// A check that judged nothing has proven nothing.
    pub fn passed(&self) -> bool {
        self.cases > 0 && self.failed == 0
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
    /// How many checks passed.
    pub fn passed(&self) -> usize {
        self.rows.iter().filter(|row| row.passed()).count()
    }

    /// How many checks failed.
    pub fn failed(&self) -> usize {
        self.rows.len() - self.passed()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:24} {:>7}  verdict", "check", "cases")?;
        for row in &self.rows {
            let verdict = match (row.cases, row.failed) {
                (0, _) => "FAILED: it judged nothing".to_owned(),
                (_, 0) => "passed".to_owned(),
                (cases, failed) => format!("FAILED in {failed} of {cases}"),
            };
            writeln!(f, "{:24} {:>7}  {verdict}", row.check, row.cases)?;
        }
        for row in self.rows.iter().filter(|row| !row.passed()) {
            let failure = row
                .failure
                .as_deref()
                .unwrap_or("nothing came that it could judge");
            writeln!(f, "\n{}\n  {}", row.check, failure.replace('\n', "\n  "))?;
        }
        Ok(())
    }
}
