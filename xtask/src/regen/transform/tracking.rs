//! Writes the module `tracking`: the object that a link of the contract leads to and whose
//! status ends with one of `x-terminal`, under names that do not change with the contract.
//!
//! A contract without such an object gets types that stand in for it, so that what is built on
//! the module compiles.
//!
//! `bvnk` has waiters and webhook updates that are written by hand. They use these names, such as
//! `tracking::Status`, instead of those of one API.

use bvnk_contract::{Contract, Flow, Schema, Shape};

use super::macro_call;
use crate::regen::lower::{Field, Lowered, is_text};

/// What differs between contracts.
struct Tracking {
    /// The types `Object`, `Reference` and `Status`.
    types: String,
    /// The members with the reference and with the status, on the wire.
    wire: [String; 2],
    /// The reference of `object`.
    convert: String,
    /// The field of an object with the status.
    status: String,
    /// The body of the function that fetches an object.
    get: String,
}

/// The content of the module.
///
/// The first link of the contract that leads to such an object is used.
pub(super) fn content(lowered: &Lowered, contract: &Contract) -> String {
    let flows = contract.flows();
    let tracked = flows
        .iter()
        .find_map(|flow| tracked(lowered, contract, flow));
    let is_tracked = tracked.is_some();
    let Tracking {
        types,
        wire: [reference, status_wire],
        convert,
        status,
        get,
    } = tracked.unwrap_or_else(stand_in);
    format!(
        "{types}/// Whether the contract has such an object.
pub const IS_TRACKED: bool = {is_tracked};
/// The member with the reference, on the wire.
pub const REFERENCE: &str = {reference:?};
/// The member with the status, on the wire.
pub const STATUS: &str = {status_wire:?};
/// Returns the reference of an object.
pub fn reference(object: &Object) -> Reference {{
    {convert}
}}
/// Returns the status of an object.
pub fn status(object: &Object) -> &Status {{
    &object.{status}
}}
/// Fetches an object with the linked operation.
///
/// # Errors
///
/// Those of the operation; always, if the contract has no such object.
pub async fn get<T: bvnk_gen::Transport>(
    client: super::Client<T>,
    reference: Reference,
    options: T::Options,
) -> Result<bvnk_gen::ResponseValue<Object>, T::Error> {{
    {get}
}}
"
    )
}

/// The content for one link. `None` if the link leads to no object with a required reference and a
/// required status that ends, at any depth.
///
/// A reference is a text or an integer, also where it is a newtype of the contract.
fn tracked(lowered: &Lowered, contract: &Contract, flow: &Flow<'_>) -> Option<Tracking> {
    let mut calls = lowered.calls.iter();
    let call = calls.find(|call| call.operation.id == flow.follow.id)?;
    let mut arguments = call.arguments.iter();
    let parameter = arguments.find(|it| it.location.is_some() && it.wire == flow.parameter.name)?;
    let own = Some(&parameter.schema).filter(|own| !own.nullable)?;
    let returned = &call.success.body.as_ref()?.schema;
    if returned.nullable || !call.success.empty.is_empty() || !call.success.statuses.is_empty() {
        return None;
    }
    let object = returned.reference()?;
    let steps: Vec<&str> = flow.source.pointer.split('/').skip(1).collect();
    let path = at(lowered, object, &steps)?;
    let reference = *path.last()?;
    let field = access(&path);
    let body = call.operation.successes().find_map(|it| it.body.as_ref())?;
    let statuses = contract.statuses(&body.schema);
    let mut paths = statuses.iter().map(|it| it.path.split('.'));
    let path = paths.find_map(|names| at(lowered, object, &names.collect::<Vec<_>>()))?;
    let status = *path.last()?;
    let status_type = status.schema.reference()?;
    let (taken, answered) = (lowered.target(own), lowered.target(&reference.schema));
    let text = match reference.schema.reference() {
        None => format!("{field}.to_string()"),
        Some(_) if is_integer(answered) => format!("{field}.get().to_string()"),
        Some(_) => format!("{field}.as_str().to_owned()"),
    };
    let wrapped = format!("Reference(object.{text})");
    // A newtype that both have is the reference. Others, and plain values, are wrapped as a text.
    let newtype = own.reference().filter(|_| is_text(taken));
    let (definition, convert, given) = match newtype {
        Some(name) if reference.schema.reference() == Some(name) => (
            format!(
                "/// The parameter of the linked operation.\npub type Reference = super::types::{name};\n"
            ),
            format!("object.{field}.clone()"),
            "reference",
        ),
        _ if is_text(taken) && is_text(answered) => {
            (reference_type(), wrapped, "reference.as_str()")
        }
        _ if is_integer(taken) && is_integer(answered) => (reference_type(), wrapped, INTEGER),
        _ => return None,
    };
    let types = format!(
        "/// The object, as the linked operation returns it.
pub type Object = super::types::{object};
{definition}/// The status of the object.
pub type Status = super::types::{status_type};
"
    );
    Some(Tracking {
        types,
        wire: [reference.wire.clone(), status.wire.clone()],
        convert,
        status: access(&path),
        get: format!(
            "client.{}().{}({given}).options(options).send().await",
            call.name, parameter.name
        ),
    })
}

