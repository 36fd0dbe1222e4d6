//! Validates values against the contract's schemas. No message contains the value.

use std::error::Error;
use std::fmt;

use boon::{Compiler, ErrorKind, Format, SchemaIndex, Schemas, Type, ValidationError};
use serde_json::Value;

use crate::json_schema::convert;
use crate::read::child;
use crate::{Contract, Schema};

/// The address of the compiled schema; nothing is loaded from there.
const ADDRESS: &str = "mem:///schema";

/// A compiled schema.
///
/// Compiling takes far longer than validating: compile once, and keep the validator. It is
/// independent of the contract that it was made from.
pub struct Validator {
    schemas: Schemas,
    index: SchemaIndex,
}

/// One place of a value and the rule that it breaks. It never contains the value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// The place in a body, as a JSON pointer (that of the missing property where one is
    /// missing); in a parameter, its name and the pointer.
    pub place: String,
    /// The keyword of the broken rule, such as `required` or `pattern`.
    pub rule: String,
    /// What the rule demands, such as `must have at least 1 characters`.
    pub message: String,
}

impl Violation {
    /// Creates a violation, also of a rule that no schema states.
    pub fn new(place: impl Into<String>, rule: &str, message: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            rule: rule.to_owned(),
            message: message.into(),
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = match self.place.as_str() {
            "" => "the body",
            place => place,
        };
        write!(f, "{place} {}", self.message)
    }
}

impl Validator {
    /// Compiles a schema of a contract. Formats that are not checked anywhere, and patterns
    /// that look around or back, accept every text.
    ///
    /// # Errors
    ///
    /// Why it cannot be compiled: most often a pattern.
    pub fn new(contract: &Contract, schema: &Schema) -> Result<Self, String> {
        Self::compile(contract.json_schema(schema))
    }

    /// Compiles a JSON Schema, with the same leniency.
    ///
    /// # Errors
    ///
    /// Why it cannot be compiled.
    pub fn from_json_schema(schema: &Value) -> Result<Self, String> {
        Self::compile(convert(schema))
    }

    fn compile(document: Value) -> Result<Self, String> {
        let (mut compiler, mut schemas) = (Compiler::new(), Schemas::new());
        compiler.enable_format_assertions();
        compiler.register_format(Format {
            name: "date",
            func: check_date,
        });
        compiler.register_format(Format {
            name: "email",
            func: check_email,
        });
        let added = compiler.add_resource(ADDRESS, document);
        added.map_err(|error| format!("{error:#}"))?;
        let index = compiler.compile(ADDRESS, &mut schemas);
        let index = index.map_err(|error| format!("{error:#}"))?;
        Ok(Self { schemas, index })
    }

    /// Returns whether the schema allows a value.
    pub fn is_valid(&self, value: &Value) -> bool {
        self.schemas.validate(value, self.index).is_ok()
    }

    /// Returns everything that is wrong with a value; empty if the schema allows it.
    ///
    /// A missing property and an unknown one are violations of their own, at their own places. A
    /// value that fits none of several alternatives is one violation, at its own place.
    pub fn violations(&self, value: &Value) -> Vec<Violation> {
        let mut violations = Vec::new();
        if let Err(error) = self.schemas.validate(value, self.index) {
            collect(&error, &mut violations);
        }
        violations
    }
}

impl fmt::Debug for Validator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Validator").finish_non_exhaustive()
    }
}

/// Collects the innermost errors: those around them only repeat that something inside is
/// wrong. Of alternatives, which one is meant is not known, so they are one violation; null is
/// an alternative only technically.
fn collect(error: &ValidationError<'_, '_>, violations: &mut Vec<Violation>) {
    let is_null = |error: &ValidationError<'_, '_>| match &error.kind {
        ErrorKind::Type { want, .. } => want.iter().all(|kind| kind == Type::Null),
        _ => false,
    };
    let mut causes: Vec<_> = error.causes.iter().filter(|it| !is_null(it)).collect();
    if causes.len() > 1 && matches!(error.kind, ErrorKind::AnyOf | ErrorKind::OneOf(_)) {
        causes.clear();
    }
    for cause in &causes {
        collect(cause, violations);
    }
    let place = error.instance_location.to_string();
    let keyword = error.kind.keyword_path().map_or("", |path| path.keyword);
    let mut add = |place: &str, message: String| {
        violations.push(Violation::new(place, keyword, message));
    };
    match &error.kind {
        _ if !causes.is_empty() => {}
        ErrorKind::Required { want } => {
            let missing = want.iter().map(|name| child(&place, name));
            missing.for_each(|place| add(&place, "is required".to_owned()));
        }
        ErrorKind::AdditionalProperties { got } => {
            let unknown = got.iter().map(|name| child(&place, name));
            unknown.for_each(|place| add(&place, "is not allowed".to_owned()));
        }
        kind => add(&place, message(kind)),
    }
}

/// What a rule demands; boon's own texts quote the value.
fn message(kind: &ErrorKind<'_, '_>) -> String {
    match kind {
        ErrorKind::Type { want, .. } => {
            let types: Vec<String> = want.iter().map(|kind| kind.to_string()).collect();
            format!("must be of the type {}", types.join(" or "))
        }
        ErrorKind::Enum { .. } | ErrorKind::Const { .. } => "must be a listed value".to_owned(),
        ErrorKind::Format { want, .. } => format!("must have the format {want}"),
        ErrorKind::Pattern { want, .. } => format!("must match {want}"),
        ErrorKind::MinLength { want, .. } => format!("must have at least {want} characters"),
        ErrorKind::MaxLength { want, .. } => format!("must have at most {want} characters"),
        ErrorKind::MinItems { want, .. } => format!("must have at least {want} items"),
        ErrorKind::MaxItems { want, .. } => format!("must have at most {want} items"),
        ErrorKind::UniqueItems { .. } => "must have different items".to_owned(),
        ErrorKind::Minimum { want, .. } => format!("must be at least {want}"),
        ErrorKind::Maximum { want, .. } => format!("must be at most {want}"),
        ErrorKind::ExclusiveMinimum { want, .. } => format!("must be greater than {want}"),
        ErrorKind::ExclusiveMaximum { want, .. } => format!("must be less than {want}"),
        ErrorKind::MultipleOf { want, .. } => format!("must be a multiple of {want}"),
        ErrorKind::MinProperties { want, .. } => format!("must have at least {want} properties"),
        ErrorKind::MaxProperties { want, .. } => format!("must have at most {want} properties"),
        _ => "must be one of the alternatives".to_owned(),
    }
}

/// Accepts `YYYY-MM-DD`; boon accepts signs before the numbers.
fn check_date(value: &Value) -> Result<(), Box<dyn Error>> {
    match value.as_str() {
        Some(text) if text.len() != 10 => Err("not YYYY-MM-DD".into()),
        Some(text) => Ok(text.parse::<jiff::civil::Date>().map(drop)?),
        None => Ok(()),
    }
}

/// Accepts a local part and a domain; boon accepts an address without a local part.
fn check_email(value: &Value) -> Result<(), Box<dyn Error>> {
    let text = value.as_str().unwrap_or("a@b");
    let (local, domain) = text.rsplit_once('@').unwrap_or_default();
    let odd = |c: char| c.is_whitespace() || c.is_control();
    let is_odd = local.is_empty() || domain.is_empty() || text.chars().any(odd);
    match is_odd || domain.starts_with(['.', '-']) || domain.ends_with('.') {
        true => Err("not an e-mail address".into()),
        false => Ok(()),
    }
}
