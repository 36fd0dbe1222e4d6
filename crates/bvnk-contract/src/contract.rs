//! The contract: a document with its operations and schemas.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::read::{Reader, check_whole};
use crate::{Diagnostic, Diagnostics, Operation, Schema, Shape};

/// An OpenAPI 3.0 document, read once into typed values.
///
/// Whatever the model does not cover is a diagnostic, so a contract that was read has
/// nothing that tools would silently pass over.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Contract {
    /// The document that was read.
    pub document: Value,
    /// The API's name.
    pub title: String,
    /// The contract's version.
    pub version: String,
    /// Where the API is served.
    pub servers: Vec<Server>,
    /// The operations, ordered by path and method.
    pub operations: Vec<Operation>,
    /// The component schemas by name.
    pub schemas: BTreeMap<String, Schema>,
    /// What is legal but probably not meant, such as a format that nothing checks.
    pub warnings: Vec<Diagnostic>,
}

/// A place where the API is served.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Its base URL.
    pub url: String,
    /// What it is for.
    pub description: Option<String>,
}

impl Contract {
    /// Reads a contract from JSON text. `file` is its name in diagnostics.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it or that the model does not cover.
    pub fn from_json(file: &str, text: &str) -> Result<Self, Diagnostics> {
        let document = serde_json::from_str(text).map_err(|error| {
            let location = format!("line {}, column {}", error.line(), error.column());
            Diagnostic::new(file, location, "is not valid JSON").help("correct the JSON")
        })?;
        Self::from_value(file, document)
    }

    /// Reads a contract from YAML text. `file` is its name in diagnostics.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it or that the model does not cover.
    #[cfg(feature = "yaml")]
    pub fn from_yaml(file: &str, text: &str) -> Result<Self, Diagnostics> {
        if text.trim().is_empty() {
            let empty = Diagnostic::new(file, "", "the file is empty");
            return Err(empty.help("restore the contract").into());
        }
        // YAML 1.2, which OpenAPI recommends: `no`, `off` and `n` are texts.
        let options = serde_saphyr::options! { strict_booleans: true };
        let document = serde_saphyr::from_str_with_options(text, options).map_err(|error| {
            let location = error.location().map_or(String::new(), |location| {
                format!("line {}, column {}", location.line(), location.column())
            });
            // The message repeats the location.
            let reason = error.without_snippet().to_string();
            let reason = reason.trim_end_matches(&format!(" at {location}"));
            // An option of the reader, which an author of YAML cannot set.
            let reason =
                reason.trim_end_matches(", set DuplicateKeyPolicy in Options if acceptable");
            Diagnostic::new(file, location, format!("is not valid YAML: {reason}"))
                .help("correct the YAML")
        })?;
        Self::from_value(file, document)
    }

    /// Reads a contract from a JSON value. `file` is its name in diagnostics.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it or that the model does not cover.
    pub fn from_value(file: &str, document: Value) -> Result<Self, Diagnostics> {
        let mut reader = Reader::new(file, &document);
        let schemas = reader.schemas();
        let servers = reader.servers();
        let operations = reader.operations();
        let info = reader.info();
        let warnings = reader.finish()?;
        let mut contract = Self {
            document,
            title: info.title,
            version: info.version,
            servers,
            operations,
            schemas,
            warnings,
        };
        check_whole(file, &contract)?;
        let warnings = contract.tracking_warnings(file);
        contract.warnings.extend(warnings);
        Ok(contract)
    }

    /// Returns the operation with this id.
    pub fn operation(&self, id: &str) -> Option<&Operation> {
        self.operations.iter().find(|operation| operation.id == id)
    }

    /// Returns every schema: components, parameters and bodies, and those inside of others.
    /// References are listed and not followed, so each component is listed once.
    pub fn all_schemas(&self) -> Vec<&Schema> {
        let mut all: Vec<&Schema> = self.schemas.values().collect();
        for operation in &self.operations {
            all.extend(operation.parameters.iter().map(|it| &it.schema));
            all.extend(operation.bodies().map(|it| &it.schema));
        }
        let mut next = 0;
        while let Some(schema) = all.get(next) {
            all.extend(schema.children());
            next += 1;
        }
        all
    }

