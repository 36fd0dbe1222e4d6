//! The first stage of a run: calls through the real client, one after the other, with what arrived
//! at the server for each of them. It judges nothing, and knows no check.
//!
//! The calls are not concurrent: what arrived between the begin and the end of a call belongs to
//! it. What must exist before a call, and what follows one, is known from the contract's links.

use std::collections::BTreeMap;

use bvnk::{Client, IdempotencyKey};
use bvnk_contract::{Contract, Flow, Operation};
use serde_json::Value;

use crate::call::{Arguments, CallError};
use crate::cases::Case;
use crate::connection::RawRequest;
use crate::context::Context;
use crate::dispatch;
use crate::exchange::{Call, Exchange, Exercise};
use crate::flow;
use crate::specification::caller_parameters;

/// How often a status is polled before the flow counts as one that does not end here.
const MOST_POLLS: usize = 12;
/// How often a status is polled after its end, once for each flow: an end is final.
const AFTER_THE_END: usize = 3;
/// How often a foreign server is polled while nothing changes.
const UNCHANGED_POLLS: usize = 3;

impl Context {
    /// Calls an operation with a case, and follows what it creates to its end if the case asks for it.
    /// `None` without what must exist first: then nothing about this operation is shown.
    pub(crate) async fn exercise(&self, operation: &Operation, case: &Case) -> Option<Exercise> {
        let mut parameters = case.parameters.clone();
        parameters.extend(self.resource_for(operation).await?);
        let arguments = Arguments {
            parameters,
            body: case.body.clone(),
            ..Arguments::default()
        };
        let first = self.call(&self.client, &operation.id, arguments).await;
        let mut calls = vec![first];
        let flows = flow::begun_by(self.specification.contract(), &operation.id);
        for flow in flows.into_iter().filter(|_| case.followed) {
            if let Some(value) = calls[0].answered(&flow.source.pointer) {
                let parameters = &calls[0].arguments.parameters;
                let parameters = self.followed_with(&flow, parameters, &value);
                self.follow(&flow, parameters, &mut calls).await;
            }
        }
        Some(Exercise {
            case: case.clone(),
            calls,
        })
    }

    /// Fetches what was created until its status ends the flow, or does not move. The first flow
    /// that ends is polled a few times more, which shows whether the end is final.
    async fn follow(
        &self,
        flow: &Flow<'_>,
        parameters: BTreeMap<String, Value>,
        calls: &mut Vec<Call>,
    ) {
        let status = self.specification.status(&flow.follow.id);
        let arguments = Arguments {
            parameters,
            ..Arguments::default()
        };
        let mut seen: Vec<String> = Vec::new();
        let mut after = 0_usize;
        while seen.len() < MOST_POLLS {
            let call = self.call(&self.client, &flow.follow.id, arguments.clone());
            let call = call.await;
            let value = status.and_then(|it| call.answered(&it.pointer));
            calls.push(call);
            let (Some(value), Some(status)) = (value, status) else {
                break;
            };
            let unchanged = seen.iter().rev().take_while(|it| **it == value).count();
            let waits = self.connection.is_foreign() && unchanged == UNCHANGED_POLLS;
            after = match status.is_terminal(&value) && self.is_first("end", &flow.create.id) {
                true => AFTER_THE_END,
                false => after.saturating_sub(1),
            };
            if after == 0 && (status.is_terminal(&value) || waits) {
                break;
            }
            seen.push(value);
        }
    }

    /// Calls an operation by its id, and takes what arrived at the server.
    pub(crate) async fn call(
        &self,
        client: &Client,
        operation: &str,
        arguments: Arguments,
    ) -> Call {
        // What arrived before belongs to other calls.
        self.connection.take(operation);
        let called = dispatch::call(client, operation, arguments.clone()).await;
        let unknown = || Err(CallError::Refused("there is no such operation".into()));
        Call {
            operation: operation.to_owned(),
            arguments,
            result: called.unwrap_or_else(unknown),
            attempts: self.connection.take(operation),
        }
    }

    /// Calls an operation with everything that may be sent, with the parameters that name what exists,
    /// and with a key if the caller chooses one.
    pub(crate) async fn call_valid(
        &self,
        client: &Client,
        operation: &Operation,
        resource: &BTreeMap<String, Value>,
        idempotency_key: Option<IdempotencyKey>,
    ) -> Call {
        let mut arguments = self.valid_arguments(operation);
        arguments.parameters.extend(resource.clone());
        arguments.idempotency_key = idempotency_key;
        self.call(client, &operation.id, arguments).await
    }

