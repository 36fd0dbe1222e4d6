//! One operation of the contract: how it is recognized, what it requires and what kind
//! of deed it is.
//!
//! It must not know state or answers beyond what the document says of them.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::schema::{Complaints, Schema, escape, resolve};
use super::{ContractError, is_parameter};
use crate::fault::Faults;

/// One operation.
pub(crate) struct Operation {
    pub(crate) method: String,
    /// The path without a parameter at its end: what is created under it is read under it.
    pub(crate) collection: Arc<str>,
    pub(crate) action: Action,
    /// Whether the document asks for no security.
    pub(crate) public: bool,
    pub(crate) body: Option<Body>,
    pub(crate) parameters: Vec<Parameter>,
    /// The status of a success.
    pub(crate) success: u16,
    /// The documented example of a success's body.
    pub(crate) example: Value,
}

impl Operation {
    /// The member of an answer that names the thing.
    pub(crate) fn id_member(&self) -> Option<&str> {
        match &self.action {
            Action::Create { id, .. } | Action::Read { id } => Some(id),
            Action::Other => None,
        }
    }

    /// The header that makes repeating the operation safe, in lower case.
    pub(crate) fn idempotency_header(&self) -> Option<&str> {
        match &self.action {
            Action::Create {
                idempotency_header, ..
            } => idempotency_header.as_deref(),
            Action::Read { .. } | Action::Other => None,
        }
    }
}

/// What an operation does, as far as its shape tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// A POST with a body to a path under which single things are read.
    Create {
        /// The member of the answer that names the created thing.
        id: String,
        /// The header that makes repeating it safe.
        idempotency_header: Option<String>,
    },
    /// A GET of a path that ends in a parameter.
    Read {
        /// The member of the answer that names the thing.
        id: String,
    },
    /// Anything else: answered with the documented example.
    Other,
}

/// What the document says of a body.
pub(crate) struct Body {
    pub(crate) required: bool,
    /// Media types in lower case with their schemas.
    pub(crate) content: Vec<(String, Option<Schema>)>,
}

/// A header or query parameter.
pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) place: Place,
    pub(crate) required: bool,
    schema: Option<Schema>,
    textual: bool,
}

/// Where a parameter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// In a header.
    Header,
    /// In the query.
    Query,
}

impl Parameter {
    /// What is wrong with the parameter's text.
    pub(crate) fn complaints(&self, text: &str) -> Vec<String> {
        let Some(schema) = &self.schema else {
            return Vec::new();
        };
        let value = Some(text)
            .filter(|_| !self.textual)
            .and_then(|text| serde_json::from_str(text).ok())
            .unwrap_or_else(|| Value::from(text));
        let complaints: Complaints = schema.complaints(&value, Faults::NONE);
        complaints.into_values().flatten().collect()
    }
}

const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// Compiles the operations of one path.
pub(super) fn compile_path(
    document: &Value,
    template: &str,
    item: &Value,
) -> Result<Vec<Operation>, ContractError> {
    let place = format!("/paths/{}", escape(template));
    let shared = list(item, "parameters");
    let mut operations = Vec::new();
    for method in METHODS {
        if let Some(operation) = item.get(method) {
            let place = format!("{place}/{method}");
            let path = Path {
                document,
                template,
                place: &place,
            };
            operations.push(path.compile(method, operation, shared)?);
        }
    }
    Ok(operations)
}

struct Path<'d> {
    document: &'d Value,
    template: &'d str,
    place: &'d str,
}

impl<'d> Path<'d> {
    fn compile(
        &self,
        method: &str,
        operation: &'d Value,
        shared: &'d [Value],
    ) -> Result<Operation, ContractError> {
        let mut parameters = Vec::new();
        for parameter in shared.iter().chain(list(operation, "parameters")) {
            parameters.extend(self.parameter(parameter)?);
        }
        let body = operation
            .get("requestBody")
            .map(|body| self.body(body))
            .transpose()?;
        let security = operation
            .get("security")
            .or_else(|| self.document.get("security"));
        let (success, example) = self.success(operation)?;
        Ok(Operation {
            method: method.to_ascii_uppercase(),
            collection: match split_parameter(self.template) {
                Some((collection, _)) => collection.into(),
                None => self.template.into(),
            },
            action: self.action(method, body.is_some(), &parameters),
            public: security.and_then(Value::as_array).is_none_or(Vec::is_empty),
            body,
            parameters,
            success,
            example,
        })
    }

