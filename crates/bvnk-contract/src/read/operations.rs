//! Reads operations with their parameters, bodies, responses and links.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Reader, child, flag, text};
use crate::{
    Body, Link, LinkSource, Location, Operation, Parameter, Response, Schema, Shape, Status,
    path_parameters,
};

const METHODS: &[&str] = &[
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

impl<'a> Reader<'a> {
    pub(crate) fn operations(&mut self, schemas: &BTreeMap<String, Schema>) -> Vec<Operation> {
        let mut operations: Vec<Operation> = Vec::new();
        let paths = self.document.get("paths").and_then(Value::as_object);
        for (path, item) in paths.into_iter().flatten() {
            let pointer = child("/paths", path);
            let known = ["parameters", "summary", "description", "servers"];
            let known: Vec<&str> = METHODS.iter().chain(&known).copied().collect();
            self.only(item, &pointer, &known, "use an HTTP method, such as `get`");
            for method in METHODS {
                let Some(value) = item.get(method) else {
                    continue;
                };
                let pointer = child(&pointer, method);
                let operation = self.operation(path, method, item, value, &pointer);
                self.template(&operation);
                if operations.iter().any(|other| other.id == operation.id) {
                    let message = format!("`operationId: {}` is used twice", operation.id);
                    self.error(&pointer, message, "give each operation an id of its own");
                }
                operations.push(operation);
            }
        }
        if operations.is_empty() {
            self.error(
                "/paths",
                "has no operations",
                "declare at least one operation",
            );
        }
        self.links(&operations, schemas);
        operations
    }

    fn operation(
        &mut self,
        path: &str,
        method: &str,
        item: &'a Value,
        value: &'a Value,
        pointer: &str,
    ) -> Operation {
        let known = [
            "operationId",
            "tags",
            "summary",
            "description",
            "parameters",
            "requestBody",
            "responses",
            "security",
            "deprecated",
            "externalDocs",
            "servers",
        ];
        self.only(value, pointer, &known, "remove it");
        let id = text(value, "operationId").unwrap_or_default();
        if id.is_empty() {
            self.error(
                pointer,
                "has no `operationId`",
                "name the operation, such as `get_customer`",
            );
        }
        let (body, body_required) = self.request_body(value, pointer);
        Operation {
            id: id.to_owned(),
            method: method.to_owned(),
            path: path.to_owned(),
            location: pointer.to_owned(),
            parameters: self.parameters(item, value, pointer),
            body,
            body_required,
            responses: self.responses(value, pointer),
            security: self.security(value, pointer),
        }
    }

    /// Path templates and declared path parameters must agree.
    fn template(&mut self, operation: &Operation) {
        let (pointer, path) = (&operation.location, &operation.path);
        let names = path_parameters(path);
        let whole = |segment: &str| segment.starts_with('{') && segment.ends_with('}');
        for segment in path
            .split('/')
            .filter(|segment| segment.contains(['{', '}']))
        {
            if !whole(segment) || segment.matches('{').count() != 1 {
                let message = format!("the path segment `{segment}` is not one parameter");
                self.error(
                    pointer,
                    message,
                    "let a parameter be a whole segment: `/{name}`",
                );
            }
        }
        let declared: Vec<&Parameter> = operation.parameters_in(Location::Path).collect();
        for name in &names {
            if !declared.iter().any(|parameter| parameter.name == *name) {
                let message = format!("the path parameter `{name}` is not declared");
                self.error(
                    pointer,
                    message,
                    "declare it under `parameters`, `in: path`",
                );
            }
        }
        for parameter in declared {
            if !names.contains(&parameter.name.as_str()) {
                let message = format!("the path has no `{{{}}}`", parameter.name);
                self.error(&parameter.pointer, message, "correct the name or the path");
            }
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
                let same = |other: &Parameter| {
                    other.name == parameter.name && other.location == parameter.location
                };
                parameters.retain(|other| !same(other));
                parameters.push(parameter);
            }
        }
        parameters
    }

    fn parameter(&mut self, entry: &'a Value, place: &str) -> Option<Parameter> {
        let (value, pointer) = self.follow(entry, place, "parameters")?;
        let known = [
            "name",
            "in",
            "required",
            "description",
            "schema",
            "example",
            "deprecated",
            "style",
            "explode",
        ];
        self.only(
            value,
            &pointer,
            &known,
            "describe the parameter by a `schema`",
        );
        let Some(name) = text(value, "name") else {
            self.error(&pointer, "has no `name`", "name the parameter");
            return None;
        };
        let location = match text(value, "in") {
            Some("path") => Location::Path,
            Some("query") => Location::Query,
            Some("header") => Location::Header,
            other => {
                let message = format!("`in: {}` is not supported", other.unwrap_or("nothing"));
                self.error(&pointer, message, "use path, query or header");
                return None;
            }
        };
        let (usual, explodes) = match location {
            Location::Query => ("form", true),
            Location::Path | Location::Header => ("simple", false),
        };
        if text(value, "style").is_some_and(|style| style != usual) {
            let help = format!("use `style: {usual}`");
            self.error(&child(&pointer, "style"), "is not supported here", &help);
        }
        let required = flag(value, "required");
        if location == Location::Path && !required {
            self.error(
                &pointer,
                "a path parameter must be required",
                "set `required: true`",
            );
        }
        let schema = value.get("schema").unwrap_or(&Value::Null);
        Some(Parameter {
            name: name.to_owned(),
            location,
            required,
            schema: self.schema(schema, &child(&pointer, "schema")),
            explode: value
                .get("explode")
                .and_then(Value::as_bool)
                .unwrap_or(explodes),
            idempotency_key: location == Location::Header && flag(value, "x-idempotency-key"),
            description: text(value, "description").map(str::to_owned),
            example: value.get("example").cloned(),
            pointer,
        })
    }

    fn request_body(&mut self, value: &'a Value, pointer: &str) -> (Option<Body>, bool) {
        let Some(body) = value.get("requestBody") else {
            return (None, false);
        };
        let place = child(pointer, "requestBody");
        let Some((body, place)) = self.follow(body, &place, "requestBodies") else {
            return (None, false);
        };
        self.only(
            body,
            &place,
            &["description", "content", "required"],
            "remove it",
        );
        let content = self.content(body, &place);
        if content.is_none() {
            self.error(&place, "has no content", "give the body a JSON schema");
        }
        (content, flag(body, "required"))
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
        }
        self.only(
            entry,
            &place,
            &["schema", "example"],
            "keep `schema` and `example`",
        );
        let schema = entry.get("schema").unwrap_or(&Value::Null);
        Some(Body {
            media_type: media_type.clone(),
            schema: self.schema(schema, &child(&place, "schema")),
            example: entry.get("example").cloned(),
        })
    }

    fn responses(&mut self, value: &'a Value, pointer: &str) -> Vec<Response> {
        let place = child(pointer, "responses");
        let mut responses = Vec::new();
        let declared = value.get("responses").and_then(Value::as_object);
        for (status, entry) in declared.into_iter().flatten() {
            let place = child(&place, status);
            let Some(status) = Status::parse(status) else {
                let message = format!("`{status}` is not a status");
                self.error(
                    &place,
                    message,
                    "use a quoted code, a range such as `4XX`, or `default`",
                );
                continue;
            };
            let Some((entry, place)) = self.follow(entry, &place, "responses") else {
                continue;
            };
            let known = ["description", "content", "headers", "links"];
            self.only(entry, &place, &known, "remove it");
            responses.push(Response {
                status,
                description: text(entry, "description").unwrap_or_default().to_owned(),
                body: self.content(entry, &place),
                links: self.response_links(entry, &place),
                location: place,
            });
        }
        if !responses
            .iter()
            .any(|response: &Response| response.status.is_success())
        {
            self.error(
                &place,
                "has no success",
                "declare the response of a success, such as `'200'`",
            );
        }
        responses
    }

    fn response_links(&mut self, response: &'a Value, pointer: &str) -> Vec<Link> {
        let mut links = Vec::new();
        let place = child(pointer, "links");
        let declared = response.get("links").and_then(Value::as_object);
        for (name, entry) in declared.into_iter().flatten() {
            let place = child(&place, name);
            let Some((entry, place)) = self.follow(entry, &place, "links") else {
                continue;
            };
            let Some(operation) = text(entry, "operationId") else {
                self.error(
                    &place,
                    "has no `operationId`",
                    "name the operation that follows",
                );
                continue;
            };
            let mut parameters = Vec::new();
            let sources = entry.get("parameters").and_then(Value::as_object);
            for (parameter, source) in sources.into_iter().flatten() {
                let pointer = source
                    .as_str()
                    .and_then(|text| text.strip_prefix("$response.body#"));
                match pointer {
                    Some(pointer) => parameters.push((
                        parameter.clone(),
                        LinkSource {
                            pointer: pointer.to_owned(),
                        },
                    )),
                    None => self.error(
                        &child(&place, parameter),
                        "is not a place in the response's body",
                        "write `$response.body#/NAME`",
                    ),
                }
            }
            links.push(Link {
                name: name.clone(),
                operation: operation.to_owned(),
                parameters,
            });
        }
        links
    }

    /// Links must lead to operations, parameters and attributes that exist.
    fn links(&mut self, operations: &[Operation], schemas: &BTreeMap<String, Schema>) {
        for (response, link) in operations
            .iter()
            .flat_map(|operation| &operation.responses)
            .flat_map(|response| response.links.iter().map(move |link| (response, link)))
        {
            let place = child(&child(&response.location, "links"), &link.name);
            let Some(follow) = operations.iter().find(|other| other.id == link.operation) else {
                let message = format!("there is no operation `{}`", link.operation);
                self.error(&place, message, "correct the link's `operationId`");
                continue;
            };
            for (name, source) in &link.parameters {
                if !follow
                    .parameters
                    .iter()
                    .any(|parameter| parameter.name == *name)
                {
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
                    self.error(&place, message, "correct the place in the response's body");
                }
            }
        }
    }

    fn security(&mut self, value: &Value, pointer: &str) -> Vec<String> {
        let requirements = value
            .get("security")
            .or_else(|| self.document.get("security"));
        let mut schemes = Vec::new();
        let requirements = requirements.and_then(Value::as_array);
        for name in requirements
            .into_iter()
            .flatten()
            .filter_map(Value::as_object)
            .flat_map(|map| map.keys())
        {
            let declared = self
                .document
                .pointer(&child("/components/securitySchemes", name));
            match declared.and_then(|scheme| text(scheme, "scheme")) {
                Some(scheme) => schemes.push(scheme.to_owned()),
                None => {
                    let message = format!(
                        "the security scheme `{name}` is not an HTTP scheme of this document"
                    );
                    self.error(
                        pointer,
                        message,
                        "declare it under `components.securitySchemes`, `type: http`",
                    );
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
