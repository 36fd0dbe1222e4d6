//! Parameters: the values that a request has for them.

use bvnk_contract::{Location, Schema, Shape};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::message::Request;

/// A parameter, prepared for reading.
pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) location: Location,
    pub(crate) required: bool,
    /// Whether it carries the idempotency key.
    pub(crate) idempotency_key: bool,
    /// Whether the key is a UUID, whose letters have no case.
    pub(crate) is_uuid: bool,
    /// The number of the schema.
    pub(super) schema: usize,
    kind: Kind,
    /// Whether several values are joined by commas.
    joined: bool,
}

/// How the text of a parameter becomes a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    /// A number or a boolean.
    Literal,
    Texts,
    Literals,
}

impl Parameter {
    pub(super) fn new(parameter: &bvnk_contract::Parameter, kind: &Schema, schema: usize) -> Self {
        let is_literal = |schema: &Schema| {
            matches!(
                schema.shape,
                Shape::Boolean | Shape::Integer(_) | Shape::Number(_)
            )
        };
        let (kind, format) = match &kind.shape {
            Shape::Array(rules) if is_literal(&rules.items) => (Kind::Literals, None),
            Shape::Array(_) => (Kind::Texts, None),
            Shape::String(rules) => (Kind::Text, rules.format.as_deref()),
            _ if is_literal(kind) => (Kind::Literal, None),
            _ => (Kind::Text, None),
        };
        Self {
            name: parameter.name.clone(),
            location: parameter.location,
            required: parameter.required,
            idempotency_key: parameter.idempotency_key,
            is_uuid: format == Some("uuid"),
            schema,
            kind,
            joined: !parameter.explode,
        }
    }

    /// The texts that a request has for the parameter; `path` has those of the path.
    pub(crate) fn texts(&self, request: &Request, path: &[(String, String)]) -> Vec<String> {
        match self.location {
            Location::Path => {
                let own = path.iter().filter(|(name, _)| *name == self.name);
                own.map(|(_, value)| value.clone()).collect()
            }
            Location::Query => query(request, &self.name),
            Location::Header => {
                let values = request.headers.get_all(&self.name).iter();
                let text = |value: &http::HeaderValue| {
                    String::from_utf8_lossy(value.as_bytes()).into_owned()
                };
                values.map(text).collect()
            }
        }
    }

    /// Whether the parameter may be given more than once.
    pub(crate) fn is_repeatable(&self) -> bool {
        matches!(self.kind, Kind::Texts | Kind::Literals) && !self.joined
    }

    /// The value of the parameter. A text that is not of the right kind stays a text, and
    /// so violates the schema.
    pub(crate) fn value(&self, texts: &[String]) -> Value {
        let literal = |text: &str| {
            serde_json::from_str(text)
                .ok()
                .filter(|it: &Value| !it.is_null())
        };
        let single =
            |text: &str, is_literal: bool| match is_literal.then(|| literal(text)).flatten() {
                Some(value) => value,
                None => Value::from(text),
            };
        match self.kind {
            Kind::Text | Kind::Literal => {
                let text = texts.first().map_or("", String::as_str);
                single(text, self.kind == Kind::Literal)
            }
            Kind::Texts | Kind::Literals => {
                let is_literal = self.kind == Kind::Literals;
                let texts = texts.iter().map(String::as_str);
                match self.joined {
                    true => texts
                        .flat_map(|it| it.split(','))
                        .map(|it| single(it, is_literal))
                        .collect(),
                    false => texts.map(|it| single(it, is_literal)).collect(),
                }
            }
        }
    }
}

fn query(request: &Request, name: &str) -> Vec<String> {
    let pairs = request.query().unwrap_or("").split('&');
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .filter(|(key, _)| decode(key) == name)
        .map(|(_, value)| decode(&value.replace('+', " ")))
        .collect()
}

/// Decodes the percent encoding of a part of a URL.
pub(crate) fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}
