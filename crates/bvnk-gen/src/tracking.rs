//! The object that an OpenAPI link of the contract leads to, under names that do not change
//! with the contract: it is created, then fetched until its status is terminal.

use crate::{Client, Transport, builder, types};

/// The object, as the linked operation returns it.
pub type Object = types::Customer;
/// The path parameter of the linked operation.
pub type Reference = types::CustomerReference;
/// The schema with `x-terminal`.
pub type Status = types::CustomerStatus;
/// The member of the creation's response that the link passes on, on the wire.
pub const REFERENCE: &str = "reference";
/// The member with the status, on the wire.
pub const STATUS: &str = "status";

/// Returns the reference of an object.
pub fn reference(object: &Object) -> &Reference {
    &object.reference
}

/// Returns the status of an object.
pub fn status(object: &Object) -> &Status {
    &object.status
}

/// Starts the call of the linked operation.
pub fn get<T: Transport>(client: &Client<T>, reference: Reference) -> builder::GetCustomer<T> {
    client.get_customer().reference(reference)
}
