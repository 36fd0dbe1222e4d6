//! The table through which the suite calls the typed client by operation id.
//!
//! The suite has cases as JSON with operation ids, while the client has a method and a type for
//! each operation. The table connects them, so that the suite tests the typed client and needs no
//! edit for a new operation.

use serde_json::{Value, json};

use super::lower::{Call, Field, Lowered};
use crate::template;

/// The source of the table: two matches by operation id, and a function for each operation.
pub(super) fn source(lowered: &Lowered) -> String {
    let call = |call: &Call| {
        let mut arguments = call.arguments.iter();
        let body = arguments.find(|it| it.parameter.is_none());
        json!({
            "id": call.operation.id,
            "name": call.name,
            "body": body.map(Field::whole),
            "arguments": call.arguments.iter().map(argument).collect::<Value>(),
        })
    };
    let calls: Value = lowered.calls.iter().map(call).collect();
    let template = include_str!("../../templates/dispatch.txt");
    template::render(template, &json!({ "calls": calls }))
}

/// What an argument of a call is set to, if there is a value.
///
/// A value that the type refuses ends the function before anything is sent.
fn argument(argument: &Field) -> Value {
    let Field { name, wire, .. } = argument;
    let ty = argument.whole();
    let (value, given) = match &argument.parameter {
        Some(it) if it.idempotency_key => {
            ("arguments.idempotency_key".to_owned(), "value.to_string()")
        }
        None => (format!("arguments.body::<{ty}>()?"), "value"),
        Some(_) => (format!("arguments.parameter::<{ty}>({wire:?})?"), "value"),
    };
    json!({ "name": name, "value": value, "given": given })
}
