//! The calls of operations, one macro call each.
//!
//! Method, path and media types come from the contract; progenitor was given none.

use bvnk_contract::Location;

use super::{docs, field, indented, macro_call};
use crate::regen::lower::{Call, Lowered};

/// The macro call that defines the builder of a call.
pub(super) fn builder(lowered: &Lowered, call: &Call) -> String {
    let mut fields = String::new();
    for argument in &call.arguments {
        let place = argument.parameter.as_ref().map(|it| it.location);
        let list = match &argument.parameter {
            Some(it) if it.explode && it.location == Location::Query => "Repeated",
            _ => "Joined",
        };
        let place = place.map_or("body".to_owned(), |it| it.to_string());
        let attribute = |kind| format!("argument({place}, {kind}, {list})");
        fields += &field(lowered, argument, "", attribute);
    }
    let operation = &call.operation;
    let key = operation.idempotency_key();
    let key = key.map(|key| format!(", idempotency = {:?}", key.name.to_ascii_lowercase()));
    let scheme = operation.security.first();
    let unsigned = scheme.map_or(", signed = false", |_| "");
    let returns = match &call.success.body {
        None => "none".to_owned(),
        Some(body) => {
            let ty = body.whole();
            let empty = call.success.empty.iter();
            let empty: String = empty.map(|it| format!(", {it}")).collect();
            match (call.success.statuses.is_empty(), &*empty) {
                (false, _) => format!("responses({ty})"),
                (true, "") => format!("json({ty})"),
                (true, empty) => format!("json_or_none({ty}{empty})"),
            }
        }
    };
    let item = format!(
        "{}#[operation({:?}, {:?}, {:?}{}{unsigned})]\n#[returns({returns})]\npub struct {} {{\n{}}}\n",
        docs(&call.summary),
        operation.id,
        operation.http_method(),
        operation.path,
        key.unwrap_or_default(),
        call.builder,
        indented(&fields),
    );
    macro_call("operation", &item)
}
