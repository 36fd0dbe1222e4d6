//! Under which idempotency key a creation is remembered.
//!
//! It must not know what is remembered.

use crate::contract::Operation;
use crate::customers::KeySlot;
use crate::fault::{Fault, Faults};
use crate::hawk::payload_hash;
use crate::message::Request;

/// The place of a request's key; none without a key.
pub(super) fn slot(
    request: &Request,
    operation: &Operation,
    caller: &str,
    faults: Faults,
) -> Option<KeySlot> {
    let given = request.header(operation.idempotency_header()?)?;
    // A key is a UUID, whose letters have no case.
    let mut key = given.to_ascii_lowercase();
    if faults.is_empty() {
        return Some(KeySlot::new(caller, &operation.collection, key));
    }
    if faults.has(Fault::CaseSensitiveKey) {
        given.clone_into(&mut key);
    }
    if faults.has(Fault::HalfKey) {
        key.truncate(key.len() / 2);
    }
    if faults.has(Fault::KeyWithQuery) {
        key.push_str(request.query().unwrap_or(""));
    }
    if faults.has(Fault::KeyWithBody) {
        key.push_str(&payload_hash("", &request.body));
    }
    let caller = match faults.has(Fault::SharedKeys) {
        true => "",
        false => caller,
    };
    Some(KeySlot::new(caller, &operation.collection, key))
}
