//! The contract, prepared for serving: a validator, a valid body for each response, and the
//! collections of things that are created and then fetched.
//!
//! No operation, field, header or status is known by name here: all of that is in the
//! contract.

mod collection;
mod generate;
mod parameter;
mod validator;

use std::collections::HashMap;

use bvnk_contract::{
    Body, Contract, Diagnostic, Diagnostics, Operation, Response, Schema, Shape, Status,
};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde_json::Value;

pub(crate) use collection::{Address, Collection, put};
use generate::{Extent, Generator};
pub(crate) use parameter::{decode, is_repeatable, texts, value};
use validator::Validator;
pub use validator::Violation;
pub(crate) use validator::escape;

use crate::message::Response as Message;

/// A contract that can be served.
pub(crate) struct Api {
    pub(crate) contract: Contract,
    pub(crate) collections: Vec<Collection>,
    /// The hosts of the contract's servers.
    pub(crate) hosts: Vec<String>,
    /// One for each operation of the contract, in its order.
    endpoints: Vec<Endpoint>,
    validator: Validator,
    /// A valid body of each response that has one, by the response's location.
    bodies: HashMap<String, Value>,
}

/// What is served for one operation.
pub(crate) struct Endpoint {
    /// The number of the operation.
    pub(crate) index: usize,
    /// The number of the response that is the success.
    success: usize,
    /// The collection whose things the operation creates.
    pub(crate) creates: Option<usize>,
    /// The things that a request names, the outermost first.
    pub(crate) addresses: Vec<Address>,
    /// The JSON pointer of the thing's reference in a success.
    pub(crate) identity: Option<String>,
    /// The JSON pointer of the thing's status in a success.
    pub(crate) status: Option<String>,
}

/// An operation with what is served for it.
#[derive(Clone, Copy)]
pub(crate) struct Target<'a> {
    pub(crate) operation: &'a Operation,
    pub(crate) endpoint: &'a Endpoint,
}

