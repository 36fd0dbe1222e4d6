//! The contract, prepared for serving: validators, a valid success for each operation, and
//! the collections of things that are created and then fetched.
//!
//! No operation, field, header or status is known by name here: all of that is in the
//! contract.

mod collection;
mod generate;
mod parameter;
mod validator;

use bvnk_contract::{
    Contract, Diagnostic, Diagnostics, Operation, Response, Schema, Shape, Status,
};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde_json::Value;

pub(crate) use collection::{Address, Collection, put};
use generate::{Extent, Generator};
pub(crate) use parameter::{Parameter, decode};
use validator::Validator;
pub use validator::Violation;
pub(crate) use validator::escape;

use crate::message::Response as Message;

/// A contract that can be served.
pub(crate) struct Api {
    pub(crate) contract: Contract,
    /// One for each operation of the contract, in its order.
    pub(crate) endpoints: Vec<Endpoint>,
    pub(crate) collections: Vec<Collection>,
    /// The hosts of the contract's servers.
    pub(crate) hosts: Vec<String>,
    validator: Validator,
}

/// What is served for one operation.
pub(crate) struct Endpoint {
    /// The number of the request body's schema.
    body: Option<usize>,
    pub(crate) parameters: Vec<Parameter>,
    /// One for each response of the operation, in its order.
    responses: Vec<Body>,
    /// The number of the response that is the success.
    success: usize,
    /// The collection whose things the operation creates.
    pub(crate) creates: Option<usize>,
    /// The collections of which the request names a thing, the outermost first.
    pub(crate) addresses: Vec<Address>,
    /// The JSON pointer of the thing's reference in a success.
    pub(crate) identity: Option<String>,
    /// The JSON pointer of the thing's status in a success.
    pub(crate) status: Option<String>,
}

/// The body of a response.
#[derive(Default)]
struct Body {
    /// Empty if the response has no body.
    media_type: String,
    /// The number of the body's schema.
    schema: usize,
    /// A valid body; none if the response has no body.
    example: Option<Value>,
}

impl Endpoint {
    /// The body of a success.
    fn example(&self) -> Option<&Value> {
        self.responses.get(self.success)?.example.as_ref()
    }
}

impl Api {
    /// Prepares a contract.
    ///
    /// # Errors
    ///
    /// When a schema cannot be compiled, or no valid response can be generated for one.
    pub(crate) fn new(contract: Contract) -> Result<Self, Diagnostics> {
        let operations = contract.operations();
        let collections = collection::collections(&contract);
        // All schemas that values are validated against; numbers are places in this list.
        let mut schemas: Vec<&Schema> = Vec::new();
        let mut number = |schema| {
            schemas.push(schema);
            schemas.len() - 1
        };
        let mut endpoints = Vec::new();
        for (index, operation) in operations.iter().enumerate() {
            let creates = collections.iter().position(|it| it.creation == index);
            let success = match creates.and_then(|index| collections.get(index)) {
                Some(collection) => collection.response,
                None => {
                    let mut responses = operation.responses.iter();
                    responses.position(|it| it.status.is_success()).unwrap_or(0)
                }
            };
            let body = operation
                .responses
                .get(success)
                .and_then(|it| it.body.as_ref());
            let addresses = collection::addresses(&collections, operation, index);
            let last = addresses.last().map(|address| address.collection);
            let owner = creates.or(last).and_then(|index| collections.get(index));
            let find = |which: fn(&Collection, &Contract, &Schema) -> Option<String>| {
                which(owner?, &contract, &body?.schema)
            };
            endpoints.push(Endpoint {
                body: operation.body.as_ref().map(|body| number(&body.schema)),
                parameters: operation
                    .parameters
                    .iter()
                    .map(|parameter| {
                        let kind = contract.resolve(&parameter.schema);
                        Parameter::new(parameter, kind, number(&parameter.schema))
                    })
                    .collect(),
                responses: operation
                    .responses
                    .iter()
                    .map(|response| match &response.body {
                        None => Body::default(),
                        Some(body) => Body {
                            media_type: body.media_type.clone(),
                            schema: number(&body.schema),
                            example: None,
                        },
                    })
                    .collect(),
                success,
                creates,
                identity: find(Collection::identity_in),
                status: find(Collection::status_in),
                addresses,
            });
        }
        let validator = Validator::compile(&contract, &schemas)?;
        let mut errors = Vec::new();
        for (operation, endpoint) in operations.iter().zip(&mut endpoints) {
            for (response, served) in operation.responses.iter().zip(&mut endpoint.responses) {
                let Some(body) = &response.body else {
                    continue;
                };
                let is_valid = |it: &Value| validator.violations(served.schema, it).is_empty();
                served.example = example(&contract, body, is_valid);
                if served.example.is_none() {
                    let message = "no valid value can be generated for the body of this response";
                    let help = "give the body a valid `example`";
                    let error = Diagnostic::new("the contract", &body.schema.location, message);
                    errors.push(error.help(help));
                }
            }
        }
        Diagnostics::check(errors)?;
        let hosts = contract.servers().iter().filter_map(|server| {
            let (_, rest) = server.url.split_once("://")?;
            Some(rest.split(['/', ':']).next()?.to_owned())
        });
        let mut api = Self {
            hosts: hosts.collect(),
            endpoints,
            collections,
            validator,
            contract,
        };
        api.describe_collections();
        Ok(api)
    }

