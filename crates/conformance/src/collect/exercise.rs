//! Calls through the real client, one after the other, with what arrived at the server for
//! each of them. It judges nothing.

use std::collections::BTreeMap;

use bvnk::{Client, IdempotencyKey};
use bvnk_contract::{Flow, Operation};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::Value;

use super::RawRequest;
use crate::call::{Arguments, CallError, Called};
use crate::cases::Case;
use crate::context::Context;
use crate::dispatch;
use crate::exchange::{Exchange, Request, Response, scalar};
use crate::flow::{self, StatusAttribute};
use crate::report::model::ExchangeLine;
use crate::specification::caller_parameters;

/// How often a status is polled before the flow counts as one that does not end here.
pub(crate) const MOST_POLLS: usize = 12;
/// How often a foreign server is polled while nothing changes.
const UNCHANGED_POLLS: usize = 3;

/// One case of an operation: the call, and the calls that follow what it created.
#[derive(Clone, Debug)]
pub struct Exercise {
    /// The case.
    pub case: Case,
    /// The call of the operation first, then those that fetch what was created.
    pub calls: Vec<Call>,
}

/// One call through the client.
#[derive(Clone, Debug)]
pub struct Call {
    /// The operation's id.
    pub operation: String,
    /// The parameters that the caller gave.
    pub parameters: BTreeMap<String, Value>,
    /// The body that the caller gave.
    pub body: Option<Value>,
    /// The idempotency key, as the client reports it.
    pub key: Option<String>,
    /// What the client returned: the answer, or its error.
    pub result: Result<Answer, String>,
    /// Whether the client's type refused the arguments, so that nothing was sent.
    pub refused: bool,
    /// What arrived at the server.
    pub requests: Vec<Request>,
}

impl Call {
    /// The text at a JSON pointer of the decoded answer.
    pub(crate) fn answered(&self, pointer: &str) -> Option<String> {
        scalar(self.result.as_ref().ok()?.value.pointer(pointer)?)
    }
}

/// A success, decoded and raw.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as it was received.
    pub raw: Bytes,
    /// The value that the client decoded, as JSON.
    pub value: Value,
}

impl Exercise {
    /// The exchange to show in a report: that of the first call that failed, else of the
    /// last one.
    pub(crate) fn line(&self, context: &Context) -> Option<ExchangeLine> {
        let failed = self.calls.iter().find(|call| call.result.is_err());
        let call = failed.or(self.calls.last())?;
        let response = call.result.as_ref().ok().map(|answer| Response {
            status: answer.status,
            headers: answer.headers.clone(),
            body: answer.raw.clone(),
        });
        let exchange = Exchange {
            operation: call.operation.clone(),
            origin: context.connection.origin(),
            request: call.requests.last()?.clone(),
            response,
            shown: self.case.shown,
        };
        Some(exchange.line())
    }
}

impl Context {
    /// Calls an operation with a case, and follows what it creates to its end.
    pub(crate) async fn exercise(&self, operation: &Operation, case: &Case) -> Exercise {
        let contract = self.specification.contract();
        let mut parameters = case.parameters.clone();
        parameters.extend(self.resource_for(operation).await);
        let mut calls = vec![
            self.call(&operation.id, parameters, case.body.clone())
                .await,
        ];
        for flow in flow::begun_by(contract, &operation.id) {
            let Ok(answer) = &calls[0].result else { break };
            let Some(value) = answer.value.pointer(&flow.source.pointer).and_then(scalar) else {
                continue;
            };
            let status = StatusAttribute::of(contract, flow.follow);
            let mut unchanged = 0;
            let mut last = None;
            let parameters = self.followed_with(&flow, &calls[0].parameters, &value);
            for _ in 0..MOST_POLLS {
                let call = self.call(&flow.follow.id, parameters.clone(), None).await;
                let seen = status.as_ref().and_then(|status| {
                    let answer = call.result.as_ref().ok()?;
                    answer.value.pointer(&status.pointer).and_then(scalar)
                });
                calls.push(call);
                let (Some(seen), Some(status)) = (seen, &status) else {
                    break;
                };
                if status.is_terminal(&seen) {
                    break;
                }
                unchanged = if last.as_ref() == Some(&seen) {
                    unchanged + 1
                } else {
                    0
                };
                if self.connection.is_foreign() && unchanged == UNCHANGED_POLLS {
                    break;
                }
                last = Some(seen);
            }
        }
        Exercise {
            case: case.clone(),
            calls,
        }
    }

