//! Validates values against the contract's schemas.

use boon::{Compiler, ErrorKind, Schemas, Type, ValidationError as Node};
use serde_json::{Map, Value, json};

use bvnk_contract::{Contract, Diagnostic, Diagnostics, Schema};

/// The address of the compiled document; nothing is loaded from there.
const DOCUMENT: &str = "mem:///contract";

/// One place of a value that breaks a rule. It never contains the value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// The JSON pointer of the place in a body, or the name of a parameter.
    pub place: String,
    /// The keyword of the broken rule, such as `required` or `pattern`; `json` for a body
    /// that is not JSON, `repeated` for a parameter that is given more than once.
    pub rule: String,
    /// What the rule demands.
    pub message: String,
}

impl Violation {
    /// Creates a violation.
    pub fn new(
        place: impl Into<String>,
        rule: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            place: place.into(),
            rule: rule.into(),
            message: message.into(),
        }
    }
}

/// The compiled schemas of a contract, by number.
pub(super) struct Validator {
    schemas: Schemas,
    indices: Vec<boon::SchemaIndex>,
}

impl Validator {
    /// Compiles the schemas; each is then known by its place in the list.
    pub(super) fn compile(contract: &Contract, schemas: &[&Schema]) -> Result<Self, Diagnostics> {
        let mut definitions = Map::new();
        let mut list = Vec::new();
        for schema in schemas {
            let mut schema = contract.json_schema(schema);
            if let Some(members) = schema.as_object_mut() {
                members.remove("$schema");
                // They are the same for each schema.
                if let Some(Value::Object(shared)) = members.remove("$defs") {
                    definitions = shared;
                }
            }
            list.push(schema);
        }
        let mut document = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$defs": definitions,
            "list": list,
        });
        drop_look_around(&mut document);

        let mut compiler = Compiler::new();
        compiler.enable_format_assertions();
        compiler.register_format(boon::Format {
            name: "uuid",
            func: is_uuid,
        });
        compiler.register_format(boon::Format {
            name: "date",
            func: is_date,
        });
        let failed = |schema: &Schema, error: boon::CompileError| {
            let help = "correct the schema, or the pattern in it";
            // The first line: what follows are the causes, with addresses of no use here.
            let message = error.to_string();
            let message = message.lines().next().unwrap_or_default();
            Diagnostic::new("the contract", &schema.location, message).help(help)
        };
        let mut compiled = Schemas::new();
        let mut indices = Vec::new();
        let mut errors = Vec::new();
        if let Some(first) = schemas.first()
            && let Err(error) = compiler.add_resource(DOCUMENT, document)
        {
            errors.push(failed(first, error));
        }
        for (number, schema) in schemas.iter().enumerate() {
            match compiler.compile(&format!("{DOCUMENT}#/list/{number}"), &mut compiled) {
                Ok(index) => indices.push(index),
                Err(error) => errors.push(failed(schema, error)),
            }
        }
        Diagnostics::check(errors)?;
        Ok(Self {
            schemas: compiled,
            indices,
        })
    }

    /// The violations of a value; none if the schema with this number allows it.
    pub(super) fn violations(&self, schema: usize, value: &Value) -> Vec<Violation> {
        let mut violations = Vec::new();
        if let Some(index) = self.indices.get(schema)
            && let Err(error) = self.schemas.validate(value, *index)
        {
            collect(&error, &mut violations);
        }
        violations
    }
}

fn collect(node: &Node<'_, '_>, violations: &mut Vec<Violation>) {
    for cause in &node.causes {
        collect(cause, violations);
    }
    let place = node.instance_location.to_string();
    let mut push = |place: String, rule: &str, message: String| {
        let violation = Violation::new(place, rule, message);
        if !violations.contains(&violation) {
            violations.push(violation);
        }
    };
    match &node.kind {
        ErrorKind::Required { want } => {
            for name in want {
                let place = format!("{place}/{}", escape(name));
                push(place, "required", "is missing".to_owned());
            }
        }
        ErrorKind::AdditionalProperties { got } => {
            for name in got {
                let place = format!("{place}/{}", escape(name));
                push(place, "additionalProperties", "is not allowed".to_owned());
            }
        }
        // One half of `nullable`: the other half has the useful message.
        ErrorKind::Type { want, .. } if want.iter().all(|kind| kind == Type::Null) => {}
        kind => {
            if let Some((rule, message)) = describe(kind) {
                push(place, rule, message);
            }
        }
    }
}

