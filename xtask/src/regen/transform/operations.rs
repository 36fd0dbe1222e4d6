//! The calls of operations, one macro call each.
//!
//! Method, path and media types come from the contract, since progenitor was given placeholders.

use super::{docs, field, indented, macro_call};
use crate::regen::dispatch;
use crate::regen::lower::{Call, Distinct, Lowered};

/// The names that the module of the builders uses itself.
///
/// A builder with such a name gets the suffix `Call`.
const BUILDERS: [&str; 8] = [
    "Client", "Date", "DateTime", "Email", "Extra", "Nullable", "Uuid", "Value",
];

/// What is written for one operation.
pub(in crate::regen) struct Operation {
    /// The macro call that defines the builder.
    pub(super) macro_call: String,
    /// The method of the client that starts a call.
    pub(super) method: String,
    /// The `operationId` of the contract.
    pub(in crate::regen) id: String,
    /// The name of the method.
    pub(in crate::regen) name: String,
    /// The type of the body, if there is one.
    pub(in crate::regen) body: Option<String>,
    /// The statements by which the dispatch table sets the arguments.
    pub(in crate::regen) setters: String,
}

/// The operations, in the order of the contract.
///
/// Each builder is named after its method, such as `CreateCustomer`.
pub(in crate::regen) fn operations(lowered: &Lowered) -> Vec<Operation> {
    let mut builders = Distinct::new(&BUILDERS);
    let operation = |call: &Call| operation(lowered, call, builders.pascal(&call.name, "Call"));
    lowered.calls.iter().map(operation).collect()
}

/// One operation.
fn operation(lowered: &Lowered, call: &Call, builder: String) -> Operation {
    let (mut fields, mut setters, mut body) = (String::new(), String::new(), None);
    for argument in &call.arguments {
        setters += &dispatch::setters(argument);
        let list = if argument.repeated {
            "Repeated"
        } else {
            "Joined"
        };
        let place = argument
            .location
            .map_or("body".to_owned(), |it| it.to_string());
        let attribute = |kind| format!("argument({place}, {kind}, {list})");
        fields += &field(lowered, argument, "", attribute);
        if argument.location.is_none() {
            body = Some(argument.whole());
        }
    }
    let operation = &call.operation;
    let key = operation.idempotency_key();
    let key = key.map(|key| format!(", idempotency = {:?}", key.name.to_ascii_lowercase()));
    let unsigned = if operation.security.is_empty() {
        ", signed = false"
    } else {
        ""
    };
    let returns = match &call.success.body {
        None => "none".to_owned(),
        Some(body) => {
            let ty = body.whole();
            let empty: String = call
                .success
                .empty
                .iter()
                .map(|it| format!(", {it}"))
                .collect();
            match (call.success.statuses.is_empty(), &*empty) {
                (false, _) => format!("responses({ty})"),
                (true, "") => format!("json({ty})"),
                (true, empty) => format!("json_or_none({ty}{empty})"),
            }
        }
    };
    let docs = match call.summary.as_str() {
        "" => docs(&format!("The operation `{}`.", operation.id)),
        text => docs(text),
    };
    let item = format!(
        "{docs}#[operation({:?}, {:?}, {:?}{}{unsigned})]\n#[returns({returns})]\npub struct {builder} {{\n{}}}\n",
        operation.id,
        operation.http_method(),
        operation.path,
        key.unwrap_or_default(),
        indented(&fields),
    );
    let name = &call.name;
    let start = format!("builder::{builder}::new(self.clone())\n");
    Operation {
        macro_call: macro_call("operation", &item),
        method: format!(
            "{docs}pub fn {name}(&self) -> builder::{builder}<T> {{\n{}}}\n",
            indented(&start)
        ),
        id: operation.id.clone(),
        name: name.clone(),
        body,
        setters,
    }
}