    async fn call(
        &self,
        operation: &str,
        parameters: BTreeMap<String, Value>,
        body: Option<Value>,
    ) -> Call {
        // What arrived before belongs to other calls.
        self.connection.take();
        let arguments = Arguments {
            parameters: parameters.clone(),
            body: body.clone(),
            ..Arguments::default()
        };
        let result = self.dispatch(&self.client, operation, arguments).await;
        let key = match &result {
            Ok(called) => called.info.as_ref().and_then(|info| info.idempotency_key()),
            Err(error) => error.failed().and_then(|error| error.idempotency_key()),
        };
        Call {
            operation: operation.to_owned(),
            parameters,
            body,
            key: key.map(|key| key.to_string()),
            refused: matches!(result, Err(CallError::Refused(_))),
            result: result.map(Answer::from).map_err(|error| error.to_string()),
            requests: self.connection.take(),
        }
    }

    /// Calls an operation by its id.
    async fn dispatch(
        &self,
        client: &Client,
        operation: &str,
        arguments: Arguments,
    ) -> Result<Called, CallError> {
        let called = dispatch::call(client, operation, arguments).await;
        called.unwrap_or_else(|| Err(CallError::Refused("there is no such operation".into())))
    }

    /// Calls an operation with its first case.
    pub(crate) async fn call_first(
        &self,
        client: &Client,
        operation: &Operation,
        idempotency_key: Option<IdempotencyKey>,
    ) -> Result<Called, CallError> {
        let (parameters, body) = match self.plan.cases(&operation.id).first() {
            Some(case) => (case.parameters.clone(), case.body.as_ref()),
            None => {
                let everything = self.plan.everything(&operation.id);
                (self.plan.parameters(&operation.id), everything.first())
            }
        };
        let arguments = Arguments {
            parameters,
            body: body.cloned(),
            idempotency_key,
            ..Arguments::default()
        };
        self.dispatch(client, &operation.id, arguments).await
    }

    /// Creates what an operation works on, where its path names something created: the
    /// parameters that name it.
    async fn resource_for(&self, operation: &Operation) -> BTreeMap<String, Value> {
        let Some(flow) = flow::needed_by(self.specification.contract(), operation) else {
            return BTreeMap::new();
        };
        let created = self.valid_request(flow.create);
        let created = self.connection.send(&created).await;
        let Some(value) = created.text_at(&flow.source.pointer) else {
            return BTreeMap::new();
        };
        let mut parameters = self.plan.parameters(&flow.create.id);
        parameters.insert(flow.parameter.to_owned(), value.into());
        parameters.retain(|name, _| operation.path.contains(&format!("{{{name}}}")));
        parameters
    }

    /// The parameters that fetch what a creation with these parameters made.
    fn followed_with(
        &self,
        flow: &Flow<'_>,
        created_with: &BTreeMap<String, Value>,
        value: &str,
    ) -> BTreeMap<String, Value> {
        let mut parameters = BTreeMap::new();
        for parameter in caller_parameters(flow.follow) {
            let own = self
                .plan
                .parameters(&flow.follow.id)
                .remove(&parameter.name);
            let shared = created_with.get(&parameter.name).cloned();
            let own = own.filter(|_| parameter.required);
            parameters.extend(shared.or(own).map(|value| (parameter.name.clone(), value)));
        }
        parameters.insert(flow.parameter.to_owned(), value.into());
        parameters
    }

    /// A raw request that fetches what a valid creation made.
    pub(crate) fn fetch(&self, flow: &Flow<'_>, value: &str) -> RawRequest {
        let created_with = self.plan.parameters(&flow.create.id);
        let parameters = self.followed_with(flow, &created_with, value);
        self.request_with(flow.follow, &parameters)
    }

    /// A raw request of an operation with everything that may be sent, apart from what
    /// must exist first.
    pub(crate) fn valid_request(&self, operation: &Operation) -> RawRequest {
        let parameters = self.plan.parameters(&operation.id);
        self.request_with(operation, &parameters)
    }

    /// The same, after creating what must exist first.
    pub(crate) async fn ready_request(&self, operation: &Operation) -> RawRequest {
        let mut parameters = self.plan.parameters(&operation.id);
        parameters.extend(self.resource_for(operation).await);
        self.request_with(operation, &parameters)
    }

    pub(crate) fn request_with(
        &self,
        operation: &Operation,
        parameters: &BTreeMap<String, Value>,
    ) -> RawRequest {
        let body = self.plan.everything(&operation.id).first();
        RawRequest::new(operation, parameters, body, self.connection.prefix())
    }
}

impl From<Called> for Answer {
    fn from(called: Called) -> Self {
        Self {
            status: called.status,
            headers: called.headers,
            raw: called.raw,
            value: called.value,
        }
    }
}
