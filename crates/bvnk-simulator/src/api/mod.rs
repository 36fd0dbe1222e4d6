//! The contract, prepared for serving: a valid body for each response, and what operations create
//! for others to fetch.
//!
//! No operation, field, header or status is known by name here: all of that is in the
//! contract.

mod creation;
mod generate;
mod parameter;

use std::collections::HashMap;

use bvnk_contract::{Body, Contract, Diagnostic, Diagnostics, Operation, Status};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde_json::Value;

pub(crate) use creation::{Address, Creation, put};
use generate::Generator;
pub(crate) use parameter::{decode, is_repeatable, texts, value};

use crate::message::Response as Message;

/// How many values are tried for a body: as many alternatives of a schema are reached.
const ATTEMPTS: u64 = 16;

/// A contract that can be served.
pub(crate) struct Api {
    pub(crate) contract: Contract,
    /// The hosts of the contract's servers.
    pub(crate) hosts: Vec<String>,
    /// One for each operation of the contract.
    endpoints: Vec<Endpoint>,
    /// What operations create, by their ids.
    creations: Vec<(String, Creation)>,
    /// A valid body of each response that has one, by the response's location.
    bodies: HashMap<String, Value>,
}

/// An operation with what is served for it.
pub(crate) struct Endpoint {
    pub(crate) operation: Operation,
    /// The number of the response that is the success.
    success: usize,
    /// The things that a request names, the outermost first.
    pub(crate) addresses: Vec<Address>,
    /// The JSON pointer of the thing's reference in a success.
    pub(crate) identity: Option<String>,
    /// The JSON pointer of the thing's status in a success.
    pub(crate) status: Option<String>,
}

impl Endpoint {
    fn new(api: &Api, operation: &Operation) -> Self {
        let created = api.creation(&operation.id);
        let mut responses = operation.responses.iter();
        let first = responses.position(|it| it.status.is_success()).unwrap_or(0);
        let success = created.map_or(first, |it| it.response);
        let addresses = creation::addresses(&api.contract, operation);
        let named = addresses.last().and_then(|it| api.creation(&it.creation));
        let response = operation.responses.get(success);
        let body = response.and_then(|it| it.body.as_ref());
        let owner = created.or(named).zip(body);
        let status = owner.and_then(|(_, body)| creation::status(&api.contract, &body.schema));
        Self {
            operation: operation.clone(),
            success,
            addresses,
            identity: owner.and_then(|(it, body)| it.identity_in(&api.contract, &body.schema)),
            status: status.map(|(pointer, _)| pointer),
        }
    }
}

impl Api {
    /// Prepares a contract.
    ///
    /// # Errors
    ///
    /// When no valid response can be generated for a schema.
    pub(crate) fn new(contract: Contract) -> Result<Self, Diagnostics> {
        let hosts = contract.servers.iter().filter_map(|server| {
            let (_, rest) = server.url.split_once("://")?;
            Some(rest.split(['/', ':']).next()?.to_owned())
        });
        let mut api = Self {
            hosts: hosts.collect(),
            bodies: HashMap::new(),
            endpoints: Vec::new(),
            creations: Vec::new(),
            contract,
        };
        let (contract, mut errors) = (&api.contract, Vec::new());
        let responses = contract.operations.iter().flat_map(|it| &it.responses);
        let bodies = responses.filter_map(|it| Some((it, it.body.as_ref()?)));
        for (response, body) in bodies {
            if let Some(value) = example(contract, body) {
                api.bodies.insert(response.location.clone(), value);
            } else {
                let message = "no valid value can be generated for the body of this response";
                let error = Diagnostic::new("the contract", &body.schema.location, message);
                errors.push(error.help("give the body a valid `example`"));
            }
        }
        Diagnostics::check(errors)?;
        let operations = api.contract.operations.iter();
        let creations = operations.filter_map(|it| Some((it.id.clone(), Creation::new(&api, it)?)));
        api.creations = creations.collect();
        let operations = api.contract.operations.iter();
        api.endpoints = operations.map(|it| Endpoint::new(&api, it)).collect();
        Ok(api)
    }

    /// What is served for the operation with this id.
    pub(crate) fn endpoint(&self, id: &str) -> Option<&Endpoint> {
        self.endpoints.iter().find(|it| it.operation.id == id)
    }

    /// What the operation with this id creates.
    pub(crate) fn creation(&self, id: &str) -> Option<&Creation> {
        let mut creations = self.creations.iter();
        creations.find_map(|(operation, creation)| (operation == id).then_some(creation))
    }

    /// A reference in the form that the contract requires; another one for another number.
    /// `None` if any text is one.
    pub(crate) fn reference(&self, creation: &Creation, number: u64) -> Option<Value> {
        let schema = creation.reference.as_ref()?;
        Some(Generator::new(&self.contract, false).value(schema, number))
    }

    /// A reference that a caller has chosen, as JSON has it.
    pub(crate) fn named(&self, creation: &Creation, name: &str) -> Value {
        let schema = creation.reference.as_ref();
        schema.map_or_else(|| name.into(), |it| self.contract.parse_text(it, name))
    }

    /// A valid success, about the thing with this reference and status. Its code is 200 where
    /// the contract has a range.
    pub(crate) fn success(&self, endpoint: &Endpoint, thing: Option<(&Value, &str)>) -> Message {
        let Some(response) = endpoint.operation.responses.get(endpoint.success) else {
            return Message::new(StatusCode::OK);
        };
        let code = match response.status {
            Status::Code(code) => StatusCode::from_u16(code).unwrap_or_default(),
            _ => StatusCode::OK,
        };
        let example = self.bodies.get(&response.location);
        let (Some(body), Some(mut value)) = (&response.body, example.cloned()) else {
            return Message::new(code);
        };
        if let Some((reference, status)) = thing {
            put(&mut value, endpoint.identity.as_deref(), reference.clone());
            put(&mut value, endpoint.status.as_deref(), status.into());
        }
        Message::json(code, &value).header(CONTENT_TYPE, &body.media_type)
    }

    /// An error response in the form that the contract declares for the operation: the usual
    /// body if it is valid, or else a generated one with as much of it as is valid.
    pub(crate) fn error(
        &self,
        endpoint: Option<&Endpoint>,
        status: StatusCode,
        usual: Value,
    ) -> Message {
        let declared = endpoint.and_then(|it| it.operation.response(status.as_u16()));
        let Some(response) = declared else {
            return Message::json(status, &usual);
        };
        let example = self.bodies.get(&response.location);
        let (Some(body), Some(example)) = (&response.body, example) else {
            return Message::new(status);
        };
        let is_valid = |value: &Value| self.contract.allows(&body.schema, value);
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
fn example(contract: &Contract, body: &Body) -> Option<Value> {
    let generated = [true, false].into_iter().flat_map(|examples| {
        let values = move |number| Generator::new(contract, examples).value(&body.schema, number);
        (0..ATTEMPTS).map(values)
    });
    let own = body.example.clone().into_iter();
    own.chain(generated)
        .find(|value| contract.allows(&body.schema, value))
}
