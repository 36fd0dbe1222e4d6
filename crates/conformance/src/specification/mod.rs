//! What is known before anything is sent: the contract and the clauses. It knows no operation,
//! field or status by name.
//!
//! A clause is found by its subject, which says what it is about: `answer OPERATION STATUS`,
//! `media OPERATION request`, `OPERATION header NAME`. A statement of the contract that has no
//! clause keeps its subject as the name, so that a check need not distinguish the two.

mod attributes;
mod status;
mod workspace;

use bvnk_contract::{Clause, Clauses, Contract, Expectation, Operation, Parameter, Violation};
use serde::Serialize;
use serde_json::Value;

pub use attributes::AttributeClause;
use attributes::pattern;
pub use status::{StatusAttribute, misspelt};
pub use workspace::changed;

/// The file of the clauses, from the root of the repository.
pub const CLAUSES_FILE: &str = "openapi/clauses.toml";

/// A copy of the file, which is in the package.
pub const CLAUSES: &str = include_str!("../../clauses.toml");

/// The contract and the clauses, prepared for checks.
pub struct Specification {
    /// What the API looks like.
    contract: Contract,
    /// The documentation's facts, in the order of their file.
    clauses: Clauses,
    /// What is expected of attributes: what clauses say, then what the contract states without a
    /// clause.
    attributes: Vec<AttributeClause>,
    /// The subjects of the clauses with their ids.
    subjects: Vec<(String, String)>,
    /// The ids of operations, with the attribute that holds how far a flow has come.
    statuses: Vec<(String, StatusAttribute)>,
}

/// A line of a file in the repository.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Place {
    /// The path from the root of the repository.
    pub file: String,
    /// The line; the first is 1.
    pub line: usize,
}

impl Specification {
    /// The contract and the clauses of this workspace.
    ///
    /// # Errors
    ///
    /// What in them cannot be read, and files of the workspace that were changed since the client
    /// was generated: a run would prove the old ones.
    pub fn embedded() -> Result<Self, String> {
        if let Some(file) = workspace::changed(std::env::var_os("CARGO_MANIFEST_DIR")) {
            let message = format!(
                "{file} was changed since the client was generated\nhelp: run `cargo xtask regen`"
            );
            return Err(message);
        }
        let contract = bvnk_simulator::contract()
            .map_err(|e| e.to_string())?
            .clone();
        let clauses = Clauses::from_toml(CLAUSES_FILE, CLAUSES).map_err(|e| e.to_string())?;
        Ok(Self::new(contract, clauses))
    }

    /// Any contract with its clauses.
    pub fn new(contract: Contract, clauses: Clauses) -> Self {
        let subject = |it: &Clause| Some((it.expect.subject()?, it.id.clone()));
        let mut specification = Self {
            subjects: clauses.iter().filter_map(subject).collect(),
            contract,
            clauses,
            attributes: Vec::new(),
            statuses: Vec::new(),
        };
        specification.attributes = specification.all_attributes();
        let operations = specification.contract.operations.iter();
        let statuses = operations.filter_map(|operation| {
            let status = StatusAttribute::new(&specification, operation)?;
            Some((operation.id.clone(), status))
        });
        specification.statuses = statuses.collect();
        specification
    }

    /// What clauses expect of attributes, then what the contract states without a clause.
    fn all_attributes(&self) -> Vec<AttributeClause> {
        let mut attributes: Vec<AttributeClause> = Vec::new();
        let stated = self.contract.statements().into_iter();
        let stated = stated.map(|statement| statement.expectation);
        let expected = self.clauses.iter().map(|clause| clause.expect.clone());
        for expectation in expected.chain(stated) {
            let Expectation::Attribute(rules) = &expectation else {
                continue;
            };
            let mut own = attributes
                .iter()
                .filter(|it| it.is_of(&rules.operation, &rules.of));
            if own.all(|known| known.rules.path != rules.path) {
                attributes.push(AttributeClause {
                    clause: self.about(&expectation.subject().unwrap_or_default()),
                    rules: rules.as_ref().clone(),
                    pattern: pattern(&rules.path),
                });
            }
        }
        attributes
    }

    /// The contract.
    pub fn contract(&self) -> &Contract {
        &self.contract
    }

    /// The clauses.
    pub fn clauses(&self) -> &Clauses {
        &self.clauses
    }

    /// The clause with an id, if the file has it.
    pub fn clause(&self, id: &str) -> Option<&Clause> {
        self.clauses.get(id)
    }

    /// The place of a clause in its file; the first line for what no clause covers.
    pub(crate) fn place(&self, clause: &str) -> Place {
        Place {
            file: self.clauses.file().to_owned(),
            line: self.clause(clause).map_or(1, |clause| clause.line),
        }
    }

    /// The id of the clause about a subject; the subject itself where no clause is.
    pub fn about(&self, subject: &str) -> String {
        let known = self.subjects.iter().find(|(known, _)| known == subject);
        known.map_or_else(|| subject.to_owned(), |(_, id)| id.clone())
    }

    /// The attribute of an operation's successes that holds how far a flow has come.
    pub(crate) fn status(&self, operation: &str) -> Option<&StatusAttribute> {
        let mut statuses = self.statuses.iter();
        statuses.find_map(|(id, status)| (id == operation).then_some(status))
    }

    /// What a body breaks of its schema: `of` is `request`, or a status as the contract writes it.
    /// One that the contract does not state breaks nothing.
    pub fn violations(&self, operation: &str, of: &str, body: &Value) -> Vec<Violation> {
        let declared = self.contract.operation(operation);
        let declared = declared.and_then(|operation| operation.body_of(of));
        declared.map_or_else(Vec::new, |declared| {
            self.contract.violations(&declared.schema, body)
        })
    }

    /// Whether a body breaks nothing of its schema.
    pub fn allows(&self, operation: &str, of: &str, body: &Value) -> bool {
        self.violations(operation, of, body).is_empty()
    }

    /// What is expected of the attributes of a body or of the parameters in one place
    /// (`path`, `query`, `header`).
    pub fn attributes(
        &self,
        operation: &str,
        of: &str,
    ) -> impl DoubleEndedIterator<Item = &AttributeClause> + Clone {
        let attributes = self.attributes.iter();
        attributes.filter(move |attribute| attribute.is_of(operation, of))
    }

    /// The clause of the place that a JSON pointer names, or of the nearest place around
    /// it; the clause of the whole body where there is none.
    pub fn clause_at(&self, operation: &str, of: &str, pointer: &str) -> String {
        let steps: Vec<&str> = pointer.split('/').skip(1).collect();
        let attributes = self.attributes(operation, of);
        let around = attributes.rev().filter(|attribute| {
            attribute.pattern.len() <= steps.len() && attribute.matches_start(&steps)
        });
        around
            .max_by_key(|attribute| attribute.pattern.len())
            .map_or_else(
                || self.about(&format!("media {operation} {of}")),
                |attribute| attribute.clause.clone(),
            )
    }
}

/// The parameters that a caller sets: all but the one with the idempotency key.
pub(crate) fn caller_parameters(operation: &Operation) -> impl Iterator<Item = &Parameter> {
    let all = operation.parameters.iter();
    all.filter(|parameter| !parameter.idempotency_key)
}
