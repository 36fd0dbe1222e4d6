// Generated from openapi/customers.yaml by `cargo xtask regen`. Do not edit: change the
// contract and run it again.

//! Calls the typed client, and reads its requests, by operation id.

use bvnk::{ValidationError, types};
use serde_json::Value;

use crate::call::{Arguments, CallError, Called};

/// Calls an operation by its id; `None` if there is no such operation.
pub(crate) async fn call(
    client: &bvnk::Client,
    operation: &str,
    arguments: Arguments,
) -> Option<Result<Called, CallError>> {
    Some(
        match operation {
            "create_customer" => create_customer(client, arguments).await,
            "get_customer" => get_customer(client, arguments).await,
            _ => return None,
        },
    )
}

/// Reads the body of a request as its type, strictly, and writes it as JSON again;
/// `None` if there is no operation of this id with a body.
pub(crate) fn read_request(
    operation: &str,
    body: &[u8],
) -> Option<Result<Value, ValidationError>> {
    Some(
        match operation {
            "create_customer" => read::<types::CreateCustomerRequest>(body),
            _ => return None,
        },
    )
}

#[allow(dead_code)]
fn read<T: bvnk::FromJson + serde::Serialize>(
    body: &[u8],
) -> Result<Value, ValidationError> {
    let request: T = bvnk::from_json(body)?;
    Ok(serde_json::to_value(request).unwrap_or_default())
}

async fn create_customer(
    client: &bvnk::Client,
    arguments: Arguments,
) -> Result<Called, CallError> {
    let mut call = client.create_customer();
    if let Some(value) = arguments.parameter::<bvnk::Uuid>("X-Idempotency-Key")? {
        call = call.idempotency_key(value);
    }
    if let Some(key) = arguments.idempotency_key {
        call = call.idempotency_key(key.to_string());
    }
    if let Some(body) = arguments.body::<types::CreateCustomerRequest>()? {
        call = call.body(body);
    }
    Called::from_result(call.options(arguments.options).send().await)
}

async fn get_customer(
    client: &bvnk::Client,
    arguments: Arguments,
) -> Result<Called, CallError> {
    let mut call = client.get_customer();
    if let Some(value) = arguments.parameter::<types::CustomerReference>("reference")? {
        call = call.reference(value);
    }
    Called::from_result(call.options(arguments.options).send().await)
}