    /// The arguments of an operation with everything that may be sent.
    pub(crate) fn valid_arguments(&self, operation: &Operation) -> Arguments {
        Arguments {
            parameters: self.plan.parameters(&operation.id),
            body: self.plan.everything(&operation.id).first().cloned(),
            ..Arguments::default()
        }
    }

    /// Creates what an operation works on, where its request names something created, and what
    /// that is within: the parameters that name it. The creations are raw requests, so that a broken
    /// client does not hide what the server does. `None` if an answer names nothing.
    pub(crate) async fn resource_for(
        &self,
        operation: &Operation,
    ) -> Option<BTreeMap<String, Value>> {
        let contract = self.specification.contract();
        let mut made = Vec::new();
        for step in flow::steps_to(contract, operation) {
            let named = named(contract, step, &made)?;
            if step.id == operation.id {
                return Some(named);
            }
            let mut parameters = self.plan.parameters(&step.id);
            parameters.extend(named);
            let request = self.request_with(step, &parameters);
            let sent = self.connection.send(&request).await;
            made.push((step.id.as_str(), parameters, sent));
        }
        None
    }

    /// The parameters that fetch what a creation with these parameters made: `value` names it, and
    /// parameters of both operations, such as an account in both paths, have the same value.
    fn followed_with(
        &self,
        flow: &Flow<'_>,
        created_with: &BTreeMap<String, Value>,
        value: &str,
    ) -> BTreeMap<String, Value> {
        let mut parameters = self.plan.parameters(&flow.follow.id);
        for parameter in caller_parameters(flow.follow) {
            match created_with.get(&parameter.name) {
                Some(shared) => parameters.insert(parameter.name.clone(), shared.clone()),
                None if parameter.required => None,
                None => parameters.remove(&parameter.name),
            };
        }
        let contract = self.specification.contract();
        let value = contract.parse_text(&flow.parameter.schema, value);
        parameters.insert(flow.parameter.name.clone(), value);
        parameters
    }

    /// A raw request that fetches what a creation with these parameters made; `value` names it.
    pub(crate) fn fetch(
        &self,
        flow: &Flow<'_>,
        created_with: &BTreeMap<String, Value>,
        value: &str,
    ) -> RawRequest {
        let parameters = self.followed_with(flow, created_with, value);
        self.request_with(flow.follow, &parameters)
    }

    /// A raw request of an operation with everything that may be sent; what must exist first exists.
    pub(crate) async fn valid_request(&self, operation: &Operation) -> RawRequest {
        let mut parameters = self.plan.parameters(&operation.id);
        parameters.extend(self.resource_for(operation).await.unwrap_or_default());
        self.request_with(operation, &parameters)
    }

    /// A raw request with these parameters and, where the operation has one, the first body with
    /// everything.
    pub(crate) fn request_with(
        &self,
        operation: &Operation,
        parameters: &BTreeMap<String, Value>,
    ) -> RawRequest {
        let body = self.plan.everything(&operation.id).first();
        RawRequest::new(operation, parameters, body, self.connection.prefix())
    }
}

/// The parameters of an operation that name what was made, by the ids of the creations, and those of
/// its path that a creation has too, such as an account. `None` if an answer names nothing.
fn named(
    contract: &Contract,
    operation: &Operation,
    made: &[(&str, BTreeMap<String, Value>, Exchange)],
) -> Option<BTreeMap<String, Value>> {
    let (mut shared, mut names) = (BTreeMap::new(), BTreeMap::new());
    for named in contract.named_by(operation) {
        // What creates itself is named by the caller.
        let of_creation = made.iter().find(|(id, ..)| *id == named.flow.create.id);
        let Some((_, parameters, sent)) = of_creation else {
            continue;
        };
        let value = sent.text_at(&named.flow.source.pointer)?;
        let value = contract.parse_text(&named.parameter.schema, &value);
        shared.extend(parameters.clone());
        names.insert(named.parameter.name.clone(), value);
    }
    shared.retain(|name, _| operation.path.contains(&format!("{{{name}}}")));
    shared.extend(names);
    Some(shared)
}
