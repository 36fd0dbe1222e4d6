//! The clauses: the documentation's facts, each with an expectation of its own.

use std::fmt;
use std::ops::Range;

use serde::{Deserialize, Serialize};
use toml::Spanned;

use crate::{Contract, Diagnostic, Diagnostics, Difference, Expectation, compare};

/// Whether the page says it, or leaves it open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// The page says it.
    Documented,
    /// The page neither says nor denies it; the reason is in the clause.
    Inferred,
}

impl Basis {
    fn default_weight(self) -> Weight {
        match self {
            Self::Documented => Weight::Must,
            Self::Inferred => Weight::Should,
        }
    }
}

/// How much it weighs when a server does not do what a clause says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Weight {
    /// It fails the run: the page says it, or the API is not safe without it.
    Must,
    /// It is a warning.
    Should,
}

/// One fact of the documentation.
#[derive(Clone, Debug, PartialEq)]
pub struct Clause {
    /// Its name; checks name the clauses that they prove.
    pub id: String,
    /// The fact, in our own words.
    pub says: String,
    /// Whether the page says it.
    pub basis: Basis,
    /// How much a server's failure weighs. Documented clauses are `must` unless the file
    /// says otherwise, inferred ones `should`.
    pub weight: Weight,
    /// What must be true.
    pub expect: Expectation,
    /// The line of the file where the clause begins; the first is 1.
    pub line: usize,
}

/// All clauses of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Clauses {
    file: String,
    clauses: Vec<Clause>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    clause: Vec<Spanned<Entry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    says: String,
    basis: Basis,
    weight: Option<Weight>,
    expect: Expectation,
}

impl Clauses {
    /// Reads clauses from TOML text. `file` is its name in diagnostics.
    ///
    /// # Errors
    ///
    /// A text that is not TOML, a clause that lacks a key or has an unknown one, and two
    /// clauses with the same id or about the same subject.
    pub fn from_toml(file: &str, text: &str) -> Result<Self, Diagnostics> {
        let read: File = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(1, |span| line(text, &span));
            Diagnostic::new(file, format!("line {line}"), error.message())
                .help("the head of the file describes the keys of a clause")
        })?;
        let mut clauses: Vec<Clause> = Vec::new();
        let mut problems = Vec::new();
        for entry in read.clause {
            let line = line(text, &entry.span());
            let entry = entry.into_inner();
            let weight = entry.weight.unwrap_or(entry.basis.default_weight());
            let clause = Clause {
                id: entry.id,
                says: entry.says,
                basis: entry.basis,
                weight,
                expect: entry.expect,
                line,
            };
            let subject = clause.expect.subject();
            for other in &clauses {
                let same = subject.is_some() && other.expect.subject() == subject;
                if other.id == clause.id || same {
                    let message = format!(
                        "`{}` repeats `{}` of line {}",
                        clause.id, other.id, other.line
                    );
                    let help = "give it an id and a subject of its own, or remove one of the two";
                    problems
                        .push(Diagnostic::new(file, format!("line {line}"), message).help(help));
                }
            }
            clauses.push(clause);
        }
        Diagnostics::check(problems)?;
        Ok(Self {
            file: file.to_owned(),
            clauses,
        })
    }

    /// The name of the file.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The clauses, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &Clause> {
        self.clauses.iter()
    }

    /// The clause with this id.
    pub fn get(&self, id: &str) -> Option<&Clause> {
        self.clauses.iter().find(|clause| clause.id == id)
    }

    /// The clause about the same subject as a fact.
    pub fn about(&self, fact: &Expectation) -> Option<&Clause> {
        let subject = fact.subject()?;
        let about = |clause: &&Clause| clause.expect.subject().as_ref() == Some(&subject);
        self.clauses.iter().find(about)
    }

    /// The clauses about the same subject as a fact, and those about its samples.
    pub fn all_about(&self, fact: &Expectation) -> Vec<&Clause> {
        let subject = fact.subject();
        let about = |clause: &&Clause| match &clause.expect {
            Expectation::Sample {
                operation,
                of,
                path,
                ..
            } => Some(format!("{operation} {of} {path}")) == subject,
            other => subject.is_some() && other.subject() == subject,
        };
        self.clauses.iter().filter(about).collect()
    }

    /// Compares the clauses with a contract, in both directions: what a clause expects and
    /// the contract states otherwise, and what the contract states without a clause.
    pub fn check(&self, contract: &Contract, contract_file: &str) -> Vec<Diagnostic> {
        let statements = contract.statements();
        let expectations = self.clauses.iter().map(|clause| &clause.expect);
        let mut diagnostics: Vec<Diagnostic> = compare(expectations, &statements)
            .iter()
            .map(|difference| self.difference(difference, contract_file))
            .collect();
        diagnostics.extend(self.check_samples(contract, contract_file));
        diagnostics.extend(self.values(contract, contract_file));
        diagnostics
    }

    fn difference(&self, difference: &Difference<'_>, contract_file: &str) -> Diagnostic {
        let place = |fact: &Expectation| {
            self.about(fact).map_or(String::new(), |clause| {
                format!("line {}, clause `{}`", clause.line, clause.id)
            })
        };
        match difference {
            Difference::Removed(fact) => {
                let subject = fact.subject().unwrap_or_default();
                let message = format!("{contract_file} does not state `{subject}`");
                Diagnostic::new(&self.file, place(fact), message)
                    .help("correct the contract, or the clause if the documentation has changed")
            }
            Difference::Changed {
                before,
                after,
                aspects,
            } => {
                let subject = before.subject().unwrap_or_default();
                let mut message = format!(
                    "`{subject}` differs from {contract_file}, at {}:",
                    after.location
                );
                for change in aspects {
                    let show = |value: &Option<serde_json::Value>| {
                        value
                            .as_ref()
                            .map_or("nothing".to_owned(), ToString::to_string)
                    };
                    message.push_str(&format!(
                        "\n{}: the clause expects {}, the contract states {}",
                        change.name,
                        show(&change.before),
                        show(&change.after)
                    ));
                }
                Diagnostic::new(&self.file, place(before), message)
                    .help("correct the contract, or the clause if the documentation has changed")
            }
            Difference::Added(statement) => {
                let subject = statement.expectation.subject().unwrap_or_default();
                Diagnostic::new(
                    contract_file,
                    &statement.location,
                    format!("states `{subject}`, which no clause covers"),
                )
                .help(format!(
                    "add a clause to {} (`cargo xtask upgrade` drafts it)",
                    self.file
                ))
            }
        }
    }

    fn values(&self, contract: &Contract, contract_file: &str) -> Vec<Diagnostic> {
        let statements = contract.statements();
        let mut diagnostics = Vec::new();
        for clause in &self.clauses {
            let Expectation::Value {
                operation,
                of,
                path,
                value,
            } = &clause.expect
            else {
                continue;
            };
            let listed = statements
                .iter()
                .any(|statement| match &statement.expectation {
                    Expectation::Attribute(rules) => {
                        (&rules.operation, &rules.of, &rules.path) == (operation, of, path)
                            && rules.known.iter().flatten().any(|known| known == value)
                    }
                    _ => false,
                });
            if !listed {
                let message = format!(
                    "expects `{value}` among the values of `{path}` in `{operation} {of}`, which {contract_file} does not list"
                );
                let place = format!("line {}, clause `{}`", clause.line, clause.id);
                let help = "correct the contract, or the clause if the documentation has changed";
                diagnostics.push(Diagnostic::new(&self.file, place, message).help(help));
            }
        }
        diagnostics
    }

    /// Compares the samples of the documentation with the contract's examples.
    pub fn check_samples(&self, contract: &Contract, contract_file: &str) -> Vec<Diagnostic> {
        let mut diagnostics = Vec::new();
        for clause in &self.clauses {
            let Expectation::Sample {
                operation,
                of,
                path,
                value,
            } = &clause.expect
            else {
                continue;
            };
            let example = contract.operation(operation).and_then(|operation| {
                let body = match of.as_str() {
                    "request" => operation.body.as_ref(),
                    status => operation
                        .responses
                        .iter()
                        .find(|response| response.status.to_string() == status)
                        .and_then(|response| response.body.as_ref()),
                };
                body?
                    .example
                    .as_ref()?
                    .pointer(&format!("/{}", path.replace('.', "/")))
            });
            if example != Some(value) {
                let found = example.map_or("nothing".to_owned(), ToString::to_string);
                let message = format!(
                    "expects {value} at `{path}` in the example of `{operation} {of}`; {contract_file} has {found}"
                );
                let place = format!("line {}, clause `{}`", clause.line, clause.id);
                diagnostics.push(
                    Diagnostic::new(&self.file, place, message)
                        .help("correct the example or the clause"),
                );
            }
        }
        diagnostics
    }
}

