//! Validates values against the contract's schemas.

use std::collections::HashMap;

use boon::{
    CompileError, Compiler, ErrorKind, SchemaIndex, Schemas, Type, ValidationError as Node,
};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
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
        for schema in schemas {
            let mut own = contract.json_schema(schema);
            // Found at the root of the document; each schema has those that it refers to.
            if let Value::Object(definitions) = own["$defs"].take()
                && let Some(all) = document["$defs"].as_object_mut()
            {
                all.extend(definitions);
            }
            if let Some(members) = own.as_object_mut() {
                members.retain(|name, _| name != "$schema" && name != "$defs");
            }
            document[&schema.location] = own;
        }
        drop_look_around(&mut document);

        let mut compiler = Compiler::new();
        compiler.enable_format_assertions();
        for (name, func) in FORMATS {
            compiler.register_format(boon::Format { name, func });
        }
        let added = compiler.add_resource(DOCUMENT, document.clone());
        added.map_err(|error| diagnostic(&error))?;
        let (mut compiled, mut indices) = (Schemas::new(), HashMap::new());
        for schema in schemas {
            let place = escape(&schema.location);
            let place = utf8_percent_encode(&place, NON_ALPHANUMERIC);
            let index = compiler.compile(&format!("{DOCUMENT}#/{place}"), &mut compiled);
            let index = index.map_err(|error| diagnostic(&error))?;
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
        let below = |name: &str| format!("{place}/{}", escape(name));
        let mut add = |place: String, message: &str| {
            let violation = Violation::new(place, path.keyword, message);
            if !violations.contains(&violation) {
                violations.push(violation);
            }
        };
        match &node.kind {
            ErrorKind::Required { want } => {
                want.iter().for_each(|name| add(below(name), "is missing"));
            }
            ErrorKind::AdditionalProperties { got } => {
                got.iter()
                    .for_each(|name| add(below(name), "is not allowed"));
            }
            ErrorKind::OneOf(Some(_)) => add(place, "matches several alternatives"),
            // One half of `nullable`; the other half has the useful message.
            ErrorKind::Type { want, .. } if want.iter().all(|kind| kind == Type::Null) => {}
            // These only group what is below.
            _ if !node.causes.is_empty() => {}
            _ => {
                let (_, schema) = node.schema_url.split_once('#').unwrap_or_default();
                let schema = percent_decode_str(schema).decode_utf8_lossy();
                let rule = self.document.pointer(&format!("{schema}/{}", path.keyword));
                let message = match rule {
                    Some(Value::String(text)) => format!("must be {text}"),
                    Some(rule) => format!("must be {rule}"),
                    None => "is not valid".to_owned(),
                };
                add(place, &message);
            }
        }
    }
}

/// Names the place of a schema that cannot be compiled.
fn diagnostic(error: &CompileError) -> Diagnostic {
    let error = format!("{error:#}").replace("/$defs/", "/components/schemas/");
    let message = format!("a schema cannot be compiled: {error}");
    Diagnostic::new("the contract", "", message).help("correct the schema, or the pattern in it")
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

type CheckFormat = fn(&Value) -> Result<(), Box<dyn std::error::Error>>;

/// Formats that the validator checks less strictly: it accepts an address without a local
/// part, and signs before the numbers of a date.
const FORMATS: [(&str, CheckFormat); 2] = [
    ("email", |value| {
        let odd = |c: char| c.is_whitespace() || c.is_control();
        match value.as_str().map(|text| (text, text.rsplit_once('@'))) {
            Some((text, Some((local, domain))))
                if !local.is_empty() && !domain.is_empty() && !text.chars().any(odd) =>
            {
                Ok(())
            }
            Some(_) => Err("not an e-mail address".into()),
            None => Ok(()),
        }
    }),
    ("date", |value| match value.as_str() {
        Some(text) if text.len() != 10 => Err("is not YYYY-MM-DD".into()),
        Some(text) => Ok(text.parse::<jiff::civil::Date>().map(drop)?),
        None => Ok(()),
    }),
];
