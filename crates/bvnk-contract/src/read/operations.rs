//! Reads operations with their parameters, bodies, responses and links.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::{Reader, child};
use crate::{
    Body, Link, LinkSource, Location, Operation, Parameter, Response, Schema, Shape, Status,
    path_parameters,
};

const METHODS: &[&str] = &[
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RawOperation {
    #[serde(default, rename = "description")]
    _description: IgnoredAny,
    operation_id: String,
    responses: BTreeMap<String, Value>,
    security: Option<Vec<BTreeMap<String, Value>>>,
    #[serde(default, rename = "parameters")]
    _parameters: IgnoredAny,
    #[serde(default, rename = "requestBody")]
    _request_body: IgnoredAny,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawParameter {
    name: String,
    r#in: Location,
    #[serde(default)]
    required: bool,
    description: Option<String>,
    #[serde(rename = "schema")]
    _schema: IgnoredAny,
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
    #[serde(rename = "content")]
    _content: IgnoredAny,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMedia {
    example: Option<Value>,
    #[serde(rename = "schema")]
    _schema: IgnoredAny,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawResponse {
    description: String,
    #[serde(default, rename = "content")]
    _content: IgnoredAny,
    #[serde(default)]
    links: BTreeMap<String, RawLink>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RawLink {
    #[serde(default, rename = "description")]
    _description: IgnoredAny,
    operation_id: String,
    #[serde(default)]
    parameters: BTreeMap<String, String>,
}

impl<'a> Reader<'a> {
    pub(crate) fn operations(&mut self, schemas: &BTreeMap<String, Schema>) -> Vec<Operation> {
        let mut operations: Vec<Operation> = Vec::new();
        let paths = self.document.get("paths").and_then(Value::as_object);
        for (path, item) in paths.into_iter().flatten() {
            let pointer = child("/paths", path);
            for method in METHODS {
                let Some(value) = item.get(method) else {
                    continue;
                };
                let pointer = child(&pointer, method);
                let Some(operation) = self.operation((path, method), item, value, &pointer) else {
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
        self.links(&operations, schemas);
        operations
    }

    fn operation(
        &mut self,
        (path, method): (&str, &str),
        item: &'a Value,
        value: &'a Value,
        pointer: &str,
    ) -> Option<Operation> {
        let raw: RawOperation = self.decode(value, pointer)?;
        if raw.operation_id.is_empty() {
            self.error(pointer, "has an empty `operationId`", "name the operation");
        }
        let (body, body_required) = self.request_body(value, pointer);
        Some(Operation {
            method: method.to_owned(),
            path: path.to_owned(),
            location: pointer.to_owned(),
            parameters: self.parameters(item, value, pointer),
            body,
            body_required,
            responses: self.responses(&raw, value, pointer),
            security: self.security(&raw, pointer),
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

    fn parameters(&mut self, item: &'a Value, value: &'a Value, pointer: &str) -> Vec<Parameter> {
        let mut parameters: Vec<Parameter> = Vec::new();
        let shared = pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
        for (owner, pointer) in [(item, shared), (value, pointer)] {
            let place = child(pointer, "parameters");
            let list = owner.get("parameters").and_then(Value::as_array);
            for (index, entry) in list.into_iter().flatten().enumerate() {
                let place = child(&place, &index.to_string());
                let Some(parameter) = self.parameter(entry, &place) else {
                    continue;
                };
                // An operation's own parameter replaces the path item's.
                parameters.retain(|other| {
                    other.name != parameter.name || other.location != parameter.location
                });
                parameters.push(parameter);
            }
        }
        parameters
    }

    fn parameter(&mut self, entry: &'a Value, place: &str) -> Option<Parameter> {
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
        let schema = value.get("schema")?;
        Some(Parameter {
            schema: self.schema(schema, &child(&pointer, "schema")),
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

    fn request_body(&mut self, value: &'a Value, pointer: &str) -> (Option<Body>, bool) {
        let place = child(pointer, "requestBody");
        let body = value.get("requestBody");
        let Some((body, place)) = body.and_then(|body| self.follow(body, &place, "requestBodies"))
        else {
            return (None, false);
        };
        let raw: Option<RawBody> = self.decode(body, &place);
        (
            self.content(body, &place),
            raw.is_some_and(|raw| raw.required),
        )
    }

    fn content(&mut self, owner: &'a Value, pointer: &str) -> Option<Body> {
        let place = child(pointer, "content");
        let content = owner.get("content")?.as_object()?;
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
            schema: self.schema(entry.get("schema")?, &child(&place, "schema")),
            example: raw.example,
        })
    }

    fn responses(&mut self, raw: &RawOperation, value: &'a Value, pointer: &str) -> Vec<Response> {
        let place = child(pointer, "responses");
        let mut responses: Vec<Response> = Vec::new();
        for (status, entry) in raw
            .responses
            .keys()
            .filter_map(|status| Some((status, value.get("responses")?.get(status)?)))
        {
            let place = child(&place, status);
            let Some(status) = Status::parse(status) else {
                let help = "use a quoted code, a range such as `4XX`, or `default`";
                self.error(&place, format!("`{status}` is not a status"), help);
                continue;
            };
            let Some((entry, place)) = self.follow(entry, &place, "responses") else {
                continue;
            };
            let Some(raw) = self.decode::<RawResponse>(entry, &place) else {
                continue;
            };
            responses.push(Response {
                status,
                body: self.content(entry, &place),
                links: self.response_links(&raw, &place),
                description: raw.description,
                location: place,
            });
        }
        if !responses
            .iter()
            .any(|response| response.status.is_success())
        {
            let help = "declare the response of a success, such as `'200'`";
            self.error(&place, "has no success", help);
        }
        responses
    }

    fn response_links(&mut self, raw: &RawResponse, pointer: &str) -> Vec<Link> {
        let mut links = Vec::new();
        for (name, raw) in &raw.links {
            let mut parameters = Vec::new();
            for (parameter, source) in &raw.parameters {
                match source.strip_prefix("$response.body#") {
                    Some(pointer) => {
                        let pointer = pointer.to_owned();
                        parameters.push((parameter.clone(), LinkSource { pointer }));
                    }
                    None => {
                        let place = child(&child(pointer, "links"), name);
                        let message = format!("`{source}` is not a place in the response's body");
                        self.error(&place, message, "write `$response.body#/NAME`");
                    }
                }
            }
            links.push(Link {
                name: name.clone(),
                operation: raw.operation_id.clone(),
                parameters,
            });
        }
        links
    }

    /// Links must lead to operations, parameters and attributes that exist.
    fn links(&mut self, operations: &[Operation], schemas: &BTreeMap<String, Schema>) {
        let responses = operations.iter().flat_map(|operation| &operation.responses);
        for (response, link) in
            responses.flat_map(|response| response.links.iter().map(move |link| (response, link)))
        {
            let place = child(&child(&response.location, "links"), &link.name);
            let Some(follow) = operations.iter().find(|other| other.id == link.operation) else {
                let message = format!("there is no operation `{}`", link.operation);
                self.error(&place, message, "correct the link's `operationId`");
                continue;
            };
            for (name, source) in &link.parameters {
                let mut parameters = follow.parameters.iter();
                if !parameters.any(|parameter| parameter.name == *name) {
                    let message = format!("`{}` has no parameter `{name}`", follow.id);
                    self.error(&place, message, "correct the name of the parameter");
                }
                let found = response.body.as_ref().is_some_and(|body| {
                    let mut steps = source.pointer.split('/').skip(1);
                    steps
                        .try_fold(&body.schema, |schema, step| property(schemas, schema, step))
                        .is_some()
                });
                if !found {
                    let message = format!("the body has no `{}`", source.pointer);
                    self.error(&place, message, "correct the place in the body");
                }
            }
        }
    }

    fn security(&mut self, raw: &RawOperation, pointer: &str) -> Vec<String> {
        let shared = self.document.get("security").cloned();
        let shared = || serde_json::from_value(shared.unwrap_or_default()).unwrap_or_default();
        let requirements: Vec<BTreeMap<String, Value>> =
            raw.security.clone().unwrap_or_else(shared);
        let mut schemes = Vec::new();
        for name in requirements.iter().flat_map(BTreeMap::keys) {
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

fn property<'s>(
    schemas: &'s BTreeMap<String, Schema>,
    schema: &'s Schema,
    name: &str,
) -> Option<&'s Schema> {
    let mut schema = schema;
    // Bounded, as circles are reported but still read.
    for _ in 0..=schemas.len() {
        match &schema.shape {
            Shape::Reference(target) => schema = schemas.get(target)?,
            Shape::Object(object) => {
                return object.properties.get(name).map(|property| &property.schema);
            }
            _ => return None,
        }
    }
    None
}