/// Writes a clause as the table that [`Clauses::from_toml`] reads, for drafts.
///
/// ```
/// use bvnk_contract::{Basis, Expectation, draft_clause};
///
/// let expect = Expectation::Answer { operation: "get_pet".into(), status: "200".into() };
/// assert_eq!(
///     draft_clause("answer.found", "A pet is found.", Basis::Documented, &expect),
///     "[[clause]]\nid = \"answer.found\"\nsays = \"A pet is found.\"\nbasis = \"documented\"\n\
///      expect = { kind = \"answer\", operation = \"get_pet\", status = \"200\" }\n"
/// );
/// ```
pub fn draft_clause(id: &str, says: &str, basis: Basis, expect: &Expectation) -> String {
    let clause = Clause {
        id: id.to_owned(),
        says: says.to_owned(),
        basis,
        weight: basis.default_weight(),
        expect: expect.clone(),
        line: 0,
    };
    clause.to_string()
}

impl fmt::Display for Clause {
    /// Writes the clause as the table that [`Clauses::from_toml`] reads. The weight is left
    /// out where the basis implies it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quote = |text: &str| serde_json::Value::from(text);
        let (id, says) = (quote(&self.id), quote(&self.says));
        let basis = match self.basis {
            Basis::Documented => "documented",
            Basis::Inferred => "inferred",
        };
        write!(
            f,
            "[[clause]]\nid = {id}\nsays = {says}\nbasis = \"{basis}\"\n"
        )?;
        if self.weight != self.basis.default_weight() {
            let weight = match self.weight {
                Weight::Must => "must",
                Weight::Should => "should",
            };
            writeln!(f, "weight = \"{weight}\"")?;
        }
        writeln!(f, "expect = {}", self.expect)
    }
}

fn line(text: &str, span: &Range<usize>) -> usize {
    let before = text.get(..span.start).unwrap_or(text);
    before.matches('\n').count() + 1
}
