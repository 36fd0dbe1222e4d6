//! The clauses as the tasks read them: which there are about a place, and what the page's
//! samples were settled to have.
//!
//! The suite holds clauses and contract against each other; this file only finds them.

use std::path::Path;

use serde_json::Value;

use crate::facts::{Key, text};
use crate::problem::{Problem, Problems};

/// Where the clauses lie, seen from the workspace's root.
pub(crate) const CLAUSES: &str = "openapi/clauses.toml";

/// One clause.
#[derive(Clone, Debug)]
pub(crate) struct Clause {
    pub(crate) id: String,
    pub(crate) expect: Value,
}

impl Clause {
    fn word(&self, name: &str) -> &str {
        self.expect.get(name).map_or("", text)
    }

    /// The attribute, answer, server or operation that the clause is about.
    fn is_about(&self, subject: &Subject) -> bool {
        let here = |name: &str, value: &str| self.word(name) == value;
        match subject {
            Subject::Attribute(key) if key.path.is_empty() => {
                here("kind", "media") && here("operation", &key.operation) && here("of", &key.of)
            }
            Subject::Attribute(key) => {
                matches!(self.word("kind"), "attribute" | "sample")
                    && here("operation", &key.operation)
                    && here("of", &key.of)
                    && here("path", &key.path)
            }
            Subject::Answer(operation, status) => {
                here("kind", "answer") && here("operation", operation) && here("status", status)
            }
            Subject::Operation(operation) => {
                here("kind", "operation") && here("operation", operation)
            }
            Subject::Security(operation) => {
                here("kind", "security") && here("operation", operation)
            }
            Subject::Server(url) => here("kind", "server") && here("url", url),
        }
    }
}

/// What clauses are about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Subject {
    Attribute(Key),
    Answer(String, String),
    Operation(String),
    Security(String),
    Server(String),
}

/// All clauses, in the order of the file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Clauses(pub(crate) Vec<Clause>);

impl Clauses {
    /// Those of the workspace at `root`; none, where there is no such file.
    pub(crate) fn read(root: &Path) -> Result<Self, Problems> {
        match std::fs::read_to_string(root.join(CLAUSES)) {
            Ok(text) => Self::parse(&text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => {
                let reason = format!("cannot be read: {error}");
                Err(Problem::new(CLAUSES, "", reason, "restore the file").into())
            }
        }
    }

    pub(crate) fn parse(content: &str) -> Result<Self, Problems> {
        let document: Value = toml::from_str(content).map_err(|error| {
            let reason = format!("is not valid TOML: {error}");
            Problem::new(CLAUSES, "", reason, "correct the TOML")
        })?;
        let clauses = crate::facts::items(document.get("clause")).iter();
        Ok(Self(
            clauses
                .map(|clause| Clause {
                    id: clause.get("id").map_or("", text).to_owned(),
                    expect: clause.get("expect").cloned().unwrap_or_default(),
                })
                .collect(),
        ))
    }

    /// The clauses about a subject.
    pub(crate) fn about(&self, subject: &Subject) -> Vec<&Clause> {
        self.0
            .iter()
            .filter(|clause| clause.is_about(subject))
            .collect()
    }

    /// The values that clauses settled for an attribute because a sample of the page has
    /// them, with the clause.
    pub(crate) fn settled<'a>(&'a self, key: &'a Key) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0.iter().filter_map(move |clause| {
            let subject = Subject::Attribute(key.clone());
            (clause.word("kind") == "sample" && clause.is_about(&subject))
                .then(|| (clause.word("value"), clause.id.as_str()))
        })
    }
}
