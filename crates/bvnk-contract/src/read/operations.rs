//! Reads operations with their parameters, bodies, responses and links.
//!
//! A part that cannot be read is reported and left out, and reading goes on, so that one run
//! shows everything that is wrong.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Reader, child};
use crate::{Body, Link, Location, Operation, Parameter, Response, Status, path_parameters};

/// The methods of a path item, in the order in which operations are listed.
const METHODS: &[&str] = &[
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// What a request's body has in addition to its content.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RequestBody {
    description: Option<String>,
    #[serde(default)]
    required: bool,
}

/// The members of the object at `name`; none if there is no such object.
fn members<'v>(value: &'v Value, name: &str) -> impl Iterator<Item = (&'v String, &'v Value)> {
    let members = value.get(name).and_then(Value::as_object);
    members.into_iter().flatten()
}

/// Whether a link's parameter is one of the request's path, `$request.path.NAME`, under the
/// same name. Such a parameter is left out of the model: the operation that follows is called
/// below the same path.
fn is_taken_over(name: &str, source: &Value, parameters: &[Parameter]) -> bool {
    let is_it = |it: &Parameter| it.location == Location::Path && it.name == name;
    *source == format!("$request.path.{name}") && parameters.iter().any(is_it)
}

impl Reader<'_> {
    /// The operations, ordered by path, and by method in the order of `METHODS`.
    ///
    /// Reports a document without operations and an `operationId` that is used twice, since
    /// clauses, links and generated methods go by the id.
    pub(crate) fn operations(&mut self) -> Vec<Operation> {
        let mut operations: Vec<Operation> = Vec::new();
        for (path, item) in members(self.document, "paths") {
            let pointer = child("/paths", path);
            let shared = self.parameters(item, &pointer);
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
                    self.error(&pointer, message, "give each operation another id");
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

    /// One operation, with the parameters that its path item shares.
    ///
    /// `None` if its own members cannot be decoded; that is reported already.
    fn operation(
        &mut self,
        (path, method): (&str, &str),
        value: &Value,
        pointer: &str,
        shared: &[Parameter],
    ) -> Option<Operation> {
        let apart = ["parameters", "requestBody", "responses", "security"];
        let mut operation: Operation = self.decode(value, pointer, &apart)?;
        if operation.id.is_empty() {
            self.error(pointer, "has an empty `operationId`", "name the operation");
        }
        operation.method = method.to_owned();
        operation.path = path.to_owned();
        operation.location = pointer.to_owned();
        // An operation's own parameter replaces the path item's.
        operation.parameters = shared.to_vec();
        for own in self.parameters(value, pointer) {
            let is_same = |it: &Parameter| (&it.name, it.location) == (&own.name, own.location);
            operation.parameters.retain(|other| !is_same(other));
            // Clauses and reports go by the name.
            if operation.parameters.iter().any(|it| it.name == own.name) {
                let message = format!("`{}` is the name of two parameters", own.name);
                let help = "state one of them; the model distinguishes parameters by their names";
                self.error(&own.pointer, message, help);
            }
            operation.parameters.push(own);
        }
        if let Some(body) = value.get("requestBody") {
            let (body, place) =
                self.follow(body, &child(pointer, "requestBody"), "requestBodies")?;
            let head: RequestBody = self.decode(body, &place, &["content"])?;
            operation.body_required = head.required;
            operation.body = self.content(body, &place).map(|content| Body {
                description: head.description,
                ..content
            });
        }
        let place = child(pointer, "responses");
        operation.responses = self.responses(value, &place, &operation.parameters);
        if method == "head" {
            // Whatever a GET has, HTTP leaves out.
            operation.responses.iter_mut().for_each(|it| it.body = None);
        }
        operation.security = self.security(value, pointer);
        Some(operation)
    }

    /// Path templates and declared path parameters must agree.
    fn template(&mut self, operation: &Operation) {
        let (pointer, path) = (&operation.location, &operation.path);
        let templated = |segment: &&str| segment.contains(['{', '}']);
        for segment in path.split('/').filter(templated) {
            let whole = segment.starts_with('{') && segment.ends_with('}');
            if !whole || segment.matches('{').count() != 1 {
                let message = format!("the path segment `{segment}` is not one parameter");
                self.error(pointer, message, "let a parameter be a whole segment");
            }
        }
        let names = path_parameters(path);
        let declared = operation.parameters_in(Location::Path);
        let declared: Vec<&str> = declared.map(|parameter| parameter.name.as_str()).collect();
        for name in names.iter().filter(|name| !declared.contains(name)) {
            let message = format!("the path parameter `{name}` is not declared");
            let help = "declare it under `parameters`, `in: path`";
            self.error(pointer, message, help);
        }
        for name in declared.iter().filter(|name| !names.contains(name)) {
            let message = format!("the path has no `{{{name}}}`");
            self.error(pointer, message, "correct the parameter's name or the path");
        }
    }

    /// The parameters of an operation or of a path item.
    fn parameters(&mut self, owner: &Value, pointer: &str) -> Vec<Parameter> {
        let place = child(pointer, "parameters");
        let list = owner.get("parameters").and_then(Value::as_array);
        let mut parameters = Vec::new();
        for (index, entry) in list.into_iter().flatten().enumerate() {
            parameters.extend(self.parameter(entry, &child(&place, &index.to_string())));
        }
        parameters
    }

    /// One parameter. Only the styles that OpenAPI takes as a default are supported: `form` in
    /// the query, `simple` in paths and headers. The default of `explode` is true in the query
    /// and false elsewhere.
    fn parameter(&mut self, entry: &Value, place: &str) -> Option<Parameter> {
        let (value, pointer) = self.follow(entry, place, "parameters")?;
        let mut parameter: Parameter = self.decode(value, &pointer, &["schema", "style"])?;
        let is_query = parameter.location == Location::Query;
        let usual = if is_query { "form" } else { "simple" };
        if value.get("style").is_some_and(|style| style != usual) {
            let help = format!("use `style: {usual}`");
            self.error(&child(&pointer, "style"), "is not supported here", &help);
        }
        if parameter.location == Location::Path && !parameter.required {
            let message = "a path parameter must be required";
            self.error(&pointer, message, "set `required: true`");
        }
        parameter.explode |= is_query && value.get("explode").is_none();
        parameter.idempotency_key &= parameter.location == Location::Header;
        let schema = value.get("schema").unwrap_or(&Value::Null);
        parameter.schema = self.schema(schema, &child(&pointer, "schema"));
        parameter.pointer = pointer;
        Some(parameter)
    }

    /// The body among the members of a request body or of a response; `None` if there is
    /// none, or none in JSON.
    ///
    /// The first media type counts and further ones are reported: the client sends one form.
    fn content(&mut self, owner: &Value, pointer: &str) -> Option<Body> {
        let place = child(pointer, "content");
        if members(owner, "content").count() > 1 {
            self.error(&place, "has several media types", "keep the JSON one");
        }
        let (media_type, entry) = members(owner, "content").next()?;
        let place = child(&place, media_type);
        let essence = media_type.split(';').next().unwrap_or_default().trim();
        if essence != "application/json" && !essence.ends_with("+json") {
            let message = format!("the media type `{media_type}` is not supported");
            self.error(&place, message, "describe the body as application/json");
            return None;
        }
        let mut body: Body = self.decode(entry, &place, &["schema"])?;
        let schema = entry.get("schema").unwrap_or(&Value::Null);
        body.schema = self.schema(schema, &child(&place, "schema"));
        body.media_type = media_type.clone();
        Some(body)
    }

    /// The responses of an operation, of which one must be a success.
    fn responses(
        &mut self,
        operation: &Value,
        place: &str,
        parameters: &[Parameter],
    ) -> Vec<Response> {
        let mut responses: Vec<Response> = Vec::new();
        for (status, entry) in members(operation, "responses") {
            let place = child(place, status);
            responses.extend(self.response(status, entry, &place, parameters));
        }
        let mut statuses = responses.iter().map(|response| response.status);
        if !statuses.any(Status::is_success) {
            let help = "declare the response of a success, such as `'200'`";
            self.error(place, "has no success", help);
        }
        responses
    }

    /// One response with its body and its links. Headers of responses are ignored.
    fn response(
        &mut self,
        status: &str,
        entry: &Value,
        place: &str,
        parameters: &[Parameter],
    ) -> Option<Response> {
        let Some(status) = Status::parse(status) else {
            let help = "use a quoted code, a range such as `4XX`, or `default`";
            self.error(place, format!("`{status}` is not a status"), help);
            return None;
        };
        let (entry, place) = self.follow(entry, place, "responses")?;
        let mut response: Response = self.decode(entry, &place, &["content", "links"])?;
        response.status = status;
        response.body = self.content(entry, &place);
        for (name, link) in members(entry, "links") {
            let place = child(&child(&place, "links"), name);
            let mut link = link.clone();
            if let Some(taken) = link.get_mut("parameters").and_then(Value::as_object_mut) {
                taken.retain(|name, source| !is_taken_over(name, source, parameters));
            }
            let link = self.decode::<Link>(&link, &place, &[]);
            let name = name.clone();
            response
                .links
                .extend(link.map(|link| Link { name, ..link }));
        }
        response.location = place;
        Some(response)
    }

    /// The HTTP schemes of an operation's security requirements, or of the document's.
    fn security(&mut self, operation: &Value, pointer: &str) -> Vec<String> {
        let own = operation.get("security");
        let shared = own.or(self.document.get("security"));
        let requirements: Vec<BTreeMap<String, Value>> = match shared.map(Vec::deserialize) {
            Some(Ok(requirements)) => requirements,
            Some(Err(_)) => {
                let help = "list requirements, such as `[{ hawk: [] }]`";
                self.error(
                    &child(pointer, "security"),
                    "is not a list of objects",
                    help,
                );
                Vec::new()
            }
            None => Vec::new(),
        };
        let mut schemes = Vec::new();
        for name in requirements.iter().flat_map(BTreeMap::keys) {
            let place = child("/components/securitySchemes", name);
            let scheme = self.document.pointer(&place).and_then(Value::as_object);
            let member = |name| scheme.and_then(|scheme: &Map<_, _>| scheme.get(name)?.as_str());
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
