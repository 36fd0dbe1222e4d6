//! Walks a contract and writes down what it states. References are followed here, so that
//! nobody else needs to.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Attribute, Facts, Key, Operation, items, text};
use crate::contract::{child, resolve};

pub(super) struct Reader<'c, 'f> {
    pub(super) contract: &'c Value,
    pub(super) facts: &'f mut Facts,
}

impl<'c> Reader<'c, '_> {
    pub(super) fn operation(&mut self, place: &str, operation: &'c Value) {
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
