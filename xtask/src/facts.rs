//! What a contract states, flat: every operation, and every attribute of every body,
//! parameter and header, by the names that the API uses.
//!
//! It judges nothing; `diff` and `page` do.

mod read;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::contract::operations;

/// Where an attribute is: the operation's id, `request`, a status, `header`, `path` or
/// `query`, and the names on the way to it, joined by dots. The whole body has no names;
/// the items of a list are told by `[]`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(crate) operation: String,
    pub(crate) of: String,
    pub(crate) path: String,
}

impl Key {
    /// Whether the attribute is sent, and not answered.
    pub(crate) fn is_sent(&self) -> bool {
        matches!(
            self.of.as_str(),
            "request" | "header" | "path" | "query" | "cookie"
        )
    }

    /// The key of what holds this attribute; the body holds itself.
    pub(crate) fn parent(&self) -> Self {
        let path = match self.path.strip_suffix("[]") {
            Some(list) => list,
            None => self.path.rsplit_once('.').map_or("", |(parent, _)| parent),
        };
        Self {
            path: path.to_owned(),
            ..self.clone()
        }
    }

    /// Whether the other attribute lies within this one.
    pub(crate) fn holds(&self, other: &Self) -> bool {
        let inside = |rest: &str| self.path.is_empty() || rest.starts_with(['.', '[']);
        self.operation == other.operation
            && self.of == other.of
            && self != other
            && other.path.strip_prefix(&self.path).is_some_and(inside)
    }
}

/// One attribute.
#[derive(Clone, Debug)]
pub(crate) struct Attribute {
    pub(crate) required: bool,
    /// Its schema, with the reference followed.
    pub(crate) schema: Value,
    /// The JSON pointer of that schema, with the reference followed.
    pub(crate) place: String,
    /// The JSON pointer of what states it: the property or the parameter.
    pub(crate) stated: String,
    /// The component that the schema refers to.
    pub(crate) named: Option<String>,
}

/// One operation.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) place: String,
    /// The media types of each body, by `request` or status.
    pub(crate) media: BTreeMap<String, Vec<String>>,
    /// Whether the request must have a body.
    pub(crate) body_required: bool,
    /// The documented statuses.
    pub(crate) answers: Vec<String>,
    /// The HTTP schemes that a request must be signed with, one of.
    pub(crate) security: Vec<String>,
}

/// All that a contract states.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    pub(crate) operations: BTreeMap<String, Operation>,
    pub(crate) attributes: BTreeMap<Key, Attribute>,
    /// URLs and descriptions, in the contract's order.
    pub(crate) servers: Vec<(String, String)>,
    pub(crate) version: String,
}

impl Facts {
    pub(crate) fn of(contract: &Value) -> Self {
        let mut facts = Self {
            version: contract
                .pointer("/info/version")
                .map_or("", text)
                .to_owned(),
            ..Self::default()
        };
        for server in items(contract.get("servers")) {
            let word = |name| server.get(name).map_or("", text).to_owned();
            facts.servers.push((word("url"), word("description")));
        }
        for (place, operation) in operations::all(contract) {
            read::Reader {
                contract,
                facts: &mut facts,
            }
            .operation(&place, operation);
        }
        facts
    }

    /// The attributes of one body, by path.
    pub(crate) fn body<'a>(
        &'a self,
        operation: &'a str,
        of: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a Attribute)> {
        self.attributes
            .iter()
            .filter(move |(key, _)| key.operation == operation && key.of == of)
            .map(|(key, attribute)| (key.path.as_str(), attribute))
    }
}

/// The text of a value, or nothing.
pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The items of a list, or none.
pub(crate) fn items(value: Option<&Value>) -> &[Value] {
    value
        .and_then(Value::as_array)
        .map_or(&[], std::vec::Vec::as_slice)
}

/// The values that a schema lists, and whether others are legal too.
pub(crate) fn known(schema: &Value) -> Option<(Vec<&Value>, bool)> {
    let open = crate::contract::is_open_enum(schema);
    let listed = if open {
        schema.pointer("/anyOf/0/enum")
    } else {
        schema.get("enum")
    };
    listed.map(|listed| (items(Some(listed)).iter().collect(), open))
}

/// The JSON type of a schema; an open enum is a string.
pub(crate) fn kind(schema: &Value) -> Option<&str> {
    if crate::contract::is_open_enum(schema) {
        return Some("string");
    }
    schema.get("type").and_then(Value::as_str)
}
