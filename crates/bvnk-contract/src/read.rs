//! Reads the document into the model, and collects everything that the model lacks.
//!
//! Each node is decoded by serde into the members that the model knows; anything else is
//! a problem. Extensions (`x-…`) that the model does not know are legal everywhere.

mod operations;
mod schemas;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{Diagnostic, Diagnostics, Server};

/// Members without a meaning for the model, which are legal wherever OpenAPI has them.
const ANNOTATIONS: &[&str] = &[
    "contact",
    "default",
    "deprecated",
    "discriminator",
    "externalDocs",
    "headers",
    "license",
    "summary",
    "tags",
    "termsOfService",
];

/// The extensions that the model knows.
const EXTENSIONS: &[&str] = &["x-public", "x-terminal", "x-idempotency-key"];

/// Reads one document. Problems are collected, so that all are reported at once.
pub(crate) struct Reader<'a> {
    file: &'a str,
    document: &'a Value,
    errors: Vec<Diagnostic>,
    warnings: Vec<Diagnostic>,
}

/// The head of a document.
#[derive(Default, Deserialize)]
pub(crate) struct Info {
    pub(crate) title: String,
    pub(crate) version: String,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(file: &'a str, document: &'a Value) -> Self {
        let mut reader = Self {
            file,
            document,
            errors: Vec::new(),
            warnings: Vec::new(),
        };
        let version = document.get("openapi").and_then(Value::as_str);
        if !version.is_some_and(|version| version.starts_with("3.0.")) {
            let help = "set `openapi: 3.0.3` at the top of the document";
            reader.error("/openapi", "is not an OpenAPI 3.0 document", help);
        }
        reader
    }

    /// The warnings, if nothing is wrong.
    pub(crate) fn finish(mut self) -> Result<Vec<Diagnostic>, Diagnostics> {
        // A component that is used twice is read twice.
        self.errors.dedup();
        Diagnostics::check(self.errors)?;
        self.warnings.dedup();
        Ok(self.warnings)
    }

    pub(crate) fn info(&mut self) -> Info {
        let info = self.document.get("info").unwrap_or(&Value::Null);
        self.decode(info, "/info").unwrap_or_default()
    }

    pub(crate) fn servers(&mut self) -> Vec<Server> {
        let servers = self.document.get("servers").and_then(Value::as_array);
        let mut list = Vec::new();
        for (index, server) in servers.into_iter().flatten().enumerate() {
            list.extend(self.decode::<Server>(server, &format!("/servers/{index}")));
        }
        list
    }

    /// Decodes the members of a node.
    fn decode<T: DeserializeOwned>(&mut self, value: &Value, pointer: &str) -> Option<T> {
        let mut value = value.clone();
        if let Some(members) = value.as_object_mut() {
            members.retain(|name, _| match name.as_str() {
                name if name.starts_with("x-") => EXTENSIONS.contains(&name),
                name => !ANNOTATIONS.contains(&name),
            });
        }
        match serde_path_to_error::deserialize(value) {
            Ok(decoded) => Some(decoded),
            Err(error) => {
                let mut place = pointer.to_owned();
                for segment in error.path() {
                    place = child(&place, &segment.to_string());
                }
                let help = "correct it, or state in a description what the model cannot express";
                self.error(&place, error.into_inner().to_string(), help);
                None
            }
        }
    }

    fn error(&mut self, pointer: &str, message: impl Into<String>, help: &str) {
        let diagnostic = Diagnostic::new(self.file, pointer, message).help(help);
        self.errors.push(diagnostic);
    }

    fn warn(&mut self, pointer: &str, message: impl Into<String>, help: &str) {
        let diagnostic = Diagnostic::new(self.file, pointer, message).help(help);
        self.warnings.push(diagnostic);
    }

    /// Follows `$ref` once, to a component of `kind`; anything else is an error.
    fn follow(
        &mut self,
        value: &'a Value,
        pointer: &str,
        kind: &str,
    ) -> Option<(&'a Value, String)> {
        let Some(target) = value.get("$ref").and_then(Value::as_str) else {
            return Some((value, pointer.to_owned()));
        };
        let prefix = format!("#/components/{kind}/");
        let found = target
            .strip_prefix('#')
            .filter(|_| target.starts_with(&prefix))
            .and_then(|target| Some((self.document.pointer(target)?, target.to_owned())));
        if found.is_none() {
            let message = format!("`$ref: {target}` leads nowhere");
            let help = format!("refer to an existing entry, `{prefix}NAME`");
            self.error(pointer, message, &help);
        }
        found
    }
}

/// The JSON pointer of a member.
pub(crate) fn child(pointer: &str, name: &str) -> String {
    format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"))
}
