//! What is wrong with a file: where, what, and what to do about it.

use std::fmt;

/// One problem in a file, with its place and what solves it.
///
/// ```
/// let diagnostic = bvnk_contract::Diagnostic::new("openapi/customers.yaml", "/paths", "has no operations")
///     .help("declare at least one operation");
/// assert_eq!(
///     diagnostic.to_string(),
///     "has no operations\n  --> openapi/customers.yaml, at /paths\n  help: declare at least one operation"
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The name of the file, as the caller gave it.
    pub file: String,
    /// The place in the file: a JSON pointer, or a line and a column. May be empty.
    pub location: String,
    /// What is wrong. Lower case, without a full stop.
    pub message: String,
    /// What to do about it. May be empty.
    pub help: String,
}

impl Diagnostic {
    /// Makes a diagnostic without help.
    pub fn new(
        file: impl Into<String>,
        location: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            file: file.into(),
            location: location.into(),
            message: message.into(),
            help: String::new(),
        }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message.trim_end().replace('\n', "\n  "))?;
        write!(f, "\n  --> {}", self.file)?;
        if !self.location.is_empty() {
            // It has names of the file, which may have line breaks.
            write!(f, ", at {}", self.location.replace('\n', "\\n"))?;
        }
        if !self.help.is_empty() {
            write!(f, "\n  help: {}", self.help)?;
        }
        Ok(())
    }
}

/// One or more [`Diagnostic`]s: why a file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// Makes an error of diagnostics, if there are any.
    ///
    /// # Errors
    ///
    /// All of them, unless the list is empty.
    pub fn check(list: Vec<Diagnostic>) -> Result<(), Self> {
        if list.is_empty() {
            Ok(())
        } else {
            Err(Self(list))
        }
    }

    /// Returns the diagnostics, in the order in which they were found.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.0.iter()
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Self(vec![diagnostic])
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, diagnostic) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "error: {diagnostic}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostics {}
