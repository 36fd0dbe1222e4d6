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
pub struct Problems {
    /// What is wrong.
    pub list: Vec<Problem>,
    /// The files that had been written before, seen from the workspace's root.
    pub written: Vec<&'static str>,
}

impl Problems {
    pub(crate) fn new(list: Vec<Problem>) -> Self {
        let written = Vec::new();
        Self { list, written }
    }

    /// The same, met when these files had been written.
    pub(crate) fn after(self, written: &[&'static str]) -> Self {
        let written = written.to_vec();
        Self { written, ..self }
    }
}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self::new(vec![problem])
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for problem in &self.list {
            write!(f, "{problem}")?;
        }
        let count = self.list.len();
        let plural = if count == 1 { "" } else { "s" };
        write!(f, "{count} problem{plural}; ")?;
        match self.written.as_slice() {
            [] => writeln!(f, "no file was changed"),
            written => writeln!(f, "written before: {}", written.join(", ")),
        }
    }
}
