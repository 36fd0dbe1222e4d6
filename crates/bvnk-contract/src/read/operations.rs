//! Reads operations with their parameters, bodies, responses and links.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::{Reader, child};
use crate::{Body, Link, Location, Operation, Parameter, Response, Status, path_parameters};

const METHODS: &[&str] = &[
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

type Members = BTreeMap<String, Value>;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RawOperation {
    #[serde(default, rename = "description")]
    _description: IgnoredAny,
    operation_id: String,
    #[serde(default)]
    parameters: Vec<Value>,
    #[serde(default, rename = "requestBody")]
    _request_body: IgnoredAny,
    responses: Members,
    security: Option<Vec<Members>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawParameter {
    name: String,
    r#in: Location,
    #[serde(default)]
    required: bool,
    description: Option<String>,
    schema: Value,
    example: Option<Value>,
    style: Option<String>,
    explode: Option<bool>,
    #[serde(default, rename = "x-idempotency-key")]
    idempotency_key: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawBody {
    #[serde(default, rename = "description")]
    _description: IgnoredAny,
    #[serde(default)]
    required: bool,
    content: Members,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMedia {
    example: Option<Value>,
    schema: Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawResponse {
    description: String,
    #[serde(default)]
    content: Members,
    #[serde(default)]
    links: BTreeMap<String, Link>,
}

impl Reader<'_> {
    pub(crate) fn operations(&mut self) -> Vec<Operation> {
        let mut operations: Vec<Operation> = Vec::new();
        let paths = self.document.get("paths").and_then(Value::as_object);
        for (path, item) in paths.into_iter().flatten() {
            let pointer = child("/paths", path);
            let shared = item.get("parameters").and_then(Value::as_array);
            let shared = self.parameters(shared.map_or(&[], Vec::as_slice), &pointer);
            for method in METHODS {
                let Some(value) = item.get(method) else {
                    continue;
                };
                let pointer = child(&pointer, method);
                let operation = self.operation((path, method), value, &pointer, &shared);
                let Some(operation) = operation else {
                    continue;
                };
                self.template(&operation);
                if operations.iter().any(|other| other.id == operation.id) {
                    let message = format!("`operationId: {}` is used twice", operation.id);
                    self.error(&pointer, message, "give each operation an id of its own");
                }
                operations.push(operation);
            }
        }
        if operations.is_empty() {
            let help = "declare at least one operation";
            self.error("/paths", "has no operations", help);
        }
        operations
    }

    fn operation(
        &mut self,
        (path, method): (&str, &str),
        value: &Value,
        pointer: &str,
        shared: &[Parameter],
    ) -> Option<Operation> {
        let raw: RawOperation = self.decode(value, pointer)?;
        if raw.operation_id.is_empty() {
            self.error(pointer, "has an empty `operationId`", "name the operation");
        }
        // An operation's own parameter replaces the path item's.
        let mut parameters = shared.to_vec();
        for parameter in self.parameters(&raw.parameters, pointer) {
            parameters.retain(|other| {
                other.name != parameter.name || other.location != parameter.location
            });
            parameters.push(parameter);
        }
        let body = value.get("requestBody");
        let body = body.and_then(|body| self.request_body(body, &child(pointer, "requestBody")));
        let (body, body_required) = body.unwrap_or_default();
        Some(Operation {
            method: method.to_owned(),
            path: path.to_owned(),
            location: pointer.to_owned(),
            parameters,
            body,
            body_required,
            responses: self.responses(&raw.responses, &child(pointer, "responses")),
            security: self.security(raw.security, pointer),
            id: raw.operation_id,
        })
    }

    /// Path templates and declared path parameters must agree.
    fn template(&mut self, operation: &Operation) {
        let (pointer, path) = (&operation.location, &operation.path);
        let names = path_parameters(path);
        let templated = |segment: &&str| segment.contains(['{', '}']);
        for segment in path.split('/').filter(templated) {
            let whole = segment.starts_with('{') && segment.ends_with('}');
            if !whole || segment.matches('{').count() != 1 {
                let message = format!("the path segment `{segment}` is not one parameter");
                self.error(pointer, message, "let a parameter be a whole segment");
            }
        }
        let declared: Vec<&str> = operation
            .parameters_in(Location::Path)
            .map(|parameter| parameter.name.as_str())
            .collect();
        for name in names.iter().filter(|name| !declared.contains(name)) {
            let message = format!("the path parameter `{name}` is not declared");
            self.error(
                pointer,
                message,
                "declare it under `parameters`, `in: path`",
            );
        }
        for name in declared.iter().filter(|name| !names.contains(name)) {
            let message = format!("the path has no `{{{name}}}`");
            self.error(pointer, message, "correct the parameter's name or the path");
        }
    }

    fn parameters(&mut self, list: &[Value], owner: &str) -> Vec<Parameter> {
        let place = child(owner, "parameters");
        let mut parameters = Vec::new();
        for (index, entry) in list.iter().enumerate() {
            parameters.extend(self.parameter(entry, &child(&place, &index.to_string())));
        }
        parameters
    }

    fn parameter(&mut self, entry: &Value, place: &str) -> Option<Parameter> {
        let (value, pointer) = self.follow(entry, place, "parameters")?;
        let raw: RawParameter = self.decode(value, &pointer)?;
        let (usual, explodes) = match raw.r#in {
            Location::Query => ("form", true),
            Location::Path | Location::Header => ("simple", false),
        };
        if raw.style.is_some_and(|style| style != usual) {
            let help = format!("use `style: {usual}`");
            self.error(&child(&pointer, "style"), "is not supported here", &help);
        }
        if raw.r#in == Location::Path && !raw.required {
            let message = "a path parameter must be required";
            self.error(&pointer, message, "set `required: true`");
        }
        Some(Parameter {
            schema: self.schema(&raw.schema, &child(&pointer, "schema")),
            name: raw.name,
            location: raw.r#in,
            required: raw.required,
            explode: raw.explode.unwrap_or(explodes),
            idempotency_key: raw.r#in == Location::Header && raw.idempotency_key,
            description: raw.description,
            example: raw.example,
            pointer,
        })
    }

    fn request_body(&mut self, body: &Value, place: &str) -> Option<(Option<Body>, bool)> {
        let (body, place) = self.follow(body, place, "requestBodies")?;
        let raw: RawBody = self.decode(body, &place)?;
        Some((self.content(&raw.content, &place), raw.required))
    }

    fn content(&mut self, content: &Members, owner: &str) -> Option<Body> {
        let place = child(owner, "content");
        if content.len() > 1 {
            self.error(&place, "has several media types", "keep the JSON one");
        }
        let (media_type, entry) = content.iter().next()?;
        let place = child(&place, media_type);
        let essence = media_type.split(';').next().unwrap_or_default().trim();
        if essence != "application/json" && !essence.ends_with("+json") {
            let message = format!("the media type `{media_type}` is not supported");
            self.error(&place, message, "describe the body as application/json");
            return None;
        }
        let raw: RawMedia = self.decode(entry, &place)?;
        Some(Body {
            media_type: media_type.clone(),
            schema: self.schema(&raw.schema, &child(&place, "schema")),
            example: raw.example,
        })
    }

    fn responses(&mut self, members: &Members, place: &str) -> Vec<Response> {
        let mut responses: Vec<Response> = Vec::new();
        for (status, entry) in members {
            responses.extend(self.response(status, entry, &child(place, status)));
        }
        let mut statuses = responses.iter().map(|response| response.status);
        if !statuses.any(Status::is_success) {
            let help = "declare the response of a success, such as `'200'`";
            self.error(place, "has no success", help);
        }
        responses
    }

    fn response(&mut self, status: &str, entry: &Value, place: &str) -> Option<Response> {
        let Some(status) = Status::parse(status) else {
            let help = "use a quoted code, a range such as `4XX`, or `default`";
            self.error(place, format!("`{status}` is not a status"), help);
            return None;
        };
        let (entry, place) = self.follow(entry, place, "responses")?;
        let raw: RawResponse = self.decode(entry, &place)?;
        let links = raw.links.into_iter();
        Some(Response {
            status,
            body: self.content(&raw.content, &place),
            links: links.map(|(name, link)| Link { name, ..link }).collect(),
            description: raw.description,
            location: place,
        })
    }

    fn security(&mut self, own: Option<Vec<Members>>, pointer: &str) -> Vec<String> {
        let shared = self.document.get("security").cloned();
        let shared = || serde_json::from_value(shared.unwrap_or_default()).unwrap_or_default();
        let requirements = own.unwrap_or_else(shared);
        let mut schemes = Vec::new();
        for name in requirements.iter().flat_map(Members::keys) {
            let place = child("/components/securitySchemes", name);
            let member = |name| self.document.pointer(&child(&place, name))?.as_str();
            match member("scheme").filter(|_| member("type") == Some("http")) {
                Some(scheme) => schemes.push(scheme.to_owned()),
                None => {
                    let message = format!("`{name}` is not an HTTP security scheme");
                    let help = "declare it under `components.securitySchemes`, `type: http`";
                    self.error(pointer, message, help);
                }
            }
        }
        schemes
    }
}
