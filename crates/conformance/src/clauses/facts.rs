//! What a contract states and what clauses expect, brought into one form: a fact has a
//! key, aspects with values, and the place where it stands.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Attribute, Clauses, Expect};
use crate::contract::{operations, resolve, text};

/// One fact: its aspects by name, and where it stands.
#[derive(Debug, Default)]
pub(super) struct Fact {
    pub(super) place: String,
    pub(super) aspects: BTreeMap<String, String>,
}

/// Facts by key. A key says what is stated about, for instance
/// `create_customer request individual.email`.
pub(super) type Facts = BTreeMap<String, Fact>;

fn fact(place: impl Into<String>, aspects: &[(&str, String)]) -> Fact {
    Fact {
        place: place.into(),
        aspects: aspects
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect(),
    }
}

/// The facts that clauses expect; the keys that two clauses claim come as a list.
pub(super) fn of_clauses(clauses: &Clauses) -> (Facts, Vec<String>) {
    let mut facts = Facts::new();
    let mut doubled = Vec::new();
    for clause in clauses.iter() {
        let (key, aspects) = match &clause.expect {
            Expect::Server { url, rank } => {
                (format!("server {url}"), vec![("rank", rank.to_string())])
            }
            Expect::Operation {
                operation,
                method,
                path,
            } => (
                format!("operation {operation}"),
                vec![("method", method.clone()), ("path", path.clone())],
            ),
            Expect::Security { operation, scheme } => (
                format!("security {operation}"),
                vec![("scheme", scheme.clone())],
            ),
            Expect::Answer { operation, status } => {
                (format!("answer {operation} {status}"), Vec::new())
            }
            Expect::Media {
                operation,
                of,
                r#type,
                body,
            } => {
                let mut aspects = vec![("media type", r#type.clone())];
                aspects.extend(body.iter().map(|body| ("type", body.clone())));
                (format!("media {operation} {of}"), aspects)
            }
            Expect::Attribute(attribute) => (
                format!(
                    "{} {} {}",
                    attribute.operation, attribute.of, attribute.path
                ),
                expected(attribute),
            ),
            Expect::Sample { .. } | Expect::Behaviour {} => continue,
        };
        if facts
            .insert(key.clone(), fact(&clause.id, &aspects))
            .is_some()
        {
            doubled.push(key);
        }
    }
    (facts, doubled)
}

fn expected(attribute: &Attribute) -> Vec<(&'static str, String)> {
    let mut aspects = vec![
        ("type", attribute.r#type.clone()),
        ("required", attribute.required.to_string()),
    ];
    let mut more = |name, value: Option<String>| aspects.extend(value.map(|value| (name, value)));
    more("format", attribute.format.clone());
    more("pattern", attribute.pattern.clone());
    more(
        "minLength",
        attribute.min_length.map(|length| length.to_string()),
    );
    more(
        "maxLength",
        attribute.max_length.map(|length| length.to_string()),
    );
    more(
        "known values",
        attribute.known.as_ref().map(|values| values.join(", ")),
    );
    more("open", attribute.open.map(|open| open.to_string()));
    aspects
}

/// The facts that a contract states.
pub(super) fn of_contract(document: &Value) -> Facts {
    let mut facts = Facts::new();
    for (index, server) in document
        .get("servers")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .enumerate()
    {
        let rank = (index + 1).to_string();
        facts.insert(
            format!("server {}", text(server, "url")),
            fact(format!("/servers/{index}"), &[("rank", rank)]),
        );
    }
    for (path, method, operation) in operations(document) {
        let id = text(operation, "operationId");
        let place = format!(
            "/paths/{}/{method}",
            path.replace('~', "~0").replace('/', "~1")
        );
        facts.insert(
            format!("operation {id}"),
            fact(
                &place,
                &[("method", method.to_owned()), ("path", path.to_owned())],
            ),
        );
        if let Some(scheme) = scheme(document, operation) {
            facts.insert(
                format!("security {id}"),
                fact("/components/securitySchemes", &[("scheme", scheme)]),
            );
        }
        let mut of_operation = OfOperation {
            document,
            id,
            facts: &mut facts,
        };
        of_operation.parameters(operation, &place);
        if let Some(body) = operation.get("requestBody") {
            of_operation.body("request", body, &format!("{place}/requestBody"));
        }
        for (status, response) in operation
            .get("responses")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            let place = format!("{place}/responses/{status}");
            of_operation
                .facts
                .insert(format!("answer {id} {status}"), fact(&place, &[]));
            of_operation.body(status, response, &place);
        }
    }
    facts
}

/// The HTTP authentication scheme of an operation: its own, or that of the whole contract.
fn scheme(document: &Value, operation: &Value) -> Option<String> {
    let security = operation
        .get("security")
        .or_else(|| document.get("security"))?;
    let names: Vec<&String> = security
        .as_array()?
        .iter()
        .filter_map(Value::as_object)
        .flat_map(|requirement| requirement.keys())
        .collect();
    let schemes: Vec<&str> = names
        .iter()
        .filter_map(|name| {
            document
                .pointer("/components/securitySchemes")?
                .get(name.as_str())
        })
        .filter(|scheme| text(scheme, "type") == "http")
        .map(|scheme| text(scheme, "scheme"))
        .collect();
    (!schemes.is_empty()).then(|| schemes.join(", "))
}

struct OfOperation<'a> {
    document: &'a Value,
    id: &'a str,
    facts: &'a mut Facts,
}

impl OfOperation<'_> {
    fn parameters(&mut self, operation: &Value, place: &str) {
        let parameters = operation.get("parameters").and_then(Value::as_array);
        for (index, parameter) in parameters.into_iter().flatten().enumerate() {
            let place = at(parameter, &format!("{place}/parameters/{index}"));
            let parameter = resolve(self.document, parameter);
            let required = parameter.get("required") == Some(&Value::Bool(true));
            let schema = parameter.get("schema").unwrap_or(&Value::Null);
            self.attribute(
                text(parameter, "in"),
                text(parameter, "name"),
                required,
                schema,
                &place,
            );
        }
    }

    fn body(&mut self, of: &str, body: &Value, place: &str) {
        let place = at(body, place);
        let body = resolve(self.document, body);
        let content = body.get("content").and_then(Value::as_object);
        for (media_type, content) in content.into_iter().flatten() {
            let schema = content.get("schema").unwrap_or(&Value::Null);
            // The whole body may be constrained as any attribute may.
            let mut aspects = stated(resolve(self.document, schema));
            aspects.insert("media type".to_owned(), media_type.clone());
            let key = format!("media {} {of}", self.id);
            self.facts.insert(
                key,
                Fact {
                    place: at(schema, &place),
                    aspects,
                },
            );
            self.properties(of, "", resolve(self.document, schema), &at(schema, &place));
        }
    }

    fn properties(&mut self, of: &str, prefix: &str, schema: &Value, place: &str) {
        let required = schema.get("required").and_then(Value::as_array);
        let properties = schema.get("properties").and_then(Value::as_object);
        for (name, property) in properties.into_iter().flatten() {
            let required =
                required.is_some_and(|names| names.iter().any(|required| required == name));
            let path = if prefix.is_empty() {
                name.clone()
            } else {
                format!("{prefix}.{name}")
            };
            let place = format!("{place}/properties/{name}");
            self.attribute(of, &path, required, property, &place);
            self.properties(
                of,
                &path,
                resolve(self.document, property),
                &at(property, &place),
            );
        }
    }

    fn attribute(&mut self, of: &str, path: &str, required: bool, schema: &Value, place: &str) {
        let place = at(schema, place);
        let mut aspects = stated(resolve(self.document, schema));
        aspects.insert("required".to_owned(), required.to_string());
        self.facts
            .insert(format!("{} {of} {path}", self.id), Fact { place, aspects });
    }
}

