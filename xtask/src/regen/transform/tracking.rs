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

/// The content of the module.
///
/// The first link of the contract that leads to such an object is used.
pub(super) fn content(lowered: &Lowered, contract: &Contract) -> String {
    let flows = contract.flows();
    let mut tracked = flows.iter().filter_map(|it| tracked(lowered, contract, it));
    tracked.next().unwrap_or_else(stand_in)
}

/// The module with what differs between contracts: the types `Object`, `Reference` and `Status`,
/// the names on the wire of the members with the reference and with the status, the reference of
/// `object`, the field with its status, and the body of the function that fetches one.
fn module(
    is_tracked: bool,
    types: &str,
    [reference, status]: [&str; 2],
    convert: &str,
    access: &str,
    get: &str,
) -> String {
    format!(
        "{types}/// Whether the contract has such an object.
pub const IS_TRACKED: bool = {is_tracked};
/// The member with the reference, on the wire.
pub const REFERENCE: &str = {reference:?};
/// The member with the status, on the wire.
pub const STATUS: &str = {status:?};
/// Returns the reference of an object.
pub fn reference(object: &Object) -> Reference {{
    {convert}
}}
/// Returns the status of an object.
pub fn status(object: &Object) -> &Status {{
    &object.{access}
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
fn tracked(lowered: &Lowered, contract: &Contract, flow: &Flow<'_>) -> Option<String> {
    let mut calls = lowered.calls.iter();
    let call = calls.find(|call| call.operation.id == flow.follow.id)?;
    let mut arguments = call.arguments.iter();
    let parameter =
        arguments.find(|it| it.parameter.is_some() && it.wire == flow.parameter.name)?;
    let own = Some(&parameter.schema).filter(|own| !own.nullable)?;
    let returned = &call.success.body.as_ref()?.schema;
    if returned.nullable || !call.success.empty.is_empty() || !call.success.statuses.is_empty() {
        return None;
    }
    let object = returned.reference()?;
    let pointer = flow.source.pointer.strip_prefix('/')?;
    let (reference, field) = at(lowered, object, pointer, '/')?;
    let body = call.operation.successes().find_map(|it| it.body.as_ref())?;
    let statuses = contract.statuses(&body.schema);
    let mut statuses = statuses.iter();
    let (status, access) = statuses.find_map(|it| at(lowered, object, &it.path, '.'))?;
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
    let (call, parameter) = (&call.name, &parameter.name);
    let get = format!("client.{call}().{parameter}({given}).options(options).send().await");
    let wire = [&*reference.wire, &*status.wire];
    Some(module(true, &types, wire, &convert, &access, &get))
}

/// The reference as the operation takes it, if that is an integer.
const INTEGER: &str = "reference.as_str().parse::<i64>().map_err(|_| {
        let error = bvnk_gen::ValidationError::from(\"the reference must be an integer\");
        T::Error::from(bvnk_gen::Error::from(error))
    })?";

/// The field at a path of names on the wire, and the expression that leads there from the object,
/// such as `data.status`.
///
/// `None` if one of the fields may be missing or is no object.
fn at<'a>(
    lowered: &'a Lowered,
    object: &'a str,
    path: &str,
    separator: char,
) -> Option<(&'a Field, String)> {
    let mut holder = Some(object);
    let fields = path.split(separator).map(|name| {
        let mut fields = lowered.fields.get(holder?)?.iter();
        let field = fields.find(|it| it.wire == name && it.required && !it.schema.nullable)?;
        holder = field.schema.reference();
        Some(field)
    });
    let fields = fields.collect::<Option<Vec<_>>>()?;
    let names: Vec<&str> = fields.iter().map(|field| &*field.name).collect();
    Some((fields.last()?, names.join(".")))
}

/// Such a reference is parsed before it is sent, with an error of the client if it is no number.
fn is_integer(schema: &Schema) -> bool {
    schema.shape == Shape::Integer
}

/// What stands in where no link leads to an object with a status that ends.
///
/// `IS_TRACKED` is false there, so that callers and tests can leave waiting out.
fn stand_in() -> String {
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
    let (wire, convert) = (["reference", "status"], "object.reference.clone()");
    module(false, &types.concat(), wire, convert, "status", get)
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