/// The keyword of a broken rule and what it demands; nothing for a node that only groups.
fn describe(kind: &ErrorKind<'_, '_>) -> Option<(&'static str, String)> {
    Some(match kind {
        ErrorKind::Type { want, .. } => {
            let kinds: Vec<_> = want.iter().map(|kind| kind.to_string()).collect();
            ("type", format!("must be of type {}", kinds.join(" or ")))
        }
        ErrorKind::Enum { want } => {
            let values: Vec<_> = want.iter().map(Value::to_string).collect();
            ("enum", format!("must be one of {}", values.join(", ")))
        }
        ErrorKind::Const { want } => ("const", format!("must be {want}")),
        ErrorKind::Format { want, .. } => ("format", format!("must have the format {want}")),
        ErrorKind::Pattern { want, .. } => ("pattern", format!("must match {want}")),
        ErrorKind::MinLength { want, .. } => {
            ("minLength", format!("must have at least {want} characters"))
        }
        ErrorKind::MaxLength { want, .. } => {
            ("maxLength", format!("must have at most {want} characters"))
        }
        ErrorKind::MinItems { want, .. } => {
            ("minItems", format!("must have at least {want} items"))
        }
        ErrorKind::MaxItems { want, .. } => ("maxItems", format!("must have at most {want} items")),
        ErrorKind::UniqueItems { .. } => ("uniqueItems", "must not repeat an item".to_owned()),
        ErrorKind::MinProperties { want, .. } => (
            "minProperties",
            format!("must have at least {want} properties"),
        ),
        ErrorKind::MaxProperties { want, .. } => (
            "maxProperties",
            format!("must have at most {want} properties"),
        ),
        ErrorKind::Minimum { want, .. } => ("minimum", format!("must be at least {want}")),
        ErrorKind::Maximum { want, .. } => ("maximum", format!("must be at most {want}")),
        ErrorKind::ExclusiveMinimum { want, .. } => {
            ("exclusiveMinimum", format!("must be greater than {want}"))
        }
        ErrorKind::ExclusiveMaximum { want, .. } => {
            ("exclusiveMaximum", format!("must be less than {want}"))
        }
        ErrorKind::MultipleOf { want, .. } => {
            ("multipleOf", format!("must be a multiple of {want}"))
        }
        ErrorKind::OneOf(Some(_)) => (
            "oneOf",
            "must match one alternative, not several".to_owned(),
        ),
        ErrorKind::Not | ErrorKind::FalseSchema => ("not", "is not allowed".to_owned()),
        _ => return None,
    })
}

/// Removes the patterns that the regular expressions of the validator lack: look-around and
/// back references. They stay unchecked.
fn drop_look_around(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            let lacking = |pattern: &str| {
                ["(?=", "(?!", "(?<=", "(?<!", "\\1", "\\k<"]
                    .iter()
                    .any(|part| pattern.contains(part))
            };
            // A property may be called `pattern`; its value is then an object.
            if members
                .get("pattern")
                .and_then(Value::as_str)
                .is_some_and(lacking)
            {
                members.remove("pattern");
            }
            members.values_mut().for_each(drop_look_around);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_look_around),
        _ => {}
    }
}

/// Writes a name as a segment of a JSON pointer.
pub(crate) fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

type FormatResult = Result<(), Box<dyn std::error::Error>>;

/// Accepts the spelling of 36 characters with hyphens.
fn is_uuid(value: &Value) -> FormatResult {
    match value.as_str() {
        Some(text) if text.len() != 36 => Err("is not a UUID of 36 characters".into()),
        Some(text) => Ok(uuid::Uuid::try_parse(text).map(drop)?),
        None => Ok(()),
    }
}

/// Accepts `YYYY-MM-DD` with ASCII digits only.
fn is_date(value: &Value) -> FormatResult {
    let Some(text) = value.as_str() else {
        return Ok(());
    };
    let shape = text.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    if text.len() != 10 || !shape {
        return Err("is not YYYY-MM-DD".into());
    }
    Ok(text.parse::<jiff::civil::Date>().map(drop)?)
}
