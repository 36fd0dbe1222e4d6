// Generated from openapi/customers.yaml by `cargo xtask regen`. Do not edit: change the
// contract and run it again.

//! Calls the typed client, and names the types of its requests, by operation id.

use bvnk::types;

use crate::call::{Arguments, CallError, Called, RequestType};

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

/// The type of a request's body; `None` if there is no operation of this id with a body.
pub(crate) fn request_type(operation: &str) -> Option<RequestType> {
    Some(
        match operation {
            "create_customer" => RequestType::new::<types::CreateCustomerRequest>(),
            _ => return None,
        },
    )
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
