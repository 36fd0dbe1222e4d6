//! Calls through the real client, one after the other, with what arrived at the server for
//! each of them. It judges nothing.

use std::collections::BTreeMap;

use bvnk::CallOptions;
use bvnk_contract::Operation;
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
        if let Some((name, value)) = self.resource_for(operation).await {
            parameters.insert(name, value.into());
        }
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
            for _ in 0..MOST_POLLS {
                let parameters = [(flow.parameter.to_owned(), value.clone().into())];
                let call = self.call(&flow.follow.id, parameters.into(), None).await;
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
            idempotency_key: None,
            options: CallOptions::new(),
        };
        let mut refused = false;
        let (result, key) = match dispatch::call(&self.client, operation, arguments).await {
            None => (Err("the client has no such operation".to_owned()), None),
            Some(Ok(called)) => {
                let key = called.info.as_ref().and_then(|info| info.idempotency_key());
                (Ok(Answer::from(called)), key.map(|key| key.to_string()))
            }
            Some(Err(CallError::Refused(error))) => {
                refused = true;
                (Err(format!("the client's type refuses it: {error}")), None)
            }
            Some(Err(CallError::Failed(error))) => {
                let key = error.idempotency_key();
                (Err(error.to_string()), key.map(|key| key.to_string()))
            }
        };
        Call {
            operation: operation.to_owned(),
            parameters,
            body,
            key,
            result,
            refused,
            requests: self.connection.take(),
        }
    }

    /// Creates what an operation works on, where its path names something created: the
    /// parameter and its value.
    pub(crate) async fn resource_for(&self, operation: &Operation) -> Option<(String, String)> {
        let flow = flow::needed_by(self.specification.contract(), operation)?;
        let created = self.connection.send(&self.valid_request(flow.create)).await;
        let value = created.text_at(&flow.source.pointer)?;
        Some((flow.parameter.to_owned(), value))
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
        if let Some((name, value)) = self.resource_for(operation).await {
            parameters.insert(name, value.into());
        }
        self.request_with(operation, &parameters)
    }

    fn request_with(
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
