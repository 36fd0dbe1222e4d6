//! Writes the table through which the suite calls the typed client by operation id.
//!
//! The suite has cases as JSON with operation ids, while the client has a method and a type for
//! each operation. The table connects them, so that the suite tests the typed client and needs no
//! edit for a new operation.

use super::lower::{Field, Lowered};
use super::transform::BANNER;

/// The source of the table: two matches by operation id, and a function for each operation.
pub(super) fn source(lowered: &Lowered) -> String {
    let (mut calls, mut bodies, mut functions) = (String::new(), String::new(), String::new());
    for call in &lowered.calls {
        let (id, name) = (&call.operation.id, &call.name);
        calls += &format!("        {id:?} => {name}(client, arguments).await,\n");
        for body in call.arguments.iter().filter(|it| it.parameter.is_none()) {
            let body = body.whole();
            bodies += &format!("        {id:?} => RequestType::new::<{body}>(),\n");
        }
        let setters: String = call.arguments.iter().map(setters).collect();
        functions += &format!(
            "
async fn {name}(client: &bvnk::Client, arguments: Arguments) -> Result<Called, CallError> {{
    #[allow(unused_mut)]
    let mut call = client.{name}();
{setters}    Called::from_result(call.options(arguments.options).send().await)
}}
"
        );
    }
    format!(
        "{BANNER}
//! Calls the typed client, and names the types of its requests, by operation id.

#[allow(unused_imports)]
use std::collections::BTreeMap;

#[allow(unused_imports)]
use bvnk::{{Date, DateTime, Email, Extra, Nullable, Uuid, types}};
#[allow(unused_imports)]
use serde_json::Value;

use crate::call::{{Arguments, CallError, Called, RequestType}};

/// Calls an operation by its id; `None` if there is no such operation.
pub(crate) async fn call(
    client: &bvnk::Client,
    operation: &str,
    arguments: Arguments,
) -> Option<Result<Called, CallError>> {{
    Some(match operation {{
{calls}        _ => return None,
    }})
}}

/// The type of a request's body; `None` if there is no operation of this id with a body.
#[allow(unreachable_code)]
pub(crate) fn request_type(operation: &str) -> Option<RequestType> {{
    Some(match operation {{
{bodies}        _ => return None,
    }})
}}
{functions}"
    )
}

/// The statements that set an argument of a call, if there is a value.
///
/// A value that the type refuses ends the function before anything is sent.
fn setters(argument: &Field) -> String {
    let Field { name, wire, .. } = argument;
    let ty = argument.whole();
    let (value, given) = match &argument.parameter {
        Some(it) if it.idempotency_key => {
            ("arguments.idempotency_key".to_owned(), "value.to_string()")
        }
        None => (format!("arguments.body::<{ty}>()?"), "value"),
        Some(_) => (format!("arguments.parameter::<{ty}>({wire:?})?"), "value"),
    };
    format!("    if let Some(value) = {value} {{\n        call = call.{name}({given});\n    }}\n")
}
