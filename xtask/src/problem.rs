//! What is wrong, where, and what to do about it.

use std::fmt;

/// One thing that keeps derived files from being made, or that is wrong with them.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The file, seen from the workspace's root.
    pub file: String,
    /// The place within the file: a line, or a path into the document. May be empty.
    pub place: String,
    /// What is wrong there.
    pub reason: String,
    /// What mends it.
    pub remedy: String,
}

impl Problem {
    pub(crate) fn new(
        file: impl Into<String>,
        place: impl Into<String>,
        reason: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            file: file.into(),
            place: place.into(),
            reason: reason.into(),
            remedy: remedy.into(),
        }
    }

    /// A problem of the contract.
    pub(crate) fn of_contract(
        place: impl Into<String>,
        reason: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self::new(crate::CONTRACT, place, reason, remedy)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file,
            place,
            reason,
            remedy,
        } = self;
        write!(f, "error: {file}")?;
        if !place.is_empty() {
            write!(f, ", at {place}")?;
        }
        write!(
            f,
            "\n  {}\n  to mend it: {remedy}\n",
            reason.trim_end().replace('\n', "\n  ")
        )
    }
}

/// Problems, at least one.
#[derive(Clone, Debug)]
pub struct Problems(pub Vec<Problem>);

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self(vec![problem])
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for problem in &self.0 {
            write!(f, "{problem}")?;
        }
        let count = self.0.len();
        writeln!(
            f,
            "{count} problem{}; no file was changed",
            if count == 1 { "" } else { "s" }
        )
    }
}
