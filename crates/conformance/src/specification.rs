//! What is known before anything is sent: the contract, the clauses, and a validator for
//! each body. It knows no operation, field or status by name.

use std::collections::BTreeMap;

use bvnk_contract::{
    AttributeRules, Clause, Clauses, Contract, Expectation, Operation, Parameter, Schema, Validator,
};
use serde_json::Value;

use crate::dispatch;

/// The file of the clauses, from the root of the repository.
pub const CLAUSES_FILE: &str = "openapi/clauses.toml";

/// A copy of the file, which is in the package.
pub(crate) const CLAUSES: &str = include_str!("../clauses.toml");

/// Stands for the schema that the client's type of a request derives.
pub const DERIVED: &str = "derived";

/// A body of an operation: the operation's id, and `request`, a status or [`DERIVED`].
type BodyKey = (String, String);

/// The contract and the clauses, prepared for checks.
pub struct Specification {
    contract: Contract,
    clauses: Clauses,
    validators: BTreeMap<BodyKey, Validator>,
    attributes: BTreeMap<BodyKey, Vec<AttributeClause>>,
    by_subject: BTreeMap<String, String>,
    /// By where the contract defines the values that end a flow, the clauses about them.
    terminal: BTreeMap<String, Vec<String>>,
}

/// What is expected of one attribute, and the clause that says so.
#[derive(Clone, Debug)]
pub struct AttributeClause {
    /// The clause's id; the subject of the contract's statement where there is no clause.
    pub clause: String,
    /// What is expected: by the clause, else by the contract.
    pub rules: AttributeRules,
    /// The path as the steps of a JSON pointer, with [`ANY`] for items and values of maps.
    pattern: Vec<String>,
}

/// A step that stands for each item of a list or value of a map.
const ANY: &str = "*";

impl Specification {
    /// The contract and the clauses of this workspace.
    ///
    /// # Errors
    ///
    /// What in them cannot be read.
    pub fn embedded() -> Result<Self, String> {
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
        for operation in contract.operations() {
            for (of, schema) in bodies(operation) {
                let validator = Validator::new(&contract, schema)
                    .map_err(|error| format!("the {of} of {}: {error}", operation.id))?;
                validators.insert((operation.id.clone(), of), validator);
            }
            if let Some(own) = dispatch::request_type(&operation.id) {
                let validator = Validator::from_json_schema((own.schema)())
                    .map_err(|error| format!("the client's type of {}: {error}", operation.id))?;
                validators.insert((operation.id.clone(), DERIVED.to_owned()), validator);
            }
        }
        let mut attributes: BTreeMap<BodyKey, Vec<AttributeClause>> = BTreeMap::new();
        let mut by_subject = BTreeMap::new();
        for clause in clauses.iter() {
            if let Some(subject) = clause.expect.subject() {
                by_subject.insert(subject, clause.id.clone());
            }
        }
        let stated = contract.statements();
        let mut terminal: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for statement in &stated {
            if let Expectation::Terminal { .. } = statement.expectation {
                let subject = statement.expectation.subject().unwrap_or_default();
                let clause = by_subject.get(&subject).cloned().unwrap_or(subject);
                let clauses = terminal.entry(statement.location.clone()).or_default();
                clauses.push(clause);
            }
        }
        let expected = clauses.iter().map(|clause| &clause.expect);
        for expectation in expected.chain(stated.iter().map(|statement| &statement.expectation)) {
            let Expectation::Attribute(rules) = expectation else {
                continue;
            };
            let subject = expectation.subject().unwrap_or_default();
            let list = attributes
                .entry((rules.operation.clone(), rules.of.clone()))
                .or_default();
            if list.iter().all(|known| known.rules.path != rules.path) {
                list.push(AttributeClause {
                    clause: by_subject.get(&subject).cloned().unwrap_or(subject),
                    rules: rules.as_ref().clone(),
                    pattern: pattern(&rules.path),
                });
            }
        }
        Ok(Self {
            contract,
            clauses,
            validators,
            attributes,
            by_subject,
            terminal,
        })
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

    /// The id of the clause about a subject; the subject itself where no clause is.
    pub fn about(&self, subject: &str) -> String {
        let known = self.by_subject.get(subject).cloned();
        known.unwrap_or_else(|| subject.to_owned())
    }

    /// The clauses about the values that end a flow, by where the contract defines them.
    /// What one operation shows of them holds for all: they have one type.
    pub(crate) fn terminal(&self, location: &str) -> &[String] {
        self.terminal.get(location).map_or(&[], Vec::as_slice)
    }

    /// The validator of a body: `of` is `request`, a status as the contract writes it, or
    /// [`DERIVED`].
    pub fn validator(&self, operation: &str, of: &str) -> Option<&Validator> {
        self.validators.get(&(operation.to_owned(), of.to_owned()))
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
        let around = self.attributes(operation, of).iter().filter(|attribute| {
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

impl AttributeClause {
    /// Whether a JSON pointer names this attribute.
    pub fn is_at(&self, pointer: &str) -> bool {
        let steps: Vec<&str> = pointer.split('/').skip(1).collect();
        steps.len() == self.pattern.len() && self.matches_start(&steps)
    }

    /// Whether it is a member of an object that may be left out.
    pub(crate) fn is_optional_member(&self) -> bool {
        !self.rules.required && self.pattern.last().is_some_and(|step| step != ANY)
    }

    /// Whether it may hold any text.
    pub(crate) fn is_free_text(&self) -> bool {
        let rules = &self.rules;
        let bounds = rules.format.is_some() || rules.pattern.is_some() || rules.known.is_some();
        rules.r#type == "string" && !bounds && rules.max_length.is_none()
    }

    /// Whether a body has the object or list that the attribute belongs to.
    pub fn applies_to(&self, body: &Value) -> bool {
        let above = self.pattern.split_last();
        reaches(body, above.map_or(&[], |(_, above)| above))
    }

    fn matches_start(&self, steps: &[&str]) -> bool {
        let mut pairs = self.pattern.iter().zip(steps);
        pairs.all(|(own, name)| own == ANY || own == name)
    }
}

fn reaches(value: &Value, steps: &[String]) -> bool {
    let Some((step, rest)) = steps.split_first() else {
        return true;
    };
    match value {
        Value::Object(members) => members
            .iter()
            .any(|(name, value)| (step == ANY || step == name) && reaches(value, rest)),
        Value::Array(items) => step == ANY && items.iter().any(|value| reaches(value, rest)),
        _ => false,
    }
}

/// The steps of an attribute's path: names, with `[]` and `{}` for any item or value.
fn pattern(path: &str) -> Vec<String> {
    let mut steps = Vec::new();
    for part in path.split('.').filter(|part| !part.is_empty()) {
        // A variant's name is no step of a JSON pointer.
        let part = part.split_once('<').map_or(part, |(name, _)| name);
        let name = part.split(['[', '{']).next().unwrap_or_default();
        if !name.is_empty() {
            steps.push(name.to_owned());
        }
        let items = part.matches("[]").count() + part.matches("{}").count();
        steps.extend(std::iter::repeat_n(ANY.to_owned(), items));
    }
    steps
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
