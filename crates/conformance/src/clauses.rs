//! The clauses: the documentation's facts, each with an expectation of its own.
//!
//! They are a second reading of the page, made apart from the contract; [`compare`] holds
//! the two against each other, in both directions.

mod compare;
mod facts;

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use crate::checks::CHECKS;

pub use compare::{Mismatch, compare};

/// Where the clauses lie, for messages.
pub(crate) const CLAUSES: &str = "openapi/clauses.toml";
/// Where the contract lies, for messages.
pub(crate) const CONTRACT: &str = "openapi/customers.yaml";

/// Whether the page says it, or leaves it open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// The page says it.
    Documented,
    /// We settled it; the page neither says it nor denies it.
    Inferred,
}

/// One fact of the page.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    /// Its name.
    pub id: String,
    /// The fact, in our words.
    pub says: String,
    /// Where it comes from.
    pub basis: Basis,
    /// What must be true.
    pub expect: Expect,
}

/// What a clause expects. `clauses.toml` opens with a description of each kind.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
#[allow(missing_docs)] // the file that has them describes them
pub enum Expect {
    Server {
        url: String,
        rank: usize,
    },
    Operation {
        operation: String,
        method: String,
        path: String,
    },
    Security {
        operation: String,
        scheme: String,
    },
    Answer {
        operation: String,
        status: String,
    },
    Media {
        operation: String,
        of: String,
        r#type: String,
        body: Option<String>,
    },
    Attribute(Attribute),
    Sample {
        operation: String,
        of: String,
        path: String,
        value: serde_json::Value,
    },
    Behaviour {},
}

impl Expect {
    /// Whether the contract states it, so that the two can be compared.
    pub fn is_stated(&self) -> bool {
        !matches!(self, Self::Behaviour {})
    }
}

/// What a clause expects of one attribute of a body, of the path or of the headers.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attribute {
    /// The operation's id.
    pub operation: String,
    /// `request`, a status, `path` or `header`.
    pub of: String,
    /// The names on the way to it, joined by dots.
    pub path: String,
    /// The JSON type.
    pub r#type: String,
    /// Whether it must be there.
    pub required: bool,
    /// The form of a string, by OpenAPI's name for it.
    pub format: Option<String>,
    /// The pattern of a string.
    pub pattern: Option<String>,
    /// The least length of a string.
    pub min_length: Option<u64>,
    /// The greatest length of a string.
    pub max_length: Option<u64>,
    /// The values that are listed.
    pub known: Option<Vec<String>>,
    /// Whether other values than those are legal.
    pub open: Option<bool>,
}

/// All clauses.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clauses {
    #[serde(rename = "clause")]
    clauses: Vec<Clause>,
}

impl Clauses {
    /// The clauses of this workspace.
    ///
    /// # Errors
    ///
    /// The place and the reason, if the file is not what it must be.
    pub fn embedded() -> Result<Self, String> {
        Self::parse(include_str!("../../../openapi/clauses.toml"))
    }

    /// Clauses from a text.
    ///
    /// # Errors
    ///
    /// The place and the reason, if the text is not what it must be.
    pub fn parse(text: &str) -> Result<Self, String> {
        let clauses: Self = toml::from_str(text).map_err(|error| format!("{CLAUSES}: {error}"))?;
        for (index, clause) in clauses.clauses.iter().enumerate() {
            if clauses.clauses[..index]
                .iter()
                .any(|other| other.id == clause.id)
            {
                return Err(format!("{CLAUSES}: two clauses have the id {}", clause.id));
            }
        }
        Ok(clauses)
    }

    /// The clauses in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &Clause> {
        self.clauses.iter()
    }

    /// The attributes that clauses expect of one body, each with its clause.
    pub fn attributes<'a>(
        &'a self,
        operation: &'a str,
        of: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a Attribute)> {
        self.iter().filter_map(move |clause| match &clause.expect {
            Expect::Attribute(attribute)
                if attribute.operation == operation && attribute.of == of =>
            {
                Some((clause.id.as_str(), attribute))
            }
            _ => None,
        })
    }

    /// Clauses that no check proves, and names in checks that no clause has.
    pub fn unproven(&self) -> Vec<String> {
        // What only agrees with the contract is a text that agrees with a text.
        let checks = || CHECKS.iter().filter(|check| !check.all_stated);
        let nobody = self
            .iter()
            .filter(|clause| !checks().any(|check| check.proves(clause)))
            .map(|clause| format!("no check proves the clause `{}` of {CLAUSES}", clause.id));
        let nothing = CHECKS
            .iter()
            .filter(|check| !self.iter().any(|clause| check.proves(clause)));
        let nothing = nothing.map(|check| format!("the check `{}` proves no clause", check.id));
        let unknown = CHECKS.iter().flat_map(|check| {
            check
                .clauses
                .iter()
                .filter(|id| !self.iter().any(|clause| clause.id == **id))
                .map(|id| {
                    format!(
                        "the check `{}` names the clause `{id}`, which {CLAUSES} does not have",
                        check.id
                    )
                })
        });
        nobody.chain(nothing).chain(unknown).collect()
    }
}

/// Every clause with the checks that prove it, for people.
pub fn matrix(clauses: &Clauses) -> String {
    let width = clauses
        .iter()
        .map(|clause| clause.id.len())
        .max()
        .unwrap_or(0);
    let mut table = String::new();
    let mut proven = 0;
    for clause in clauses.iter() {
        let checks: Vec<&str> = CHECKS
            .iter()
            .filter(|check| check.proves(clause))
            .map(|check| check.id)
            .collect();
        proven += usize::from(!checks.is_empty());
        let basis = match clause.basis {
            Basis::Documented => "documented",
            Basis::Inferred => "inferred",
        };
        let checks = if checks.is_empty() {
            "NO CHECK".to_owned()
        } else {
            checks.join(", ")
        };
        let _ = writeln!(table, "{:width$}  {basis:10}  {checks}", clause.id);
    }
    let all = clauses.iter().count();
    let _ = writeln!(
        table,
        "\n{all} clauses, {proven} with a check, {} checks",
        CHECKS.len()
    );
    table
}