impl Target<'_> {
    /// The response that is the success, with its status: 200 for a range.
    fn success(&self) -> Option<(&Response, StatusCode)> {
        let response = self.operation.responses.get(self.endpoint.success)?;
        let status = match response.status {
            Status::Code(code) => StatusCode::from_u16(code).ok()?,
            _ => StatusCode::OK,
        };
        Some((response, status))
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
        let endpoints = operations.iter().enumerate().map(|(index, operation)| {
            let creates = collections.iter().position(|it| it.creation == index);
            let created = creates.and_then(|index| collections.get(index));
            let mut responses = operation.responses.iter();
            let first = responses.position(|it| it.status.is_success()).unwrap_or(0);
            let success = created.map_or(first, |collection| collection.response);
            let addresses = collection::addresses(&collections, operation, index);
            let named = addresses
                .last()
                .and_then(|it| collections.get(it.collection));
            let body = operation
                .responses
                .get(success)
                .and_then(|it| it.body.as_ref());
            let owner = created.or(named).zip(body);
            Endpoint {
                index,
                success,
                creates,
                addresses,
                identity: owner.and_then(|(it, body)| it.identity_in(&contract, &body.schema)),
                status: owner.and_then(|(it, body)| it.status_in(&contract, &body.schema)),
            }
        });
        let endpoints: Vec<Endpoint> = endpoints.collect();
        let responses = || operations.iter().flat_map(|operation| &operation.responses);
        let bodies = || responses().filter_map(|it| Some((it, it.body.as_ref()?)));
        let mut schemas: Vec<&Schema> = bodies().map(|(_, body)| &body.schema).collect();
        for operation in operations {
            schemas.extend(operation.body.iter().map(|body| &body.schema));
            schemas.extend(operation.parameters.iter().map(|it| &it.schema));
        }
        let validator = Validator::compile(&contract, &schemas)?;
        let (mut examples, mut errors) = (HashMap::new(), Vec::new());
        for (response, body) in bodies() {
            let is_valid = |it: &Value| validator.violations(&body.schema, it).is_empty();
            if let Some(value) = example(&contract, body, is_valid) {
                examples.insert(response.location.clone(), value);
            } else {
                let message = "no valid value can be generated for the body of this response";
                let error = Diagnostic::new("the contract", &body.schema.location, message);
                errors.push(error.help("give the body a valid `example`"));
            }
        }
        Diagnostics::check(errors)?;
        let hosts = contract.servers().iter().filter_map(|server| {
            let (_, rest) = server.url.split_once("://")?;
            Some(rest.split(['/', ':']).next()?.to_owned())
        });
        let mut api = Self {
            hosts: hosts.collect(),
            bodies: examples,
            collections: Vec::new(),
            endpoints,
            validator,
            contract,
        };
        api.collections = api.described(collections);
        Ok(api)
    }

    /// Adds to collections which statuses their things have, and whether any text is a
    /// reference.
    fn described(&self, mut collections: Vec<Collection>) -> Vec<Collection> {
        for collection in &mut collections {
            let Some(target) = self.creation(collection) else {
                continue;
            };
            let Some((response, _)) = target.success() else {
                continue;
            };
            let example = self.bodies.get(&response.location);
            if let (Some(body), Some(example)) = (&response.body, example) {
                collection.sequences =
                    collection.default_sequences(&self.contract, &body.schema, example);
                let mut other = example.clone();
                let text = "f81a5b62-27b8-4b3b-b51e-eb10edeb1731";
                put(&mut other, target.endpoint.identity.as_deref(), text.into());
                collection.any_text = self.violations(&body.schema, &other).is_empty();
            }
        }
        collections
    }

    /// What is served for an operation of the contract.
    pub(crate) fn target<'a>(&'a self, operation: &'a Operation) -> Option<Target<'a>> {
        let operations = self.contract.operations();
        let index = operations
            .iter()
            .position(|it| std::ptr::eq(it, operation))?;
        let endpoint = self.endpoints.get(index)?;
        Some(Target {
            operation,
            endpoint,
        })
    }

    /// What is served for the operation with this id.
    pub(crate) fn operation(&self, id: &str) -> Option<Target<'_>> {
        self.target(self.contract.operation(id)?)
    }

    /// The operation that creates the things of a collection.
    pub(crate) fn creation(&self, collection: &Collection) -> Option<Target<'_>> {
        self.target(self.contract.operations().get(collection.creation)?)
    }

    /// What a value breaks of a body's or parameter's schema.
    pub(crate) fn violations(&self, schema: &Schema, value: &Value) -> Vec<Violation> {
        self.validator.violations(schema, value)
    }

    /// A reference in the form that the contract requires; another one for another number.
    pub(crate) fn reference(&self, collection: &Collection, number: u64) -> Value {
        let schema = collection.reference_schema(&self.contract);
        let generated =
            schema.map(|it| Generator::new(&self.contract, Extent::Full, 0).value(it, number));
        generated.unwrap_or_else(|| number.to_string().into())
    }

    /// A valid success, about the thing with this reference and status.
    pub(crate) fn success(
        &self,
        target: Target<'_>,
        reference: Option<&Value>,
        status: Option<&str>,
    ) -> Message {
        let Some((response, code)) = target.success() else {
            return Message::new(StatusCode::OK);
        };
        let example = self.bodies.get(&response.location);
        let (Some(body), Some(mut value)) = (&response.body, example.cloned()) else {
            return Message::new(code);
        };
        if let Some(reference) = reference {
            put(
                &mut value,
                target.endpoint.identity.as_deref(),
                reference.clone(),
            );
        }
        if let Some(status) = status {
            put(&mut value, target.endpoint.status.as_deref(), status.into());
        }
        Message::json(code, &value).header(CONTENT_TYPE, &body.media_type)
    }

    /// An error response in the form that the contract declares for the operation: the usual
    /// body if it is valid, or else a generated one with as much of it as is valid.
    pub(crate) fn error(
        &self,
        target: Option<Target<'_>>,
        status: StatusCode,
        usual: Value,
    ) -> Message {
        let declared = target.and_then(|it| it.operation.response(status.as_u16()));
        let Some(response) = declared else {
            return Message::json(status, &usual);
        };
        let example = self.bodies.get(&response.location);
        let (Some(body), Some(example)) = (&response.body, example) else {
            return Message::new(status);
        };
        let is_valid = |value: &Value| self.violations(&body.schema, value).is_empty();
        let mut value = usual;
        if !is_valid(&value) {
            let members = std::mem::replace(&mut value, example.clone());
            for (name, member) in members.as_object().into_iter().flatten() {
                let mut more = value.clone();
                if let Some(own) = more.as_object_mut() {
                    own.insert(name.clone(), member.clone());
                }
                if is_valid(&more) {
                    value = more;
                }
            }
        }
        Message::json(status, &value).header(CONTENT_TYPE, &body.media_type)
    }
}

/// A valid body: the contract's example, or a generated one.
fn example(contract: &Contract, body: &Body, is_valid: impl Fn(&Value) -> bool) -> Option<Value> {
    if let Some(example) = body.example.clone().filter(&is_valid) {
        return Some(example);
    }
    let alternatives = match &contract.resolve(&body.schema).shape {
        Shape::OneOf(variants) => variants.len(),
        _ => 4,
    };
    let extents = [Extent::Examples, Extent::Full, Extent::Required];
    let attempts = extents
        .into_iter()
        .flat_map(|it| (0..alternatives).map(move |n| (it, n)));
    attempts
        .map(|(extent, number)| Generator::new(contract, extent, number).value(&body.schema, 0))
        .find(is_valid)
}
