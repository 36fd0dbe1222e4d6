//! The clauses: the documentation's facts, each with its own expectation.

mod toml_text;

use std::ops::Range;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use toml::Spanned;

use crate::{
    Attribute, Contract, Diagnostic, Diagnostics, Difference, Expectation, Statement, compare,
};

/// Whether the page says it, or leaves it open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// The page says it.
    Documented,
    /// The page neither says nor denies it; the reason is in the clause.
    Inferred,
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
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    /// Its name; checks name the clauses that they prove.
    pub id: String,
    /// The fact, in our own words.
    pub says: String,
    /// Whether the page says it.
    pub basis: Basis,
    /// How much a server's failure weighs, where the file says it; see [`Self::weight`].
    pub weight: Option<Weight>,
    /// What must be true.
    pub expect: Expectation,
    /// The line of the file where the clause begins; the first is 1.
    #[serde(skip)]
    pub line: usize,
}

/// All clauses of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Clauses {
    file: String,
    clauses: Vec<Clause>,
}

/// The file as TOML has it: a list of tables `[[clause]]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// Without one, a new API begins: `upgrade` drafts them all.
    #[serde(default)]
    clause: Vec<Spanned<Clause>>,
}

impl Clauses {
    /// Reads clauses from TOML text. `file` is its name in diagnostics.
    ///
    /// # Errors
    ///
    /// A text that is not TOML, a clause that lacks a key, has an unknown one or says nothing,
    /// and two clauses with the same id or about the same subject.
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
            let clause = Clause {
                line,
                ..entry.into_inner()
            };
            if clause.says.trim().is_empty() {
                let help = "write the fact in your own words, as the documentation has it";
                problems.push(Diagnostic::new(file, clause.place(), "says nothing").help(help));
            }
            let subject = clause.expect.subject();
            for other in &clauses {
                let same = subject.is_some() && other.expect.subject() == subject;
                if other.id == clause.id || same {
                    let message = format!("repeats `{}` of line {}", other.id, other.line);
                    let help = "give it another id and another subject, or remove one of the two";
                    problems.push(Diagnostic::new(file, clause.place(), message).help(help));
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

    /// Returns the name of the file.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Returns the clauses, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &Clause> {
        self.clauses.iter()
    }

    /// Returns the clause with this id.
    pub fn get(&self, id: &str) -> Option<&Clause> {
        self.clauses.iter().find(|clause| clause.id == id)
    }

    /// Returns the clause about the same subject as a fact.
    pub fn about(&self, fact: &Expectation) -> Option<&Clause> {
        let subject = fact.subject()?;
        let about = |clause: &&Clause| clause.expect.subject().as_ref() == Some(&subject);
        self.clauses.iter().find(about)
    }

    /// Returns what each clause expects, with its place in the file: the clauses in the form in
    /// which [`compare`] takes them.
    pub fn statements(&self) -> Vec<Statement> {
        let clauses = self.clauses.iter().map(|clause| Statement {
            expectation: clause.expect.clone(),
            location: clause.place(),
        });
        clauses.collect()
    }

    /// Returns the clauses about the same subject as a fact, and those about its samples. For a
    /// whole body, those about its media type.
    ///
    /// When a fact changes, these are the clauses to look at: the sample of an attribute that was
    /// renamed has to be renamed as well.
    pub fn all_about(&self, fact: &Expectation) -> Vec<&Clause> {
        let (kind, place) = fact.about();
        let is_body = place.last() == Some(&"");
        let about = |clause: &&Clause| match (kind, clause.expect.about()) {
            ("attribute", ("sample", sampled)) => sampled == place,
            ("attribute", ("media", body)) => is_body && place.starts_with(&body),
            (_, (other, about)) => other == kind && about == place,
        };
        self.clauses.iter().filter(about).collect()
    }

    /// Compares the clauses with a contract, in both directions: what a clause expects and
    /// the contract states otherwise, and what the contract states without a clause.
    ///
    /// An empty list means that the contract and the clauses, which are written independently
    /// from the same page, agree. `contract_file` is the contract's name in diagnostics.
    pub fn check(&self, contract: &Contract, contract_file: &str) -> Vec<Diagnostic> {
        let (expected, stated) = (self.statements(), contract.statements());
        let differences = compare(&expected, &stated);
        let differences = differences.iter();
        let mut diagnostics: Vec<Diagnostic> = differences
            .map(|difference| self.difference(difference, contract_file))
            .collect();
        diagnostics.extend(self.check_samples(contract, contract_file));
        diagnostics
    }

    /// Describes one difference between the clauses and the contract, at the line of the clause,
    /// or at the place in the contract if there is no clause.
    fn difference(&self, difference: &Difference<'_>, contract_file: &str) -> Diagnostic {
        let Statement {
            expectation,
            location,
        } = difference.statement();
        let subject = expectation.subject().unwrap_or_default();
        let message = match difference {
            Difference::Added(_) => {
                let message = format!("states `{subject}`, which no clause covers");
                let file = &self.file;
                let help = format!("add a clause to {file} (`cargo xtask upgrade` drafts it)");
                return Diagnostic::new(contract_file, location, message).help(help);
            }
            Difference::Removed(_) => format!("{contract_file} does not state `{subject}`"),
            Difference::Changed { after, aspects, .. } => {
                let mut message = format!(
                    "`{subject}` differs from {contract_file}, at {}:",
                    after.location
                );
                for change in aspects {
                    let sides = [&change.before, &change.after];
                    let [expected, stated] = sides.map(|it| or_nothing(it.as_ref()));
                    let name = &change.name;
                    message.push_str(&format!(
                        "\n{name}: the clause expects {expected}, the contract states {stated}"
                    ));
                }
                message
            }
        };
        Diagnostic::new(&self.file, location, message).help(CORRECT)
    }

    /// Compares the samples and the single values of the documentation with the contract's
    /// examples and lists of values.
    pub fn check_samples(&self, contract: &Contract, contract_file: &str) -> Vec<Diagnostic> {
        let check = |clause: &Clause| {
            let (_, place) = clause.expect.about();
            let &[operation, of, path] = place.as_slice() else {
                return None;
            };
            let body = contract.operation(operation).and_then(|it| it.body_of(of));
            let (message, help) = match &clause.expect {
                Expectation::Sample { value, .. } => {
                    let pointer = format!("/{}", path.replace('.', "/"));
                    let found = body.and_then(|body| body.example.as_ref()?.pointer(&pointer));
                    if found == Some(value) {
                        return None;
                    }
                    let found = or_nothing(found);
                    let message = format!(
                        "expects {value} at `{path}` in the example of `{operation} {of}`; \
                         {contract_file} has {found}"
                    );
                    (message, "correct the example or the clause")
                }
                Expectation::Value { value, .. } => {
                    let attributes = body.map(|body| contract.attributes(&body.schema));
                    let lists = |it: &Attribute<'_>| {
                        it.path == path && it.schema.rules.listed().contains(value)
                    };
                    if attributes.iter().flatten().any(lists) {
                        return None;
                    }
                    let message = format!(
                        "expects `{value}` among the values of `{path}` in `{operation} {of}`, \
                         which {contract_file} does not list"
                    );
                    (message, CORRECT)
                }
                _ => return None,
            };
            Some(Diagnostic::new(&self.file, clause.place(), message).help(help))
        };
        self.clauses.iter().filter_map(check).collect()
    }
}

/// What to do when clauses and contract differ. Which of them is wrong only the page can say.
const CORRECT: &str = "correct the contract, or the clause if the documentation has changed";

fn or_nothing(value: Option<&Value>) -> String {
    value.map_or("nothing".to_owned(), Value::to_string)
}

impl Clause {
    /// Returns how much a server's failure weighs. Unless the file says otherwise, a documented
    /// clause is `must`: a server that deviates from the page is wrong. One that deviates from our
    /// reading of a gap may be right, so that an inferred clause is `should`.
    pub fn weight(&self) -> Weight {
        self.weight.unwrap_or(match self.basis {
            Basis::Documented => Weight::Must,
            Basis::Inferred => Weight::Should,
        })
    }

    /// Where the clause is in its file, for diagnostics: the line and the id.
    fn place(&self) -> String {
        format!("line {}, clause `{}`", self.line, self.id)
    }
}

/// The line where a span begins; the first is 1.
fn line(text: &str, span: &Range<usize>) -> usize {
    let before = text.get(..span.start).unwrap_or(text);
    before.matches('\n').count() + 1
}