/// The reference as the operation takes it, if that is an integer.
const INTEGER: &str = "reference.as_str().parse::<i64>().map_err(|_| {
        let error = bvnk_gen::ValidationError::from(\"the reference must be an integer\");
        T::Error::from(bvnk_gen::Error::from(error))
    })?";

/// The fields that lead to a value which an object always has.
///
/// For example, `data` and `status` for `object.data.status`.
type Path<'a> = Vec<&'a Field>;

/// The path of these names on the wire.
///
/// `None` if one of them may be missing or is no object.
fn at<'a>(lowered: &'a Lowered, object: &str, names: &[&str]) -> Option<Path<'a>> {
    let (first, rest) = names.split_first()?;
    let field = lowered
        .fields
        .get(object)?
        .iter()
        .find(|it| it.wire == *first);
    let field = field.filter(|it| it.required && !it.schema.nullable)?;
    let mut path = vec![field];
    if !rest.is_empty() {
        path.extend(at(lowered, field.schema.reference()?, rest)?);
    }
    Some(path)
}

/// The expression of a path, after the object's.
fn access(path: &Path<'_>) -> String {
    let names: Vec<&str> = path.iter().map(|field| &*field.name).collect();
    names.join(".")
}

/// Such a reference is parsed before it is sent, with an error of the client if it is no number.
fn is_integer(schema: &Schema) -> bool {
    schema.shape == Shape::Integer
}

/// What stands in where no link leads to an object with a status that ends.
///
/// `IS_TRACKED` is false there, so that callers and tests can leave waiting out.
fn stand_in() -> Tracking {
    let status = "/// Stands in for a status.
#[terminal()]
#[action_required()]
#[public(display)]
pub enum Status {
    Unknown(String),
}
";
    let object = "/// Stands in for an object.
#[builder(ObjectBuilder)]
pub struct Object {
    /// Its reference.
    #[wire(required = \"reference\")]
    pub reference: Reference,
    /// Its status.
    #[wire(required = \"status\")]
    pub status: Status,
}
";
    let get = "drop((client, reference, options));
    let error = \"the contract has no link to an object whose status ends\";
    Err(bvnk_gen::Error::from(bvnk_gen::ValidationError::from(error)).into())";
    let types = [
        reference_type(),
        macro_call("text_enum", status),
        macro_call("object", object),
    ];
    Tracking {
        types: types.concat(),
        wire: ["reference".to_owned(), "status".to_owned()],
        convert: "object.reference.clone()".to_owned(),
        status: "status".to_owned(),
        get: get.to_owned(),
    }
}

/// A separate reference.
fn reference_type() -> String {
    let item = "/// The reference of an object.
#[min_length(1)]
#[public(display)]
pub struct Reference(String);
";
    macro_call("string", item)
}
