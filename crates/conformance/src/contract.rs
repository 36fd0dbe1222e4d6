//! The contract as the suite reads it: operations, bodies, and two validators for each
//! body, by different authors, so that a validator's slip is seen.
//!
//! It does not know the client.

use std::collections::BTreeMap;
use std::fmt;

use jsonschema::error::ValidationErrorKind;
use serde_json::{Map, Value, json};

/// The methods that OpenAPI knows.
const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// The contract, with its bodies compiled.
pub struct Contract {
    document: Value,
    bodies: BTreeMap<(String, String), Body>,
}

/// What one body must be, judged twice.
pub struct Body {
    schema: Value,
    first: jsonschema::Validator,
    second: (boon::Schemas, boon::SchemaIndex),
}

impl Contract {
    /// The contract that the simulator embeds.
    ///
    /// # Errors
    ///
    /// When a schema cannot be compiled; the text says which and why.
    pub fn embedded() -> Result<Self, String> {
        Self::new(bvnk_simulator::contract().clone())
    }

    /// Any contract.
    ///
    /// # Errors
    ///
    /// When a schema cannot be compiled; the text says which and why.
    pub fn new(document: Value) -> Result<Self, String> {
        let mut bodies = BTreeMap::new();
        for (_, _, operation) in operations(&document) {
            let id = text(operation, "operationId");
            let request = operation
                .get("requestBody")
                .map(|body| ("request".to_owned(), body));
            let responses = operation.get("responses").and_then(Value::as_object);
            let answers = responses
                .into_iter()
                .flatten()
                .map(|(status, body)| (status.clone(), body));
            for (of, body) in request.into_iter().chain(answers) {
                if let Some(schema) = json_schema(&document, body) {
                    let compiled = Body::compile(&document, schema)
                        .map_err(|error| format!("the {of} of {id} cannot be compiled: {error}"))?;
                    bodies.insert((id.to_owned(), of), compiled);
                }
            }
        }
        Ok(Self { document, bodies })
    }

    /// The contract's own version.
    pub fn version(&self) -> &str {
        self.document
            .pointer("/info/version")
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// The whole document.
    pub fn document(&self) -> &Value {
        &self.document
    }

    /// The bodies that have a type: requests and successes, by operation and `of`.
    pub fn typed_bodies(&self) -> impl Iterator<Item = (&str, &str)> {
        let typed = |of: &str| of == "request" || of.starts_with('2');
        self.bodies
            .keys()
            .filter(move |(_, of)| typed(of))
            .map(|(operation, of)| (operation.as_str(), of.as_str()))
    }

    /// The body of an operation: `of` is `request` or a status.
    pub fn body(&self, operation: &str, of: &str) -> Option<&Body> {
        self.bodies.get(&(operation.to_owned(), of.to_owned()))
    }

    /// The method (in capitals) and the path of an operation.
    pub fn route(&self, id: &str) -> Option<(String, String)> {
        operations(&self.document)
            .into_iter()
            .find(|(_, _, operation)| text(operation, "operationId") == id)
            .map(|(path, method, _)| (method.to_uppercase(), path.to_owned()))
    }

    /// Method (in capitals), path and summary of each operation.
    pub fn operations(&self) -> impl Iterator<Item = (String, &str, &str)> {
        operations(&self.document)
            .into_iter()
            .map(|(path, method, operation)| {
                (method.to_uppercase(), path, text(operation, "summary"))
            })
    }

    /// The contract's own example of a request body.
    pub fn example(&self, operation: &str) -> Option<&Value> {
        operations(&self.document)
            .into_iter()
            .find(|(_, _, candidate)| text(candidate, "operationId") == operation)?
            .2
            .pointer("/requestBody/content/application~1json/example")
    }
}

impl fmt::Debug for Contract {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Contract").finish_non_exhaustive()
    }
}

impl Body {
    fn compile(document: &Value, mut schema: Map<String, Value>) -> Result<Self, String> {
        // The schema becomes the root of a document of its own, with what it refers to.
        let components = document.get("components").cloned().unwrap_or_default();
        schema.insert("components".to_owned(), components);
        let schema = Value::Object(schema);
        let first = jsonschema::options()
            .with_draft(jsonschema::Draft::Draft202012)
            .should_validate_formats(true)
            .build(&schema)
            .map_err(|error| error.to_string())?;
        let mut schemas = boon::Schemas::new();
        let mut compiler = boon::Compiler::new();
        compiler.set_default_draft(boon::Draft::V2020_12);
        compiler.enable_format_assertions();
        let place = "https://contract.invalid/body.json";
        compiler
            .add_resource(place, schema.clone())
            .map_err(|error| error.to_string())?;
        let index = compiler
            .compile(place, &mut schemas)
            .map_err(|error| error.to_string())?;
        Ok(Self {
            schema,
            first,
            second: (schemas, index),
        })
    }

    /// The schema, with the contract's components under `components`.
    pub fn schema(&self) -> &Value {
        &self.schema
    }

    /// What is wrong with a body, without its values.
    ///
    /// # Errors
    ///
    /// The places and the rules that they break, by both validators.
    pub fn judge(&self, body: &Value) -> Result<(), Vec<Misfit>> {
        // The ways that only say yes or no are much the faster, and most bodies are right.
        let second = self.second.0.validate(body, self.second.1).is_ok();
        match (self.first.is_valid(body), second) {
            (true, true) => return Ok(()),
            (true, false) => {
                return Err(vec![Misfit::whole("jsonschema accepts it, boon does not")]);
            }
            (false, true) => {
                return Err(vec![Misfit::whole("boon accepts it, jsonschema does not")]);
            }
            (false, false) => {}
        }
        let wrong = self.first.iter_errors(body).map(|error| {
            let mut pointer = error.instance_path().as_str().to_owned();
            if let ValidationErrorKind::Required { property } = error.kind() {
                let name = property.as_str().unwrap_or_default();
                pointer = format!("{pointer}/{name}");
            }
            Misfit {
                pointer,
                rule: error.masked().to_string(),
            }
        });
        Err(wrong.collect())
    }
}

/// One place of a body, and the rule that it breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// The place, as a JSON pointer; that of the missing member where one is missing.
    pub pointer: String,
    /// The rule, without the value.
    pub rule: String,
}

impl Misfit {
    pub(crate) fn whole(rule: &str) -> Self {
        Self {
            pointer: String::new(),
            rule: rule.to_owned(),
        }
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = match self.pointer.as_str() {
            "" => "(the body)",
            place => place,
        };
        write!(f, "{place}: {}", self.rule)
    }
}

/// All operations: path, method in lower case, and the operation itself.
pub(crate) fn operations(document: &Value) -> Vec<(&str, &'static str, &Value)> {
    let paths = document.get("paths").and_then(Value::as_object);
    paths
        .into_iter()
        .flatten()
        .flat_map(|(path, item)| {
            METHODS
                .iter()
                .filter_map(move |method| Some((path.as_str(), *method, item.get(method)?)))
        })
        .collect()
}

/// Follows a `$ref`, if the value is one.
pub(crate) fn resolve<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    value
        .get("$ref")
        .and_then(Value::as_str)
        .and_then(|target| document.pointer(target.strip_prefix('#')?))
        .unwrap_or(value)
}

pub(crate) fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn json_schema(document: &Value, body: &Value) -> Option<Map<String, Value>> {
    let schema = resolve(document, body).pointer("/content/application~1json/schema")?;
    schema
        .as_object()
        .cloned()
        .or_else(|| json!({}).as_object().cloned())
}
