//! Regular expressions of the contract, compiled when it is read.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use regress::Regex;
use serde::{Deserialize, Serialize};

/// A regular expression (ECMA 262) that must match somewhere in a text. It dereferences to its
/// source.
///
/// The engine and its modes are those of the client, so that a pattern which only other engines
/// accept is found when the contract is read.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Pattern {
    source: String,
    regex: Arc<Regex>,
}

impl Pattern {
    /// Returns whether it matches somewhere in a text.
    pub fn matches(&self, text: &str) -> bool {
        self.regex.find(text).is_some()
    }
}

impl TryFrom<String> for Pattern {
    type Error = String;

    fn try_from(source: String) -> Result<Self, String> {
        match Regex::with_flags(&source, "u").or_else(|_| Regex::new(&source)) {
            Ok(regex) => Ok(Self {
                source,
                regex: Arc::new(regex),
            }),
            Err(error) => Err(format!("the pattern cannot be compiled: {error}")),
        }
    }
}

impl From<Pattern> for String {
    fn from(pattern: Pattern) -> Self {
        pattern.source
    }
}

impl Deref for Pattern {
    type Target = str;

    fn deref(&self) -> &str {
        &self.source
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.source, f)
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)
    }
}
