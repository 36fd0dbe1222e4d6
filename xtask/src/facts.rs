//! What a contract states, flat: every operation, and every attribute of every body,
//! parameter and header, by the names that the API uses.
//!
//! It judges nothing; `diff` and `page` do.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::contract::{child, operations, resolve};

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
            Reader {
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

struct Reader<'c, 'f> {
    contract: &'c Value,
    facts: &'f mut Facts,
}

impl<'c> Reader<'c, '_> {
    fn operation(&mut self, place: &str, operation: &'c Value) {
        let (item, method) = place.rsplit_once('/').unwrap_or_default();
        let path = item.trim_start_matches("/paths/");
        let path = path.replace("~1", "/").replace("~0", "~");
        let id = operation.get("operationId").map_or("", text);
        let id = if id.is_empty() {
            format!("{method} {path}")
        } else {
            id.to_owned()
        };
        let mut media = BTreeMap::new();
        let shared = self.contract.pointer(item);
        let shared = shared.and_then(|item| item.get("parameters"));
        for (parameters, place) in [(shared, item), (operation.get("parameters"), place)] {
            for (index, parameter) in items(parameters).iter().enumerate() {
                let (parameter, stated) =
                    self.follow(parameter, &format!("{place}/parameters/{index}"));
                let key = Key {
                    operation: id.clone(),
                    of: parameter.get("in").map_or("", text).to_owned(),
                    path: parameter.get("name").map_or("", text).to_owned(),
                };
                let required = parameter.get("required") == Some(&Value::Bool(true));
                if let Some(schema) = parameter.get("schema") {
                    self.attribute(
                        key,
                        required,
                        schema,
                        &child(&stated, "schema"),
                        &mut Vec::new(),
                    );
                }
            }
        }
        let request = operation.get("requestBody").map(|body| {
            let place = child(place, "requestBody");
            ("request".to_owned(), body, place)
        });
        let responses = operation.get("responses").and_then(Value::as_object);
        let answers = responses.into_iter().flatten().map(|(status, body)| {
            let place = format!("{place}/responses/{status}");
            (status.clone(), body, place)
        });
        let mut body_required = false;
        for (of, body, place) in request.into_iter().chain(answers) {
            let (body, stated) = self.follow(body, &place);
            if of == "request" {
                body_required = body.get("required") == Some(&Value::Bool(true));
            }
            let content = body.get("content").and_then(Value::as_object);
            for (media_type, content) in content.into_iter().flatten() {
                media
                    .entry(of.clone())
                    .or_insert_with(Vec::new)
                    .push(media_type.clone());
                let place = child(&child(&child(&stated, "content"), media_type), "schema");
                let key = Key {
                    operation: id.clone(),
                    of: of.clone(),
                    path: String::new(),
                };
                if let Some(schema) = content.get("schema") {
                    self.attribute(key, true, schema, &place, &mut Vec::new());
                }
            }
        }
        let security = self.security(operation);
        self.facts.operations.insert(
            id,
            Operation {
                method: method.to_owned(),
                path,
                place: place.to_owned(),
                media,
                body_required,
                answers: responses
                    .into_iter()
                    .flatten()
                    .map(|(status, _)| status.clone())
                    .collect(),
                security,
            },
        );
    }

    /// A value and its place, both after its reference, if it is one.
    fn follow(&self, value: &'c Value, place: &str) -> (&'c Value, String) {
        let place = match value.get("$ref").and_then(Value::as_str) {
            Some(target) => target.trim_start_matches('#'),
            None => place,
        };
        (resolve(self.contract, value), place.to_owned())
    }

    fn attribute(
        &mut self,
        key: Key,
        required: bool,
        schema: &'c Value,
        stated: &str,
        above: &mut Vec<String>,
    ) {
        let named = schema.get("$ref").map(|target| text(target).to_owned());
        let (schema, place) = self.follow(schema, stated);
        // A schema that holds itself is told once on each way to it.
        if above.contains(&place) {
            return;
        }
        above.push(place.clone());
        let properties = schema.get("properties").and_then(Value::as_object);
        let needed = items(schema.get("required"));
        for (name, property) in properties.into_iter().flatten() {
            let path = if key.path.is_empty() {
                name.clone()
            } else {
                format!("{}.{name}", key.path)
            };
            let key = Key {
                path,
                ..key.clone()
            };
            let required = needed.iter().any(|needed| needed == name);
            let stated = child(&child(&place, "properties"), name);
            self.attribute(key, required, property, &stated, above);
        }
        if let Some(item) = schema.get("items") {
            let key = Key {
                path: format!("{}[]", key.path),
                ..key.clone()
            };
            self.attribute(key, true, item, &child(&place, "items"), above);
        }
        above.pop();
        self.facts.attributes.insert(
            key,
            Attribute {
                required,
                schema: schema.clone(),
                place,
                stated: stated.to_owned(),
                named,
            },
        );
    }

    fn security(&self, operation: &Value) -> Vec<String> {
        let required = operation
            .get("security")
            .or_else(|| self.contract.get("security"));
        let schemes = self.contract.pointer("/components/securitySchemes");
        items(required)
            .iter()
            .map(|requirement| {
                let names = requirement.as_object().into_iter().flatten();
                let told: Vec<String> = names
                    .map(|(name, _)| {
                        let scheme = schemes.and_then(|schemes| schemes.get(name));
                        let word =
                            |word| scheme.and_then(|scheme| scheme.get(word)).map_or("", text);
                        match word("type") {
                            "http" => word("scheme").to_owned(),
                            "apiKey" => format!("{} {}", word("in"), word("name")),
                            other => format!("{other} {name}"),
                        }
                    })
                    .collect();
                told.join(" and ")
            })
            .collect()
    }
}
