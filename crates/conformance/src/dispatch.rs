// Generated from openapi/customers.yaml by `cargo xtask regen`. Do not edit: change the
// contract and run it again.

//! Calls the typed client, and names the types of its requests, by operation id.

#[allow(unused_imports)]
use std::collections::BTreeMap;

#[allow(unused_imports)]
use bvnk::{Date, DateTime, Email, Extra, Nullable, Uuid, types};
#[allow(unused_imports)]
use serde_json::Value;

use crate::call::{Arguments, CallError, Called, ReadRequest};
#[allow(unused_imports)]
use crate::call::read_as;

/// Calls an operation by its id; `None` if there is no such operation.
pub(crate) async fn call(
    client: &bvnk::Client,
    operation: &str,
    arguments: Arguments,
) -> Option<Result<Called, CallError>> {
    Some(match operation {
        "create_customer" => create_customer(client, arguments).await,
        "get_customer" => get_customer(client, arguments).await,
        _ => return None,
    })
}

/// Reads the body of a request as its type; `None` if there is no operation of this id with a body.
#[allow(unreachable_code)]
pub(crate) fn read_request(operation: &str) -> Option<ReadRequest> {
    let read: ReadRequest = match operation {
        "create_customer" => read_as::<types::CreateCustomerRequest>,
        _ => return None,
    };
    Some(read)
}

async fn create_customer(client: &bvnk::Client, arguments: Arguments) -> Result<Called, CallError> {
    #[allow(unused_mut)]
    let mut call = client.create_customer();
    if let Some(value) = arguments.idempotency_key {
        call = call.idempotency_key(value.to_string());
    }
    if let Some(value) = arguments.body::<types::CreateCustomerRequest>()? {
        call = call.body(value);
    }
    Called::from_result(call.options(arguments.options).send().await)
}

async fn get_customer(client: &bvnk::Client, arguments: Arguments) -> Result<Called, CallError> {
    #[allow(unused_mut)]
    let mut call = client.get_customer();
    if let Some(value) = arguments.parameter::<types::CustomerReference>("reference")? {
        call = call.reference(value);
    }
    Called::from_result(call.options(arguments.options).send().await)
}
