//! Validates values against the contract's schemas.

use std::collections::HashMap;

use boon::{
    CompileError, Compiler, ErrorKind, SchemaIndex, Schemas, Type, ValidationError as Node,
};
use serde_json::{Value, json};

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
    pub fn new(place: impl Into<String>, rule: &str, message: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            rule: rule.to_owned(),
            message: message.into(),
        }
    }
}

/// The compiled schemas of a contract, by location.
pub(super) struct Validator {
    /// The schemas as JSON: what a rule demands is read from here.
    document: Value,
    compiled: Schemas,
    indices: HashMap<String, SchemaIndex>,
}

impl Validator {
    /// Compiles schemas.
    pub(super) fn compile(contract: &Contract, schemas: &[&Schema]) -> Result<Self, Diagnostics> {
        let mut document = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$defs": {},
        });
        let mut list = Vec::new();
        for schema in schemas {
            let mut schema = contract.json_schema(schema);
            // Found at the root of the document; each schema has those that it refers to.
            if let Value::Object(definitions) = schema["$defs"].take()
                && let Some(all) = document["$defs"].as_object_mut()
            {
                all.extend(definitions);
            }
            if let Some(members) = schema.as_object_mut() {
                members.retain(|name, _| name != "$schema" && name != "$defs");
            }
            list.push(schema);
        }
        document["list"] = list.into();
        drop_look_around(&mut document);

        let mut compiler = Compiler::new();
        compiler.enable_format_assertions();
        compiler.register_format(boon::Format {
            name: "date",
            func: is_date,
        });
        compiler.register_format(boon::Format {
            name: "email",
            func: is_email,
        });
        let failed = |error: &CompileError| diagnostic(error, schemas);
        let added = compiler.add_resource(DOCUMENT, document.clone());
        added.map_err(|error| failed(&error))?;
        let (mut compiled, mut indices) = (Schemas::new(), HashMap::new());
        for (number, schema) in schemas.iter().enumerate() {
            let index = compiler.compile(&format!("{DOCUMENT}#/list/{number}"), &mut compiled);
            let index = index.map_err(|error| failed(&error))?;
            indices.insert(schema.location.clone(), index);
        }
        Ok(Self {
            document,
            compiled,
            indices,
        })
    }

    /// The violations of a value; none if the schema allows it.
    pub(super) fn violations(&self, schema: &Schema, value: &Value) -> Vec<Violation> {
        let mut violations = Vec::new();
        if let Some(index) = self.indices.get(&schema.location)
            && let Err(error) = self.compiled.validate(value, *index)
        {
            self.collect(&error, &mut violations);
        }
        violations
    }

    fn collect(&self, node: &Node<'_, '_>, violations: &mut Vec<Violation>) {
        for cause in &node.causes {
            self.collect(cause, violations);
        }
        let place = node.instance_location.to_string();
        let Some(path) = node.kind.keyword_path() else {
            return;
        };
        let found: Vec<Violation> = match &node.kind {
            ErrorKind::Required { want } => {
                let missing = want.iter().map(|name| format!("{place}/{}", escape(name)));
                let violation = |place| Violation::new(place, "required", "is missing");
                missing.map(violation).collect()
            }
            ErrorKind::AdditionalProperties { got } => {
                let more = got.iter().map(|name| format!("{place}/{}", escape(name)));
                let rule = "additionalProperties";
                more.map(|place| Violation::new(place, rule, "is not allowed"))
                    .collect()
            }
            ErrorKind::OneOf(Some(_)) => {
                vec![Violation::new(
                    place,
                    "oneOf",
                    "matches several alternatives",
                )]
            }
            // One half of `nullable`; the other half has the useful message.
            ErrorKind::Type { want, .. } if want.iter().all(|kind| kind == Type::Null) => return,
            // These only group what is below.
            _ if !node.causes.is_empty() => return,
            _ => {
                let (_, schema) = node.schema_url.split_once('#').unwrap_or_default();
                let rule = self.document.pointer(&format!("{schema}/{}", path.keyword));
                let message = match rule {
                    Some(Value::String(text)) => format!("must be {text}"),
                    Some(rule) => format!("must be {rule}"),
                    None => "is not valid".to_owned(),
                };
                vec![Violation::new(place, path.keyword, message)]
            }
        };
        for violation in found {
            if !violations.contains(&violation) {
                violations.push(violation);
            }
        }
    }
}

/// Names the place of a schema that cannot be compiled.
fn diagnostic(error: &CompileError, schemas: &[&Schema]) -> Diagnostic {
    let place = match error {
        CompileError::ValidationError { src, .. } => {
            let mut node = src;
            while let Some(cause) = node.causes.first() {
                node = cause;
            }
            node.instance_location.to_string()
        }
        CompileError::InvalidRegex { url, .. } => {
            let (_, place) = url.split_once('#').unwrap_or_default();
            place.to_owned()
        }
        _ => String::new(),
    };
    let mut segments = place.splitn(4, '/').skip(1);
    let place = match (segments.next(), segments.next(), segments.next()) {
        (Some("list"), Some(number), rest) => {
            let schema = number
                .parse()
                .ok()
                .and_then(|number: usize| schemas.get(number));
            let location = schema.map_or("", |schema| schema.location.as_str());
            format!("{location}/{}", rest.unwrap_or_default())
        }
        _ => place.replacen("/$defs/", "/components/schemas/", 1),
    };
    Diagnostic::new("the contract", place, "the schema cannot be compiled")
        .help("correct the schema, or the pattern in it")
}

/// Removes the patterns that the validator's regular expressions lack: look-around and back
/// references. They stay unchecked.
fn drop_look_around(schema: &mut Value) {
    const LACKING: [&str; 6] = ["(?=", "(?!", "(?<=", "(?<!", "\\1", "\\k<"];
    match schema {
        Value::Object(members) => {
            // A property may be called `pattern`; its value is then an object.
            members.retain(|name, value| {
                let pattern = value.as_str().filter(|_| name == "pattern").unwrap_or("");
                !LACKING.iter().any(|part| pattern.contains(part))
            });
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

/// boon accepts an address without a local part.
fn is_email(value: &Value) -> Result<(), Box<dyn std::error::Error>> {
    let Value::String(text) = value else {
        return Ok(());
    };
    let (local, domain) = text.rsplit_once('@').unwrap_or_default();
    let odd = |c: char| c.is_whitespace() || c.is_control();
    match local.is_empty() || domain.is_empty() || text.chars().any(odd) {
        true => Err("not an e-mail address".into()),
        false => Ok(()),
    }
}

/// Accepts `YYYY-MM-DD`. The validator's own check accepts signs before the numbers too.
fn is_date(value: &Value) -> Result<(), Box<dyn std::error::Error>> {
    match value.as_str() {
        Some(text) if text.len() != 10 => Err("is not YYYY-MM-DD".into()),
        Some(text) => Ok(text.parse::<jiff::civil::Date>().map(drop)?),
        None => Ok(()),
    }
}
