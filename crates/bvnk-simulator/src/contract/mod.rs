//! The contract: which operations exist and what their requests look like.
//!
//! It must not know any field, status or path by name: all of that is in the document,
//! so that what is added there is served and validated here with no hand edit. It must
//! not know state either.

mod bend;
mod error;
mod operation;
pub(crate) mod schema;

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use serde_json::Value;

use crate::fault::{Fault, Faults};

pub use error::ContractError;
pub(crate) use operation::{Action, Operation, Place};

/// The contract as it is embedded, a derived copy of the repository's hand-written
/// OpenAPI document.
pub fn contract() -> &'static Value {
    // A copy that cannot be read is null here, and `Contract::compile` says so.
    static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
        serde_json::from_str(include_str!("../../contract.json")).unwrap_or_default()
    });
    &DOCUMENT
}

/// A compiled contract: a router with the validators of each operation.
pub struct Contract {
    paths: Vec<Path>,
    hosts: Vec<String>,
}

struct Path {
    template: String,
    operations: Vec<Operation>,
}

/// What a method and a path lead to.
pub(crate) enum Route<'c, 'r> {
    /// An operation, and what the path's last segment says when it is a parameter.
    Found(&'c Operation, Option<&'r str>),
    /// The path exists with other methods: the value of `Allow`.
    OtherMethods(String),
    /// The contract has no such path.
    Unknown,
}

impl Contract {
    /// The embedded contract, compiled once in a process.
    ///
    /// # Errors
    ///
    /// When the embedded document cannot be compiled, which a build with changed
    /// contract may show.
    pub fn embedded() -> Result<Arc<Self>, ContractError> {
        static COMPILED: LazyLock<Result<Arc<Contract>, ContractError>> =
            LazyLock::new(|| Contract::compile(contract()).map(Arc::new));
        COMPILED.clone()
    }

    /// Compiles an OpenAPI 3.0.3 document.
    ///
    /// # Errors
    ///
    /// When it has no paths, or a reference or a schema in it cannot be used.
    ///
    /// # Examples
    ///
    /// ```
    /// use bvnk_simulator::{Contract, contract};
    ///
    /// let mut document = contract().clone();
    /// document["components"]["schemas"]["Address"]["properties"]["region"] =
    ///     serde_json::json!({ "type": "string" });
    /// assert!(Contract::compile(&document).is_ok());
    ///
    /// document["components"]["schemas"]["Address"] = serde_json::json!(null);
    /// assert!(Contract::compile(&document).is_err());
    /// ```
    pub fn compile(document: &Value) -> Result<Self, ContractError> {
        let templates = document
            .get("paths")
            .and_then(Value::as_object)
            .ok_or_else(|| ContractError::new("/paths", "the document has no paths"))?;
        let mut paths = Vec::new();
        for (template, item) in templates {
            let operations = operation::compile_path(document, template, item)?;
            paths.push(Path {
                template: template.clone(),
                operations,
            });
        }
        // OpenAPI: a literal segment is matched before a templated one.
        paths.sort_by_key(|path| path.template.matches('{').count());
        Ok(Self {
            paths,
            hosts: hosts(document),
        })
    }

    /// The hosts of the documented servers.
    pub(crate) fn hosts(&self) -> &[String] {
        &self.hosts
    }

    pub(crate) fn route<'r>(&self, method: &str, path: &'r str, faults: Faults) -> Route<'_, 'r> {
        let mut allow = BTreeSet::new();
        let mut other = None;
        for candidate in &self.paths {
            let Some(argument) = matches(&candidate.template, path) else {
                continue;
            };
            for operation in &candidate.operations {
                if operation.method == method {
                    return Route::Found(operation, argument);
                }
                allow.insert(operation.method.as_str());
                other.get_or_insert((operation, argument));
            }
        }
        if let Some((operation, argument)) = other.filter(|_| faults.has(Fault::AcceptAnyMethod)) {
            return Route::Found(operation, argument);
        }
        if allow.is_empty() || faults.has(Fault::NotFoundForMethod) {
            Route::Unknown
        } else {
            let allow: Vec<_> = allow.into_iter().collect();
            Route::OtherMethods(allow.join(", "))
        }
    }
}

fn hosts(document: &Value) -> Vec<String> {
    let servers = document.get("servers").and_then(Value::as_array);
    let urls = servers.into_iter().flatten();
    urls.filter_map(|server| server.get("url")?.as_str())
        .filter_map(|url| url.split_once("://"))
        .map(|(_, rest)| rest.split(['/', ':']).next().unwrap_or("").to_owned())
        .collect()
}

/// Whether a path follows a template; within, the last segment if it is a parameter.
fn matches<'r>(template: &str, path: &'r str) -> Option<Option<&'r str>> {
    let mut wanted = template.split('/');
    let mut found = path.split('/');
    let mut argument = None;
    loop {
        match (wanted.next(), found.next()) {
            (None, None) => return Some(argument),
            (Some(wanted), Some(found)) if is_parameter(wanted) && !found.is_empty() => {
                argument = Some(found);
            }
            (Some(wanted), Some(found)) if wanted == found => argument = None,
            _ => return None,
        }
    }
}

fn is_parameter(segment: &str) -> bool {
    segment.starts_with('{') && segment.ends_with('}')
}