    /// The operation with this number.
    pub(crate) fn operation(&self, index: usize) -> Option<&Operation> {
        self.contract.operations().get(index)
    }

    /// The number of an operation.
    pub(crate) fn index(&self, operation: &Operation) -> Option<usize> {
        let operations = self.contract.operations();
        operations.iter().position(|it| std::ptr::eq(it, operation))
    }

    /// What the body of a request breaks.
    pub(crate) fn body_violations(&self, endpoint: &Endpoint, body: &Value) -> Vec<Violation> {
        let schema = endpoint.body;
        schema.map_or_else(Vec::new, |schema| self.validator.violations(schema, body))
    }

    /// What the value of a parameter breaks.
    pub(crate) fn parameter_violations(
        &self,
        parameter: &Parameter,
        value: &Value,
    ) -> Vec<Violation> {
        self.validator.violations(parameter.schema, value)
    }

    /// Finds out which statuses the things of each collection have, and of which form their
    /// references must be.
    fn describe_collections(&mut self) {
        for collection in &mut self.collections {
            let Some(endpoint) = self.endpoints.get(collection.creation) else {
                continue;
            };
            let example = endpoint.example();
            collection.sequences = collection.default_sequences(&self.contract, example);
            let mut body = example.cloned().unwrap_or_default();
            let place = endpoint
                .identity
                .as_deref()
                .and_then(|it| body.pointer_mut(it));
            if let (Some(place), Some(response)) = (place, endpoint.responses.get(endpoint.success))
            {
                *place = "f81a5b62-27b8-4b3b-b51e-eb10edeb1731".into();
                collection.any_text = self.validator.violations(response.schema, &body).is_empty();
            }
        }
    }

    /// A valid success of an operation, about the thing with this reference and status.
    pub(crate) fn success(
        &self,
        index: usize,
        reference: Option<&Value>,
        status: Option<&str>,
    ) -> Message {
        let (Some(operation), Some(endpoint)) = (self.operation(index), self.endpoints.get(index))
        else {
            return Message::new(StatusCode::OK);
        };
        let code = operation
            .responses
            .get(endpoint.success)
            .map_or(StatusCode::OK, code);
        let Some(response) = endpoint.responses.get(endpoint.success) else {
            return Message::new(code);
        };
        let Some(mut body) = response.example.clone() else {
            return Message::new(code);
        };
        if let Some(reference) = reference {
            put(&mut body, endpoint.identity.as_deref(), reference.clone());
        }
        if let Some(status) = status {
            put(&mut body, endpoint.status.as_deref(), status.into());
        }
        Message::json(code, &body).header(CONTENT_TYPE, &response.media_type)
    }

    /// An error response in the form that the contract declares for the operation: the usual
    /// body if it is valid, or else a generated one with as much of it as is valid.
    pub(crate) fn error(&self, index: Option<usize>, status: StatusCode, usual: Value) -> Message {
        let declared = index.and_then(|index| {
            let (operation, endpoint) = (self.operation(index)?, self.endpoints.get(index)?);
            let response = operation.response(status.as_u16())?;
            let mut all = operation.responses.iter();
            endpoint
                .responses
                .get(all.position(|it| std::ptr::eq(it, response))?)
        });
        let Some(declared) = declared else {
            return Message::json(status, &usual);
        };
        let Some(example) = &declared.example else {
            return Message::new(status);
        };
        let is_valid = |body: &Value| self.validator.violations(declared.schema, body).is_empty();
        let mut body = usual;
        if !is_valid(&body) {
            let members = std::mem::replace(&mut body, example.clone());
            for (name, value) in members.as_object().into_iter().flatten() {
                let mut more = body.clone();
                if let Some(own) = more.as_object_mut() {
                    own.insert(name.clone(), value.clone());
                }
                if is_valid(&more) {
                    body = more;
                }
            }
        }
        Message::json(status, &body).header(CONTENT_TYPE, &declared.media_type)
    }

    /// A reference in the form that the contract requires; another one for another number.
    pub(crate) fn reference(&self, collection: &Collection, number: u64) -> Value {
        let schema = collection.reference_schema(&self.contract);
        schema.map_or_else(
            || format!("{number}").into(),
            |schema| Generator::new(&self.contract, Extent::Full, 0).value(schema, number),
        )
    }
}

/// The status of a success: the declared one, or 200 for a range.
fn code(response: &Response) -> StatusCode {
    match response.status {
        Status::Code(code) => StatusCode::from_u16(code).unwrap_or(StatusCode::OK),
        _ => StatusCode::OK,
    }
}

/// A valid body: the contract's example, or a generated one.
fn example(
    contract: &Contract,
    body: &bvnk_contract::Body,
    is_valid: impl Fn(&Value) -> bool,
) -> Option<Value> {
    if let Some(example) = body.example.clone().filter(&is_valid) {
        return Some(example);
    }
    let alternatives = match &contract.resolve(&body.schema).shape {
        Shape::OneOf(variants) => variants.len(),
        _ => 4,
    };
    let extents = [Extent::Examples, Extent::Full, Extent::Required];
    let attempts = extents
        .iter()
        .flat_map(|extent| (0..alternatives).map(move |it| (*extent, it)));
    attempts
        .map(|(extent, number)| Generator::new(contract, extent, number).value(&body.schema, 0))
        .find(is_valid)
}
