//! What the template writes into the module `tracking`: the object that a link of the contract leads
//! to and whose status ends with one of `x-terminal`, under names that do not change with the contract.
//!
//! A contract without such an object gets types that stand in for it, so that what is built on
//! the module compiles.
//!
//! `bvnk` has waiters and webhook updates that are written by hand. They use these names, such as
//! `tracking::Status`, instead of those of one API.

use bvnk_contract::{Contract, Flow, Schema, Shape};
use serde_json::{Value, json};

use crate::regen::lower::{Field, Lowered, is_text};

/// The values of the module.
///
/// The first flow with such an object is used.
pub(super) fn values(lowered: &Lowered, contract: &Contract) -> Value {
    let flows = contract.tracked_flows();
    let mut tracked = flows.iter().filter_map(|it| tracked(lowered, contract, it));
    let stand_in = || {
        json!({
            "wire": ["reference", "status"],
            "field": "reference",
            "text": null,
            "access": "Some(&object.status)",
        })
    };
    tracked.next().unwrap_or_else(stand_in)
}

/// The values for one link. `None` if the link leads to no object with a required reference and a
/// status that ends, at any depth.
///
/// A reference is a text or an integer, also where it is a newtype of the contract.
fn tracked(lowered: &Lowered, contract: &Contract, flow: &Flow<'_>) -> Option<Value> {
    let mut calls = lowered.calls.iter();
    let call = calls.find(|call| call.operation.id == flow.follow.id)?;
    let mut arguments = call.arguments.iter();
    let parameter =
        arguments.find(|it| it.parameter.is_some() && it.wire == flow.parameter.name)?;
    // A wait has the reference and nothing else.
    let required = call.arguments.iter().filter(|it| it.required).count();
    let operation = Some(&flow.follow.id).filter(|_| required == 1);
    let own = Some(&parameter.schema).filter(|own| !own.nullable)?;
    let returned = &call.success.body.as_ref()?.schema;
    if returned.nullable || !call.success.empty.is_empty() || !call.success.statuses.is_empty() {
        return None;
    }
    let object = returned.reference()?;
    let pointer = flow.source.pointer.strip_prefix('/')?;
    let path = at(lowered, object, pointer, '/')?;
    if path.iter().any(|it| !it.required || it.schema.nullable) {
        return None;
    }
    let reference = path.last()?;
    let names: Vec<&str> = path.iter().map(|field| &*field.name).collect();
    let body = call.operation.successes().find_map(|it| it.body.as_ref())?;
    let statuses = contract.statuses(&body.schema);
    let mut statuses = statuses.iter();
    let path = statuses.find_map(|it| at(lowered, object, &it.path, '.'))?;
    let status = path.last()?;
    let (taken, answered) = (lowered.target(own), lowered.target(&reference.schema));
    let text = match reference.schema.reference() {
        None => "to_string()",
        Some(_) if is_integer(answered) => "get().to_string()",
        Some(_) => "as_str().to_owned()",
    };
    // A newtype that both have is the reference. Others, and plain values, are wrapped as a text.
    let newtype = own.reference().filter(|_| is_text(taken));
    let newtype = newtype.filter(|name| reference.schema.reference() == Some(name));
    let is_integer = is_integer(taken) && is_integer(answered);
    if newtype.is_none() && !is_integer && !(is_text(taken) && is_text(answered)) {
        return None;
    }
    Some(json!({
        "object": object,
        "newtype": newtype,
        "status": status.schema.reference()?,
        "wire": [reference.wire, status.wire],
        "field": names.join("."),
        "text": newtype.is_none().then_some(text),
        "access": option(&path),
        "operation": operation,
        "call": call.name,
        "parameter": parameter.name,
        "is_integer": is_integer,
    }))
}

/// The fields of a path of names on the wire, such as `data` and `status` for `data.status`.
///
/// `None` if one of them is no object.
fn at<'a>(
    lowered: &'a Lowered,
    object: &'a str,
    path: &str,
    separator: char,
) -> Option<Vec<&'a Field>> {
    let mut holder = Some(object);
    let fields = path.split(separator).map(|name| {
        let mut fields = lowered.fields.get(holder?)?.iter();
        let field = fields.find(|it| it.wire == name)?;
        holder = field.schema.reference();
        Some(field)
    });
    fields.collect()
}

/// The value of a path as an option: `None` if a part of the path is missing or null.
fn option(path: &[&Field]) -> String {
    let mut text = "object".to_owned();
    for field in path {
        text += &format!(".{}", field.name);
        text += if field.required { "" } else { ".as_ref()?" };
        text += if field.schema.nullable {
            ".as_option()?"
        } else {
            ""
        };
    }
    match text.strip_suffix('?') {
        Some(option) => option.to_owned(),
        None => format!("Some(&{text})"),
    }
}

/// Such a reference is parsed before it is sent, with an error of the client if it is no number.
fn is_integer(schema: &Schema) -> bool {
    schema.shape == Shape::Integer
}
