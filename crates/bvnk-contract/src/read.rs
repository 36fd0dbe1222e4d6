//! Reads the document into the model, and collects everything that the model lacks.
//!
//! Each node is decoded by serde into the members that the model knows; anything else is
//! a problem. Extensions (`x-…`) that the model does not know are legal everywhere.

mod combined;
mod operations;
mod rules;
mod schemas;

use std::collections::BTreeSet;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{Contract, Diagnostic, Diagnostics, Server};

/// Members without a meaning for the model, which are legal wherever OpenAPI has them.
const ANNOTATIONS: &[&str] = &[
    "contact",
    "default",
    "deprecated",
    "discriminator",
    "externalDocs",
    "headers",
    "license",
    "tags",
    "termsOfService",
];

/// The extensions that the model knows.
const EXTENSIONS: &[&str] = &[
    "x-action-required",
    "x-alike",
    "x-idempotency-key",
    "x-public",
    "x-terminal",
    "x-tracked",
];

/// What to do about a member that cannot be decoded.
const CORRECT: &str = "correct it, or state in a description what the model cannot express";

/// Reads one document. Problems are collected, so that all are reported at once.
///
/// Values are read from the document when they are asked for; a component is read again at each
/// reference that has to be merged, and otherwise kept as a reference.
pub(crate) struct Reader<'a> {
    file: &'a str,
    document: &'a Value,
    /// The components that are being merged into an object, outermost first.
    merging: Vec<String>,
    /// What is required but not among the properties: the place, and the property's name.
    unmet: Vec<(String, String)>,
    /// How many schemas were read so far.
    schemas_read: usize,
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
    /// Makes a reader of a document. Other versions than OpenAPI 3.0 are reported here, first of
    /// all: in them the same members mean something else.
    pub(crate) fn new(file: &'a str, document: &'a Value) -> Self {
        let mut reader = Self {
            file,
            document,
            merging: Vec::new(),
            unmet: Vec::new(),
            schemas_read: 0,
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
        for (place, name) in std::mem::take(&mut self.unmet) {
            let message = format!("`{name}` is required but not among the properties");
            let help = "declare the property, or correct its name";
            self.error(&place, message, help);
        }
        Diagnostics::check(self.errors)?;
        Ok(self.warnings)
    }

    /// The title and the version; empty if they cannot be read.
    pub(crate) fn info(&mut self) -> Info {
        let info = self.document.get("info").unwrap_or(&Value::Null);
        self.decode(info, "/info", &[]).unwrap_or_default()
    }

    /// The servers in the document's order, which clauses call their rank.
    pub(crate) fn servers(&mut self) -> Vec<Server> {
        let servers = self.document.get("servers").and_then(Value::as_array);
        let mut list = Vec::new();
        for (index, server) in servers.into_iter().flatten().enumerate() {
            list.extend(self.decode::<Server>(server, &format!("/servers/{index}"), &[]));
        }
        list
    }

    /// Decodes the members of a node, except those that are read `apart`. Each member that
    /// cannot be decoded is reported.
    fn decode<T: DeserializeOwned>(
        &mut self,
        value: &Value,
        pointer: &str,
        apart: &[&str],
    ) -> Option<T> {
        // serde takes lists for objects.
        let Some(members) = value.as_object() else {
            self.error(pointer, "is not an object", "describe it by its members");
            return None;
        };
        for name in members
            .keys()
            .filter(|name| !EXTENSIONS.contains(&name.as_str()))
        {
            // Others are legal; one that begins like one of ours is a slip.
            let alike = EXTENSIONS
                .iter()
                .find(|known| name.get(..4) == known.get(..4));
            if let Some(known) = alike {
                let message = format!("`{name}` has no effect");
                self.warn(
                    pointer,
                    message,
                    &format!("write `{known}`, if that is meant"),
                );
            }
        }
        let mut members = members.clone();
        members.retain(|name, _| match name.as_str() {
            name if apart.contains(&name) => false,
            name if name.starts_with("x-") => EXTENSIONS.contains(&name),
            name => !ANNOTATIONS.contains(&name),
        });
        let mut is_valid = true;
        loop {
            let error = match serde_path_to_error::deserialize(&members) {
                Ok(decoded) => return is_valid.then_some(decoded),
                Err(error) => error,
            };
            let path: Vec<String> = error.path().iter().map(ToString::to_string).collect();
            // A member that was removed below is not missing.
            if is_valid || !path.is_empty() {
                let place = path
                    .iter()
                    .fold(pointer.to_owned(), |place, name| child(&place, name));
                let message = error.inner().to_string();
                let mut message = message.trim_end_matches(", there are no fields").to_owned();
                // serde lists only the members that it decodes.
                let is_unknown = message.starts_with("unknown field") && path.len() == 1;
                if is_unknown && !apart.is_empty() {
                    message.push_str(&format!("; also legal: {}", quoted(apart)));
                }
                self.error(&place, message, CORRECT);
            }
            is_valid = false;
            members.remove(path.first()?)?;
        }
    }

    /// Reports what makes the contract unusable, once for each place.
    fn error(&mut self, pointer: &str, message: impl Into<String>, help: &str) {
        let diagnostic = Diagnostic::new(self.file, pointer, message).help(help);
        // A component that is used twice is read twice.
        if !self.errors.contains(&diagnostic) {
            self.errors.push(diagnostic);
        }
    }

    /// Reports what is legal but probably not meant, once for each place.
    fn warn(&mut self, pointer: &str, message: impl Into<String>, help: &str) {
        let diagnostic = Diagnostic::new(self.file, pointer, message).help(help);
        if !self.warnings.contains(&diagnostic) {
            self.warnings.push(diagnostic);
        }
    }

    /// Follows `$ref` once, to a component of `kind` such as `parameters`; anything else is
    /// reported. Returns the target with its JSON pointer, or the value itself if it is none.
    fn follow<'v>(
        &mut self,
        value: &'v Value,
        pointer: &str,
        kind: &str,
    ) -> Option<(&'v Value, String)>
    where
        'a: 'v,
    {
        let Some(target) = value.get("$ref") else {
            return Some((value, pointer.to_owned()));
        };
        let target = target.as_str().unwrap_or_default();
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

/// Finds what only the whole contract shows: links that lead nowhere, and statements with
/// the same subject.
pub(crate) fn check_whole(file: &str, contract: &Contract) -> Result<(), Diagnostics> {
    let mut problems = Vec::new();
    let mut report = |place: &str, message: String, help: &str| {
        problems.push(Diagnostic::new(file, place, message).help(help));
    };
    let links = contract.operations.iter().flat_map(|it| it.links());
    for (response, link) in links {
        let place = child(&child(&response.location, "links"), &link.name);
        let Some(follow) = contract.operation(&link.operation) else {
            let message = format!("there is no operation `{}`", link.operation);
            report(&place, message, "correct the link's `operationId`");
            continue;
        };
        for (name, source) in &link.parameters {
            if !follow.parameters.iter().any(|it| it.name == *name) {
                let message = format!("`{}` has no parameter `{name}`", follow.id);
                report(&place, message, "correct the name of the parameter");
            }
            let body = response.body.iter();
            let mut attributes = body.flat_map(|body| contract.attributes(&body.schema));
            let path = source.pointer.trim_start_matches('/').replace('/', ".");
            if !attributes.any(|attribute| attribute.path == path) {
                let message = format!("the body has no `{}`", source.pointer);
                report(&place, message, "correct the place in the body");
            }
        }
    }
    let operations = contract.operations.iter();
    for body in operations.flat_map(|operation| operation.bodies()) {
        if contract.has_too_many_attributes(&body.schema) {
            let message = "describes more attributes than any tool can list".to_owned();
            let help = "let components refer less often to others";
            report(&body.schema.location, message, help);
        }
    }
    let mut subjects = BTreeSet::new();
    for statement in contract.statements() {
        let subject = statement.expectation.subject().unwrap_or_default();
        if subjects.contains(&subject) {
            let message = format!("states `{subject}` a second time");
            let help = "remove one of the two, or give it another name";
            report(&statement.location, message, help);
        }
        subjects.insert(subject);
    }
    Diagnostics::check(problems)
}

/// Names as a list for people.
fn quoted(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

/// Returns the JSON pointer of a member: `/paths` and `/a~b` become `/paths/~1a~0b`.
pub fn child(pointer: &str, name: &str) -> String {
    format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// The JSON pointer of a component schema.
pub(crate) fn component_pointer(name: &str) -> String {
    child("/components/schemas", name)
}

/// The name of the component that a JSON pointer or a reference ends with.
pub(crate) fn component_name(pointer: &str) -> String {
    let name = pointer.rsplit('/').next().unwrap_or_default();
    name.replace("~1", "/").replace("~0", "~")
}