/// A place, with where its reference leads, if it is one.
fn at(value: &Value, place: &str) -> String {
    match value.get("$ref").and_then(Value::as_str) {
        Some(target) => format!("{place} -> {}", target.trim_start_matches('#')),
        None => place.to_owned(),
    }
}

/// Every rule that a schema states, also those that nobody has thought of: the page is
/// never constrained further than it constrains itself.
fn stated(schema: &Value) -> BTreeMap<String, String> {
    let mut aspects = BTreeMap::new();
    for (name, value) in schema.as_object().into_iter().flatten() {
        match name.as_str() {
            // Annotations, and what is told elsewhere.
            "description" | "title" | "example" | "properties" | "required" => {}
            "additionalProperties" if *value == Value::Bool(true) => {}
            extension if extension.starts_with("x-") => {}
            "enum" => {
                aspects.insert("known values".to_owned(), list(value));
                aspects
                    .entry("open".to_owned())
                    .or_insert_with(|| "false".to_owned());
            }
            "anyOf" => {
                // An open enum: the known values, then any other of the same type.
                for (name, value) in value.as_array().into_iter().flatten().flat_map(stated) {
                    let merged = aspects.entry(name).or_insert_with(|| value.clone());
                    if *merged != value {
                        *merged = format!("{merged} or {value}");
                    }
                }
                aspects.insert("open".to_owned(), "true".to_owned());
            }
            _ => {
                let value = value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned);
                aspects.insert(name.clone(), value);
            }
        }
    }
    aspects
}

fn list(values: &Value) -> String {
    let values = values.as_array().into_iter().flatten();
    let values: Vec<String> = values
        .map(|value| {
            value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned)
        })
        .collect();
    values.join(", ")
}
