//! The table through which the suite calls the typed client by operation id.
//!
//! The suite has cases as JSON with operation ids, while the client has a method and a type for
//! each operation. The table connects them, so that the suite tests the typed client and needs no
//! edit for a new operation.

use serde_json::{Value, json};

use super::lower::{Field, Lowered};
use crate::template;

/// The source of the table: two matches by operation id, and a function for each operation.
pub(super) fn source(lowered: &Lowered) -> String {
    let argument = |it: &Field| {
        let is_key = it.parameter.as_ref().is_some_and(|it| it.idempotency_key);
        let is_body = it.parameter.is_none();
        json!({ "name": it.name, "wire": it.wire, "ty": it.whole(), "is_key": is_key, "is_body": is_body })
    };
    let calls = lowered.calls.iter().map(|call| {
        let arguments = call.arguments.iter().map(argument);
        json!({ "id": call.operation.id, "name": call.name, "arguments": arguments.collect::<Value>() })
    });
    let calls: Value = calls.collect();
    let template = include_str!("../../templates/dispatch.txt");
    template::render(template, &json!({ "calls": calls }))
}
