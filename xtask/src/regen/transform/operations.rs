//! The calls of operations, one macro call each.
//!
//! Method, path and media types come from the contract, since progenitor was given placeholders.

use bvnk_contract::{Diagnostic, Location, Schema};

use super::{docs, indented, macro_call};
use crate::regen::lower::{Call, Distinct, Lowered, kind};
use crate::regen::progenitor::Types;

/// The names that the module of the builders uses itself.
///
/// A builder with such a name gets the suffix `Call`.
const BUILDERS: [&str; 8] = [
    "Client", "Date", "DateTime", "Email", "Extra", "Nullable", "Uuid", "Value",
];

/// The call of one operation, and what the dispatch table needs.
pub(in crate::regen) struct Operation {
    /// The macro call that defines the builder.
    pub(super) macro_call: String,
    /// The method of the client that starts a call.
    pub(super) method: String,
    /// The `operationId` of the contract.
    pub(in crate::regen) id: String,
    /// The name of the method.
    pub(in crate::regen) name: String,
    /// The arguments, the body last.
    pub(in crate::regen) arguments: Vec<Argument>,
}

/// An argument of a call.
pub(in crate::regen) struct Argument {
    /// The name of the setter.
    pub(in crate::regen) name: String,
    /// The name on the wire; `None` for the body.
    pub(in crate::regen) wire: Option<String>,
    /// The type of the whole value, such as `Vec<types::Address>`.
    pub(in crate::regen) ty: String,
    /// Whether it is the header with the idempotency key, which the client sets itself.
    pub(in crate::regen) idempotency_key: bool,
}

/// The operations, in the order of the contract.
///
/// Each builder is named after its method, such as `CreateCustomer`.
///
/// # Errors
///
/// A method or an argument that progenitor did not write.
pub(in crate::regen) fn operations(
    lowered: &Lowered,
    types: &Types,
) -> Result<Vec<Operation>, Diagnostic> {
    let mut builders = Distinct::new(&BUILDERS);
    let operation = |call| operation(lowered, types, call, builders.pascal(&call.name, "Call"));
    lowered.calls.iter().map(operation).collect()
}

/// One operation. The key is never required, as the client makes one.
fn operation(
    lowered: &Lowered,
    types: &Types,
    call: &Call,
    builder: String,
) -> Result<Operation, Diagnostic> {
    let (mut arguments, mut fields) = (Vec::new(), String::new());
    for (name, parameter) in &call.parameters {
        let is_key = parameter.idempotency_key;
        let ty = types.get(&call.name, name)?;
        let whole = with_null(&parameter.schema, ty);
        let (kind, ty) = kind(
            lowered,
            parameter.required && !is_key,
            &parameter.schema,
            ty,
        );
        let list = match parameter.explode && parameter.location == Location::Query {
            true => "Repeated",
            false => "Joined",
        };
        fields += &docs(parameter.description.as_deref().unwrap_or_default());
        fields += &format!(
            "#[parameter({}, {kind} = {:?}, {list})]\n{name}: {ty},\n",
            parameter.location, parameter.name
        );
        arguments.push(Argument {
            name: name.clone(),
            wire: Some(parameter.name.clone()),
            ty: whole,
            idempotency_key: is_key,
        });
    }
    if let Some(body) = &call.body {
        let ty = types.get(&call.name, "body")?;
        let whole = with_null(&body.schema, ty);
        let (kind, ty) = kind(lowered, call.operation.body_required, &body.schema, ty);
        fields += &format!("#[body({kind} = {:?})]\n", body.media_type);
        fields += &docs(body.description.as_deref().unwrap_or_default());
        fields += &format!("body: {ty},\n");
        arguments.push(Argument {
            name: "body".to_owned(),
            wire: None,
            ty: whole,
            idempotency_key: false,
        });
    }
    let operation = &call.operation;
    let key = operation.idempotency_key();
    let key = key.map(|key| format!(", idempotency = {:?}", key.name.to_ascii_lowercase()));
    let unsigned = if operation.security.is_empty() {
        ", signed = false"
    } else {
        ""
    };
    let returns = match &call.success.schema {
        None => "none".to_owned(),
        Some(schema) => {
            let ty = with_null(schema, types.get(&call.name, "Ok")?);
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
    Ok(Operation {
        macro_call: macro_call("operation", &item),
        method: format!(
            "{docs}pub fn {name}(&self) -> builder::{builder}<T> {{\n{}}}\n",
            indented(&start)
        ),
        id: operation.id.clone(),
        name: name.clone(),
        arguments,
    })
}

/// A type, with null if the schema allows it.
fn with_null(schema: &Schema, ty: &str) -> String {
    match schema.nullable {
        true => format!("Nullable<{ty}>"),
        false => ty.to_owned(),
    }
}