    /// Follows references to the schema that defines the shape.
    pub fn resolve<'a>(&'a self, schema: &'a Schema) -> &'a Schema {
        let mut schema = schema;
        // Reading refuses references that lead nowhere or to themselves.
        while let Shape::Reference(name) = &schema.shape {
            match self.schemas.get(name) {
                Some(target) => schema = target,
                None => break,
            }
        }
        schema
    }

    /// Returns whether null is a value of the schema: by itself, or by what it refers to. `nullable`
    /// next to a `$ref` counts too; OpenAPI 3.0 gives it no meaning there, but who writes it means it.
    pub fn is_nullable(&self, schema: &Schema) -> bool {
        let target = schema.reference().and_then(|name| self.schemas.get(name));
        schema.nullable || target.is_some_and(|target| self.is_nullable(target))
    }

    /// Returns the value that a parameter's text stands for. A text of the wrong kind stays a text,
    /// and so violates the schema.
    pub fn parse_text(&self, schema: &Schema, text: &str) -> Value {
        let literal = match self.resolve(schema).shape {
            Shape::Boolean | Shape::Integer | Shape::Number => serde_json::from_str(text).ok(),
            _ => None,
        };
        literal
            .filter(|value: &Value| !value.is_null())
            .unwrap_or_else(|| text.into())
    }

    /// Returns the operation that a method (in any case) and a path lead to, with the values of the
    /// path's parameters as they stand in the path. Literal segments are matched before templated
    /// ones.
    ///
    /// `GET /customers/A%20B` leads to `/customers/{reference}` with `("reference", "A%20B")`:
    /// nothing is decoded. A query is no part of `path`.
    pub fn route<'a, 'p>(
        &'a self,
        method: &str,
        path: &'p str,
    ) -> Option<(&'a Operation, Vec<(&'a str, &'p str)>)> {
        self.operations
            .iter()
            .filter(|operation| operation.method.eq_ignore_ascii_case(method))
            .filter_map(|operation| Some((operation, match_path(&operation.path, path)?)))
            .min_by_key(|(_, values)| values.len())
    }

    /// Returns the methods, in upper case, of all operations with a path.
    pub fn methods(&self, path: &str) -> Vec<String> {
        let mut methods: Vec<String> = self
            .operations
            .iter()
            .filter(|operation| match_path(&operation.path, path).is_some())
            .map(Operation::http_method)
            .collect();
        methods.sort();
        methods.dedup();
        methods
    }
}

/// The values of a template's parameters in a path; `None` if the path is another one. A
/// parameter is a whole segment and never empty.
fn match_path<'t, 'p>(template: &'t str, path: &'p str) -> Option<Vec<(&'t str, &'p str)>> {
    if template.split('/').count() != path.split('/').count() {
        return None;
    }
    let mut values = Vec::new();
    for (wanted, found) in template.split('/').zip(path.split('/')) {
        let name = wanted.strip_prefix('{');
        match name.and_then(|name| name.strip_suffix('}')) {
            Some(name) if !found.is_empty() => values.push((name, found)),
            None if wanted == found => {}
            _ => return None,
        }
    }
    Some(values)
}

/// Returns a line that another text does not have: whether a contract has changed is seen by it
/// without reading the contract. Line breaks of either kind are alike.
///
/// ```
/// use bvnk_contract::fingerprint;
///
/// assert_eq!(fingerprint("a: 1\r\n"), fingerprint("a: 1\n"));
/// assert_ne!(fingerprint("a: 1\n"), fingerprint("a: 2\n"));
/// ```
#[must_use]
pub fn fingerprint(text: &str) -> String {
    // FNV-1a: against oversight, not against an attacker.
    let bytes = text.bytes().filter(|byte| *byte != b'\r');
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}\n")
}
