//! What is known before anything is sent: the contract, the clauses, and a validator for
//! each body. It knows no operation, field or status by name.
//!
//! A clause is found by its subject, which says what it is about: `answer OPERATION STATUS`,
//! `media OPERATION request`, `OPERATION header NAME`. A statement of the contract that has no
//! clause keeps its subject as the name, so that a check need not distinguish the two.

mod attributes;
mod status;
mod workspace;

use std::collections::BTreeMap;

use bvnk_contract::{
    Clause, Clauses, Contract, Expectation, Operation, Parameter, Schema, Validator,
};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::dispatch;
pub use attributes::AttributeClause;
use attributes::pattern;
pub(crate) use status::StatusAttribute;

/// The file of the clauses, from the root of the repository.
pub const CLAUSES_FILE: &str = "openapi/clauses.toml";

/// A copy of the file, which is in the package.
pub(crate) const CLAUSES: &str = include_str!("../../clauses.toml");

/// Stands for the schema that the client's type of a request derives.
pub const DERIVED: &str = "derived";

/// A body of an operation: the operation's id, and `request`, a status or [`DERIVED`].
type BodyKey = (String, String);

/// The contract and the clauses, prepared for checks.
pub struct Specification {
    /// What the API looks like.
    contract: Contract,
    /// The documentation's facts, in the order of their file.
    clauses: Clauses,
    /// The bodies' schemas, compiled once: a run validates thousands of bodies.
    validators: BTreeMap<BodyKey, Validator>,
    /// What is expected of the attributes of each body, those of the clauses first.
    attributes: BTreeMap<BodyKey, Vec<AttributeClause>>,
    /// The ids of the clauses, by their subjects.
    by_subject: BTreeMap<String, String>,
    /// By operation, the attribute that holds how far a flow has come.
    statuses: BTreeMap<String, StatusAttribute>,
}

/// A line of a file in the repository.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
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
        Self::new(contract, clauses)
    }

    /// Any contract with its clauses.
    ///
    /// # Errors
    ///
    /// A schema that cannot be compiled.
    pub fn new(contract: Contract, clauses: Clauses) -> Result<Self, String> {
        let mut validators = BTreeMap::new();
        for operation in &contract.operations {
            for (of, schema) in bodies(operation) {
                let validator = Validator::new(&contract, schema)
                    .map_err(|error| format!("the {of} of {}: {error}", operation.id))?;
                validators.insert((operation.id.clone(), of), validator);
            }
            if let Some(own) = dispatch::request_type(&operation.id) {
                let validator = Validator::from_json_schema(&(own.schema)())
                    .map_err(|error| format!("the client's type of {}: {error}", operation.id))?;
                validators.insert((operation.id.clone(), DERIVED.to_owned()), validator);
            }
        }
        let subject = |it: &Clause| Some((it.expect.subject()?, it.id.clone()));
        let by_subject = clauses.iter().filter_map(subject).collect();
        let mut specification = Self {
            contract,
            clauses,
            validators,
            attributes: BTreeMap::new(),
            by_subject,
            statuses: BTreeMap::new(),
        };
        specification.attributes = specification.all_attributes();
        let operations = specification.contract.operations.iter();
        let statuses = operations.filter_map(|operation| {
            let status = StatusAttribute::new(&specification, operation)?;
            Some((operation.id.clone(), status))
        });
        specification.statuses = statuses.collect();
        Ok(specification)
    }

    /// What clauses expect of attributes, then what the contract states without a clause.
    fn all_attributes(&self) -> BTreeMap<BodyKey, Vec<AttributeClause>> {
        let mut attributes: BTreeMap<BodyKey, Vec<AttributeClause>> = BTreeMap::new();
        let stated = self.contract.statements().into_iter();
        let stated = stated.map(|statement| statement.expectation);
        let expected = self.clauses.iter().map(|clause| clause.expect.clone());
        for expectation in expected.chain(stated) {
            let Expectation::Attribute(rules) = &expectation else {
                continue;
            };
            let key = (rules.operation.clone(), rules.of.clone());
            let list = attributes.entry(key).or_default();
            if list.iter().all(|known| known.rules.path != rules.path) {
                list.push(AttributeClause {
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
        let known = self.by_subject.get(subject).cloned();
        known.unwrap_or_else(|| subject.to_owned())
    }

    /// The attribute of an operation's successes that holds how far a flow has come.
    pub(crate) fn status(&self, operation: &str) -> Option<&StatusAttribute> {
        self.statuses.get(operation)
    }

    /// The validator of a body: `of` is `request`, a status as the contract writes it, or
    /// [`DERIVED`].
    pub fn validator(&self, operation: &str, of: &str) -> Option<&Validator> {
        self.validators.get(&(operation.to_owned(), of.to_owned()))
    }

    /// Whether a body is valid; one that the contract does not state is.
    pub fn allows(&self, operation: &str, of: &str, body: &Value) -> bool {
        let validator = self.validator(operation, of);
        validator.is_none_or(|validator| validator.is_valid(body))
    }

    /// What is expected of the attributes of a body or of the parameters in one place
    /// (`path`, `query`, `header`).
    pub fn attributes(&self, operation: &str, of: &str) -> &[AttributeClause] {
        let key = (operation.to_owned(), of.to_owned());
        self.attributes.get(&key).map_or(&[], Vec::as_slice)
    }

    /// The clause of the place that a JSON pointer names, or of the nearest place around
    /// it; the clause of the whole body where there is none.
    pub fn clause_at(&self, operation: &str, of: &str, pointer: &str) -> String {
        let steps: Vec<&str> = pointer.split('/').skip(1).collect();
        let attributes = self.attributes(operation, of).iter();
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

/// The bodies of an operation with their schemas: `request`, then each status.
pub(crate) fn bodies(operation: &Operation) -> Vec<(String, &Schema)> {
    let request = operation.body.iter();
    let request = request.map(|body| ("request".to_owned(), &body.schema));
    let responses = operation.responses.iter().filter_map(|response| {
        let body = response.body.as_ref()?;
        Some((response.status.to_string(), &body.schema))
    });
    request.chain(responses).collect()
}

/// The parameters that a caller sets: all but the one with the idempotency key.
pub(crate) fn caller_parameters(operation: &Operation) -> impl Iterator<Item = &Parameter> {
    let all = operation.parameters.iter();
    all.filter(|parameter| !parameter.idempotency_key)
}
