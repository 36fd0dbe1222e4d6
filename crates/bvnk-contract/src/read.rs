//! Reads the document into the model, and collects everything that the model lacks.

mod operations;
mod schemas;

use serde_json::{Map, Value};

use crate::{Diagnostic, Diagnostics, Server};

/// Reads one document. Problems are collected, so that all are reported at once.
pub(crate) struct Reader<'a> {
    file: &'a str,
    document: &'a Value,
    errors: Vec<Diagnostic>,
    warnings: Vec<Diagnostic>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(file: &'a str, document: &'a Value) -> Self {
        let mut reader = Self {
            file,
            document,
            errors: Vec::new(),
            warnings: Vec::new(),
        };
        let version = text(document, "openapi");
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

    pub(crate) fn info(&mut self) -> (String, String) {
        let mut member = |name: &str| match self.document.pointer(&format!("/info/{name}")) {
            Some(Value::String(text)) => text.clone(),
            _ => {
                self.error(
                    &format!("/info/{name}"),
                    "is missing or not a text",
                    &format!("set `info.{name}` (quote it if it looks like a number)"),
                );
                String::new()
            }
        };
        (member("title"), member("version"))
    }

    pub(crate) fn servers(&mut self) -> Vec<Server> {
        let servers = self.document.get("servers").and_then(Value::as_array);
        let mut list = Vec::new();
        for (index, server) in servers.into_iter().flatten().enumerate() {
            match text(server, "url") {
                Some(url) => list.push(Server {
                    url: url.to_owned(),
                    description: text(server, "description").map(str::to_owned),
                }),
                None => self.error(
                    &format!("/servers/{index}"),
                    "has no `url`",
                    "give the server its base URL",
                ),
            }
        }
        list
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
        let Some(target) = text(value, "$ref") else {
            return Some((value, pointer.to_owned()));
        };
        let prefix = format!("#/components/{kind}/");
        let found = target
            .strip_prefix('#')
            .filter(|_| target.starts_with(&prefix))
            .and_then(|target| Some((self.document.pointer(target)?, target.to_owned())));
        if found.is_none() {
            self.error(
                pointer,
                format!("`$ref: {target}` leads nowhere"),
                &format!("refer to an existing entry, `{prefix}NAME`"),
            );
        }
        found
    }

    /// Reports members that the model does not cover.
    fn only(&mut self, value: &Value, pointer: &str, known: &[&str], help: &str) {
        for name in value.as_object().into_iter().flat_map(Map::keys) {
            if !name.starts_with("x-") && !known.contains(&name.as_str()) {
                let place = child(pointer, name);
                self.error(&place, format!("`{name}` is not supported here"), help);
            }
        }
    }
}

/// The JSON pointer of a member.
pub(crate) fn child(pointer: &str, name: &str) -> String {
    format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"))
}

fn text<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    value.get(name).and_then(Value::as_str)
}

fn flag(value: &Value, name: &str) -> bool {
    value.get(name) == Some(&Value::Bool(true))
}

fn texts(value: &Value, name: &str) -> Vec<String> {
    let items = value.get(name).and_then(Value::as_array);
    let texts = items.into_iter().flatten().filter_map(Value::as_str);
    texts.map(str::to_owned).collect()
}