    /// Reads the action off the shape. Nothing in OpenAPI says "this creates", but a POST
    /// to a collection whose members can be fetched does.
    fn action(&self, method: &str, has_body: bool, parameters: &[Parameter]) -> Action {
        match (method, split_parameter(self.template)) {
            ("get", Some((_, id))) => Action::Read { id: id.to_owned() },
            ("post", None) if has_body => match self.member_id() {
                Some(id) => Action::Create {
                    id: id.to_owned(),
                    idempotency_header: parameters
                        .iter()
                        .filter(|parameter| parameter.place == Place::Header)
                        .map(|parameter| parameter.name.to_ascii_lowercase())
                        // The vendor's two spellings differ by a leading `X-`.
                        .find(|name| name.ends_with("idempotency-key")),
                },
                None => Action::Other,
            },
            _ => Action::Other,
        }
    }

    /// The path parameter under which members of this collection are read.
    fn member_id(&self) -> Option<&'d str> {
        let paths = self.document.get("paths")?.as_object()?;
        paths.iter().find_map(|(template, item)| {
            let (collection, id) = split_parameter(template)?;
            (collection == self.template && item.get("get").is_some()).then_some(id)
        })
    }

    fn parameter(&self, parameter: &'d Value) -> Result<Option<Parameter>, ContractError> {
        let parameter = resolve(self.document, parameter, self.place)?;
        let place = match parameter.get("in").and_then(Value::as_str) {
            Some("header") => Place::Header,
            Some("query") => Place::Query,
            // The router has matched what is in the path.
            _ => return Ok(None),
        };
        let name = parameter
            .get("name")
            .and_then(Value::as_str)
            .ok_or_else(|| ContractError::new(self.place, "a parameter has no name"))?;
        let schema = parameter.get("schema");
        let textual = match schema {
            Some(schema) => resolve(self.document, schema, self.place)?
                .get("type")
                .is_none_or(|kind| kind == "string"),
            None => true,
        };
        Ok(Some(Parameter {
            name: name.to_owned(),
            place,
            required: is_true(parameter, "required"),
            schema: self.schema(schema)?,
            textual,
        }))
    }

    fn body(&self, body: &'d Value) -> Result<Body, ContractError> {
        let body = resolve(self.document, body, self.place)?;
        let mut content = Vec::new();
        for (media_type, media) in members(body, "content") {
            content.push((
                media_type.to_ascii_lowercase(),
                self.schema(media.get("schema"))?,
            ));
        }
        Ok(Body {
            required: is_true(body, "required"),
            content,
        })
    }

    fn schema(&self, schema: Option<&Value>) -> Result<Option<Schema>, ContractError> {
        schema
            .map(|schema| Schema::compile(self.document, schema, self.place))
            .transpose()
    }

    /// The first documented success and its example.
    fn success(&self, operation: &'d Value) -> Result<(u16, Value), ContractError> {
        let success = members(operation, "responses")
            .filter_map(|(status, response)| Some((status.parse::<u16>().ok()?, response)))
            .filter(|(status, _)| (200..300).contains(status))
            .min_by_key(|(status, _)| *status);
        let Some((status, response)) = success else {
            return Ok((200, Value::Null));
        };
        let response = resolve(self.document, response, self.place)?;
        let example = members(response, "content")
            .find_map(|(_, media)| media.get("example"))
            .cloned()
            .unwrap_or_default();
        Ok((status, example))
    }
}

/// Splits `/things/{id}` into the collection and the parameter's name.
fn split_parameter(template: &str) -> Option<(&str, &str)> {
    let (collection, segment) = template.rsplit_once('/')?;
    is_parameter(segment).then(|| (collection, segment.trim_matches(['{', '}'])))
}

fn list<'d>(value: &'d Value, member: &str) -> &'d [Value] {
    value
        .get(member)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

fn members<'d>(value: &'d Value, member: &str) -> impl Iterator<Item = (&'d String, &'d Value)> {
    value
        .get(member)
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(Map::iter)
}

fn is_true(value: &Value, member: &str) -> bool {
    value.get(member) == Some(&Value::Bool(true))
}
