//! What the templates write of an operation: a method of the client, a macro call that defines the
//! builder of a call, and a function of the suite.
//!
//! Method, path and media types come from the contract; progenitor was given none.

use bvnk_contract::Location;
use serde_json::{Value, json};

use super::{docs, field_docs};
use crate::regen::lower::{Call, Field, Lowered, kind};

/// The values of an operation.
pub(super) fn values(lowered: &Lowered, call: &Call) -> Value {
    let (operation, success) = (&call.operation, &call.success);
    let key = operation.idempotency_key();
    let arguments = call.arguments.iter().map(|it| argument(lowered, it));
    json!({
        "id": operation.id,
        "name": call.name,
        "builder": call.builder,
        "docs": docs(&call.summary),
        "method": operation.http_method(),
        "path": operation.path,
        "key": key.map(|key| key.name.to_ascii_lowercase()),
        "security": operation.security,
        "returns": success.body.as_ref().map(Field::whole),
        "statuses": success.statuses,
        "empty": success.empty,
        "arguments": arguments.collect::<Value>(),
    })
}

/// The values of an argument.
fn argument(lowered: &Lowered, argument: &Field) -> Value {
    let (kind, ty) = kind(lowered, argument);
    let parameter = argument.parameter.as_ref();
    let place = parameter.map(|it| it.location);
    let list = match parameter {
        Some(it) if it.explode && it.location == Location::Query => "Repeated",
        _ => "Joined",
    };
    json!({
        "docs": field_docs(lowered, argument),
        "place": place.map_or("body".to_owned(), |it| it.to_string()),
        "kind": kind,
        "wire": argument.wire,
        "list": list,
        "name": argument.name,
        "ty": ty,
        "whole": argument.whole(),
        "is_body": parameter.is_none(),
        "is_key": parameter.is_some_and(|it| it.idempotency_key),
    })
}
