//! The one validator of a run: what is wrong with a value, place by place, without the value.

use std::fmt;

use boon::{Compiler, Draft, ErrorKind, SchemaIndex, Schemas, ValidationError};
use bvnk_contract::{Contract, Schema};
use serde_json::Value;

/// Validates values of one schema of the contract.
pub struct Validator {
    schemas: Schemas,
    index: SchemaIndex,
}

/// One place of a value and the rule that it breaks. It shows nothing of the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The place, as a JSON pointer; that of the missing property where one is missing.
    pub pointer: String,
    /// The rule.
    pub rule: String,
}

impl Validator {
    /// Compiles a schema.
    ///
    /// # Errors
    ///
    /// Why it cannot be compiled.
    pub fn new(contract: &Contract, schema: &Schema) -> Result<Self, String> {
        let mut schemas = Schemas::new();
        let mut compiler = Compiler::new();
        compiler.set_default_draft(Draft::V2020_12);
        compiler.enable_format_assertions();
        compiler.register_format(boon::Format {
            name: "email",
            func: is_email,
        });
        let place = "https://contract.invalid/body.json";
        compiler
            .add_resource(place, contract.json_schema(schema))
            .map_err(|error| error.to_string())?;
        let index = compiler
            .compile(place, &mut schemas)
            .map_err(|error| error.to_string())?;
        Ok(Self { schemas, index })
    }

    /// Whether a value is valid.
    pub fn is_valid(&self, value: &Value) -> bool {
        self.schemas.validate(value, self.index).is_ok()
    }

    /// Everything that is wrong with a value, without the value.
    pub fn violations(&self, value: &Value) -> Vec<Violation> {
        match self.schemas.validate(value, self.index) {
            Ok(()) => Vec::new(),
            Err(error) => {
                let mut found = Vec::new();
                leaves(&error, &mut found);
                found
            }
        }
    }
}

/// Boon's own check accepts an address without a local part.
fn is_email(value: &Value) -> Result<(), Box<dyn std::error::Error>> {
    let Value::String(text) = value else {
        return Ok(());
    };
    let (local, domain) = text.rsplit_once('@').unwrap_or_default();
    let odd = |c: char| c.is_whitespace() || c.is_control();
    let wrong = local.is_empty() || domain.is_empty() || text.chars().any(odd);
    match wrong || domain.starts_with(['.', '-']) || domain.ends_with('.') {
        true => Err("not an e-mail address".into()),
        false => Ok(()),
    }
}

impl fmt::Debug for Validator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Validator").finish_non_exhaustive()
    }
}

/// The innermost errors: those around them only repeat that something inside is wrong.
fn leaves(error: &ValidationError<'_, '_>, found: &mut Vec<Violation>) {
    if !error.causes.is_empty() && !matches!(error.kind, ErrorKind::AnyOf | ErrorKind::OneOf(_)) {
        for cause in &error.causes {
            leaves(cause, found);
        }
        return;
    }
    let place = error.instance_location.to_string();
    match &error.kind {
        ErrorKind::Required { want } => found.extend(want.iter().map(|name| Violation {
            pointer: format!("{place}/{name}"),
            rule: "is required".to_owned(),
        })),
        kind => found.push(Violation {
            pointer: place,
            rule: rule(kind),
        }),
    }
}

/// The rule in words; boon's own texts quote the value.
fn rule(kind: &ErrorKind<'_, '_>) -> String {
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
        ErrorKind::AdditionalProperties { .. } => "must have no other properties".to_owned(),
        _ => "must be one of the alternatives".to_owned(),
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = match self.pointer.as_str() {
            "" => "the body",
            place => place,
        };
        write!(f, "{place} {}", self.rule)
    }
}
